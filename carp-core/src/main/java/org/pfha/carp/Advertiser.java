package org.pfha.carp;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;

/** How a virtual router's adverts and announcements leave its link. Guarded by the node's lock. */
final class Advertiser {

  private static final InetAddress GROUP_V4 = LinkAddress.parse("224.0.0.18").address();
  private static final InetAddress GROUP_V6 = LinkAddress.parse("ff02::12").address();
  private static final InetAddress ANY_V4 = LinkAddress.parse("0.0.0.0").address();
  private static final InetAddress ANY_V6 = LinkAddress.parse("::").address();
  private static final int TTL = 255;
  private static final int NETWORK_CONTROL = 0xe0; // DSCP CS7, as FreeBSD sends

  private final IpTransport transport;
  private final String link;
  private final MacAddress mac;
  private final InetAddress[] sources = {ANY_V4, ANY_V6};

  Advertiser(IpTransport transport, String link, int vhid) {
    this.transport = transport;
    this.link = link;
    this.mac = MacAddress.virtual(vhid);
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  /** Where CARP and VRRP adverts of a family go unless there are peers. */
  static InetAddress group(boolean ipv6) {
    return ipv6 ? GROUP_V6 : GROUP_V4;
  }

  /**
   * Adverts come from the link's first address that is no virtual one (spec carp 2.3); without one
   * they come from nowhere, as FreeBSD's do.
   */
  void linkChanged(Link changed, List<InetAddress> virtual) {
    sources[0] = first(changed, virtual, false);
    sources[1] = first(changed, virtual, true);
  }

  private static InetAddress first(Link link, List<InetAddress> virtual, boolean ipv6) {
    for (LinkAddress candidate : link.addresses()) {
      InetAddress address = candidate.address();
      if (isIpv6(address) == ipv6 && !virtual.contains(address)) {
        return address;
      }
    }
    return ipv6 ? ANY_V6 : ANY_V4;
  }

  InetAddress source(boolean ipv6) {
    return sources[ipv6 ? 1 : 0];
  }

  /** Unicast peers are reached from the link's own MAC, groups from the virtual one (spec 2.4). */
  void send(InetAddress destination, byte[] payload) throws IOException {
    InetAddress source = source(isIpv6(destination));
    @Nullable MacAddress from = destination.isMulticastAddress() ? mac : null;
    transport.send(
        new OutboundPacket(
            link,
            CarpView.PROTOCOL,
            source,
            destination,
            TTL,
            NETWORK_CONTROL,
            true,
            from,
            payload));
  }

  void announce(InetAddress address) throws IOException {
    transport.announce(link, address, mac);
  }
}
