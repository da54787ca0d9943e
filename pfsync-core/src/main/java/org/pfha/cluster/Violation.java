package org.pfha.cluster;

/**
 * An invariant that did not hold. Immutable.
 *
 * @param atNanos virtual time
 * @param invariant its name
 * @param reason why it matters
 * @param evidence what was seen
 */
public record Violation(long atNanos, String invariant, String reason, String evidence) {

  @Override
  public String toString() {
    return "%.6f s: %s: %s (%s)".formatted(atNanos / 1e9, invariant, evidence, reason);
  }
}
