package org.pfha.pf;

/**
 * What names a state on every node: the id its creator gave it and the creator (spec pfsync 5.6).
 * Immutable.
 *
 * @param id eight opaque bytes, read big-endian
 * @param creatorId four opaque bytes, read big-endian
 */
public record StateId(long id, int creatorId) {

  @Override
  public String toString() {
    return "%016x/%08x".formatted(id, creatorId);
  }
}
