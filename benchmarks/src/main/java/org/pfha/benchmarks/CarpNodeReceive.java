package org.pfha.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.EventLoop;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.NanoClock;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;

/**
 * An advert of a better master, from the transport's call to the return of a whole BACKUP node:
 * lock, receive path, engine, deadlines. Wanted: less than 0.1 B allocated ({@code -prof gc}).
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 6, time = 3)
@Measurement(iterations = 5, time = 1)
public class CarpNodeReceive {

  private static final String PASSWORD = "mekmitasdigoat";
  private static final long BETWEEN_ADVERTS = 1_000_000; // far less than a master-down time

  /** More than a replay window remembers. */
  private static final int ADVERTS = 4_096;

  /** Virtual routers of the node; one of them is advertised. */
  @Param({"1", "255"})
  int vhids;

  private final IpPacket packet = new IpPacket();
  private final byte[][] adverts = new byte[ADVERTS][]; // of a counter that rises, as a peer's does
  private int next;
  private PacketReceiver receiver = received -> {};
  private final NanoClock clock = this::now;
  private CarpNode node;
  private long now;

  private long now() {
    return now;
  }

  @Setup
  public void start() throws IOException {
    CarpNodeBuilder builder = CarpNode.builder(new Wire()).randomCounters(new Random(1)::nextLong);
    for (int vhid = 1; vhid <= vhids; vhid++) {
      builder.virtualRouter(
          VirtualRouter.onInterface("em1")
              .vhid(vhid)
              .password(PASSWORD)
              .address("198.51.100." + vhid + "/24")
              .advskew(100));
    }
    node = builder.start();
    InetAddress shared = LinkAddress.parse("198.51.100.1").address();
    byte[] key = PASSWORD.getBytes(StandardCharsets.UTF_8);
    CarpAuthenticator authenticator = CarpAuthenticator.of(key, 1, List.of(shared));
    InetAddress peer = LinkAddress.parse("192.0.2.2").address();
    InetAddress group = LinkAddress.parse("224.0.0.18").address();
    for (int i = 0; i < ADVERTS; i++) {
      byte[] advert = new byte[CarpView.LENGTH];
      new CarpAdvert(1, 1, 0, 0, i).encode(advert, 0, authenticator);
      adverts[i] =
          IpDatagram.build(
              new OutboundPacket("em1", 112, peer, group, 255, 0xe0, true, null, advert), peer, i);
    }
  }

  @Benchmark
  public CarpNode receive() {
    now += BETWEEN_ADVERTS;
    byte[] bytes = adverts[next++ % ADVERTS];
    receiver.received(packet.wrap(bytes, 0, bytes.length, "em1", now));
    return node;
  }

  /** A host that does nothing by itself. */
  private final class Wire implements IpTransport, EventLoop {

    @Override
    public EventLoop loop() {
      return this;
    }

    @Override
    public NanoClock clock() {
      return clock;
    }

    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Subscription schedule(long atNanos, Runnable task) {
      return () -> {};
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public List<Link> links() {
      LinkAddress own = LinkAddress.parse("192.0.2.3/24");
      return List.of(new Link("em1", true, 1500, MacAddress.virtual(7), List.of(own)));
    }

    @Override
    public Subscription onLinkChange(LinkListener listener) {
      return () -> {};
    }

    @Override
    public Subscription receive(int protocol, PacketReceiver taken) {
      receiver = taken;
      return () -> {};
    }

    @Override
    public Subscription join(String link, InetAddress group) {
      return () -> {};
    }

    @Override
    public void send(OutboundPacket sent) {}

    @Override
    public void announce(String link, InetAddress address, MacAddress mac) {}

    @Override
    public int drain() {
      return 0;
    }
  }
}
