package org.pfha.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code pfha measure silence}: no node takes over unless the master was silent long enough. */
@Command(
    name = "silence",
    mixinStandardHelpOptions = true,
    description = {
      "Lets a backup live beside masters that are killed now and then, for some minutes; with",
      "--pressure 2,200 in JVMs that spin in two threads and make 200 MB of garbage a second.",
      "Exits with 1 if the backup has taken over without a silence of the master-down time."
    })
final class SilenceMeasure implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Two clocks and a queue. */
  private static final long PRECISION = 1_000_000;

  @Spec private @Nullable CommandSpec spec;

  @Mixin private MeasureOptions options = new MeasureOptions();

  @Option(names = "--period", defaultValue = "600", description = "Seconds (${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--life",
      defaultValue = "20",
      description = "Seconds of a master's life, on average (${DEFAULT-VALUE}).")
  private int life;

  SilenceMeasure() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<String> missing = options.missing();
    if (missing.isPresent()) {
      out.println("pfha measure: " + missing.get());
      return 1;
    }
    JsonObject result = options.result("silence").field("period_s", seconds);
    List<JsonObject> rows = new ArrayList<>();
    boolean fine = true;
    for (Contender contender : options.contenders("pfha-vrrp-1s")) {
      fine &= measure(contender, rows, out);
    }
    options.write(result.list("contenders", rows, each -> each), out);
    return fine ? 0 : 1;
  }

  private boolean measure(Contender contender, List<JsonObject> rows, PrintWriter out)
      throws IOException {
    SplittableRandom random = new SplittableRandom(options.seed());
    List<Seen> adverts;
    try (Bout bout = new Bout(contender, 1, options.jvm())) {
      List<LabProcess> master = bout.startMaster();
      bout.startBackup(random);
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      while (System.nanoTime() - end < 0) {
        bout.wire.watch(Duration.ofMillis(random.nextLong(1000L * life, 2000L * life)));
        master.forEach(LabProcess::kill);
        long last = bout.wire.last(Bout.advertOf(bout.a)).orElseThrow().atNanos();
        bout.wire.await(Bout.advertOf(bout.b).and(seen -> seen.atNanos() > last), PATIENCE);
        long dead = System.currentTimeMillis() * 1_000_000;
        master = contender.start(bout.a, true, 1, options.jvm());
        bout.wire.await(Bout.advertOf(bout.a).and(seen -> seen.atNanos() > dead), PATIENCE);
      }
      adverts = bout.wire.all(Seen::isAdvert);
    }
    Judgement judgement = judge(adverts, contender);
    out.printf(
        Locale.ROOT,
        "%s: %d takeovers of the backup, %d of them without a silence of %.3f ms%n  silence  %s%n",
        contender.name(),
        judgement.silences.size(),
        judgement.tooShort,
        contender.masterDownNanos() / 1e6,
        new Quantiles(judgement.silences));
    rows.add(
        new JsonObject()
            .field("contender", contender.name())
            .field("takeovers", judgement.silences.size())
            .field("too_short", judgement.tooShort)
            .field("silence", new Quantiles(judgement.silences).json()));
    return judgement.tooShort == 0 && !judgement.silences.isEmpty();
  }

  private record Judgement(List<Long> silences, int tooShort) {}

  /** The backup's first advert behind one of a better master ends the silence. */
  private static Judgement judge(List<Seen> all, Contender contender) {
    List<Seen> adverts =
        all.stream().sorted((x, y) -> Long.compare(x.atNanos(), y.atNanos())).toList();
    List<Long> silences = new ArrayList<>();
    int tooShort = 0;
    for (int i = 1; i < adverts.size(); i++) {
      Seen last = adverts.get(i - 1);
      Seen first = adverts.get(i);
      // One advert of the worse may cross the better one's first; that is no takeover.
      boolean crossing =
          i >= 2
              && adverts.get(i - 2).host().equals("b")
              && first.atNanos() - last.atNanos() < contender.intervalNanos();
      if (last.host().equals("a") && first.host().equals("b") && !crossing) {
        long silence = first.atNanos() - last.atNanos();
        silences.add(silence);
        if (silence < contender.masterDownNanos() - PRECISION) {
          tooShort++;
        }
      }
    }
    return new Judgement(silences, tooShort);
  }
}
