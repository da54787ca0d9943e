package org.pfha.pfsync.engine;

import java.util.Arrays;

/** Durations in powers of two of a microsecond, while they are counted. Allocates nothing. */
final class Histogram {

  private static final int BUCKETS = 32;

  private final long[] counts = new long[BUCKETS];
  private long maxNanos;

  void record(long nanos) {
    long micros = Math.max(0, nanos) / 1_000;
    counts[Math.min(BUCKETS - 1, 64 - Long.numberOfLeadingZeros(micros))]++;
    maxNanos = Math.max(maxNanos, nanos);
  }

  LatencyHistogram snapshot() {
    return new LatencyHistogram(Arrays.stream(counts).boxed().toList(), maxNanos);
  }
}
