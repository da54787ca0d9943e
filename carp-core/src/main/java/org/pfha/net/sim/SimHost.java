package org.pfha.net.sim;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.pfha.net.EventLoop;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourReceiver;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;

/**
 * A machine in a {@link SimNetwork}, and the transport of the nodes that run on it. Thread-safe.
 *
 * <p>Its loop runs in virtual time. Between events the thread that advances the network counts as
 * being {@linkplain EventLoop#inLoop in the loop} of every running host, so that a test may call
 * nodes directly.
 *
 * <p>Its own packets are not looped back, not even unicast ones to itself.
 */
public final class SimHost implements IpTransport {

  /** As many packets fit into the receive queue; more are dropped. */
  public static final int RECEIVE_QUEUE = 10_000;

  static final MacAddress BROADCAST_MAC = new MacAddress(0xffff_ffff_ffffL);

  private static final int DEFAULT_MTU = 1500;
  private static final InetAddress BROADCAST = LinkAddress.parse("255.255.255.255").address();

  private final SimNetwork network;
  private final String name;
  private final int number;
  private final Map<String, SimPort> ports = new LinkedHashMap<>();
  private SimSockets sockets;
  private final List<BiConsumer<String, byte[]>> arrivals = new CopyOnWriteArrayList<>();
  private SimClock clock;
  private long latencyNanos;
  private boolean on = true;
  private final SimOutput output;

  SimHost(SimNetwork network, String name, int number) {
    this.network = network;
    this.name = name;
    this.number = number;
    this.clock = new SimClock(1, network.now(), network.now());
    this.sockets = new SimSockets(network, name, clock, latencyNanos);
    this.output = new SimOutput(network, this, ports);
  }

  /**
   * Its name.
   *
   * @return as given to {@link SimNetwork#host}
   */
  public String name() {
    return name;
  }

  /**
   * Plugs a new link with an MTU of 1500 bytes into a segment.
   *
   * @param segment where
   * @param link the interface's name, new on this host
   * @param addresses such as {@code 192.0.2.2/24}; the first of a family is the source of packets
   *     that name none
   * @return the link, up, with a MAC of its own
   */
  public Link attach(SimSegment segment, String link, String... addresses) {
    return attach(segment, link, DEFAULT_MTU, addresses);
  }

  /**
   * Plugs a new link into a segment.
   *
   * @param segment where
   * @param link the interface's name, new on this host
   * @param mtu largest IP packet in bytes
   * @param addresses such as {@code 192.0.2.2/24}
   * @return the link, up, with a MAC of its own
   */
  public Link attach(SimSegment segment, String link, int mtu, String... addresses) {
    checkArgument(mtu >= 68 && mtu <= 0xffff, "MTU %s is not between 68 and 65535", mtu);
    List<LinkAddress> parsed = Arrays.stream(addresses).map(LinkAddress::parse).toList();
    synchronized (network.lock) {
      checkArgument(!ports.containsKey(link), "host %s has a link %s already", name, link);
      MacAddress mac = new MacAddress(0x0200_0000_0000L | (long) number << 8 | ports.size() + 1);
      SimPort port = new SimPort(this, segment, new Link(link, true, mtu, mac, parsed));
      ports.put(link, port);
      segment.plug(port);
      sockets.linkChanged(port.link());
      return port.link();
    }
  }

  /**
   * Takes a link's carrier away: it neither sends nor receives.
   *
   * @param link the interface's name
   */
  public void linkDown(String link) {
    change(link, port -> port.setUp(false));
  }

  /**
   * Gives a link its carrier back.
   *
   * @param link the interface's name
   */
  public void linkUp(String link) {
    change(link, port -> port.setUp(true));
  }

  /**
   * Makes a link refuse to send, as a full interface queue or a broken driver does; it receives,
   * and has carrier, as before.
   *
   * @param link the interface's name
   * @param refuse false ends it
   */
  public void refuseSends(String link, boolean refuse) {
    change(link, port -> port.refuseSends(refuse));
  }

  /**
   * Changes a link's MTU.
   *
   * @param link the interface's name
   * @param mtu largest IP packet in bytes
   */
  public void mtu(String link, int mtu) {
    change(link, port -> port.setMtu(mtu));
  }

  /**
   * Adds an address behind the link's others.
   *
   * @param link the interface's name
   * @param address such as {@code 192.0.2.3/24}
   */
  public void addAddress(String link, String address) {
    LinkAddress added = LinkAddress.parse(address);
    readdress(link, addresses -> Stream.concat(addresses.stream(), Stream.of(added)).toList());
  }

  /**
   * Removes an address from a link; nothing happens if it is not there.
   *
   * @param link the interface's name
   * @param address as it was given
   */
  public void removeAddress(String link, String address) {
    LinkAddress removed = LinkAddress.parse(address);
    readdress(link, addresses -> addresses.stream().filter(a -> !a.equals(removed)).toList());
  }

  private void readdress(String link, UnaryOperator<List<LinkAddress>> edit) {
    change(link, port -> port.setAddresses(edit.apply(port.link().addresses())));
  }

  private void change(String link, Consumer<SimPort> edit) {
    synchronized (network.lock) {
      SimPort port = ports.get(link);
      checkArgument(port != null, "host %s has no link %s", name, link);
      Link before = Objects.requireNonNull(port).link();
      edit.accept(port);
      if (!port.link().equals(before)) {
        sockets.linkChanged(port.link());
      }
    }
  }

  /**
   * Stops this host's program, as a long garbage collection or a suspended virtual machine does.
   * Nothing runs on its loop; arriving packets wait in the receive queue.
   */
  public void pause() {
    synchronized (network.lock) {
      sockets.loop.pause();
    }
  }

