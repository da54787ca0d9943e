package org.pfha.cluster;

import java.time.Duration;
import java.util.List;

/**
 * How a scenario has ended. Immutable.
 *
 * @param scenario that was run
 * @param violations empty if all was well
 * @param simulated how much virtual time has passed
 * @param connections how many were opened
 * @param roleChanges how many there were
 */
public record Outcome(
    Scenario scenario,
    List<Violation> violations,
    Duration simulated,
    long connections,
    long roleChanges) {

  /**
   * Whether nothing was violated.
   *
   * @return true if all was well
   */
  public boolean isFine() {
    return violations.isEmpty();
  }
}
