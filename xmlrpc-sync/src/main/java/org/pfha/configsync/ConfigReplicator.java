package org.pfha.configsync;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigTree;

/**
 * Keeps secondaries like this node: pushes after each change, to several at once, each on a thread
 * of its own so that a dead one delays nobody. Changes that come close together are pushed
 * together. Thread-safe. Source: spec sections 7, 11.2, 22 (23).
 */
public final class ConfigReplicator implements AutoCloseable {
  /** More secondaries than a sane cluster has; each costs a thread. */
  public static final int MAX_TARGETS = 64;

  private static final System.Logger LOG = System.getLogger(ConfigReplicator.class.getName());

  /** What a target is doing. */
  public enum State {
    /** Nothing to do. */
    IDLE,
    /** A push is to come. */
    PENDING,
    /** A push is under way. */
    PUSHING,
    /** Stopped until resumed; changes are counted. */
    PAUSED,
    /** For good. */
    CLOSED
  }

  /**
   * How it stands with one secondary.
   *
   * @param state what is being done
   * @param pendingChanges changes it has not been seen to hold
   * @param next when the next push begins, null when none is due
   * @param sync what the last push said
   */
  public record Status(State state, int pendingChanges, @Nullable Instant next, SyncStatus sync) {}

  private final Builder options;
  private final Map<String, Target> targets = new LinkedHashMap<>();

  private ConfigReplicator(Builder options) {
    this.options = options;
    options.primaries.forEach(primary -> targets.put(primary.peer(), new Target(primary)));
    targets.values().forEach(target -> target.thread.start());
  }

  /**
   * Begins a replicator.
   *
   * @param source this node's configuration, read at the begin of each push
   * @return a builder
   */
  public static Builder of(Callable<ConfigTree> source) {
    return new Builder(source);
  }

  /** This node's configuration changed: every secondary is to get it. */
  public void changed() {
    changed(List.of());
  }

  /**
   * This node's configuration changed because another node pushed: every secondary of this node is
   * to get it. For {@link ConfigSecondary.Builder#onward}.
   *
   * @param hops ids of the nodes it came through, the origin first
   */
  public void changed(List<String> hops) {
    targets.values().forEach(target -> target.tell(() -> target.schedule.changed(hops, now())));
  }

  /** Pushes everything to every secondary now, even what it is seen to hold. */
  public void resync() {
    targets.values().forEach(target -> target.tell(target.schedule::request));
  }

  /**
   * Pushes everything to one secondary now, even what it is seen to hold.
   *
   * @param peer its address as configured
   * @throws IllegalArgumentException when there is no such secondary
   */
  public void resync(String peer) {
    Target target = targets.get(peer);
    if (target == null) {
      throw new IllegalArgumentException(peer + " is none of " + targets.keySet());
    }
    target.tell(target.schedule::request);
  }

  /** Begins no further push; one under way ends as it ends. Changes are counted. */
  public void pause() {
    targets.values().forEach(target -> target.tell(target.schedule::pause));
  }

  /** Pushes again what changed meanwhile. */
  public void resume() {
    targets.values().forEach(target -> target.tell(target.schedule::resume));
  }

  /**
   * How it stands.
   *
   * @return by the secondary's address, in the order they were added
   */
  public Map<String, Status> status() {
    Map<String, Status> status = new LinkedHashMap<>();
    targets.forEach((peer, target) -> status.put(peer, target.status()));
    return status;
  }

