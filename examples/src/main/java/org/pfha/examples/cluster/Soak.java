package org.pfha.examples.cluster;

import java.io.Closeable;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.PfsyncNode;

/**
 * Two real nodes in real time, over sockets, with many state changes a second while packets are
 * lost, loops stand still and nodes are restarted. In the end memory and descriptors must be what
 * they were after the start, the tables equal, and one node MASTER.
 */
final class Soak implements Closeable {

  /**
   * A quarter of the changes, for as long as nothing gets through: else a bulk transfer revives
   * them.
   */
  private static final int REMOVED = 262_144;

  /**
   * Seconds until a connection expires that nobody moves along; each is moved every four. A peer
   * that has not heard of an end keeps the state for so long.
   */
  private static final int LIFE = 60;

  private static final int ESTABLISHED =
      Timeouts.indexFor(PfState.TCP, StatePeer.ESTABLISHED, StatePeer.ESTABLISHED);

  /** The tables hold about so many states. */
  private static final int STATES = 100_000;

  private static final long BATCH_NANOS = 2_000_000L;
  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(15);
  private static final Duration CONVERGENCE = Duration.ofSeconds(50);

  /**
   * Memory may be so much more at the end than a quarter through and with full tables: what the
   * collector leaves.
   */
  private static final double GROWTH = 1.25;

  /** Until so much has changed, tables still fill and classes are loaded: nothing is judged. */
  private static final long FILLED = 4L * STATES;

  private final PrintWriter out;
  private final int rate;
  private final SplittableRandom random;
  private final Node a;
  private final Node b;
  private final long[] open = new long[STATES];
  private final List<Long> memory = new ArrayList<>();
  private final List<Long> descriptors = new ArrayList<>();
  private int filling; // samples
  private int opened;
  private long nextId = 1;
  private long changes;
  private int faults;

  /** One node, which can be restarted; its table stays with its data plane. */
  private static final class Node implements Closeable {
    private final String name;
    private final int number;
    private final StateTable table =
        StateTable.builder(8 * STATES).timeouts(Timeouts.DEFAULT.with(ESTABLISHED, LIFE)).build();
    private LoopbackTransport transport;
    private @Nullable CarpNode carp;
    private @Nullable PfsyncNode pfsync;

    Node(String name, int number) throws IOException {
      this.name = name;
      this.number = number;
      transport = transport();
    }

    private LoopbackTransport transport() throws IOException {
      return new LoopbackTransport(
          name, List.of(link("em0", "10.0.0."), link("sync0", "172.16.1.")));
    }

    private Link link(String link, String network) {
      return new Link(
          link,
          true,
          1500,
          new MacAddress(0x0200_0000_0000L | number),
          List.of(LinkAddress.parse(network + (number + 1) + "/24")));
    }

    void start() throws IOException {
      CarpNode node =
          CarpNode.builder(transport)
              .preempt(true)
              .virtualRouter(
                  VirtualRouter.onInterface("em0")
                      .vhid(1)
                      .password("soak")
                      .address("10.0.0.100/24")
                      .advskew(100 * (number - 1)))
              .start();
      carp = node;
      pfsync =
          PfsyncNode.builder(transport)
              .onInterface("sync0")
              .table(table)
              .creatorId(number)
              .peer("172.16.1." + (4 - number))
              .strictMerge()
              .rememberRemoved(REMOVED)
              .demoting(node.demotion())
              .start();
    }

    PfsyncNode pfsync() {
      return Objects.requireNonNull(pfsync, "not started");
    }

    Role role() {
      return Objects.requireNonNull(carp, "not started").role("em0", 1);
    }

    void stop() {
      if (pfsync != null && carp != null) {
        pfsync.close();
        carp.close();
      }
    }

    @Override
    public void close() {
      stop();
      transport.close();
    }
  }

  Soak(PrintWriter out, int rate, long seed) throws IOException {
    this.out = out;
    this.rate = rate;
    random = new SplittableRandom(seed);
    a = new Node("soak-a", 1);
    b = new Node("soak-b", 2);
    connect();
    a.start();
    b.start();
  }

  private void connect() {
    a.transport.peer(b.transport);
    b.transport.peer(a.transport);
  }

