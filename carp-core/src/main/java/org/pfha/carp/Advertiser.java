package org.pfha.carp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
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

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private static final InetAddress GROUP_V4 = LinkAddress.parse("224.0.0.18").address();
  private static final InetAddress GROUP_V6 = LinkAddress.parse("ff02::12").address();
  private static final InetAddress ANY_V4 = LinkAddress.parse("0.0.0.0").address();
  private static final InetAddress ANY_V6 = LinkAddress.parse("::").address();
  private static final int TTL = 255;
  private static final int NETWORK_CONTROL = 0xe0; // DSCP CS7, as FreeBSD sends

  private final IpTransport transport;
  private final String link;
  private final MacAddress mac;
  private final Tally tally;
  private final InetAddress[] sources = {ANY_V4, ANY_V6};
  private boolean failing;

  Advertiser(IpTransport transport, String link, int vhid, Tally tally) {
    this.transport = transport;
    this.link = link;
    this.mac = MacAddress.virtual(vhid);
    this.tally = tally;
  }

  static boolean isIpv6(InetAddress address) {
    return address instanceof Inet6Address;
  }

  /** Where CARP and VRRP adverts of a family go unless there are peers. */
  static InetAddress group(boolean ipv6) {
    return ipv6 ? GROUP_V6 : GROUP_V4;
  }

  /**
   * Adverts come from the link's first address that is no virtual one (spec carp 2.3), of IPv6 from
   * its link-local one if there is one, as VRRP wants it; without any they come from nowhere, as
   * FreeBSD's do.
   */
  void linkChanged(Link changed, List<InetAddress> virtual) {
    sources[0] = ANY_V4;
    sources[1] = ANY_V6;
    for (LinkAddress candidate : changed.addresses()) {
      InetAddress address = candidate.address();
      int family = isIpv6(address) ? 1 : 0;
      boolean better =
          sources[family].isAnyLocalAddress()
              || (address.isLinkLocalAddress() && !sources[1].isLinkLocalAddress() && family == 1);
      if (better && !virtual.contains(address)) {
        sources[family] = address;
      }
    }
  }

  InetAddress source(boolean ipv6) {
    return sources[ipv6 ? 1 : 0];
  }

  /**
   * Sends an advert to all destinations of a family.
   *
   * @return whether it went to one of them at least: what is wrong with the others is not our link
   */
  boolean send(byte[] advert, List<InetAddress> destinations, boolean ipv6) {
    boolean ok = false;
    for (InetAddress destination : destinations) {
      try {
        transport.send(packet(advert, destination, ipv6));
        tally.sent(ipv6);
        ok = true;
      } catch (IOException e) {
        failed(e);
      }
    }
    failing &= !ok;
    return ok;
  }

  /** Unicast peers are reached from the link's own MAC, groups from the virtual one (spec 2.4). */
  private OutboundPacket packet(byte[] advert, InetAddress destination, boolean ipv6) {
    @Nullable MacAddress from = destination.isMulticastAddress() ? mac : null;
    return new OutboundPacket(
        link,
        CarpView.PROTOCOL,
        source(ipv6),
        destination,
        TTL,
        NETWORK_CONTROL,
        true,
        from,
        advert);
  }

  void announce(InetAddress address) {
    try {
      transport.announce(link, address, mac);
      tally.announced();
    } catch (IOException e) {
      failed(e);
    }
  }

  /** One warning for a row of failures; the counter has them all. */
  private void failed(IOException cause) {
    tally.failedToSend();
    LOG.log(failing ? Level.DEBUG : Level.WARNING, "could not send from " + link, cause);
    failing = true;
  }
}
