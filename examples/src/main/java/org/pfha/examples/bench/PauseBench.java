package org.pfha.examples.bench;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code pfha bench pauses STATES}: an application beside a full table. It makes garbage, keeping
 * some of it for a while, and updates states; the collector's log says how long it was stopped.
 * {@code benchmarks/gc-pauses.sh} compares the log of a full table with that of an empty one.
 */
@Command(
    name = "pauses",
    mixinStandardHelpOptions = true,
    description = "Makes garbage beside a state table, for the collector's log (-Xlog:gc).")
final class PauseBench implements Callable<Integer> {

  private static final int CREATOR = 0x5eed1234;
  private static final int ESTABLISHED = 2;

  /** Objects alive at a time, of 16 to 1039 bytes: some 10 MB. */
  private static final int KEPT = 20_000;

  private static final int LARGEST = 1024;
  private static final int UPDATES_PER_OBJECT = 1;
  private static final long MEGABYTE = 1 << 20;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(index = "0", paramLabel = "STATES", description = "how many states are in the table")
  private int states;

  @Option(
      names = "--megabytes",
      defaultValue = "10000",
      description = "how much garbage is made (${DEFAULT-VALUE})")
  private long megabytes;

  PauseBench() {}

  @Override
  public Integer call() {
    StateTable table = StateTable.withLimit(Math.max(1, states));
    for (int number = 0; number < states; number++) {
      table.insert(state(number), 0);
    }
    long made = work(table);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%d states, %d MB of table, %d MB of garbage%n",
        table.size(),
        table.bytes() / MEGABYTE,
        made / MEGABYTE);
    out.flush();
    return 0;
  }

  /** Returns how many bytes it has allocated. */
  private long work(StateTable table) {
    Random random = new Random(1);
    byte[][] kept = new byte[KEPT][];
    StatePeer peer = peer(1);
    long made = 0;
    long now = 0;
    while (made < megabytes * MEGABYTE) {
      byte[] object = new byte[random.nextInt(LARGEST)];
      kept[random.nextInt(KEPT)] = object;
      made += object.length + 16L;
      now++;
      for (int i = 0; i < UPDATES_PER_OBJECT && states > 0; i++) {
        table.update(table.find(random.nextInt(states), CREATOR), peer, peer, ESTABLISHED, now);
      }
    }
    return made;
  }

  private static StatePeer peer(int sequence) {
    return new StatePeer(4, sequence, sequence + 65_535, 0, 65_535, 1460, 7, null);
  }

  private static PfState state(int number) {
    long host = 0x0a00_0000L + number / 50_000;
    StateKey wire =
        new StateKey(
            StateKey.INET, host << 32, 0, 0xc633_6401L << 32, 0, 1024 + number % 50_000, 443);
    return PfState.builder(number, CREATOR, wire, PfState.TCP)
        .ifname("em0")
        .src(peer(0))
        .dst(peer(0))
        .timeout(ESTABLISHED)
        .build();
  }
}
