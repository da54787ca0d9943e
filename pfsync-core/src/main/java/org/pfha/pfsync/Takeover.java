package org.pfha.pfsync;

/**
 * How well prepared a node was when it became master. Immutable.
 *
 * @param states in the table
 * @param undelivered changes that the data plane has not taken yet; they follow as soon as it does
 * @param awaitingBulk whether a bulk transfer was still awaited, or pfsync is off, so that states
 *     may be missing
 */
public record Takeover(int states, int undelivered, boolean awaitingBulk) {

  /**
   * Whether every connection the peers told of is in the data plane.
   *
   * @return false if some may be missing
   */
  public boolean isComplete() {
    return undelivered == 0 && !awaitingBulk;
  }
}