  /** Runs it; whether everything is as it should be. */
  boolean run(Duration length) throws IOException {
    long began = System.nanoTime();
    long end = began + length.toNanos();
    long nextSample = began;
    long nextFault = began + BETWEEN_FAULTS.toNanos();
    long calmFrom = end - Math.min(length.toNanos() / 10, 30_000_000_000L);
    long nextBatch = began;
    while (System.nanoTime() - end < 0) {
      long now = System.nanoTime();
      batch((int) (rate * BATCH_NANOS / 1_000_000_000L));
      if (now - nextFault > 0 && now - calmFrom < 0) {
        nextFault = now + BETWEEN_FAULTS.toNanos();
        fault();
      } else if (now - calmFrom > 0) {
        peace();
      }
      if (now - nextSample > 0) {
        nextSample = now + SAMPLE.toNanos();
        sample(now - began);
      }
      nextBatch += BATCH_NANOS;
      long wait = nextBatch - System.nanoTime();
      if (wait > 0) {
        LockSupport.parkNanos(wait);
      } else if (wait < -1_000_000_000L) {
        nextBatch = System.nanoTime(); // too slow a machine: the rate that was reached is reported
      }
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    peace();
    a.pfsync().resync();
    b.pfsync().resync();
    boolean equal = waitUntilEqual();
    sample(System.nanoTime() - began);
    return report(seconds, equal);
  }

  /** Half of the changes move a connection along; as many end as begin. */
  private void batch(int count) {
    PfsyncNode node = a.pfsync();
    for (int i = 0; i < count; i++) {
      int what = random.nextInt(4);
      if (opened < STATES && (what == 0 || opened < STATES / 2)) {
        long id = nextId++;
        node.insert(connection(id));
        open[opened++] = id;
      } else {
        int at = random.nextInt(opened);
        StateId id = new StateId(open[at], 1);
        if (what == 1 || opened == STATES) {
          node.remove(id);
          open[at] = open[--opened];
        } else {
          int seq = random.nextInt(1 << 20);
          StatePeer moved = tcp((int) (changes >>> 4) + seq);
          node.update(id, moved, moved);
        }
      }
      changes++;
    }
  }

  private static PfState connection(long id) {
    byte[] client = ByteBuffer.allocate(4).putInt(0x0a00_0000 | (int) (id >>> 14)).array();
    try {
      StateKey key =
          StateKey.of(
              InetAddress.getByAddress(client),
              1024 + (int) (id & 0x3fff),
              InetAddress.getByAddress(new byte[] {(byte) 203, 0, 113, 7}),
              443);
      return PfState.of(id, 1, PfState.ALL, key, PfState.TCP, PfState.IN, tcp(0), tcp(0));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("four bytes are an address", impossible);
    }
  }

  private static StatePeer tcp(int seqlo) {
    return new StatePeer(StatePeer.ESTABLISHED, seqlo, seqlo + 65_535, 0, 1_000, 1_460, 0, null);
  }

  private void fault() throws IOException {
    faults++;
    peace();
    switch (random.nextInt(4)) {
      case 0 -> say("5 % of the packets are lost", () -> loss(0.05));
      case 1 -> say("nothing gets through", () -> loss(1));
      case 2 -> say("the second node stands still for 3 s", () -> standStill(b, 3_000));
      default -> {
        out.println("the second node is restarted, with its states");
        b.close();
        b.transport = b.transport();
        connect();
        b.start();
        a.pfsync().resync();
      }
    }
    out.flush();
  }

  private void say(String what, Runnable fault) {
    out.println(what);
    fault.run();
  }

  private void loss(double probability) {
    a.transport.loss(probability);
    b.transport.loss(probability);
  }

  private static void standStill(Node node, long millis) {
    node.transport.loop().execute(() -> LockSupport.parkNanos(millis * 1_000_000L));
  }

  private void peace() {
    loss(0);
  }

  private boolean waitUntilEqual() {
    long end = System.nanoTime() + CONVERGENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      if (!a.pfsync().isAwaitingBulk()
          && !b.pfsync().isAwaitingBulk()
          && a.table.identityDigest() == b.table.identityDigest()
          && a.table.progressDigest() == b.table.progressDigest()
          && a.role() == Role.MASTER
          && b.role() == Role.BACKUP) {
        return true;
      }
      LockSupport.parkNanos(100_000_000L);
    }
    return false;
  }

  private void sample(long nanos) throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long used = runtime.totalMemory() - runtime.freeMemory();
    long files = openFiles();
    filling += changes < FILLED ? 1 : 0;
    memory.add(used);
    descriptors.add(files);
    out.printf(
        Locale.ROOT,
        "%6.0f s: %d MB, %d descriptors, %d changes, %d and %d states, %d packets lost%n",
        nanos / 1e9,
        used >> 20,
        files,
        changes,
        a.table.size(),
        b.table.size(),
        a.transport.dropped() + b.transport.dropped());
    out.flush();
  }

  /** Where the system does not tell, 0. */
  private static long openFiles() throws IOException {
    Path own = Path.of("/proc/self/fd");
    if (!Files.isDirectory(own)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(own)) {
      return files.count();
    }
  }

  private boolean report(double seconds, boolean equal) {
    int last = memory.size() - 1;
    int quarter = Math.min(last, Math.max(memory.size() / 4, filling));
    long before = memory.get(quarter);
    long after = memory.get(last);
    boolean flat = after <= GROWTH * before;
    boolean noLeak = descriptors.get(last) <= descriptors.get(quarter);
    out.printf(
        Locale.ROOT,
        "{\"seconds\":%.0f,\"changes\":%d,\"changes_per_second\":%.0f,\"faults\":%d,"
            + "\"states\":%d,\"memory_mb_at_quarter\":%d,\"memory_mb_at_end\":%d,"
            + "\"descriptors_at_quarter\":%d,\"descriptors_at_end\":%d,\"memory_flat\":%b,"
            + "\"no_descriptor_leak\":%b,\"tables_equal\":%b}%n",
        seconds,
        changes,
        changes / seconds,
        faults,
        a.table.size(),
        before >> 20,
        after >> 20,
        descriptors.get(quarter),
        descriptors.get(last),
        flat,
        noLeak,
        equal);
    return equal && flat && noLeak;
  }

  @Override
  public void close() {
    a.close();
    b.close();
  }
}
