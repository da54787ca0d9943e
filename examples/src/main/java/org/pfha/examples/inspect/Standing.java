package org.pfha.examples.inspect;

import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.VrrpAdvert;

/**
 * What a master says of itself: how often it will be heard, and how good it is. Immutable.
 *
 * @param text such as {@code 1/100} or {@code priority 100}
 * @param intervalNanos until its next advert
 * @param downNanos silence after which a peer of this standing takes over, its skew left out
 * @param rank the lower the better
 * @param resigns whether it says that it is going away
 */
record Standing(String text, long intervalNanos, long downNanos, long rank, boolean resigns) {

  private static final long SECOND = 1_000_000_000L;
  private static final long CENTISECOND = 10_000_000L;
  private static final int DEAD_RATIO = 3;
  private static final int BEST_PRIORITY = 255;

  static Standing of(CarpAdvert advert) {
    long skew = advert.advskew() * SECOND / 256;
    long base = advert.advbase() * SECOND;
    return new Standing(
        "%d/%d".formatted(advert.advbase(), advert.advskew()),
        Math.max(base + skew, 1),
        base == 0 ? skew : DEAD_RATIO * base,
        base + skew,
        advert.isBowOut());
  }

  static Standing of(VrrpAdvert advert) {
    long interval = Math.max(advert.intervalCentis(), 1) * CENTISECOND;
    return new Standing(
        "priority %d".formatted(advert.priority()),
        interval,
        DEAD_RATIO * interval,
        BEST_PRIORITY - advert.priority(),
        advert.priority() == 0);
  }

  boolean isBetterThan(Standing other) {
    return rank < other.rank;
  }
}
