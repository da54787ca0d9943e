package org.pfha.examples.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import picocli.CommandLine.Option;

/** What all measurements have in common. */
final class MeasureOptions {

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description =
          "Of ucarp, pfha-carp, pfha-subsecond, keepalived-1s, pfha-vrrp-1s, keepalived-100ms,"
              + " pfha-vrrp-100ms; default: those that make sense.")
  private List<String> only = List.of();

  @Option(names = "--out", paramLabel = "FILE", description = "Writes the result as JSON.")
  private @Nullable Path out;

  @Option(
      names = "--jvm",
      paramLabel = "OPTION",
      split = " ",
      description = "Options of the nodes' JVMs; default: those of the unit file.")
  private List<String> jvm = Programs.SMALL;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the random phases (${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--pressure",
      paramLabel = "SPINNERS,MEGABYTES",
      split = ",",
      description =
          "The nodes' JVMs also spin in so many threads and make so much garbage a second.")
  private List<Integer> pressure = List.of();

  @Option(
      names = "--realtime",
      paramLabel = "PRIORITY",
      defaultValue = "0",
      description = "The nodes' real-time priority, 1-99; 0 for none (${DEFAULT-VALUE}).")
  private int realtime;

  MeasureOptions() {}

  /** What is missing on this machine, if something is. */
  Optional<String> missing() {
    return Lab.missing("ping", "ucarp", "keepalived");
  }

  List<Contender> contenders(String... unlessSaid) {
    Map<String, Contender> all = Contender.all();
    List<Contender> chosen = new ArrayList<>();
    for (String name : only.isEmpty() ? List.of(unlessSaid) : only) {
      Contender contender = all.get(name);
      if (contender == null) {
        throw new IllegalArgumentException(
            "'%s' is none of %s".formatted(name, String.join(", ", all.keySet())));
      }
      chosen.add(contender);
    }
    return chosen;
  }

  Contender.Jvm jvm() {
    if (pressure.isEmpty()) {
      return Contender.Jvm.plain(jvm, realtime);
    }
    int megabytes = pressure.size() > 1 ? pressure.get(1) : 0;
    return new Contender.Jvm(
        Pressure.class.getName(),
        jvm,
        List.of(pressure.get(0).toString(), Integer.toString(megabytes)),
        realtime);
  }

  long seed() {
    return seed;
  }

  /** The beginning of a result: what was measured, where and when. */
  JsonObject result(String what) {
    return new JsonObject()
        .field("measure", what)
        .field("at", Instant.now().toString())
        .field("java", System.getProperty("java.version"))
        .texts("jvm", jvm)
        .texts("pressure", pressure.stream().map(String::valueOf).toList())
        .field("realtime", realtime)
        .field("cpus", Runtime.getRuntime().availableProcessors())
        .json(
            "load",
            String.format(
                Locale.ROOT,
                "%.2f",
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
  }

  void write(JsonObject result, PrintWriter log) throws IOException {
    if (out != null) {
      Files.writeString(out, result + "\n");
      log.println("written to " + out);
    }
    log.flush();
  }

  /** Does all at the same time. */
  static <T> List<T> together(Collection<? extends Callable<T>> all) throws IOException {
    ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, all.size()));
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(all)) {
        results.add(each.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      threads.shutdownNow();
    }
  }
}
