package org.pfha.net;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * Sends and receives whole IP packets of a protocol number on named links.
 *
 * <p>Implementations: raw sockets, the simulated LAN, a capture being replayed. Receivers and
 * listeners are called on {@link #loop()}. All methods are thread-safe.
 */
public interface IpTransport {

  /**
   * The loop on which this transport delivers.
   *
   * @return the loop
   */
  EventLoop loop();

  /**
   * The interfaces there are.
   *
   * @return a snapshot in the system's order
   */
  List<Link> links();

  /**
   * One interface.
   *
   * @param name such as {@code em1}
   * @return the link as it is now, or empty if there is none of that name
   */
  default Optional<Link> link(String name) {
    return links().stream().filter(link -> link.name().equals(name)).findFirst();
  }

  /**
   * Calls a listener whenever a link changes.
   *
   * @param listener called on the loop
   * @return closes the listener
   */
  Subscription onLinkChange(LinkListener listener);

  /**
   * Receives packets of one protocol number. A packet goes to every receiver of its protocol, in
   * the order in which they subscribed. The transport's own multicast is not looped back.
   *
   * @param protocol 0–255
   * @param receiver called on the loop
   * @return closes the receiver
   */
  Subscription receive(int protocol, PacketReceiver receiver);

  /**
   * Joins a multicast group on a link.
   *
   * @param link the interface's name
   * @param group an IPv4 or IPv6 multicast address
   * @return leaves the group when closed by the last of those who joined it
   * @throws IOException naming link and group, if the system refuses
   */
  Subscription join(String link, InetAddress group) throws IOException;

  /**
   * Sends one packet.
   *
   * @param packet what to send
   * @throws IOException naming link and destination, if it could not be handed to the network
   */
  void send(OutboundPacket packet) throws IOException;

  /**
   * Tells the segment that an address now answers at a MAC: a gratuitous ARP request for IPv4, an
   * unsolicited neighbour advertisement for IPv6 (spec carp 10).
   *
   * @param link the interface's name
   * @param address the address that has moved
   * @param mac where it is now
   * @throws IOException naming link and address, if it could not be sent
   */
  void announce(String link, InetAddress address, MacAddress mac) throws IOException;

  /**
   * Hears what others on the links say about where addresses answer, by ARP and neighbour
   * advertisements. Own announcements are not looped back.
   *
   * @param receiver called on the loop, once per claim
   * @return closes the receiver; empty if this transport cannot see such frames
   */
  default Optional<Subscription> observeNeighbours(NeighbourReceiver receiver) {
    return Optional.empty();
  }

  /**
   * Delivers to the receivers, now and on the calling loop thread, the packets that have already
   * arrived but were not delivered yet.
   *
   * <p>A node calls this when a timer fires late, before it believes the silence: after a pause of
   * the JVM the master's adverts are in the socket's buffer, not lost.
   *
   * @return how many packets were delivered
   */
  int drain();
}
