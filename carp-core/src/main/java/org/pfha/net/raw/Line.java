package org.pfha.net.raw;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.net.Announcement;
import org.pfha.net.IpDatagram;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sys.SystemCallException;

/**
 * One interface that a transport speaks on, whether it is there or not: what is to be received,
 * which groups were joined, and how packets leave. Guarded by the transport's lock.
 */
final class Line {

  private static final System.Logger LOG = System.getLogger(RawTransport.class.getName());

  private static final InetAddress ANY_V4 = LinkAddress.parse("0.0.0.0").address();
  private static final InetAddress ANY_V6 = LinkAddress.parse("::").address();

  private final RawHost host;
  private final RawTransportBuilder.Wanted wanted;
  private final boolean virtualMac;
  private final Map<InetAddress, Integer> groups = new LinkedHashMap<>();
  private Link link;
  private @Nullable Interface there;
  private RawHost.@Nullable Port port; // as long as the interface is there
  private boolean observing;
  private int identification;

  private Line(
      RawHost host, RawTransportBuilder.Wanted wanted, boolean virtualMac, Interface there) {
    this.host = host;
    this.wanted = wanted;
    this.virtualMac = virtualMac;
    this.there = there;
    this.link = there.link();
  }

  static Line open(
      RawHost host, RawTransportBuilder.Wanted wanted, boolean virtualMac, Interface there)
      throws RawException {
    Line line = new Line(host, wanted, virtualMac, there);
    line.port = host.open(there, wanted.protocols(), false);
    return line;
  }

  Link link() {
    return link;
  }

  boolean receives(int protocol) {
    return wanted.protocols().contains(protocol);
  }

  private boolean isEthernet() {
    return there != null && there.ethernet();
  }

  /** Joins a group, if it is the first to do so. */
  void join(InetAddress group) throws SystemCallException {
    if (groups.merge(group, 1, Integer::sum) == 1 && port != null) {
      try {
        port.join(group);
      } catch (SystemCallException e) {
        groups.remove(group);
        throw e;
      }
    }
  }

  /** Leaves a group, if it is the last to do so. */
  void leave(InetAddress group) {
    if (groups.merge(group, -1, (a, b) -> a + b == 0 ? null : a + b) == null && port != null) {
      try {
        port.leave(group);
      } catch (SystemCallException e) {
        LOG.log(Level.DEBUG, "leaving " + group.getHostAddress(), e); // with the interface
      }
    }
  }

  void observeNeighbours() {
    observing = true;
    if (port != null) {
      try {
        port.observeNeighbours();
      } catch (RawException e) {
        LOG.log(Level.WARNING, "cannot see who claims addresses", e);
      }
    }
  }

  void send(OutboundPacket packet) throws IOException {
    InetAddress destination = packet.destination();
    RawHost.Port out = port(destination);
    int length = IpDatagram.length(packet);
    if (length > link.mtu()) {
      throw refusal(
          link.name(),
          destination,
          "%d bytes are more than its MTU of %d".formatted(length, link.mtu()));
    }
    int id = packet.dontFragment() ? 0 : identification++ & 0xffff;
    byte[] bytes = IpDatagram.build(packet, source(packet), id);
    try {
      if (isEthernet() && Frame.isToGroup(destination)) {
        MacAddress from = virtualMac ? packet.ethernetSource() : null;
        out.sendFrame(
            Frame.of(
                Frame.groupMac(destination),
                from == null ? link.mac() : from,
                Frame.etherType(destination),
                bytes));
      } else {
        out.sendPacket(bytes, destination);
      }
    } catch (SystemCallException e) {
      throw failed(destination, e);
    }
  }

  void announce(InetAddress address, MacAddress mac) throws IOException {
    RawHost.Port out = port(address);
    if (!isEthernet()) {
      return; // there is nobody to learn it
    }
    Announcement announcement = Announcement.of(address, virtualMac ? mac : link.mac());
    boolean fromVirtual = virtualMac && address instanceof Inet6Address; // spec carp 10
    try {
      out.sendFrame(
          Frame.of(
              announcement.destination(),
              fromVirtual ? mac : link.mac(),
              announcement.etherType(),
              announcement.payload()));
    } catch (SystemCallException e) {
      throw failed(address, e);
    }
  }

  private RawHost.Port port(InetAddress destination) throws IOException {
    RawHost.Port present = port;
    if (present == null || !link.up()) {
      throw refusal(
          link.name(), destination, there == null ? "the interface is gone" : "the link is down");
    }
    return present;
  }

  static IOException refusal(String link, InetAddress destination, String why) {
    return new IOException(
        "cannot send to %s on %s: %s".formatted(destination.getHostAddress(), link, why));
  }

  private RawException failed(InetAddress destination, SystemCallException cause) {
    return RawException.of(
        "sending to %s on %s".formatted(destination.getHostAddress(), link.name()), cause);
  }

  /**
   * The sender's choice; but to a single host from nowhere, or without a choice: an address of the
   * destination's subnet, else of its scope, else any.
   */
  private InetAddress source(OutboundPacket packet) {
    InetAddress chosen = packet.source();
    InetAddress destination = packet.destination();
    if (chosen != null && (!chosen.isAnyLocalAddress() || destination.isMulticastAddress())) {
      return chosen;
    }
    boolean ipv6 = destination instanceof Inet6Address;
    boolean local = destination.isLinkLocalAddress() || destination.isMCLinkLocal();
    InetAddress best = ipv6 ? ANY_V6 : ANY_V4;
    int bestRank = 0;
    for (LinkAddress candidate : link.addresses()) {
      InetAddress address = candidate.address();
      if (address instanceof Inet6Address != ipv6) {
        continue;
      }
      boolean sameScope = address.isLinkLocalAddress() == (ipv6 && local);
      int rank = candidate.subnetContains(destination) ? 3 : sameScope ? 2 : 1;
      if (rank > bestRank) {
        best = address;
        bestRank = rank;
      }
    }
    return best;
  }

  /**
   * The interface is this one from now on: one that has come again gets sockets, one that has gone
   * loses them.
   *
   * @return whether the link is another than before
   */
  boolean changed(@Nullable Interface now) {
    boolean same = there != null && now != null && there.index() == now.index();
    if (!same) {
      close();
    }
    there = now;
    if (now != null && port == null) {
      reopen(now);
    }
    Link before = link;
    link =
        now == null
            ? new Link(before.name(), false, before.mtu(), before.mac(), List.of())
            : now.link();
    return !link.equals(before);
  }

  private void reopen(Interface now) {
    try {
      port = host.open(now, wanted.protocols(), observing);
      for (InetAddress group : groups.keySet()) {
        port.join(group);
      }
    } catch (RawException | SystemCallException e) {
      LOG.log(Level.WARNING, "cannot use %s yet".formatted(link.name()), e);
      close(); // until the interface changes again
    }
  }

  /** On the loop, or behind its end. */
  void close() {
    if (port != null) {
      port.close();
      port = null;
    }
  }
}
