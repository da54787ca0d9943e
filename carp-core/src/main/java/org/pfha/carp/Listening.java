package org.pfha.carp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.pfha.net.IpTransport;
import org.pfha.net.Subscription;

/**
 * The groups from which a virtual router's adverts come; unicast adverts come by themselves.
 * Guarded by the node's lock.
 */
final class Listening {

  private final IpTransport transport;
  private final String link;
  private final List<Subscription> joins = new ArrayList<>();

  Listening(IpTransport transport, String link) {
    this.transport = transport;
    this.link = link;
  }

  /** Listens where adverts go now, and no longer where they went before. */
  void to(Set<InetAddress> destinations) throws IOException {
    List<Subscription> left = List.copyOf(joins);
    for (InetAddress destination : destinations) {
      if (destination.isMulticastAddress()) {
        joins.add(transport.join(link, destination)); // if another fails, left with the rest
      }
    }
    left.forEach(Subscription::close);
    joins.removeAll(left);
  }

  void end() {
    joins.forEach(Subscription::close);
    joins.clear();
  }
}
