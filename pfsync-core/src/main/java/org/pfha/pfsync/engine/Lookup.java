package org.pfha.pfsync.engine;

import org.pfha.pf.StateTable;

/** Names of states that are looked up together, and where they seem to be. */
final class Lookup {

  private final StateTable table;
  private final long[] ids;
  private final int[] creatorIds;
  private final int[] candidates;
  private int count;

  Lookup(StateTable table, int most) {
    this.table = table;
    ids = new long[most];
    creatorIds = new int[most];
    candidates = new int[most];
  }

  void clear() {
    count = 0;
  }

  int count() {
    return count;
  }

  int room() {
    return ids.length - count;
  }

  void add(long id, int creatorId) {
    ids[count] = id;
    creatorIds[count++] = creatorId;
  }

  void fetch() {
    table.fetch(ids, creatorIds, count, candidates);
  }

  void fetchForRemoval() {
    table.fetchForRemoval(ids, creatorIds, count, candidates);
  }

  long id(int number) {
    return ids[number];
  }

  int creatorId(int number) {
    return creatorIds[number];
  }

  /** The row as it is now: what came before may have changed the table. */
  int row(int number) {
    return table.confirm(candidates[number], ids[number], creatorIds[number]);
  }
}
