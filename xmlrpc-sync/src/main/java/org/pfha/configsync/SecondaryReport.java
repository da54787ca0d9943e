package org.pfha.configsync;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One call that could have changed a secondary: the audit record. Shows no secret. Immutable.
 *
 * @param at when it came
 * @param caller the primary's address
 * @param hops ids of the nodes the configuration came through, empty from other products
 * @param outcome what became of it
 * @param changed the sections that differ
 * @param diff what differs in them, one line per difference, at most {@value #MAX_LINES}
 * @param effects what the application was told, and how it went
 * @param error why nothing was changed, empty when something was
 * @param took how long it took, the wait for the lock included
 */
public record SecondaryReport(
    Instant at,
    InetAddress caller,
    List<String> hops,
    Outcome outcome,
    List<String> changed,
    List<String> diff,
    List<Result> effects,
    String error,
    Duration took) {
  /** More lines are cut off. */
  public static final int MAX_LINES = 1000;

  /** What became of a call. */
  public enum Outcome {
    /** Stored and applied. */
    APPLIED,
    /** Applied again after a crash came between storing and applying. */
    APPLIED_AGAIN,
    /** The configuration already was so: nothing written, nothing applied. */
    UNCHANGED,
    /** Checked only, as asked. */
    CHECKED,
    /** Silently ignored, as the product does. */
    IGNORED,
    /** Nothing was changed. */
    REFUSED,
    /** Stored, not applied, and the old configuration restored. */
    ROLLED_BACK,
    /** Stored, not applied, and the old configuration could not be restored. */
    STUCK
  }

  /**
   * One effect.
   *
   * @param effect as text, without secrets
   * @param took how long
   * @param error empty when it went well
   */
  public record Result(String effect, Duration took, String error) {}

  /** Copies. */
  public SecondaryReport {
    hops = List.copyOf(hops);
    changed = List.copyOf(changed);
    diff = List.copyOf(diff);
    effects = List.copyOf(effects);
  }
}
