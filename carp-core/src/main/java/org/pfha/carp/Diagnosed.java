package org.pfha.carp;

import org.pfha.carp.diagnosis.CarpDiagnosis;

/**
 * Something is wrong with a virtual router or its segment, or no longer is. Immutable.
 *
 * @param diagnosis what, with its severity and evidence
 */
public record Diagnosed(CarpDiagnosis diagnosis) implements CarpEvent {

  @Override
  public String toString() {
    return diagnosis.line();
  }
}
