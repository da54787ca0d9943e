package org.pfha.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

/** {@code pfha measure jitter}: how even a master's adverts are. */
@Command(
    name = "jitter",
    mixinStandardHelpOptions = true,
    description = "Measures the intervals between a master's adverts, of all contenders at a time.")
final class JitterMeasure implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private MeasureOptions options = new MeasureOptions();

  @Option(names = "--period", defaultValue = "60", description = "Seconds (${DEFAULT-VALUE}).")
  private int seconds;

  JitterMeasure() {}

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
    JsonObject result = options.result("jitter").field("period_s", seconds);
    List<Bout> bouts = new ArrayList<>();
    try (Stalls stalls = new Stalls()) {
      for (Contender contender : contenders) {
        bouts.add(new Bout(contender, 1, options.jvm()));
      }
      MeasureOptions.together(
          bouts.stream()
              .<Callable<Boolean>>map(
                  bout ->
                      () -> {
                        bout.startMaster();
                        bout.startBackup(new SplittableRandom(options.seed()));
                        return true;
                      })
              .toList());
      bouts.forEach(bout -> bout.wire.clear());
      long begin = System.currentTimeMillis() * 1_000_000;
      bouts.get(0).wire.watch(Duration.ofSeconds(seconds));
      long stall = stalls.longest(begin, System.currentTimeMillis() * 1_000_000);
      out.printf("longest stall of the machine %d ms%n", stall / 1_000_000);
      result.field("longest_stall_ms", stall / 1_000_000);
      options.write(result.list("contenders", bouts, bout -> summary(bout, out)), out);
      return 0;
    } finally {
      bouts.forEach(Bout::close);
    }
  }

  private static JsonObject summary(Bout bout, PrintWriter out) {
    List<Seen> adverts = bout.wire.all(Bout.advertOf(bout.a));
    List<Long> intervals = new ArrayList<>();
    List<Long> errors = new ArrayList<>();
    for (int i = 1; i < adverts.size(); i++) {
      long interval = adverts.get(i).atNanos() - adverts.get(i - 1).atNanos();
      intervals.add(interval);
      errors.add(Math.abs(interval - bout.contender.intervalNanos()));
    }
    long usurped = bout.wire.all(Bout.advertOf(bout.b)).size();
    out.printf("%n%s, %d adverts of the backup%n", bout.contender.name(), usurped);
    out.printf("  interval  %s%n", new Quantiles(intervals));
    out.printf("  off by    %s%n", new Quantiles(errors));
    return new JsonObject()
        .field("contender", bout.contender.name())
        .field("interval", new Quantiles(intervals).json())
        .field("off_by", new Quantiles(errors).json())
        .field("adverts_of_backup", usurped);
  }
}
