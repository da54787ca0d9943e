package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Wall-clock stamps on the loop's clock, whatever becomes of the wall clock. */
class ArrivalClockTest {

  private static final long NOW = -1_000; // as nanoTime may be

  @Test
  void anArrivalIsAsLongAgoAsItsStamp() {
    assertThat(clock(5_000).arrival(4_800, NOW - 900)).isEqualTo(NOW - 200);
    assertThat(clock(5_000).arrival(5_000, NOW - 900)).isEqualTo(NOW);
  }

  @Test
  void aWallClockThatWasSetMovesItNeitherIntoTheFutureNorBehindTheLastLook() {
    assertThat(clock(5_000).arrival(9_000, NOW - 900)).as("set back").isEqualTo(NOW);
    assertThat(clock(5_000_000_000L).arrival(4_800, NOW - 900)).as("set on").isEqualTo(NOW - 900);
    assertThat(clock(5_000).arrival(4_800, NOW)).as("looked just now").isEqualTo(NOW);
  }

  private static ArrivalClock clock(long wallNanos) {
    return new ArrivalClock(() -> NOW, () -> wallNanos);
  }
}
