package org.pfha.configsync;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * When to push to one secondary: changes wait a moment for each other, pushes keep a distance, a
 * failed one is repeated later and later, an operator's request comes at once. Pure: time is handed
 * in. Confined to one thread. Source: spec section 22 (23).
 */
final class PushSchedule {
  /** No push is due, however long one waits. */
  static final long NEVER = Long.MAX_VALUE;

  private final long coalesceNanos;
  private final long distanceNanos;
  private final RetryPolicy retry;
  private final LongSupplier random;

  private final Set<String> hops = new LinkedHashSet<>();
  private int pending;
  private long firstChange;
  private boolean urgent;
  private boolean always;
  private boolean paused;
  private @Nullable Push underWay;
  private long lastBegin;
  private boolean begunBefore;
  private int failures;
  private long retryAt;
  private boolean stuck;

  /** What to push. */
  record Push(int changes, List<String> hops, boolean always) {}

  PushSchedule(Duration coalesce, Duration distance, RetryPolicy retry, LongSupplier random) {
    this.coalesceNanos = coalesce.toNanos();
    this.distanceNanos = distance.toNanos();
    this.retry = retry;
    this.random = random;
  }

  void changed(List<String> through, long now) {
    if (pending == 0) {
      firstChange = now;
    }
    pending++;
    hops.addAll(through);
    stuck = false;
  }

  /** An operator asks for everything to be sent now, needed or not. */
  void request() {
    urgent = true;
    always = true;
    stuck = false;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isUnderWay() {
    return underWay != null;
  }

  /** Changes the peer has not been seen to hold. */
  int pending() {
    return pending + (underWay == null ? 0 : underWay.changes);
  }

  /** Nanoseconds from now until a push is due: 0 when it is, {@link #NEVER} when none is. */
  long dueIn(long now) {
    if (paused || underWay != null || stuck) {
      return NEVER;
    }
    if (urgent) {
      return 0;
    }
    if (pending == 0 && !always) {
      return NEVER;
    }
    long due = firstChange + coalesceNanos - now;
    if (begunBefore) {
      due = Math.max(due, lastBegin + distanceNanos - now);
    }
    if (failures > 0) {
      due = Math.max(due, retryAt - now);
    }
    return Math.max(0, due);
  }

  /** A push begins; what changes from now on is for the next one. */
  Push begin(long now) {
    Push push = new Push(pending, List.copyOf(hops), always);
    underWay = push;
    pending = 0;
    hops.clear();
    urgent = false;
    always = false;
    lastBegin = now;
    begunBefore = true;
    return push;
  }

  void succeeded() {
    underWay = null;
    failures = 0;
  }

  /**
   * What was under way is pending again.
   *
   * @param again whether repeating may help; else it waits for the next change or request
   */
  void failed(long now, boolean again) {
    Push push = Objects.requireNonNull(underWay);
    underWay = null;
    boolean newer = pending > 0 || urgent;
    pending += push.changes;
    hops.addAll(push.hops);
    always |= push.always;
    failures++;
    firstChange = now;
    retryAt = now + retry.pause(failures, random).toNanos();
    stuck = !again && !newer;
  }
}
