package org.pfha.configsync;

import java.time.Duration;

/**
 * How long things may take. Immutable. Source: spec section 18.
 *
 * @param connect for one connection
 * @param request for one call, from connecting to the last byte of the answer
 * @param total for a whole plan, push or sync: all calls, repeated ones and pauses included
 */
public record Deadlines(Duration connect, Duration request, Duration total) {

  /** 10 s, 300 s, 900 s. */
  public static final Deadlines DEFAULT =
      new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(300), Duration.ofSeconds(900));

  /** What pfSense does: 10 s, 60 s, no limit in all. */
  public static final Deadlines LIKE_PFSENSE =
      new Deadlines(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofDays(1));

  /** Refuses nonsense. */
  public Deadlines {
    for (Duration duration : new Duration[] {connect, request, total}) {
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("a deadline of " + duration + ": give a positive one");
      }
    }
  }
}
