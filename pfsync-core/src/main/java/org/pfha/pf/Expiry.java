package org.pfha.pf;

import static org.pfha.pf.Row.NONE;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * When states are due: one timing wheel per timeout index, its buckets lists through the rows, so
 * that nobody has to visit the whole table.
 *
 * <p>An update moves a state's due time but not the state: it stays in the bucket of an earlier
 * time and is put into the right one when that comes round. So a state is never in a bucket later
 * than its due time, and a wheel's cursor never behind which nothing is left is never ahead of a
 * state. A bucket stands for all times that are equal modulo the size of the wheel; states of a
 * later round are looked at and left.
 *
 * <p>Adaptive scaling shortens all timeouts of an index by the same time: its wheel is swept that
 * far ahead of the clock.
 */
final class Expiry {

  /** A tick is about a second: 2^30 ns. */
  private static final int TICK_SHIFT = 30;

  private static final int BUCKETS = 1024;
  private static final int FAR = 1 << 30;
  private static final long SECOND = 1_000_000_000L;
  private static final int INDEXES = 256;

  private final Slab rows;
  private final Timeouts timeouts;
  private final IntSupplier states;
  private final long[] timeoutNanos = new long[INDEXES];
  private final int[][] heads = new int[INDEXES][];
  private final int[] cursors = new int[INDEXES];
  private int[] due = new int[64];
  private boolean started;
  private long epochNanos;

  Expiry(Slab rows, Timeouts timeouts, IntSupplier states) {
    this.rows = rows;
    this.timeouts = timeouts;
    this.states = states;
    Arrays.setAll(timeoutNanos, index -> timeouts.seconds(index) * SECOND);
  }

  /** Nanoseconds of an index's whole timeout. */
  long timeoutNanos(int index) {
    return timeoutNanos[index];
  }

  /** How long before its unscaled time a state of this index is due, in nanoseconds. */
  long aheadNanos(int index) {
    return timeouts.shortenedBy(index, states.getAsInt()) * SECOND;
  }

  private boolean isDue(int index, long expiresNanos, long nowNanos) {
    return timeouts.allDue(states.getAsInt()) || expiresNanos - aheadNanos(index) - nowNanos <= 0;
  }

  private int tick(long nanos, long nowNanos) {
    long tick = (nanos - epochNanos) >> TICK_SHIFT;
    return (int) Math.min(tick, ((nowNanos - epochNanos) >> TICK_SHIFT) + FAR);
  }

  /** A row has got its due time and timeout index. */
  void link(int row, byte[] chunk, int at, int index, long expiresNanos, long nowNanos) {
    if (!started) {
      started = true;
      epochNanos = nowNanos;
    }
    int tick = tick(expiresNanos, nowNanos);
    int[] wheel = heads[index];
    if (wheel == null) {
      wheel = new int[BUCKETS];
      Arrays.fill(wheel, NONE);
      heads[index] = wheel;
      cursors[index] = tick;
    }
    if (tick - cursors[index] < 0) {
      cursors[index] = tick;
    }
    int bucket = tick & (BUCKETS - 1);
    int next = wheel[bucket];
    wheel[bucket] = row;
    Row.put16(chunk, at + Row.BUCKET, bucket);
    Row.put32(chunk, at + Row.WHEEL_PREVIOUS, NONE);
    Row.put32(chunk, at + Row.WHEEL_NEXT, next);
    if (next != NONE) {
      Row.put32(rows.chunk(next), rows.at(next) + Row.WHEEL_PREVIOUS, row);
    }
  }

  void unlink(int row) {
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    int previous = Row.i32(chunk, at + Row.WHEEL_PREVIOUS);
    int next = Row.i32(chunk, at + Row.WHEEL_NEXT);
    if (previous != NONE) {
      Row.put32(rows.chunk(previous), rows.at(previous) + Row.WHEEL_NEXT, next);
    } else {
      heads[Row.u8(chunk, at + Row.TIMEOUT)][Row.u16(chunk, at + Row.BUCKET)] = next;
    }
    if (next != NONE) {
      Row.put32(rows.chunk(next), rows.at(next) + Row.WHEEL_PREVIOUS, previous);
    }
  }

  /** A row is to get another due time and perhaps another timeout index. */
  void move(int row, byte[] chunk, int at, int index, long expiresNanos, long nowNanos) {
    boolean isLater = expiresNanos - Row.i64(chunk, at + Row.EXPIRES) >= 0;
    if (isLater && Row.u8(chunk, at + Row.TIMEOUT) == index) {
      Row.put64(chunk, at + Row.EXPIRES, expiresNanos);
      return;
    }
    unlink(row);
    Row.put8(chunk, at + Row.TIMEOUT, index);
    Row.put64(chunk, at + Row.EXPIRES, expiresNanos);
    link(row, chunk, at, index, expiresNanos, nowNanos);
  }

  /** Hands over the rows that are due, one by one; each must be unlinked by then. */
  void sweep(long nowNanos, IntConsumer onDue) {
    for (int index = 0; index < INDEXES; index++) {
      if (heads[index] != null) {
        sweep(index, heads[index], nowNanos, onDue);
      }
    }
  }

  private void sweep(int index, int[] wheel, long nowNanos, IntConsumer onDue) {
    int end = tick(nowNanos + aheadNanos(index), nowNanos);
    int buckets = Math.min(Math.max(end - cursors[index], 0), BUCKETS - 1);
    if (timeouts.allDue(states.getAsInt())) {
      buckets = BUCKETS - 1;
    }
    for (int tick = end - buckets; end - tick >= 0; tick++) {
      int count = sort(index, wheel, tick, nowNanos);
      for (int i = 0; i < count; i++) {
        int row = due[i];
        byte[] chunk = rows.chunk(row);
        int at = rows.at(row);
        boolean stillThere = chunk[at + Row.LIVE] != 0 && Row.u8(chunk, at + Row.TIMEOUT) == index;
        if (stillThere && isDue(index, Row.i64(chunk, at + Row.EXPIRES), nowNanos)) {
          onDue.accept(row);
        } else if (stillThere) { // with fewer states, timeouts are longer
          refresh(index, row, chunk, at, nowNanos);
        }
      }
    }
    cursors[index] = tick(nowNanos + aheadNanos(index), nowNanos);
  }

  /** Collects what is due in a bucket and puts what has moved on where it belongs. */
  private int sort(int index, int[] wheel, int tick, long nowNanos) {
    int count = 0;
    int next;
    for (int row = wheel[tick & (BUCKETS - 1)]; row != NONE; row = next) {
      byte[] chunk = rows.chunk(row);
      int at = rows.at(row);
      next = Row.i32(chunk, at + Row.WHEEL_NEXT);
      if (isDue(index, Row.i64(chunk, at + Row.EXPIRES), nowNanos)) {
        if (count == due.length) {
          due = Arrays.copyOf(due, 2 * count);
        }
        due[count++] = row;
      } else {
        refresh(index, row, chunk, at, nowNanos);
      }
    }
    return count;
  }

  private void refresh(int index, int row, byte[] chunk, int at, long nowNanos) {
    long expiresNanos = Row.i64(chunk, at + Row.EXPIRES);
    int tick = tick(expiresNanos, nowNanos);
    if ((tick & (BUCKETS - 1)) != Row.u16(chunk, at + Row.BUCKET)) {
      unlink(row);
      link(row, chunk, at, index, expiresNanos, nowNanos);
    }
  }

  long bytes() {
    return Arrays.stream(heads).filter(wheel -> wheel != null).count() * 4L * BUCKETS;
  }
}
