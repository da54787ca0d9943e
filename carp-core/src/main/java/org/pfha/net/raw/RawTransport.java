package org.pfha.net.raw;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pfha.net.Announcement;
import org.pfha.net.EventLoop;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.NanoClock;
import org.pfha.net.NeighbourReceiver;
import org.pfha.net.NeighbourView;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.ThreadEventLoop;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * The transport of nodes on real interfaces of Linux and FreeBSD. Thread-safe.
 *
 * <pre>{@code
 * try (RawTransport transport = RawTransport.builder().link("em1", 112).open();
 *     CarpNode carp = CarpNode.builder(transport)….start()) { ... }
 * }</pre>
 *
 * <p>One thread waits for the packets of all its interfaces and for the timers of all its nodes.
 * What goes to a group leaves as a frame of its own making, so that neither a route nor an address
 * is needed; what goes to one host takes the kernel's way. An interface that vanishes is a link
 * that is down; when one of that name comes again, its sockets are opened and its groups joined
 * anew.
 *
 * <p>Needs root, or on Linux CAP_NET_RAW. On FreeBSD this is compiled for, and tested by replayed
 * system calls, but has not run there.
 */
public final class RawTransport implements IpTransport, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(RawTransport.class.getName());

  private static final InetAddress ANY_V4 = LinkAddress.parse("0.0.0.0").address();
  private static final InetAddress ANY_V6 = LinkAddress.parse("::").address();

  private final boolean virtualMac;
  private final Poller poller;
  private final RawHost host;
  private final InterfaceWatch watch;
  private final ThreadEventLoop loop;

  /** Guards lines, ports and what is sent. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<String, Line> lines = new LinkedHashMap<>();
  private boolean observing;
  private boolean closed;
  private int identification;

  private final List<Receiver> receivers = new CopyOnWriteArrayList<>();
  private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();
  private final List<NeighbourReceiver> observers = new CopyOnWriteArrayList<>();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong truncated = new AtomicLong();
  private final IpPacket view = new IpPacket(); // as the neighbour's, of the loop
  private final NeighbourView neighbour = new NeighbourView();
  private long delivered;

  private record Receiver(int protocol, PacketReceiver receiver) {}

  /** One interface it speaks on; the port is there as long as the interface is. */
  private static final class Line {
    private final RawTransportBuilder.Wanted wanted;
    private final Map<InetAddress, Integer> groups = new LinkedHashMap<>();
    private Link link;
    private @Nullable Interface there;
    private RawHost.@Nullable Port port;

    Line(RawTransportBuilder.Wanted wanted, Interface there) {
      this.wanted = wanted;
      this.there = there;
      this.link = there.link();
    }
  }

  RawTransport(RawTransportBuilder builder) throws IOException {
    SystemCalls calls = builder.calls();
    virtualMac = builder.virtualMac;
    try {
      poller = new Poller(calls);
    } catch (SystemCallException e) {
      throw RawException.of("opening a pipe", e);
    }
    host = builder.host(calls, poller, new Deliveries(), new ArrivalClock(NanoClock.system()));
    InterfaceWatch opened = null;
    try {
      opened = host.watch();
      openLines(builder, opened);
    } catch (SystemCallException e) {
      closeAll(opened);
      throw RawException.of("watching the interfaces", e);
    } catch (RawException | RuntimeException e) {
      closeAll(opened);
      throw e;
    }
    watch = opened;
    poller.add(new WatchSource());
    loop = ThreadEventLoop.start(builder.name, poller);
  }

  private void openLines(RawTransportBuilder builder, InterfaceWatch present) throws RawException {
    for (RawTransportBuilder.Wanted wanted : builder.links()) {
      Interface there =
          present
              .named(wanted.link())
              .orElseThrow(
                  () ->
                      new RawException.NoInterface(
                          "there is no interface %s; there are %s"
                              .formatted(
                                  wanted.link(),
                                  present.all().stream()
                                      .map(each -> each.link().name())
                                      .toList())));
      Line line = new Line(wanted, there);
      lines.put(wanted.link(), line);
      line.port = host.open(there, wanted.protocols(), false);
    }
  }

  /**
   * Begins to describe a transport.
   *
   * @return to be completed with at least one link
   */
  public static RawTransportBuilder builder() {
    return new RawTransportBuilder();
  }

  @Override
  public EventLoop loop() {
    return loop;
  }

  /** {@inheritDoc} These are the interfaces it was opened for; one that has vanished is down. */
  @Override
  public List<Link> links() {
    lock.lock();
    try {
      return lines.values().stream().map(line -> line.link).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Subscription onLinkChange(LinkListener listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if it was opened for that protocol on no link
   */
  @Override
  public Subscription receive(int protocol, PacketReceiver receiver) {
    checkArgument(
        lines.values().stream().anyMatch(line -> line.wanted.protocols().contains(protocol)),
        "protocol %s is received on no link; name it in RawTransport.builder().link(...)",
        protocol);
    Receiver entry = new Receiver(protocol, receiver);
    receivers.add(entry);
    return () -> receivers.remove(entry);
  }

  @Override
  public Subscription join(String link, InetAddress group) throws IOException {
    String what = "joining %s on %s".formatted(group.getHostAddress(), link);
    lock.lock();
    try {
      Line line = lines.get(link);
      if (line == null) {
        throw new RawException.NoInterface(what + ": this transport was not opened for that link");
      }
      if (!group.isMulticastAddress()) {
        throw new IOException(what + ": not a multicast address");
      }
      if (line.groups.merge(group, 1, Integer::sum) == 1 && line.port != null) {
        try {
          line.port.join(group);
        } catch (SystemCallException e) {
          line.groups.remove(group);
          throw RawException.of(what, e);
        }
      }
      boolean[] left = new boolean[1];
      return () -> leave(line, group, left);
    } finally {
      lock.unlock();
    }
  }

  private void leave(Line line, InetAddress group, boolean[] left) {
    lock.lock();
    try {
      if (left[0]) {
        return;
      }
      left[0] = true;
      if (line.groups.merge(group, -1, (a, b) -> a + b == 0 ? null : a + b) == null
          && line.port != null) {
        line.port.leave(group);
      }
    } catch (SystemCallException e) {
      LOG.log(Level.DEBUG, "leaving " + group.getHostAddress(), e); // with the interface
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Subscription> observeNeighbours(NeighbourReceiver receiver) {
    if (lines.values().stream().noneMatch(RawTransport::ethernet)) {
      return Optional.empty();
    }
    observers.add(receiver);
    loop.execute(this::observe);
    return Optional.of(() -> observers.remove(receiver));
  }

  private void observe() {
    lock.lock();
    try {
      observing = true;
      for (Line line : lines.values()) {
        if (line.port != null) {
          line.port.observeNeighbours();
        }
      }
    } catch (RawException e) {
      LOG.log(Level.WARNING, "cannot see who claims addresses", e);
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc} Without a source, or from the unspecified one to a single host, an address of the
   * link is chosen (see {@link OutboundPacket#source}).
   */
  @Override
  public void send(OutboundPacket packet) throws IOException {
    InetAddress destination = packet.destination();
    lock.lock();
    try {
      Line line = line(packet.link(), destination);
      int length = IpDatagram.length(packet);
      if (length > line.link.mtu()) {
        throw refusal(
            packet.link(),
            destination,
            "%d bytes are more than its MTU of %d".formatted(length, line.link.mtu()));
      }
      byte[] bytes =
          IpDatagram.build(
              packet,
              source(packet, line.link),
              packet.dontFragment() ? 0 : identification++ & 0xffff);
      if (ethernet(line) && Frame.isToGroup(destination)) {
        MacAddress from = virtualMac ? packet.ethernetSource() : null;
        port(line)
            .sendFrame(
                Frame.of(
                    Frame.groupMac(destination),
                    from == null ? line.link.mac() : from,
                    Frame.etherType(destination),
                    bytes));
      } else {
        port(line).sendPacket(bytes, destination);
      }
    } catch (SystemCallException e) {
      throw failed(packet.link(), destination, e);
    } finally {
      lock.unlock();
    }
  }

  /** {@inheritDoc} The link's own MAC is announced unless virtual MACs are in use. */
  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    lock.lock();
    try {
      Line line = line(link, address);
      if (!ethernet(line)) {
        return; // there is nobody to learn it
      }
      Announcement announcement = Announcement.of(address, virtualMac ? mac : line.link.mac());
      boolean fromVirtual = virtualMac && address instanceof Inet6Address; // spec carp 10
      port(line)
          .sendFrame(
              Frame.of(
                  announcement.destination(),
                  fromVirtual ? mac : line.link.mac(),
                  announcement.etherType(),
                  announcement.payload()));
    } catch (SystemCallException e) {
      throw failed(link, address, e);
    } finally {
      lock.unlock();
    }
  }

  private Line line(String link, InetAddress destination) throws IOException {
    Line line = lines.get(link);
    if (closed || line == null) {
      throw refusal(
          link,
          destination,
          closed ? "the transport is closed" : "this transport was not opened for that link");
    }
    if (line.port == null || !line.link.up()) {
      throw refusal(
          link, destination, line.there == null ? "the interface is gone" : "the link is down");
    }
    return line;
  }

  private static RawHost.Port port(Line line) {
    RawHost.Port port = line.port;
    if (port == null) {
      throw new IllegalStateException("line() has not looked");
    }
    return port;
  }

  private static boolean ethernet(Line line) {
    return line.there != null && line.there.ethernet();
  }

  private static IOException refusal(String link, InetAddress destination, String why) {
    return new IOException(
        "cannot send to %s on %s: %s".formatted(destination.getHostAddress(), link, why));
  }

  private static RawException failed(
      String link, InetAddress destination, SystemCallException cause) {
    return RawException.of(
        "sending to %s on %s".formatted(destination.getHostAddress(), link), cause);
  }

  /** An address of the family: of the destination's subnet, else of its scope, else the first. */
  private static InetAddress source(OutboundPacket packet, Link link) {
    InetAddress wanted = packet.source();
    InetAddress destination = packet.destination();
    if (wanted != null && (!wanted.isAnyLocalAddress() || destination.isMulticastAddress())) {
      return wanted;
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

  @Override
  public int drain() {
    if (!loop.inLoop()) {
      throw new IllegalStateException("drain() is for the transport's loop");
    }
    long before = delivered;
    poller.await(0);
    return (int) (delivered - before);
  }

  /**
   * What arrived and could not be delivered.
   *
   * @return a snapshot
   */
  public RawCounters counters() {
    return new RawCounters(malformed.get(), truncated.get());
  }

  /** Ends the loop and closes all sockets. Nodes are closed before. Closing twice does nothing. */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lock.unlock();
    }
    if (loop.inLoop()) {
      throw new IllegalStateException("a transport cannot be closed on its own loop");
    }
    loop.close();
    closeAll(watch);
  }

  private void closeAll(@Nullable InterfaceWatch opened) {
    lock.lock();
    try {
      for (Line line : lines.values()) {
        if (line.port != null) {
          line.port.close();
          line.port = null;
        }
      }
      if (opened != null) {
        opened.close();
      }
      poller.close();
    } catch (SystemCallException e) {
      LOG.log(Level.DEBUG, "closing a transport", e);
    } finally {
      lock.unlock();
      host.close();
    }
  }

  /**
   * Interfaces have changed: one that has come again gets sockets, one that has gone loses them.
   */
  private void interfacesChanged() {
    List<Link> changed = new ArrayList<>();
    lock.lock();
    try {
      for (Line line : lines.values()) {
        Interface now = watch.named(line.wanted.link()).orElse(null);
        replug(line, now);
        Link before = line.link;
        Link link =
            now == null
                ? new Link(before.name(), false, before.mtu(), before.mac(), List.of())
                : now.link();
        line.there = now;
        line.link = link;
        if (!link.equals(before)) {
          changed.add(link);
        }
      }
    } finally {
      lock.unlock();
    }
    for (Link link : changed) {
      listeners.forEach(listener -> listener.changed(link));
    }
  }

  private void replug(Line line, @Nullable Interface now) {
    Interface before = line.there;
    boolean same = before != null && now != null && before.index() == now.index();
    if (!same && line.port != null) {
      line.port.close();
      line.port = null;
    }
    if (now != null && line.port == null) {
      try {
        line.port = host.open(now, line.wanted.protocols(), observing);
        for (InetAddress group : line.groups.keySet()) {
          line.port.join(group);
        }
      } catch (RawException | SystemCallException e) {
        LOG.log(Level.WARNING, "cannot use %s yet".formatted(now.link().name()), e);
        if (line.port != null) {
          line.port.close();
          line.port = null; // until the interface changes again
        }
      }
    }
  }

  private final class WatchSource implements Poller.Source {
    @Override
    public int fd() {
      return watch.fd();
    }

    @Override
    public void readable() throws SystemCallException {
      watch.readable();
      interfacesChanged();
    }
  }

  /** Hands packets to whoever subscribed, on the loop. One that throws does not deprive others. */
  private final class Deliveries implements Arrivals {

    @Override
    public void packet(byte[] bytes, int length, String link, long atNanos) {
      delivered++;
      view.wrap(bytes, 0, length, link, atNanos);
      if (view.check() != IpPacket.Check.OK) {
        malformed.incrementAndGet();
        return;
      }
      int protocol = view.protocol();
      for (Receiver each : receivers) {
        if (each.protocol == protocol) {
          try {
            each.receiver.received(view);
          } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a receiver failed", e);
          }
        }
      }
    }

    @Override
    public void frame(byte[] bytes, int length, String link, long atNanos) {
      delivered++;
      neighbour.wrap(bytes, 0, length, link, atNanos);
      if (neighbour.check() != NeighbourView.Check.OK) {
        return;
      }
      for (NeighbourReceiver observer : observers) {
        try {
          observer.claimed(neighbour);
        } catch (RuntimeException e) {
          LOG.log(Level.ERROR, "an observer failed", e);
        }
      }
    }

    @Override
    public void truncated() {
      truncated.incrementAndGet();
    }
  }
}
