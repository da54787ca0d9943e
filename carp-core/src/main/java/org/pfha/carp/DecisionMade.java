package org.pfha.carp;

import org.pfha.carp.engine.Decision;

/**
 * A virtual router has changed its role, or has not for another reason than before. Immutable.
 *
 * @param link its interface
 * @param vhid its number
 * @param decision the causal record
 */
public record DecisionMade(String link, int vhid, Decision decision) implements CarpEvent {

  @Override
  public String toString() {
    return "%d@%s: %s".formatted(vhid, link, decision);
  }
}
