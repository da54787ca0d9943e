package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/**
 * How the scenarios of many seeds have ended. Immutable.
 *
 * @param from the first seed
 * @param seeds how many were run
 * @param simulatedNanos virtual time of all of them together
 * @param wallNanos how long it took
 * @param connections how many were opened
 * @param roleChanges how many there were
 * @param failures those that violated something, by seed
 */
public record Campaign(
    long from,
    long seeds,
    long simulatedNanos,
    long wallNanos,
    long connections,
    long roleChanges,
    List<Outcome> failures) {

  private static final int MOST_FAILURES = 100;

  /**
   * Runs the scenarios of many seeds.
   *
   * @param simulation without a timeline
   * @param from the first seed
   * @param seeds how many, one after the other
   * @param threads that share the work
   * @param progress is told now and then, by any thread, how many seeds are done
   * @return when all are done, or a hundred have failed
   * @throws InterruptedException if the calling thread was
   */
  public static Campaign run(
      Simulation simulation, long from, long seeds, int threads, LongConsumer progress)
      throws InterruptedException {
    Preconditions.checkArgument(threads > 0, "%s threads", threads);
    long began = System.nanoTime();
    AtomicLong next = new AtomicLong();
    AtomicLong done = new AtomicLong();
    AtomicLong simulated = new AtomicLong();
    AtomicLong connections = new AtomicLong();
    AtomicLong roleChanges = new AtomicLong();
    List<Outcome> failures = new ArrayList<>();
    List<Throwable> errors = new ArrayList<>();
    Runnable work =
        () -> {
          for (long i = next.getAndIncrement(); i < seeds; i = next.getAndIncrement()) {
            try {
              Outcome outcome = simulation.run(Scenario.of(from + i));
              simulated.addAndGet(outcome.simulated().toNanos());
              connections.addAndGet(outcome.connections());
              roleChanges.addAndGet(outcome.roleChanges());
              if (!outcome.isFine()) {
                synchronized (failures) {
                  failures.add(outcome);
                  if (failures.size() >= MOST_FAILURES) {
                    next.set(seeds);
                  }
                }
              }
            } catch (RuntimeException | Error e) {
              next.set(seeds);
              synchronized (failures) {
                errors.add(new IllegalStateException("seed " + (from + i) + ": " + e, e));
              }
            }
            progress.accept(done.incrementAndGet());
          }
        };
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      for (int i = 0; i < threads; i++) {
        workers.execute(work);
      }
      workers.shutdown();
      workers.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } finally {
      workers.shutdownNow();
    }
    if (!errors.isEmpty()) {
      throw new IllegalStateException(errors.get(0).getMessage(), errors.get(0).getCause());
    }
    failures.sort(Comparator.comparingLong(outcome -> outcome.scenario().seed()));
    return new Campaign(
        from,
        done.get(),
        simulated.get(),
        System.nanoTime() - began,
        connections.get(),
        roleChanges.get(),
        List.copyOf(failures));
  }

  /**
   * Virtual time.
   *
   * @return hours of one cluster
   */
  public double hours() {
    return simulatedNanos / 3.6e12;
  }

  /**
   * How fast it went.
   *
   * @return hours of virtual time per second of real time
   */
  public double hoursPerSecond() {
    return hours() / (wallNanos / 1e9);
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d seeds from %d: %.1f cluster hours in %.1f s, %d connections, %d role changes, %d failed",
        seeds,
        from,
        hours(),
        wallNanos / 1e9,
        connections,
        roleChanges,
        failures.size());
  }
}
