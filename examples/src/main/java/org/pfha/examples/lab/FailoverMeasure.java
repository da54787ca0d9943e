package org.pfha.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha measure failover}: from the last advert of a master that is killed. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = {
      "Kills masters with -9 at a random moment of their interval, all contenders in every round.",
      "Times begin with the last advert of the dead one, on the wire."
    })
final class FailoverMeasure implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Spec private @Nullable CommandSpec spec;

  @Mixin private MeasureOptions options = new MeasureOptions();

  @Option(names = "--runs", defaultValue = "40", description = "How many (${DEFAULT-VALUE}).")
  private int runs;

  FailoverMeasure() {}

  /**
   * One failover; all times in nanoseconds.
   *
   * @param contender whose
   * @param started from the start of the master's process to its first advert
   * @param advert to the successor's first advert
   * @param announced to its first gratuitous ARP
   * @param answered to the first ping it answered
   * @param stall the longest time that the machine stood still meanwhile
   * @param failure why there are no times, or empty
   */
  private record Row(
      String contender,
      long started,
      long advert,
      long announced,
      long answered,
      long stall,
      String failure) {

    JsonObject json() {
      return new JsonObject()
          .field("contender", contender)
          .json("exec_to_advert_ms", millis(started))
          .json("advert_ms", millis(advert))
          .json("announced_ms", millis(announced))
          .json("answered_ms", millis(answered))
          .json("stall_ms", millis(stall))
          .field("failure", failure);
    }

    @Override
    public String toString() {
      return failure.isEmpty()
          ? "%-17s advert %9s  announced %9s  answered %9s ms%s"
              .formatted(
                  contender,
                  millis(advert),
                  millis(announced),
                  millis(answered),
                  stall == 0 ? "" : "  (the machine stood still for " + millis(stall) + " ms)")
          : "%-17s FAILED %s".formatted(contender, failure);
    }
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f", nanos / 1e6);
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<String> missing = options.missing();
    if (missing.isPresent()) {
      out.println("pfha measure: " + missing.get());
      return 1;
    }
    List<Contender> contenders =
        options.contenders(Contender.all().keySet().toArray(String[]::new));
    JsonObject result = options.result("failover");
    List<Row> rows = new ArrayList<>();
    try (Stalls stalls = new Stalls()) {
      for (int run = 1; run <= runs; run++) {
        out.println("run " + run);
        for (Row row : round(contenders, options.seed() * 1000 + run, stalls)) {
          out.println("  " + row);
          rows.add(row);
        }
        out.flush();
      }
    }
    result.list("summary", contenders, contender -> summary(contender, rows, out));
    options.write(result.list("runs", rows, Row::json), out);
    return rows.stream().allMatch(row -> row.failure.isEmpty()) ? 0 : 1;
  }

  /** All contenders at the same time: first they start, which costs, then they mostly wait. */
  private List<Row> round(List<Contender> contenders, long seed, Stalls stalls) throws IOException {
    List<Failover> failovers = new ArrayList<>();
    try {
      for (Contender contender : contenders) {
        failovers.add(new Failover(contender, seed + contender.name().hashCode(), stalls));
      }
      MeasureOptions.together(
          failovers.stream().<Callable<Boolean>>map(each -> each::prepare).toList());
      return MeasureOptions.together(
          failovers.stream().<Callable<Row>>map(each -> each::crash).toList());
    } finally {
      failovers.forEach(Failover::close);
    }
  }

  /** One contender's failover of a round. */
  private final class Failover implements AutoCloseable {
    private final Bout bout;
    private final Stalls stalls;
    private final RandomGenerator random;
    private List<LabProcess> master = List.of();
    private long started;
    private String failure = "";

    Failover(Contender contender, long seed, Stalls stalls) throws IOException {
      this.bout = new Bout(contender, 1, options.jvm());
      this.stalls = stalls;
      this.random = new java.util.SplittableRandom(seed);
    }

    boolean prepare() {
      try {
        long begin = System.currentTimeMillis() * 1_000_000;
        master = bout.startMaster();
        started = bout.wire.await(Bout.advertOf(bout.a), PATIENCE).atNanos() - begin;
        bout.startBackup(random);
        bout.ping();
        return true;
      } catch (IOException e) {
        failure = e.getMessage() + bout.logs();
        return false;
      }
    }

    Row crash() {
      if (!failure.isEmpty()) {
        return failed(failure);
      }
      try {
        bout.wire.watch(Duration.ofNanos(random.nextLong(bout.contender.intervalNanos())));
        if (!bout.wire.all(late(Bout.advertOf(bout.b))).isEmpty()) {
          return failed("the backup advertises although the master lives" + bout.logs());
        }
        master.forEach(LabProcess::kill);
        long last = bout.wire.last(Bout.advertOf(bout.a)).orElseThrow().atNanos();
        long advert = first(Bout.advertOf(bout.b), last);
        long announced = first(Bout.about(bout.b, Seen.Kind.ANNOUNCEMENT), last);
        long answered = first(Bout.about(bout.b, Seen.Kind.PONG), last);
        long stall = stalls.longest(last, last + Math.max(advert, answered));
        return new Row(bout.contender.name(), started, advert, announced, answered, stall, "");
      } catch (IOException e) {
        return failed(e.getMessage() + bout.logs());
      }
    }

    /** The last two intervals: before, a new backup may have been heard. */
    private Predicate<Seen> late(Predicate<Seen> wanted) {
      long since = System.currentTimeMillis() * 1_000_000 - 2 * bout.contender.intervalNanos();
      return wanted.and(frame -> frame.atNanos() > since);
    }

    private long first(Predicate<Seen> wanted, long last) throws IOException {
      return bout.wire.await(wanted.and(frame -> frame.atNanos() > last), PATIENCE).atNanos()
          - last;
    }

    private Row failed(String why) {
      return new Row(bout.contender.name(), 0, 0, 0, 0, 0, why);
    }

    @Override
    public void close() {
      bout.close();
    }
  }

  /** Of the runs in which the machine did not stand still; the others are listed apart. */
  private static JsonObject summary(Contender contender, List<Row> rows, PrintWriter out) {
    List<Row> own =
        rows.stream()
            .filter(row -> row.contender.equals(contender.name()) && row.failure.isEmpty())
            .toList();
    List<Row> clean = own.stream().filter(row -> row.stall == 0).toList();
    out.printf(
        Locale.ROOT,
        "%n%s: formula %s ms, %d runs, %d of them with a stall listed apart%n",
        contender.name(),
        millis(contender.masterDownNanos()),
        own.size(),
        own.size() - clean.size());
    JsonObject json =
        new JsonObject()
            .field("contender", contender.name())
            .json("formula_ms", millis(contender.masterDownNanos()))
            .field("runs", own.size())
            .field("stalled", own.size() - clean.size());
    quantiles(json, out, "exec_to_advert", own, Row::started);
    quantiles(json, out, "advert", clean, Row::advert);
    quantiles(json, out, "advert_over_formula", clean, r -> r.advert - contender.masterDownNanos());
    quantiles(json, out, "announced", clean, Row::announced);
    quantiles(json, out, "answered", clean, Row::answered);
    quantiles(json, out, "advert_with_stalls", own, Row::advert);
    return json;
  }

  private static void quantiles(
      JsonObject json, PrintWriter out, String name, List<Row> rows, ToLongFunction<Row> value) {
    Quantiles quantiles = new Quantiles(rows.stream().map(value::applyAsLong).toList());
    out.printf("  %-20s %s%n", name, quantiles);
    json.field(name, quantiles.json());
  }
}
