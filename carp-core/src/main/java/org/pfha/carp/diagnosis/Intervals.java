package org.pfha.carp.diagnosis;

/** What an announced advbase and advskew mean in time (spec carp 7.3). */
final class Intervals {

  private static final long SECOND = 1_000_000_000L;

  private Intervals() {}

  /** 0/0 is a 256th of a second, as OpenBSD has it. */
  static long advert(int advbase, int advskew) {
    long skew = advbase == 0 && advskew == 0 ? 1 : advskew;
    return advbase * SECOND + skew * 1_000_000L / 256 * 1000;
  }
}
