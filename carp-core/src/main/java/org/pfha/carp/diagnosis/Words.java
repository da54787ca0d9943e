package org.pfha.carp.diagnosis;

import java.util.Locale;

/** How durations and counts read. */
final class Words {

  private Words() {}

  /** Three digits or so: {@code 340 us}, {@code 12.5 ms}, {@code 3.39 s}, {@code 4 min 5 s}. */
  static String duration(long nanos) {
    if (nanos < 1_000_000) {
      return nanos / 1000 + " us";
    }
    if (nanos < 1_000_000_000L) {
      return String.format(Locale.ROOT, "%.1f ms", nanos / 1e6);
    }
    if (nanos < 120_000_000_000L) {
      return String.format(Locale.ROOT, "%.2f s", nanos / 1e9);
    }
    long seconds = nanos / 1_000_000_000L;
    return seconds / 60 + " min " + seconds % 60 + " s";
  }

  static String times(long times, long withinNanos) {
    return times == 1 ? "once" : times + " times in " + duration(withinNanos);
  }
}
