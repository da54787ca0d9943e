package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LatenessTest {

  private static final long MILLI = 1_000_000L;

  private final Lateness lateness = new Lateness();

  @Test
  void nothingMeasuredIsNotLate() {
    assertThat(lateness.total()).isZero();
    assertThat(lateness.quantile(0.999)).isZero();
    assertThat(lateness.worstNanos()).isZero();
  }

  @Test
  void earlyIsNotLateAndLateForEverIsTheLastBucket() {
    lateness.add(-5 * MILLI);
    assertThat(lateness.quantile(1)).isZero();

    lateness.add(Long.MAX_VALUE);
    assertThat(lateness.worstNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(lateness.quantile(1)).isPositive();
  }

  @Test
  void quantilesAreNeverTooLowAndAtMostAnEighthTooHigh() {
    long seed = 131;
    Random random = new Random(seed);
    long[] samples = new long[10_000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (long) (Math.exp(random.nextGaussian() * 2) * 10 * MILLI);
      lateness.add(samples[i]);
    }
    Arrays.sort(samples);

    for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
      long exact = samples[(int) Math.ceil(share * samples.length) - 1];
      assertThat(lateness.quantile(share))
          .as("seed %d, quantile %s", seed, share)
          .isBetween(exact, exact + exact / 8 + (1 << 17));
    }
  }

  @Test
  void yesterdayCountsLessThanToday() {
    for (int i = 0; i < 1 << 16; i++) {
      lateness.add(500 * MILLI);
    }
    assertThat(lateness.total()).isEqualTo(1 << 15);
    for (int i = 0; i < 1 << 17; i++) {
      lateness.add(MILLI);
    }

    assertThat(lateness.quantile(0.5)).isBetween(MILLI, 2 * MILLI);
    assertThat(lateness.quantile(0.999)).isBetween(500 * MILLI, 570 * MILLI);
    for (int i = 0; i < 1 << 20; i++) {
      lateness.add(MILLI);
    }
    assertThat(lateness.quantile(1)).as("forgotten at last").isLessThan(2 * MILLI);
    assertThat(lateness.worstNanos()).isLessThan(2 * MILLI);
  }
}