  /** Lets the program go on: first the tasks and timers that are late, then what has arrived. */
  public void resume() {
    synchronized (network.lock) {
      sockets.resume();
    }
  }

  /**
   * Lets this host's clock run faster or slower from now on, as cheap oscillators do. Timers that
   * are set already stay where they are.
   *
   * @param fraction such as 0.01 for one percent too fast, above −1
   */
  public void drift(double fraction) {
    checkArgument(fraction > -1, "a drift of %s stops the clock", fraction);
    synchronized (network.lock) {
      clock = clock.withRate(1 + fraction, network.now());
      sockets.loop.clock(clock);
    }
  }

  /**
   * Makes this host slow: every task, timer and packet is dealt with so much later. Packets carry
   * the time of their arrival nevertheless.
   *
   * @param latency zero for a good host
   */
  public void slow(Duration latency) {
    checkArgument(!latency.isNegative(), "a latency of %s is negative", latency);
    synchronized (network.lock) {
      latencyNanos = latency.toNanos();
      sockets.loop.latency(latencyNanos);
    }
  }

  /**
   * Lets a packet arrive at a link out of nowhere, whatever its destination: for replays of what
   * was recorded. Nothing happens while the link is down.
   *
   * @param link the interface's name
   * @param packet a whole IP packet; not copied
   */
  public void deliver(String link, byte[] packet) {
    synchronized (network.lock) {
      SimPort port = ports.get(link);
      checkArgument(port != null, "host %s has no link %s", name, link);
      if (on && Objects.requireNonNull(port).isUp()) {
        take(link, packet);
      }
    }
  }

  /**
   * Watches every packet that arrives, at the instant it is put into the receive queue.
   *
   * @param sink gets the interface's name and the whole IP packet, which it may not change
   * @return ends the watching
   */
  public Subscription tapArrivals(BiConsumer<String, byte[]> sink) {
    arrivals.add(sink);
    return () -> arrivals.remove(sink);
  }

  /**
   * Ends whatever runs here without a word: tasks, timers, receivers, joins and what waits in the
   * receive queue are gone, links are without carrier. The loop of before rejects tasks.
   */
  public void powerOff() {
    synchronized (network.lock) {
      on = false;
      sockets.die();
    }
  }

  /** The same as {@link #powerOff}. */
  public void crash() {
    powerOff();
  }

  /** Starts the host again, empty: {@link #loop} is a new one, for new nodes. */
  public void powerOn() {
    synchronized (network.lock) {
      if (!on) {
        on = true;
        sockets = new SimSockets(network, name, clock, latencyNanos);
      }
    }
  }

  /**
   * Whether it is powered on.
   *
   * @return false between {@link #powerOff} and {@link #powerOn}
   */
  public boolean isOn() {
    synchronized (network.lock) {
      return on;
    }
  }

  /**
   * Packets that found the receive queue full since the host was powered on.
   *
   * @return how many
   */
  public long receiveQueueDrops() {
    synchronized (network.lock) {
      return sockets.drops();
    }
  }

  @Override
  public EventLoop loop() {
    synchronized (network.lock) {
      return sockets.loop;
    }
  }

  @Override
  public List<Link> links() {
    synchronized (network.lock) {
      return ports.values().stream().map(SimPort::link).toList();
    }
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    synchronized (network.lock) {
      return sockets.onLinkChange(listener);
    }
  }

  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    checkArgument(protocol >= 0 && protocol <= 255, "protocol %s is not a byte", protocol);
    synchronized (network.lock) {
      return sockets.receive(protocol, receiver);
    }
  }

  @Override
  public Optional<Subscription> observeNeighbours(NeighbourReceiver receiver) {
    synchronized (network.lock) {
      return Optional.of(sockets.observeNeighbours(receiver));
    }
  }

  @Override
  public Subscription join(String link, InetAddress group) throws IOException {
    synchronized (network.lock) {
      if (!ports.containsKey(link)) {
        throw new IOException(
            "cannot join %s on %s: host %s has no such link"
                .formatted(group.getHostAddress(), link, name));
      }
      if (!group.isMulticastAddress()) {
        throw new IOException(
            "cannot join %s on %s: not a multicast address"
                .formatted(group.getHostAddress(), link));
      }
      return sockets.join(link, group);
    }
  }

  @Override
  public void send(OutboundPacket packet) throws IOException {
    output.send(packet);
  }

  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    output.announce(link, address, mac);
  }

  @Override
  public int drain() {
    SimSockets mine;
    synchronized (network.lock) {
      mine = sockets;
    }
    if (!mine.loop.inLoop()) {
      throw new IllegalStateException("drain() is for the loop of host " + name);
    }
    return mine.drain();
  }

  /** Whether the host's network stack takes packets to this destination. */
  boolean wants(SimPort port, InetAddress destination) {
    return on
        && (destination.isMulticastAddress()
            ? sockets.hasJoined(port.link().name(), destination)
            : port.holds(destination) || destination.equals(BROADCAST));
  }

  /** The end of a packet's way; much may have changed since it was sent. */
  void arrive(SimPort port, InetAddress destination, byte[] packet) {
    synchronized (network.lock) {
      if (port.isUp() && wants(port, destination)) {
        take(port.link().name(), packet);
      }
    }
  }

  private void take(String link, byte[] packet) {
    sockets.enqueue(link, packet);
    for (BiConsumer<String, byte[]> tap : arrivals) {
      tap.accept(link, packet);
    }
  }

  boolean observesNeighbours() {
    return on && sockets.observesNeighbours();
  }

  void arriveAnnouncement(SimPort port, byte[] frame) {
    synchronized (network.lock) {
      if (port.isUp() && observesNeighbours()) {
        sockets.enqueueAnnouncement(port.link().name(), frame);
      }
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
