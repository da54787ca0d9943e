package org.pfha.net.pcap;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/**
 * A transport on which a capture happens again, in virtual time: its clock starts at the first
 * record and follows the capture's time stamps.
 *
 * <p>It has one link. Every whole IP packet of the capture reaches the receivers of its protocol,
 * whatever groups are joined, as if the capturing interface were this one. What nodes send is kept
 * and goes nowhere. Nothing happens but in {@link #advance}, {@link #runToEnd} and {@link
 * #runUntil}; at one instant packets come before timers. Thread-safe in what it offers as a
 * transport; advanced by one thread at a time.
 */
public final class PcapReplay implements IpTransport {

  private final SimNetwork network;
  private final SimHost host;
  private final String link;
  private final long endNanos;
  private final List<SimFrame> sent = new CopyOnWriteArrayList<>();
  private final List<Receiving> receivers = new CopyOnWriteArrayList<>();
  private final IpPacket view = new IpPacket();

  private PcapReplay(
      List<PcapRecord> packets, long start, long end, String link, String... addresses) {
    this.network = new SimNetwork(0, start);
    this.host = network.host("replay");
    this.link = link;
    this.endNanos = end;
    SimSegment segment = network.segment("replay");
    segment.tap(sent::add);
    host.attach(segment, link, addresses);
    for (PcapRecord packet : packets) {
      host.loop().schedule(packet.atNanos(), () -> deliver(packet));
    }
  }

  /**
   * Replays everybody's packets.
   *
   * @param capture records in any order
   * @param link name of the one interface
   * @param addresses of that interface, such as {@code 192.0.2.2/24}
   * @return the replay, at its beginning
   */
  public static PcapReplay of(List<PcapRecord> capture, String link, String... addresses) {
    return replay(capture, packet -> true, link, addresses);
  }

  /**
   * Replays the packets of some hosts only: a node can then take the place of one that was captured
   * too. The clock still runs from the first to the last record of all.
   *
   * @param capture records in any order
   * @param sources IP addresses whose packets are replayed
   * @param link name of the one interface
   * @param addresses of that interface, such as {@code 192.0.2.2/24}
   * @return the replay, at its beginning
   */
  public static PcapReplay of(
      List<PcapRecord> capture, Set<InetAddress> sources, String link, String... addresses) {
    Set<InetAddress> wanted = Set.copyOf(sources);
    return replay(capture, packet -> wanted.contains(packet.source()), link, addresses);
  }

  private static PcapReplay replay(
      List<PcapRecord> capture, Predicate<IpPacket> filter, String link, String... addresses) {
    IpPacket view = new IpPacket();
    List<PcapRecord> packets = new ArrayList<>();
    for (PcapRecord packet : capture) {
      view.wrap(packet.ip(), 0, packet.ip().length, link, packet.atNanos());
      if (view.check() == IpPacket.Check.OK && filter.test(view)) {
        packets.add(packet);
      }
    }
    long start = capture.stream().mapToLong(PcapRecord::atNanos).min().orElse(0);
    long end = capture.stream().mapToLong(PcapRecord::atNanos).max().orElse(0);
    return new PcapReplay(packets, start, end, link, addresses);
  }

  private void deliver(PcapRecord packet) {
    view.wrap(packet.ip(), 0, packet.ip().length, link, packet.atNanos());
    if (view.check() == IpPacket.Check.OK) {
      receivers.forEach(each -> each.take(view));
    }
  }

  /**
   * The virtual time.
   *
   * @return nanoseconds since 1970, beginning with the capture's first record; 0 for an empty one
   */
  public long now() {
    return network.now();
  }

  /**
   * Runs everything that is due within a time, past the capture's last record if need be.
   *
   * @param time how far; zero delivers what is due now
   * @throws IllegalStateException as {@link SimNetwork#advance}
   */
  public void advance(Duration time) {
    network.advance(time);
  }

  /**
   * Runs until the capture's last record has been delivered; behind it, runs what is due now.
   *
   * @throws IllegalStateException as {@link SimNetwork#advance}
   */
  public void runToEnd() {
    network.advance(Duration.ofNanos(Math.max(0, endNanos - network.now())));
  }

  /**
   * Runs until a condition holds; it is asked before, and after every event.
   *
   * @param condition to wait for
   * @param limit how far at most
   * @return true as soon as it holds, false if it did not within the limit
   * @throws IllegalStateException as {@link SimNetwork#advance}
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    return network.runUntil(condition, limit);
  }

  /**
   * What nodes have sent and announced.
   *
   * @return a snapshot in order of time
   */
  public List<SimFrame> sent() {
    return List.copyOf(sent);
  }

  @Override
  public EventLoop loop() {
    return host.loop();
  }

  @Override
  public List<Link> links() {
    return host.links();
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    return host.onLinkChange(listener);
  }

  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    return new Receiving(protocol, receiver);
  }

  @Override
  public Subscription join(String link, InetAddress group) throws IOException {
    return host.join(link, group);
  }

  @Override
  public void send(OutboundPacket packet) throws IOException {
    host.send(packet);
  }

  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    host.announce(link, address, mac);
  }

  /** {@inheritDoc} Packets are delivered at their own instants, so that there never are any. */
  @Override
  public int drain() {
    return 0;
  }

  private final class Receiving implements Subscription {
    private final int protocol;
    private final PacketReceiver receiver;

    Receiving(int protocol, PacketReceiver receiver) {
      this.protocol = protocol;
      this.receiver = receiver;
      receivers.add(this);
    }

    void take(IpPacket packet) {
      if (packet.protocol() == protocol) {
        receiver.received(packet);
      }
    }

    @Override
    public void close() {
      receivers.remove(this);
    }
  }
}
