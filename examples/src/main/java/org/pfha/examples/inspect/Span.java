package org.pfha.examples.inspect;

import java.util.Locale;

/** A time during which one source was master. Confined to one thread. */
final class Span {

  private static final double SECOND = 1e9;
  private static final double LATE = 1.5;

  private final String source;
  private final long fromNanos;
  private long lastNanos;
  private Standing standing;
  private String text;
  private int adverts = 1;
  private int gaps;
  private int late;
  private long missed;
  private double sum;
  private double squares;
  private double least = Double.MAX_VALUE;
  private double most;

  Span(String source, long atNanos, Standing standing) {
    this.source = source;
    this.fromNanos = atNanos;
    this.lastNanos = atNanos;
    this.standing = standing;
    this.text = standing.text();
  }

  /** Another advert; intervals count between adverts that say the same. */
  void heard(long atNanos, Standing said) {
    adverts++;
    double gap = atNanos - lastNanos;
    if (said.text().equals(standing.text())) {
      gaps++;
      sum += gap;
      squares += gap * gap;
      least = Math.min(least, gap);
      most = Math.max(most, gap);
      if (gap > LATE * said.intervalNanos()) {
        late++;
        missed += Math.max(0, Math.round(gap / said.intervalNanos()) - 1);
      }
    }
    lastNanos = atNanos;
    standing = said;
    text = said.resigns() ? text : said.text();
  }

  String source() {
    return source;
  }

  long fromNanos() {
    return fromNanos;
  }

  long lastNanos() {
    return lastNanos;
  }

  Standing standing() {
    return standing;
  }

  /** What it said last, but for its goodbye. */
  String text() {
    return text;
  }

  int adverts() {
    return adverts;
  }

  int gaps() {
    return gaps;
  }

  /** Gaps of more than one and a half intervals. */
  int late() {
    return late;
  }

  /** Adverts that would have fitted into those gaps. */
  long missed() {
    return missed;
  }

  double meanSeconds() {
    return sum / gaps / SECOND;
  }

  double leastSeconds() {
    return least / SECOND;
  }

  double mostSeconds() {
    return most / SECOND;
  }

  /** Standard deviation of the intervals. */
  double jitterSeconds() {
    double mean = sum / gaps;
    return Math.sqrt(Math.max(0, squares / gaps - mean * mean)) / SECOND;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %s, %d adverts", source, standing.text(), adverts);
  }
}
