package org.pfha.pf;

/**
 * What a set of states comes to, in whatever order they came: equal on nodes that are in sync, the
 * identity always, the progress once no update is on its way. Age, lifetime, counters, rule numbers
 * and normalisation data, which healthy nodes do not share, are left out. No protection against
 * forgery. Immutable.
 *
 * @param states how many there are
 * @param identity which connections: names, keys, families, protocols, directions
 * @param progress the identity and how far both ends of each have got
 */
public record StateDigest(int states, long identity, long progress) {

  /** Of no states. */
  public static final StateDigest EMPTY = new StateDigest(0, 0, 0);

  @Override
  public String toString() {
    return "%d states, identity %016x, progress %016x".formatted(states, identity, progress);
  }
}
