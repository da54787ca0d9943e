package org.pfha.pfsync.engine;

import java.util.List;

/**
 * How long something took, counted in powers of two. Immutable.
 *
 * @param counts at index 0 what took less than 1 µs, at index i less than 2^i µs, at the last index
 *     anything longer
 * @param maxNanos the longest, in nanoseconds
 */
public record LatencyHistogram(List<Long> counts, long maxNanos) {

  /** Copies the list. */
  public LatencyHistogram {
    counts = List.copyOf(counts);
  }

  /**
   * How many there were.
   *
   * @return a sum
   */
  public long count() {
    return counts.stream().mapToLong(Long::longValue).sum();
  }

  /**
   * What a share of them did not exceed.
   *
   * @param share such as 0.99, above 0 and at most 1
   * @return an upper bound in nanoseconds, less than twice the true value; 0 if there were none
   */
  public long quantileNanos(double share) {
    long wanted = (long) Math.ceil(share * count());
    long seen = 0;
    for (int i = 0; i < counts.size() && wanted > 0; i++) {
      seen += counts.get(i);
      if (seen >= wanted) {
        return Math.min(maxNanos, 1_000L << i);
      }
    }
    return 0;
  }
}
