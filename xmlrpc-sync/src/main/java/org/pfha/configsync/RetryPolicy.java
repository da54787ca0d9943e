package org.pfha.configsync;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * When a failed call is repeated. Immutable. Source: spec section 15.
 *
 * @param attempts calls in all, at least 1
 * @param first the pause before the second attempt; each further one is twice as long
 * @param longest what a pause never exceeds
 * @param jitter part of each pause that is left to chance, 0 to 1, so that many nodes that lost the
 *     same peer do not come back together
 * @param everything whether to repeat whatever failed, also wrong passwords and calls that may
 *     already have been applied
 */
public record RetryPolicy(
    int attempts, Duration first, Duration longest, double jitter, boolean everything) {

  /** Four attempts, one second doubling, half of it chance: only what is safe to repeat. */
  public static final RetryPolicy SAFE =
      new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(30), 0.5, false);

  /** What pfSense does: four attempts, one second apart, for every failure. */
  public static final RetryPolicy LIKE_PFSENSE =
      new RetryPolicy(4, Duration.ofSeconds(1), Duration.ofSeconds(1), 0, true);

  /** One attempt. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, Duration.ZERO, 0, false);

  /** Refuses nonsense. */
  public RetryPolicy {
    if (attempts < 1
        || first.isNegative()
        || longest.isNegative()
        || !(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException(
          "attempts must be at least 1 (is "
              + attempts
              + "), pauses not negative, jitter 0 to 1 (is "
              + jitter
              + ")");
    }
  }

  /**
   * The pause after some failures.
   *
   * @param failures in a row, at least 1
   * @param random any long
   * @return how long to wait
   */
  public Duration pause(int failures, LongSupplier random) {
    double factor = Math.scalb(1.0, Math.min(failures - 1, 40));
    double nanos = Math.min((double) first.toNanos() * factor, (double) longest.toNanos());
    double chance = (double) (random.getAsLong() >>> 11) * 0x1.0p-53;
    return Duration.ofNanos((long) (nanos * (1 - jitter * chance)));
  }
}
