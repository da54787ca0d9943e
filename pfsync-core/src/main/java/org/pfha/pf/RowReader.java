package org.pfha.pf;

/** What other threads than the writer do with rows: find and copy them. Thread-safe. */
final class RowReader {

  private final Slab rows;
  private final Slab extensions;
  private final SlotIndex ids;
  private final SlotIndex keys;
  private final Names names;

  /** Set anew only while the table is empty: who still has the old one finds nothing, rightly. */
  private volatile long seed;

  RowReader(Slab rows, Slab extensions, SlotIndex ids, SlotIndex keys, Names names, long seed) {
    this.rows = rows;
    this.extensions = extensions;
    this.ids = ids;
    this.keys = keys;
    this.names = names;
    this.seed = seed;
  }

  void seed(long random) {
    seed = random;
  }

  /** Copies a row for a reader; false if no state is there. */
  boolean copy(int row, StateRow view) {
    byte[] to = view.copy();
    while (Slab.isRow(row)) {
      int version = rows.beginRead(row);
      byte[] chunk = rows.chunkForReader(row);
      System.arraycopy(chunk, rows.at(row), to, 0, Row.SIZE);
      int extension = Row.i32(to, Row.EXTENSION);
      boolean extended = extension >= 0 && extensions.holds(extension);
      if (extended) {
        byte[] more = extensions.chunkForReader(extension);
        System.arraycopy(more, extensions.at(extension), to, Row.SIZE, Row.EXTENSION_SIZE);
      }
      if (rows.unchanged(row, version)) {
        view.wrapCopy(extended);
        return to[Row.LIVE] != 0;
      }
    }
    return false;
  }

  /** Finds a state for a reader and copies it. */
  boolean lookUp(long id, int creatorId, StateRow view) {
    int tag = SlotIndex.tag(Hash.id(id, creatorId, seed));
    while (true) {
      int version = ids.version(tag);
      long[] slots = ids.slotsAcquire();
      int at = SlotIndex.home(tag, slots);
      long slot;
      while ((slot = SlotIndex.slotAcquire(slots, at)) != 0) {
        if (SlotIndex.hasTag(slot, tag)
            && copy(SlotIndex.row(slot), view)
            && view.id() == id
            && view.creatorId() == creatorId) {
          return true;
        }
        at++;
      }
      if (ids.unchanged(tag, version)) {
        return false;
      }
    }
  }

  /** Finds a state by its key for a reader and copies it. */
  boolean lookUpKey(PfState like, int side, StateRow view) {
    StateDraft image = new StateDraft(names).set(like);
    if (!image.find()) {
      return false;
    }
    int tag = new RowKeys().read(image.bytes, 0).tag(side, seed);
    while (true) {
      int version = keys.version(tag);
      long[] slots = keys.slotsAcquire();
      int at = SlotIndex.home(tag, slots);
      long slot;
      while ((slot = SlotIndex.slotAcquire(slots, at)) != 0) {
        if (SlotIndex.hasTag(slot, tag)
            && copy(SlotIndex.row(slot), view)
            && RowKeys.same(image.bytes, 0, view.bytes(), view.at(), side)) {
          return true;
        }
        at++;
      }
      if (keys.unchanged(tag, version)) {
        return false;
      }
    }
  }
}
