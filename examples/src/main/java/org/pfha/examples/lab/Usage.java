package org.pfha.examples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * What some processes have used, as Linux counts it. Immutable.
 *
 * @param atNanos when it was read, by this JVM's clock
 * @param cpuNanos processor time of all threads since their start
 * @param residentKib resident memory, what they share counted by each
 * @param proportionalKib resident memory, what they share divided among them
 * @param processes how many they are
 * @param threads how many they have
 */
record Usage(
    long atNanos,
    long cpuNanos,
    long residentKib,
    long proportionalKib,
    int processes,
    int threads) {

  static Usage of(Collection<LabProcess> started) throws IOException {
    Usage sum = new Usage(System.nanoTime(), 0, 0, 0, 0, 0);
    for (LabProcess process : started) {
      for (long pid : process.pids()) {
        sum = sum.plus(of(Path.of("/proc", Long.toString(pid))));
      }
    }
    return sum;
  }

  /** The share of one core since an earlier reading, in percent. */
  double cpuPercentSince(Usage before) {
    return 100.0 * (cpuNanos - before.cpuNanos) / (atNanos - before.atNanos);
  }

  private Usage plus(Usage other) {
    return new Usage(
        atNanos,
        cpuNanos + other.cpuNanos,
        residentKib + other.residentKib,
        proportionalKib + other.proportionalKib,
        processes + other.processes,
        threads + other.threads);
  }

  private static Usage of(Path process) throws IOException {
    List<Path> tasks;
    try (Stream<Path> all = Files.list(process.resolve("task"))) {
      tasks = all.toList();
    }
    long cpu = 0;
    for (Path task : tasks) {
      cpu += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ", 2)[0]);
    }
    long resident = 0;
    long proportional = 0;
    for (String line : Files.readAllLines(process.resolve("smaps_rollup"))) {
      if (line.startsWith("Rss:")) {
        resident = Long.parseLong(line.replaceAll("\\D", ""));
      } else if (line.startsWith("Pss:")) {
        proportional = Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return new Usage(0, cpu, resident, proportional, 1, tasks.size());
  }
}
