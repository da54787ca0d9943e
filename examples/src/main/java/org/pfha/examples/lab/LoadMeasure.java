package org.pfha.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
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

/** {@code pfha measure load}: what many virtual addresses cost. */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = {
      "Measures processor time and memory of a master and a backup with many virtual addresses,",
      "one node against one keepalived against as many UCarps, one after the other."
    })
final class LoadMeasure implements Callable<Integer> {

  @Spec private @Nullable CommandSpec spec;

  @Mixin private MeasureOptions options = new MeasureOptions();

  @Option(
      names = "--vips",
      split = ",",
      defaultValue = "1,50,200",
      description = "How many addresses (${DEFAULT-VALUE}).")
  private List<Integer> vips = List.of();

  @Option(names = "--period", defaultValue = "30", description = "Seconds (${DEFAULT-VALUE}).")
  private int seconds;

  LoadMeasure() {}

  /** One side of one measurement. */
  private record Row(
      String contender, int vips, String role, double cpuPercent, Usage usage, int adverts) {
    JsonObject json() {
      return new JsonObject()
          .field("contender", contender)
          .field("vips", vips)
          .field("role", role)
          .json("cpu_percent_of_a_core", String.format(Locale.ROOT, "%.3f", cpuPercent))
          .json("rss_mib", String.format(Locale.ROOT, "%.1f", usage.residentKib() / 1024.0))
          .json("pss_mib", String.format(Locale.ROOT, "%.1f", usage.proportionalKib() / 1024.0))
          .field("processes", usage.processes())
          .field("threads", usage.threads())
          .field("adverts", adverts);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%-15s %3d VIPs %-6s %7.3f %% of a core  RSS %7.1f MiB  PSS %7.1f MiB  %3d processes"
              + " %3d threads  %5d adverts",
          contender,
          vips,
          role,
          cpuPercent,
          usage.residentKib() / 1024.0,
          usage.proportionalKib() / 1024.0,
          usage.processes(),
          usage.threads(),
          adverts);
    }
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<String> missing = options.missing();
    if (missing.isPresent()) {
      out.println("pfha measure: " + missing.get());
      return 1;
    }
    JsonObject result = options.result("load").field("period_s", seconds);
    List<Row> rows = new java.util.ArrayList<>();
    for (Contender contender : options.contenders("ucarp", "keepalived-1s", "pfha-carp")) {
      for (int count : vips) {
        for (Row row : measure(contender, count)) {
          out.println(row);
          rows.add(row);
        }
        out.flush();
      }
    }
    options.write(result.list("rows", rows, Row::json), out);
    return 0;
  }

  private List<Row> measure(Contender contender, int count) throws IOException {
    try (Bout bout = new Bout(contender, count, options.jvm())) {
      List<LabProcess> master = bout.startMaster();
      List<LabProcess> backup = bout.startBackup(new SplittableRandom(options.seed()));
      bout.wire.watch(Duration.ofSeconds(5));
      bout.wire.clear();
      Usage masterBefore = Usage.of(master);
      Usage backupBefore = Usage.of(backup);
      bout.wire.watch(Duration.ofSeconds(seconds));
      Usage masterAfter = Usage.of(master);
      Usage backupAfter = Usage.of(backup);
      return List.of(
          row(bout, count, "master", masterBefore, masterAfter, bout.a),
          row(bout, count, "backup", backupBefore, backupAfter, bout.b));
    }
  }

  private static Row row(
      Bout bout, int count, String role, Usage before, Usage after, LabHost host) {
    return new Row(
        bout.contender.name(),
        count,
        role,
        after.cpuPercentSince(before),
        after,
        bout.wire.all(Bout.advertOf(host)).size());
  }
}
