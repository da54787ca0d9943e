package org.pfha.carp;

import java.time.Duration;

/**
 * How a {@link RoleHook} has ended. Immutable.
 *
 * @param hook its name
 * @param change what it was called for
 * @param outcome how it ended
 * @param message why it failed; empty if it did not
 * @param took from its beginning to this result; zero if it never began
 */
public record HookResult(
    String hook, RoleChange change, Outcome outcome, String message, Duration took)
    implements CarpEvent {

  /** How hooks end. */
  public enum Outcome {
    /** It returned in time. */
    OK,
    /** It threw, or could not be run. */
    FAILED,
    /** It did not return in time; it was interrupted. */
    TIMED_OUT,
    /** It never began: the virtual router had changed its role again. */
    SUPERSEDED
  }

  @Override
  public String toString() {
    return "hook %s for %s: %s%s (%d ms)"
        .formatted(hook, change, outcome, message.isEmpty() ? "" : ": " + message, took.toMillis());
  }
}