  /**
   * Waits until no push is under way or due.
   *
   * @param patience how long at most
   * @return false when some still is
   * @throws InterruptedException when the waiting thread is interrupted
   */
  public boolean awaitIdle(Duration patience) throws InterruptedException {
    long begun = System.nanoTime();
    for (Target target : targets.values()) {
      if (!target.awaitIdle(patience.toNanos() - (System.nanoTime() - begun))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Ends all pushes. One under way is cancelled: whether the secondary applied it is then unknown.
   * Returns when all threads ended, or after ten seconds.
   */
  @Override
  public void close() {
    targets.values().forEach(Target::stop);
    long begun = System.nanoTime();
    try {
      for (Target target : targets.values()) {
        long left = 10_000 - (System.nanoTime() - begun) / 1_000_000;
        target.thread.join(Math.max(1, left));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private long now() {
    return options.clock.nanos();
  }

  /** One secondary, its schedule and its thread. */
  private final class Target implements Runnable {
    final ConfigPrimary primary;
    final PushSchedule schedule;
    final Thread thread;
    private final Object lock = new Object();
    private boolean closed;

    Target(ConfigPrimary primary) {
      this.primary = primary;
      this.schedule =
          new PushSchedule(options.coalesce, options.distance, options.retry, options.random);
      this.thread = new Thread(this, "pfha-configsync-" + primary.peer());
      thread.setDaemon(true);
    }

    void tell(Runnable event) {
      synchronized (lock) {
        event.run();
        lock.notifyAll();
      }
    }

    void stop() {
      synchronized (lock) {
        closed = true;
        lock.notifyAll();
      }
      thread.interrupt();
    }

    @Override
    public void run() {
      try {
        for (PushSchedule.Push push = await(); push != null; push = await()) {
          push(push);
        }
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "the pushes to " + primary.peer() + " end");
      }
    }

    private PushSchedule.@Nullable Push await() throws InterruptedException {
      synchronized (lock) {
        while (!closed) {
          long due = schedule.dueIn(now());
          if (due == 0) {
            return schedule.begin(now());
          }
          // Rounded up, so that a wait never ends just before its time.
          long millis = due == PushSchedule.NEVER ? 0 : due / 1_000_000 + 1;
          lock.wait(millis);
        }
        return null;
      }
    }

    private void push(PushSchedule.Push push) throws InterruptedException {
      boolean again = true;
      try {
        ConfigTree config = options.source.call();
        primary.sync(config, push.hops(), push.always()).complete();
        tell(schedule::succeeded);
        return;
      } catch (SyncException.Cancelled e) {
        again = false;
      } catch (SyncException e) {
        again = isWorthRepeating(e);
        LOG.log(System.Logger.Level.WARNING, e.getMessage());
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "the own configuration cannot be read: " + e);
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        LOG.log(
            System.Logger.Level.ERROR, "a push to " + primary.peer() + " failed: " + e.getClass());
      }
      boolean repeat = again;
      tell(() -> schedule.failed(now(), repeat));
    }

    boolean awaitIdle(long nanos) throws InterruptedException {
      long begun = System.nanoTime();
      synchronized (lock) {
        while (schedule.isUnderWay() || schedule.dueIn(now()) != PushSchedule.NEVER) {
          long left = nanos - (System.nanoTime() - begun);
          if (left <= 0) {
            return false;
          }
          lock.wait(left / 1_000_000 + 1);
        }
        return true;
      }
    }

    Status status() {
      synchronized (lock) {
        long due = schedule.dueIn(now());
        State state =
            closed
                ? State.CLOSED
                : schedule.isUnderWay()
                    ? State.PUSHING
                    : schedule.isPaused()
                        ? State.PAUSED
                        : due == PushSchedule.NEVER ? State.IDLE : State.PENDING;
        Instant next = due == PushSchedule.NEVER ? null : options.clock.instant().plusNanos(due);
        return new Status(state, schedule.pending(), next, primary.status());
      }
    }
  }

  /** What a human must correct is not repeated by itself: the peer might lock the account. */
  static boolean isWorthRepeating(SyncException cause) {
    return cause instanceof SyncException.Unreachable
        || cause instanceof SyncException.TimedOut
        || cause instanceof SyncException.PeerBusy
        || cause instanceof SyncException.StalePlan
        || cause instanceof SyncException.PartialSync
        || cause instanceof SyncException.NotPrimary
        || (cause instanceof SyncException.HttpError http && http.status() >= 500);
  }

  /** Collects the options of a replicator. Confined to one thread. */
  public static final class Builder {
    private final Callable<ConfigTree> source;
    private final List<ConfigPrimary> primaries = new ArrayList<>();
    private Duration coalesce = Duration.ofSeconds(1);
    private Duration distance = Duration.ofSeconds(10);
    private RetryPolicy retry =
        new RetryPolicy(
            Integer.MAX_VALUE, Duration.ofSeconds(10), Duration.ofMinutes(10), 0.5, false);
    private LongSupplier random = new SecureRandom()::nextLong;
    private SyncClock clock = SyncClock.system();

    private Builder(Callable<ConfigTree> source) {
      this.source = source;
    }

    /**
     * One more secondary.
     *
     * @param primary this node towards it
     * @return this
     */
    public Builder to(ConfigPrimary primary) {
      primaries.add(primary);
      return this;
    }

    /**
     * How long a first change waits for others.
     *
     * @param wait by default 1 s
     * @return this
     */
    public Builder coalesce(Duration wait) {
      coalesce = wait;
      return this;
    }

    /**
     * How far apart the begins of two pushes to the same secondary are at least. An operator's
     * request does not wait.
     *
     * @param distance by default 10 s
     * @return this
     */
    public Builder distance(Duration distance) {
      this.distance = distance;
      return this;
    }

    /**
     * The pauses after failed pushes; they are repeated for ever.
     *
     * @param retry by default 10 s, doubling up to 10 min, half of it chance; the number of
     *     attempts does not matter
     * @return this
     */
    public Builder retry(RetryPolicy retry) {
      this.retry = retry;
      return this;
    }

    /**
     * Chance, for the pauses.
     *
     * @param random any longs
     * @return this
     */
    public Builder random(LongSupplier random) {
      this.random = random;
      return this;
    }

    /**
     * Time, for the status and the distances. Waiting itself is real.
     *
     * @param clock by default the machine's
     * @return this
     */
    public Builder clock(SyncClock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Starts it. Nothing is pushed before the first change or request.
     *
     * @return running; to be closed
     * @throws IllegalArgumentException naming everything that is wrong
     */
    public ConfigReplicator start() {
      List<String> problems = new ArrayList<>();
      if (primaries.isEmpty()) {
        problems.add("no secondary: call to(primary)");
      }
      if (primaries.size() > MAX_TARGETS) {
        problems.add(primaries.size() + " secondaries: at most " + MAX_TARGETS);
      }
      Set<String> peers = new HashSet<>();
      for (ConfigPrimary primary : primaries) {
        if (!peers.add(primary.peer())) {
          problems.add(primary.peer() + " twice");
        }
      }
      if (coalesce.isNegative() || distance.isNegative()) {
        problems.add("negative waits");
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return new ConfigReplicator(this);
    }
  }
}
