package org.pfha.pf;

import java.util.List;

/**
 * How two tables differ. Immutable.
 *
 * @param onlyHere in the first table only
 * @param onlyThere in the second table only
 * @param differing in both, but another connection or further along in one of them
 */
public record StateDiff(List<StateId> onlyHere, List<StateId> onlyThere, List<StateId> differing) {

  /** Copies the lists. */
  public StateDiff {
    onlyHere = List.copyOf(onlyHere);
    onlyThere = List.copyOf(onlyThere);
    differing = List.copyOf(differing);
  }

  /**
   * Whether there is no difference.
   *
   * @return true if both tables hold the same states at the same point
   */
  public boolean isEmpty() {
    return onlyHere.isEmpty() && onlyThere.isEmpty() && differing.isEmpty();
  }
}
