package org.pfha.carp.diagnosis;

/**
 * A histogram of how late adverts were, in buckets an eighth of their value wide. When it is full
 * of old news it is halved, so that yesterday counts less than today. Allocates nothing per sample.
 * Confined to one thread.
 */
final class Lateness {

  /** Lateness is told in steps of 131 us at the least. */
  private static final int UNIT_SHIFT = 17;

  private static final int SUB_BITS = 3;
  private static final int SUBS = 1 << SUB_BITS;
  private static final int BUCKETS = 256;
  private static final long MOST_UNITS = 1L << 33; // 13 days: it falls into the last octave

  /** About eighteen hours at one advert a second. */
  private static final long FULL = 1 << 16;

  private final int[] counts = new int[BUCKETS];
  private long total;
  private long worstNanos;

  void add(long lateNanos) {
    long late = Math.max(0, lateNanos);
    counts[bucket(Math.min(late >>> UNIT_SHIFT, MOST_UNITS - 1))]++;
    worstNanos = Math.max(worstNanos, late);
    if (++total == FULL) {
      halve();
    }
  }

  private void halve() {
    total = 0;
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] /= 2;
      total += counts[i];
    }
    worstNanos = Math.min(worstNanos, quantile(1, Long.MAX_VALUE));
  }

  long total() {
    return total;
  }

  long worstNanos() {
    return worstNanos;
  }

  /**
   * The lateness that a share of the samples did not exceed, rounded up to its bucket's end.
   *
   * @param share 0–1
   */
  long quantile(double share) {
    return quantile(share, worstNanos);
  }

  private long quantile(double share, long most) {
    long wanted = (long) Math.ceil(share * total);
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (counts[i] > 0 && seen >= wanted) {
        return Math.min(endNanos(i), most);
      }
    }
    return 0;
  }

  private static int bucket(long units) {
    if (units < SUBS) {
      return (int) units;
    }
    int octave = 63 - Long.numberOfLeadingZeros(units); // at least SUB_BITS
    int sub = (int) (units >>> (octave - SUB_BITS)) & (SUBS - 1);
    return (octave - SUB_BITS + 1) * SUBS + sub;
  }

  private static long endNanos(int bucket) {
    if (bucket < SUBS) {
      return (long) (bucket + 1) << UNIT_SHIFT;
    }
    int shift = bucket / SUBS - 1;
    return (long) (SUBS + bucket % SUBS + 1) << (shift + UNIT_SHIFT);
  }
}
