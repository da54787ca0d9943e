package org.pfha.net.raw;

import java.time.Instant;
import java.util.function.LongSupplier;
import org.pfha.net.NanoClock;

/**
 * Puts the kernel's wall-clock stamps on the loop's clock. A wall clock that was set in between
 * moves no arrival further back than to when the queue was last seen empty, and none into the
 * future.
 */
record ArrivalClock(NanoClock loop, LongSupplier wallNanos) {

  /** Of this machine. */
  ArrivalClock(NanoClock loop) {
    this(
        loop,
        () -> {
          Instant now = Instant.now();
          return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        });
  }

  /** How far the wall clock is ahead of the loop's now; asked once for what is read at a time. */
  long wallAhead() {
    return wallNanos.getAsLong() - loop.nanoTime();
  }

  /**
   * When a packet arrived.
   *
   * @param stampNanos of the kernel, since 1970
   * @param wallAheadNanos as {@link #wallAhead} has said
   * @param notBeforeNanos on the loop's clock
   */
  long arrival(long stampNanos, long wallAheadNanos, long notBeforeNanos) {
    long now = loop.nanoTime();
    long age = Math.min(now + wallAheadNanos - stampNanos, now - notBeforeNanos);
    return now - Math.max(0, age);
  }
}
