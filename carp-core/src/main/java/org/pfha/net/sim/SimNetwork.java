package org.pfha.net.sim;

import static com.google.common.base.Preconditions.checkArgument;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A network in virtual time: segments, hosts, and whatever runs on them.
 *
 * <p>Nothing happens but in {@link #advance} and {@link #runUntil}, which run everything that is
 * due, in order of time and, at the same instant, in the order in which it was arranged. One seed
 * decides everything that is random.
 *
 * <p>Thread-safe in what hosts offer as transports and event loops; the network is advanced by one
 * thread at a time. A task that throws makes {@code advance} throw, and time stands still where
 * that happened; advancing again goes on behind it.
 */
public final class SimNetwork {

  /** More events than this at one instant mean that virtual time will never get past it. */
  static final int MOST_EVENTS_PER_INSTANT = 2_000_000;

  final Object lock = new Object();
  final SplittableRandom random;

  private final Map<String, SimSegment> segments = new LinkedHashMap<>();
  private final Map<String, SimHost> hosts = new LinkedHashMap<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final int mostEventsPerInstant;
  private long sequence;
  private int eventsThisInstant;
  private volatile long now;
  private volatile Thread owner = Thread.currentThread();
  private volatile @Nullable SimEventLoop running;
  private boolean advancing;

  /**
   * A network whose clock starts at 0.
   *
   * @param seed decides everything that is random
   */
  public SimNetwork(long seed) {
    this(seed, 0, MOST_EVENTS_PER_INSTANT);
  }

  /**
   * A network whose clock starts anywhere, such as just before the overflow of a {@code long}.
   *
   * @param seed decides everything that is random
   * @param originNanos first value of the clock
   */
  public SimNetwork(long seed, long originNanos) {
    this(seed, originNanos, MOST_EVENTS_PER_INSTANT);
  }

  SimNetwork(long seed, long originNanos, int mostEventsPerInstant) {
    this.random = new SplittableRandom(seed);
    this.now = originNanos;
    this.mostEventsPerInstant = mostEventsPerInstant;
  }

  /**
   * The broadcast domain of a name, made on first use.
   *
   * @param name such as {@code lan}
   * @return the same segment for the same name
   */
  public SimSegment segment(String name) {
    synchronized (lock) {
      return segments.computeIfAbsent(name, key -> new SimSegment(this, key));
    }
  }

  /**
   * The host of a name, made on first use: powered on, without links.
   *
   * @param name such as {@code fw-a}
   * @return the same host for the same name
   */
  public SimHost host(String name) {
    synchronized (lock) {
      return hosts.computeIfAbsent(name, key -> new SimHost(this, key, hosts.size() + 1));
    }
  }

  /**
   * The virtual time.
   *
   * @return nanoseconds on the clock of every host
   */
  public long now() {
    return now;
  }

  /**
   * How much is arranged to happen: timers, tasks and packets under way.
   *
   * @return a number that must not grow without end
   */
  public int pending() {
    synchronized (lock) {
      return events.size();
    }
  }

  /**
   * Runs everything that is due within a time, and ends at its end.
   *
   * @param time how far; zero runs what is due now
   * @throws IllegalStateException if a task of a host threw; its cause is what was thrown, and time
   *     stands where it happened. Also if nothing but events of one instant happens for ever
   */
  public void advance(Duration time) {
    runUntil(() -> false, time);
  }

  /**
   * Runs what is due until a condition holds; it is asked before, and after every event.
   *
   * @param condition to wait for
   * @param limit how far at most
   * @return true as soon as it holds, false if it did not within the limit
   * @throws IllegalStateException as {@link #advance}
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    checkArgument(!limit.isNegative(), "time %s is negative", limit);
    enter();
    try {
      long end = now + limit.toNanos();
      throwFailures();
      if (condition.getAsBoolean()) {
        return true;
      }
      for (Event event = next(end); event != null; event = next(end)) {
        event.task.run();
        throwFailures();
        if (condition.getAsBoolean()) {
          return true;
        }
      }
      return false;
    } finally {
      synchronized (lock) {
        advancing = false;
      }
    }
  }

  private void enter() {
    synchronized (lock) {
      if (advancing) {
        throw new IllegalStateException(
            "the network is being advanced; neither a task nor another thread may advance it too");
      }
      advancing = true;
      owner = Thread.currentThread();
    }
  }

  private @Nullable Event next(long end) {
    synchronized (lock) {
      Event event = events.peek();
      if (event == null || event.atNanos - end > 0) {
        moveTo(end);
        return null;
      }
      moveTo(event.atNanos);
      if (++eventsThisInstant > mostEventsPerInstant) {
        throw new IllegalStateException(
            "livelock: more than %d events at the instant %d ns; something re-arms itself without delay"
                .formatted(mostEventsPerInstant, now));
      }
      return events.remove();
    }
  }

  private void moveTo(long instant) {
    if (instant - now > 0) {
      now = instant;
      eventsThisInstant = 0;
    }
  }

  private void throwFailures() {
    synchronized (lock) {
      if (failures.isEmpty()) {
        return;
      }
      Throwable first = failures.get(0);
      IllegalStateException failure =
          new IllegalStateException(first.getMessage(), first.getCause());
      failures.stream().skip(1).forEach(failure::addSuppressed);
      failures.clear();
      throw failure;
    }
  }

  /** Arranges for something to happen; an instant that has passed means now. */
  Event at(long atNanos, Runnable task) {
    synchronized (lock) {
      Event event = new Event(atNanos - now > 0 ? atNanos : now, sequence++, task);
      events.add(event);
      return event;
    }
  }

  void cancel(Event event) {
    synchronized (lock) {
      events.remove(event);
    }
  }

  /** Runs a task as one of a loop; what it throws is kept for {@link #advance}. */
  void runOn(SimEventLoop loop, String host, Runnable task) {
    SimEventLoop before = running;
    running = loop;
    try {
      task.run();
    } catch (Throwable error) { // a test must not pass over it, whatever it is
      synchronized (lock) {
        failures.add(
            new IllegalStateException(
                "a task of host %s failed at %d ns: %s".formatted(host, now, error), error));
      }
    } finally {
      running = before;
    }
  }

  /**
   * Between events the thread that advances the network is on every loop: nothing else can run
   * there meanwhile, and waiting for a loop would wait for ever.
   */
  boolean isOn(SimEventLoop loop) {
    SimEventLoop current = running;
    return Thread.currentThread() == owner && (current == null || current == loop);
  }

  record Event(long atNanos, long sequence, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      long order = atNanos - other.atNanos;
      return order != 0 ? Long.signum(order) : Long.compare(sequence, other.sequence);
    }
  }
}
