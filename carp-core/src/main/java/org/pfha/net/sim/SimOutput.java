package org.pfha.net.sim;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Map;
import org.pfha.net.IpDatagram;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;

/** What leaves a simulated host: through which port, from which address, or why not. */
final class SimOutput {

  private static final InetAddress UNSPECIFIED_V4 = LinkAddress.parse("0.0.0.0").address();
  private static final InetAddress UNSPECIFIED_V6 = LinkAddress.parse("::").address();

  private final SimNetwork network;
  private final SimHost host;
  private final Map<String, SimPort> ports;
  private int identification;

  /**
   * Of a host.
   *
   * @param ports of the host by name, which may still change
   */
  SimOutput(SimNetwork network, SimHost host, Map<String, SimPort> ports) {
    this.network = network;
    this.host = host;
    this.ports = ports;
  }

  void send(OutboundPacket packet) throws IOException {
    SimSegment segment;
    SimFrame frame;
    synchronized (network.lock) {
      SimPort port = portFor(packet.link(), packet.destination());
      int length = IpDatagram.length(packet);
      if (length > port.link().mtu()) {
        throw refusal(
            packet.link(),
            packet.destination(),
            "%d bytes are more than its MTU of %d".formatted(length, port.link().mtu()));
      }
      byte[] bytes =
          IpDatagram.build(packet, sourceOf(packet, port.link()), identification++ & 0xffff);
      MacAddress mac =
          packet.ethernetSource() == null ? port.link().mac() : packet.ethernetSource();
      segment = port.segment;
      frame =
          new SimFrame(
              network.now(),
              segment,
              host,
              mac,
              segment.framedFor(packet.destination()),
              bytes[0] >> 4 == 4 ? SimFrame.IPV4 : SimFrame.IPV6,
              bytes,
              null,
              null);
      segment.carry(port, packet.destination(), bytes);
    }
    segment.showTaps(frame);
  }

  void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    SimSegment segment;
    SimFrame frame;
    synchronized (network.lock) {
      SimPort port = portFor(link, address);
      segment = port.segment;
      segment.learn(address, mac);
      frame = SimAnnouncement.frame(network.now(), port, address, mac);
      segment.carryAnnouncement(port, frame.toEthernet());
    }
    segment.showTaps(frame);
  }

  private SimPort portFor(String link, InetAddress destination) throws IOException {
    if (!host.isOn()) {
      throw refusal(link, destination, "host " + host + " is powered off");
    }
    SimPort port = ports.get(link);
    if (port == null) {
      throw refusal(link, destination, "host " + host + " has no such link");
    }
    if (!port.isUp()) {
      throw refusal(link, destination, "the link is down");
    }
    if (port.refusesSends()) {
      throw refusal(link, destination, "no buffer space available");
    }
    return port;
  }

  private static IOException refusal(String link, InetAddress destination, String why) {
    return new IOException(
        "cannot send to %s on %s: %s".formatted(destination.getHostAddress(), link, why));
  }

  private static InetAddress sourceOf(OutboundPacket packet, Link link) {
    if (packet.source() != null) {
      return packet.source();
    }
    boolean ipv6 = packet.destination() instanceof Inet6Address;
    for (LinkAddress mine : link.addresses()) {
      if (mine.address() instanceof Inet6Address == ipv6) {
        return mine.address();
      }
    }
    return ipv6 ? UNSPECIFIED_V6 : UNSPECIFIED_V4;
  }
}
