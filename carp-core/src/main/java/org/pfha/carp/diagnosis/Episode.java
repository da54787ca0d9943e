package org.pfha.carp.diagnosis;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;

/**
 * Something that goes on for a while: when it began, how often it was seen, and whether it is time
 * to speak of it. It is spoken of when it becomes worse, and once a minute. Confined to one thread.
 */
final class Episode {

  /** What goes on is told again after this long. */
  static final long REPEAT_NANOS = 60_000_000_000L;

  private long sinceNanos;
  private long lastNanos;
  private long quietNanos;
  private long times;
  private @Nullable Severity told;
  private long toldNanos;
  private @Nullable CarpDiagnosis said;

  /** It was seen, again or for the first time. A clock that went back changes nothing. */
  void seen(long atNanos, long quiet) {
    if (times == 0) {
      sinceNanos = atNanos;
      lastNanos = atNanos;
    }
    times++;
    quietNanos = quiet;
    if (atNanos - lastNanos > 0) {
      lastNanos = atNanos;
    }
  }

  boolean isOpen() {
    return times > 0;
  }

  long sinceNanos() {
    return sinceNanos;
  }

  long lastNanos() {
    return lastNanos;
  }

  long lasted() {
    return lastNanos - sinceNanos;
  }

  long times() {
    return times;
  }

  /** Whether to speak of it now. What is only worth knowing is said once. */
  boolean isDue(Severity severity, long now) {
    Severity before = told;
    return before == null
        || severity.compareTo(before) > 0
        || (severity != Severity.INFO && now - toldNanos - REPEAT_NANOS >= 0);
  }

  CarpDiagnosis told(CarpDiagnosis diagnosis) {
    told = diagnosis.severity();
    toldNanos = diagnosis.atNanos();
    said = diagnosis;
    return diagnosis;
  }

  /** When it is over unless it is seen again. Only of one that is open. */
  long deadlineNanos() {
    return lastNanos + quietNanos;
  }

  boolean isOver(long now) {
    return isOpen() && now - deadlineNanos() >= 0;
  }

  /** Adds what was last said of it, if anything. */
  void ongoing(List<CarpDiagnosis> some) {
    if (said != null) {
      some.add(said);
    }
  }

  boolean isUntold() {
    return said == null;
  }

  /**
   * Closes it.
   *
   * @return what was last said of it, or null if nothing was
   */
  @Nullable CarpDiagnosis close() {
    CarpDiagnosis last = said;
    times = 0;
    told = null;
    said = null;
    return last;
  }
}
