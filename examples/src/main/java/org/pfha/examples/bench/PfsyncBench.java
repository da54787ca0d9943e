package org.pfha.examples.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PacketBatch;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.wire.Action;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code pfha bench pfsync CORPUS}: feeds packets to the engine as fast as it takes them.
 *
 * <p>A corpus is what {@code pfsync_baseline gen} writes: records of a big-endian length and that
 * many bytes of one packet, in phases ended by a length of 0; INS, UPD_C and DEL_C by turns.
 */
@Command(
    name = "pfsync",
    mixinStandardHelpOptions = true,
    description = "Applies a corpus of packets to a state table.")
final class PfsyncBench implements Callable<Integer> {

  private static final String[] PHASES = {"INS", "UPD_C", "DEL_C"};
  private static final int TTL = 255;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "CORPUS", description = "file of packets")
  private @Nullable Path corpus;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "ROUNDS",
      defaultValue = "3",
      description = "how often; the first rounds warm up (${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--cpu-time",
      description = "rates by processor time instead of real time, for machines with other work")
  private boolean cpuTime;

  @Option(
      names = "--limit",
      defaultValue = "4000000",
      description = "most states of the table (${DEFAULT-VALUE})")
  private int limit;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  PfsyncBench() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    byte[] bytes = Files.readAllBytes(Objects.requireNonNull(corpus));
    StateTable table = StateTable.withLimit(limit);
    PfsyncSettings settings = PfsyncSettings.builder(1).profile(PfsyncProfile.FREEBSD_13).build();
    PfsyncEngine engine = new PfsyncEngine(table, settings, new Deaf(), System.nanoTime());
    for (int round = 0; round < rounds; round++) {
      int at = 0;
      for (String phase : PHASES) {
        PfsyncStatistics before = engine.statistics();
        long begin = nanos();
        at = phase(engine, bytes, at, System.nanoTime());
        double seconds = (nanos() - begin) / 1e9;
        PfsyncStatistics after = engine.statistics();
        long messages = messages(after) - messages(before);
        out.printf(
            Locale.ROOT,
            "round %d %-5s %10d msgs %8.3f Mmsg/s  states=%d stale=%d unknown=%d maxrss=%dMB%n",
            round,
            phase,
            messages,
            messages / seconds / 1e6,
            table.size(),
            after.stale(),
            after.badstate(),
            maxResidentMegabytes());
        out.flush();
      }
    }
    return 0;
  }

  private long nanos() {
    return cpuTime ? threads.getCurrentThreadCpuTime() : System.nanoTime();
  }

  /** Returns where the next phase begins. */
  private static int phase(PfsyncEngine engine, byte[] bytes, int from, long now) {
    ByteBuffer lengths = ByteBuffer.wrap(bytes);
    PacketBatch batch = PacketBatch.over(bytes);
    int at = from;
    while (at + Integer.BYTES <= bytes.length) {
      int length = lengths.getInt(at);
      at += Integer.BYTES;
      if (length <= 0 || length > bytes.length - at) {
        break;
      }
      batch.add(bytes, at, length, TTL, -1);
      if (batch.isFull()) {
        engine.received(batch, now);
      }
      at += length;
    }
    engine.received(batch, now);
    return at;
  }

  private static long messages(PfsyncStatistics statistics) {
    List<Long> counts = statistics.iacts();
    return counts.stream().mapToLong(Long::longValue).sum() - counts.get(Action.EOF);
  }

  /** What Linux says; elsewhere the size of the heap. */
  private static long maxResidentMegabytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("\\D", "")) / 1024;
        }
      }
    }
    return Runtime.getRuntime().totalMemory() >> 20;
  }

  /** Nobody listens, and what the engine sends gets nowhere. */
  static final class Deaf implements PfsyncSink {

    @Override
    public boolean send(byte[] buffer, int length) {
      return true;
    }

    @Override
    public boolean wantsStateEvents() {
      return false;
    }

    @Override
    public void event(PfsyncEvent event) {}

    @Override
    public void demote(boolean demoted) {}
  }
}
