package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.States.peer;
import static org.pfha.pfsync.SyncPair.A;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.pfha.net.EventLoop;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.LinkListener;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.ThreadEventLoop;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.wire.Action;

/** A data plane of several threads, on a real event loop. */
class PfsyncConcurrencyTest {

  private static final int THREADS = 4;
  private static final int EACH = 500;

  /** Takes everything and delivers nothing. */
  private static final class Wire implements IpTransport {

    private final ThreadEventLoop loop = ThreadEventLoop.start("pfsync-test");
    final AtomicInteger packets = new AtomicInteger();

    @Override
    public EventLoop loop() {
      return loop;
    }

    @Override
    public List<Link> links() {
      return List.of(
          new Link(
              "em2",
              true,
              1500,
              new MacAddress(0x0200_0000_0001L),
              List.of(LinkAddress.parse("172.16.1.2/24"))));
    }

    @Override
    public Subscription onLinkChange(LinkListener listener) {
      return () -> {};
    }

    @Override
    public Subscription receive(int protocol, PacketReceiver receiver) {
      return () -> {};
    }

    @Override
    public Subscription join(String link, InetAddress group) {
      return () -> {};
    }

    @Override
    public void send(OutboundPacket packet) {
      packets.incrementAndGet();
    }

    @Override
    public void announce(String link, InetAddress address, MacAddress mac) {}

    @Override
    public int drain() {
      return 0;
    }
  }

  private final Wire wire = new Wire();
  private final StateTable table = StateTable.withLimit(100_000);

  private PfsyncNode node() throws IOException {
    return PfsyncNode.builder(wire)
        .onInterface("em2")
        .table(table)
        .creatorId(A)
        .peer("172.16.1.3")
        .start();
  }

  private static void inParallel(Callable<Void> work) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Void>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        running.add(threads.submit(work));
      }
      for (Future<Void> one : running) {
        one.get(60, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void callersFromManyThreadsLoseNothing() throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    CountDownLatch all = new CountDownLatch(THREADS * EACH / 10);
    try (PfsyncNode node = node()) {
      inParallel(
          () -> {
            for (int i = 0; i < EACH; i++) {
              int number = next.incrementAndGet();
              if (number % 10 == 0) {
                node.defer(
                    States.tcp(number, A),
                    outcome -> {
                      released.incrementAndGet();
                      all.countDown();
                    });
              } else {
                assertThat(node.insert(States.tcp(number, A))).isEqualTo(Insertion.INSERTED);
              }
              assertThat(node.update(States.tcp(number, A).stateId(), peer(4, 2), peer(4, 3)))
                  .isTrue();
              if (number % 3 == 0) {
                assertThat(node.remove(States.tcp(number, A).stateId())).isTrue();
              }
              node.statistics();
              node.peers();
              node.explain();
            }
            return null;
          });
      assertThat(all.await(30, TimeUnit.SECONDS)).as("every packet was let go").isTrue();
      assertThat(table.size()).isEqualTo(THREADS * EACH - THREADS * EACH / 3);
    }
    assertThat(released).hasValue(THREADS * EACH / 10);
    wire.loop.close();
  }

  @Test
  void closingWhileOthersCallLeavesNothingBehind() throws Exception {
    AtomicInteger next = new AtomicInteger();
    AtomicInteger held = new AtomicInteger();
    AtomicInteger released = new AtomicInteger();
    PfsyncNode node = node();
    CountDownLatch going = new CountDownLatch(1_000); // more than can be held at once
    Thread closer =
        new Thread(
            () -> {
              try {
                going.await();
                node.close();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    closer.start();
    inParallel(
        () -> {
          boolean open = true;
          for (int i = 0; i < 100_000 && open; i++) {
            try {
              int number = next.incrementAndGet() % 60_000;
              if (node.defer(States.udp(number, A), outcome -> released.incrementAndGet())
                  == Insertion.INSERTED) {
                held.incrementAndGet();
              }
              going.countDown();
            } catch (IllegalStateException closed) {
              open = false;
            }
          }
          assertThat(open).as("the node was closed meanwhile").isFalse();
          return null;
        });
    closer.join();
    CountDownLatch drained = new CountDownLatch(1);
    wire.loop.execute(drained::countDown);
    assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(released).as("every held packet was let go").hasValue(held.get());
    PfsyncStatistics statistics = node.statistics();
    assertThat(statistics.oacts().get(Action.INS)).isEqualTo(held.get());
    assertThat(statistics.deferrals().get(DeferOutcome.CROWDED_OUT)).isPositive();
    wire.loop.close();
  }
}
