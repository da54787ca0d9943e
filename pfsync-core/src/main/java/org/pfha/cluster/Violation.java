package org.pfha.cluster;

/**
 * Something that did not hold. Immutable.
 *
 * @param atNanos virtual time
 * @param name of the {@link Rule} or {@link Invariant}
 * @param reason why it matters
 * @param evidence what was seen
 */
public record Violation(long atNanos, String name, String reason, String evidence) {

  @Override
  public String toString() {
    return "%.6f s: %s: %s (%s)".formatted(atNanos / 1e9, name, evidence, reason);
  }
}
