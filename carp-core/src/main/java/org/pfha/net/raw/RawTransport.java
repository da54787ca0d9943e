package org.pfha.net.raw;

import static com.google.common.base.Preconditions.checkArgument;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
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

  /** A flood is not followed for ever. */
  private static final int MOST_DRAINED = 10_000;

  private final Poller poller;
  private final RawHost host;
  private final InterfaceWatch watch;
  private final ThreadEventLoop loop;

  /** Guards lines, ports and what is sent. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<String, Line> lines = new LinkedHashMap<>();
  private boolean closed;

  private volatile Receiver[] receivers = {}; // replaced under the lock
  private final List<LinkListener> listeners = new CopyOnWriteArrayList<>();
  private final List<NeighbourReceiver> observers = new CopyOnWriteArrayList<>();
  private final AtomicLong malformed = new AtomicLong();
  private final AtomicLong truncated = new AtomicLong();
  private final IpPacket view = new IpPacket(); // as the neighbour's, of the loop
  private final NeighbourView neighbour = new NeighbourView();
  private long delivered;

  /** A subscription, which is another than any of the same receiver. */
  private static final class Receiver {
    private final int protocol;
    private final PacketReceiver receiver;

    Receiver(int protocol, PacketReceiver receiver) {
      this.protocol = protocol;
      this.receiver = receiver;
    }
  }

  RawTransport(RawTransportBuilder builder) throws IOException {
    SystemCalls calls = builder.calls();
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
    if (builder.realtime > 0) {
      hurry(calls, builder.realtime);
    }
  }

  /** The loop asks for it, since it is for the thread that asks. */
  private void hurry(SystemCalls calls, int priority) throws RawException {
    CompletableFuture<Optional<SystemCallException>> refusal = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            calls.realtime(priority);
            refusal.complete(Optional.empty());
          } catch (SystemCallException e) {
            refusal.complete(Optional.of(e));
          }
        });
    Optional<SystemCallException> refused = refusal.join();
    if (refused.isPresent()) {
      close();
      throw RawException.of("running at real-time priority " + priority, refused.get());
    }
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
      lines.put(wanted.link(), Line.open(host, wanted, builder.virtualMac, there));
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
      return lines.values().stream().map(Line::link).toList();
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
        lines.values().stream().anyMatch(line -> line.receives(protocol)),
        "protocol %s is received on no link; name it in RawTransport.builder().link(...)",
        protocol);
    Receiver entry = new Receiver(protocol, receiver);
    edit(all -> all.add(entry));
    return () -> edit(all -> all.remove(entry));
  }

  /** The array of before may be in use. */
  private void edit(Consumer<List<Receiver>> change) {
    lock.lock();
    try {
      List<Receiver> all = new ArrayList<>(Arrays.asList(receivers));
      change.accept(all);
      receivers = all.toArray(Receiver[]::new);
    } finally {
      lock.unlock();
    }
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
      line.join(group);
      boolean[] left = new boolean[1];
      return () -> leave(line, group, left);
    } catch (SystemCallException e) {
      throw RawException.of(what, e);
    } finally {
      lock.unlock();
    }
  }

  private void leave(Line line, InetAddress group, boolean[] left) {
    lock.lock();
    try {
      if (!left[0]) {
        left[0] = true;
        line.leave(group);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Subscription> observeNeighbours(NeighbourReceiver receiver) {
    observers.add(receiver);
    loop.execute(this::observe);
    return Optional.of(() -> observers.remove(receiver));
  }

  private void observe() {
    lock.lock();
    try {
      lines.values().forEach(Line::observeNeighbours);
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@inheritDoc} Without a source, or from the unspecified one to a single host, an address of the
   * link is chosen: of the destination's subnet, else of its scope, else any.
   */
  @Override
  public void send(OutboundPacket packet) throws IOException {
    lock.lock();
    try {
      line(packet.link(), packet.destination()).send(packet);
    } finally {
      lock.unlock();
    }
  }

  /** {@inheritDoc} The link's own MAC is announced unless virtual MACs are in use. */
  @Override
  public void announce(String link, InetAddress address, MacAddress mac) throws IOException {
    lock.lock();
    try {
      line(link, address).announce(address, mac);
    } finally {
      lock.unlock();
    }
  }

  private Line line(String link, InetAddress destination) throws IOException {
    Line line = lines.get(link);
    if (closed || line == null) {
      throw Line.refusal(
          link,
          destination,
          closed ? "the transport is closed" : "this transport was not opened for that link");
    }
    return line;
  }

  @Override
  public int drain() {
    if (!loop.inLoop()) {
      throw new IllegalStateException("drain() is for the transport's loop");
    }
    long before = delivered;
    long seen;
    do {
      seen = delivered;
      poller.await(0);
    } while (delivered > seen && delivered - before < MOST_DRAINED);
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
      lines.values().forEach(Line::close);
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

  private void interfacesChanged() {
    List<Link> changed = new ArrayList<>();
    lock.lock();
    try {
      lines.forEach(
          (name, line) -> {
            if (line.changed(watch.named(name).orElse(null))) {
              changed.add(line.link());
            }
          });
    } finally {
      lock.unlock();
    }
    for (Link link : changed) {
      listeners.forEach(listener -> listener.changed(link));
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
