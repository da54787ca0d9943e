package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Wall-clock stamps on the loop's clock, whatever becomes of the wall clock. */
class ArrivalClockTest {

  private static final long NOW = -1_000; // as nanoTime may be

  @Test
  void anArrivalIsAsLongAgoAsItsStamp() {
    assertThat(arrival(5_000, 4_800, NOW - 900)).isEqualTo(NOW - 200);
    assertThat(arrival(5_000, 5_000, NOW - 900)).isEqualTo(NOW);
  }

  @Test
  void aWallClockThatWasSetMovesItNeitherIntoTheFutureNorBehindTheLastLook() {
    assertThat(arrival(5_000, 9_000, NOW - 900)).as("set back").isEqualTo(NOW);
    assertThat(arrival(5_000_000_000L, 4_800, NOW - 900)).as("set on").isEqualTo(NOW - 900);
    assertThat(arrival(5_000, 4_800, NOW)).as("looked just now").isEqualTo(NOW);
  }

  private static long arrival(long wallNanos, long stampNanos, long notBeforeNanos) {
    ArrivalClock clock = new ArrivalClock(() -> NOW, () -> wallNanos);
    return clock.arrival(stampNanos, clock.wallAhead(), notBeforeNanos);
  }
}
