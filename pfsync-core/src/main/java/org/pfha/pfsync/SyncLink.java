package org.pfha.pfsync;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One sync interface while it is described: who is on it, and where packets go. */
final class SyncLink {

  final String name;
  final List<InetAddress> peers = new ArrayList<>();
  @Nullable InetAddress group;

  SyncLink(String name) {
    this.name = name;
  }

  /** The group if there is one, else each peer. */
  List<InetAddress> destinations() {
    return group == null ? List.copyOf(peers) : List.of(group);
  }

  boolean hasIpv6() {
    return destinations().stream().anyMatch(Inet6Address.class::isInstance);
  }
}
