package org.pfha.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.pfha.examples.status.Timeline;
import org.pfha.pfsync.engine.BulkProgress;

/** Lets a {@link LivePair} live, on a thread of its own, in real time or faster. Thread-safe. */
final class LiveDemo implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(LiveDemo.class.getName());

  private static final int WAITING = 64;
  private static final long STEP_MILLIS = 10;
  private static final long PATIENCE_SECONDS = 5;

  /** Real time that is made up for at most; a machine that slept does not hurry afterwards. */
  private static final long MOST_BEHIND_NANOS = 250_000_000L;

  private final double speed;
  private final Timeline timeline;
  private final Consumer<BulkProgress> bulk;
  private final BlockingQueue<Runnable> asked = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread;
  private volatile boolean closed;
  private LivePair pair; // of the thread
  private boolean failed; // of the thread

  /**
   * Begins to live.
   *
   * @param speed seconds of the pair in one of ours
   * @param timeline told of what happens
   * @param bulk hears how states are transferred
   * @throws IOException if the demo's data is missing
   */
  LiveDemo(double speed, Timeline timeline, Consumer<BulkProgress> bulk) throws IOException {
    this.speed = speed;
    this.timeline = timeline;
    this.bulk = bulk;
    pair = new LivePair(timeline, bulk, Instant.now());
    thread = new Thread(this::live, "pfha-demo");
    thread.setDaemon(true);
    thread.start();
  }

  Timeline timeline() {
    return timeline;
  }

  private void live() {
    long last = System.nanoTime();
    try {
      while (!closed) {
        Runnable task = asked.poll(STEP_MILLIS, TimeUnit.MILLISECONDS);
        if (task != null) {
          task.run();
        }
        long now = System.nanoTime();
        long passed = Math.min(now - last, MOST_BEHIND_NANOS);
        last = now;
        if (!failed) {
          advance(Duration.ofNanos((long) (passed * speed)));
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  /** Whatever goes wrong in there must not keep it from being looked at and started over. */
  private void advance(Duration time) {
    try {
      pair.advance(time);
    } catch (RuntimeException e) {
      failed = true;
      LOG.log(System.Logger.Level.ERROR, "the pair has failed", e);
      timeline.add(
          pair.now(),
          "pair",
          Timeline.Kind.DIAGNOSIS,
          "the simulation has failed, start over: " + e);
    }
  }

  /**
   * Asks the pair something, or does something to it, between two events.
   *
   * @param question answered on the thread of the pair
   * @return the answer
   * @throws IllegalStateException if the pair cannot answer, or the question makes no sense now
   */
  <T> T ask(Function<LivePair, T> question) {
    FutureTask<T> task = new FutureTask<>(() -> question.apply(pair));
    if (closed || !asked.offer(task)) {
      throw new IllegalStateException("the demo is too busy, or has ended");
    }
    try {
      return task.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (TimeoutException e) {
      throw new IllegalStateException("the demo does not answer", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IllegalStateException told) {
        throw told;
      }
      throw new IllegalStateException("the demo failed: " + e.getCause(), e);
    }
  }

  /** The pair, for what runs on its thread already. */
  LivePair here() {
    if (!Thread.currentThread().equals(thread)) {
      throw new IllegalStateException("only on the thread of the pair");
    }
    return pair;
  }

  /** Notes how the configuration fares; nobody hears of it once the demo has ended. */
  void note(String what) {
    try {
      tell(pair -> timeline.add(pair.now(), "pair", Timeline.Kind.CONFIG, what));
    } catch (IllegalStateException ended) {
      LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", what, ended.getMessage());
    }
  }

  /** Does something to the pair. */
  void tell(Consumer<LivePair> command) {
    ask(
        pair -> {
          command.accept(pair);
          return true;
        });
  }

  /** Another pair takes the place of this one. */
  void startOver() {
    ask(
        old -> {
          try {
            Instant now = Instant.now();
            timeline.add(now, "pair", Timeline.Kind.OPERATOR, "starts over");
            pair = new LivePair(timeline, bulk, now);
            failed = false;
            return true;
          } catch (IOException e) {
            throw new IllegalStateException("the demo's data is missing: " + e.getMessage(), e);
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
