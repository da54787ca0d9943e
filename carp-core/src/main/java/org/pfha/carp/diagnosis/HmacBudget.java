package org.pfha.carp.diagnosis;

/**
 * How much a node may spend on explaining adverts it rejected, all its virtual routers together:
 * whoever floods it with forged ones buys no more. Confined to one thread.
 */
public final class HmacBudget {

  private static final long SECOND = 1_000_000_000L;

  private final int perSecond;
  private boolean started;
  private long atNanos;
  private long left;

  /** Half of {@link HmacExplainer#MOST_HMACS} a second: some milliseconds of it. */
  public HmacBudget() {
    this(HmacExplainer.MOST_HMACS / 2);
  }

  HmacBudget(int perSecond) {
    this.perSecond = perSecond;
  }

  /** Whether there is any; one explanation may overdraw it, and is paid off before the next. */
  boolean isLeft(long now) {
    if (!started) {
      started = true;
      atNanos = now;
      left = HmacExplainer.MOST_HMACS;
    }
    long seconds = (now - atNanos) / SECOND;
    if (seconds > 0) {
      atNanos += seconds * SECOND;
      left = Math.min(HmacExplainer.MOST_HMACS, left + Math.min(seconds, 10) * perSecond);
    }
    return left > 0;
  }

  void spend(int hmacs) {
    left -= hmacs;
  }
}
