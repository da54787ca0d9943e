package org.pfha.pf;

import static org.pfha.pf.Row.NONE;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.pfha.pf.StateTable.Insertion;

/**
 * The rows of a table and all that finds them. Confined to the table's writer, but for {@link
 * #reader}.
 */
final class Store {

  private static final long SECOND = 1_000_000_000L;

  /** In {@link Row#LIVE} of a state that no peer has had news of; {@link Movement} has others. */
  private static final byte LIVE = 1;

  private final int limit;
  private long seed;
  private boolean seeded;
  private final StateTableBuilder settings;
  private final Slab rows = new Slab(Row.SIZE);
  private final Slab extensions = new Slab(Row.EXTENSION_SIZE);
  private final SlotIndex ids;
  private final SlotIndex keys;
  private long nextSequence;

  /** Limits whose overflow was told since a state last went. */
  private final Set<Insertion> overflowsTold = EnumSet.noneOf(Insertion.class);

  final Names names = new Names();
  final Creators creators = new Creators();
  final Expiry expiry;
  final Movement movement;
  final RowReader reader;
  final AtomicInteger size = new AtomicInteger();
  final AtomicLong identity = new AtomicLong();
  final AtomicLong progress = new AtomicLong();
  final AtomicLong latestNanos = new AtomicLong();
  final AtomicLong refused = new AtomicLong();

  @SuppressWarnings("UnusedVariable") // written, so that what was touched must have been loaded
  private long touched;

  /** Where the latest search that found nothing ended. */
  private int searchEnd;

  private int[] tags = new int[64];
  private long[] found = new long[64];
  private final RowKeys rowKeys = new RowKeys();

  Store(StateTableBuilder settings) {
    this.settings = settings;
    limit = settings.limit;
    seed = settings.seed;
    seeded = settings.seeded;
    ids = new SlotIndex(settings.expected);
    keys = new SlotIndex(2L * settings.expected); // those of translated connections
    reader = new RowReader(rows, extensions, ids, keys, names, seed);
    expiry = new Expiry(rows, settings.timeouts, size::getPlain);
    movement = new Movement(rows, expiry, creators, progress, latestNanos);
  }

  boolean seedIfEmpty(long random) {
    if (seeded || size.getPlain() > 0) {
      return false;
    }
    seed = random;
    seeded = true;
    reader.seed(random);
    return true;
  }

  byte[] chunk(int row) {
    return rows.chunk(row);
  }

  int at(int row) {
    return rows.at(row);
  }

  int end() {
    return rows.end();
  }

  boolean isLive(int row) {
    return Slab.isRow(row) && rows.chunk(row)[rows.at(row) + Row.LIVE] != 0;
  }

  int limit() {
    return limit;
  }

  int find(long id, int creatorId) {
    return find(id, creatorId, SlotIndex.tag(Hash.id(id, creatorId, seed)));
  }

  private int find(long id, int creatorId, int tag) {
    long[] slots = ids.slots();
    for (int at = SlotIndex.home(tag, slots); ; at++) {
      long slot = slots[at];
      if (slot == 0) {
        searchEnd = at;
        return NONE;
      }
      if (SlotIndex.hasTag(slot, tag) && is(SlotIndex.row(slot), id, creatorId)) {
        return SlotIndex.row(slot);
      }
    }
  }

  private boolean is(int row, long id, int creatorId) {
    if (row == NONE) {
      return false;
    }
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    return Row.i64(chunk, at + Row.ID) == id
        && Row.i32(chunk, at + Row.CREATOR_ID) == creatorId
        && chunk[at + Row.LIVE] != 0;
  }

  /** Short loops of independent loads: the processor waits for many of them at once. */
  void fetch(long[] stateIds, int[] creatorIds, int count, int[] candidates) {
    fetch(stateIds, creatorIds, count, candidates, 0);
  }

  private void fetch(long[] stateIds, int[] creatorIds, int count, int[] candidates, int reach) {
    for (int i = 0; i < count; i++) {
      candidates[i] = SlotIndex.tag(Hash.id(stateIds[i], creatorIds[i], seed));
    }
    if (found.length < count) {
      found = new long[2 * count];
    }
    ids.fetch(candidates, count, found);
    if (reach > 0) {
      touched = ids.fetch(candidates, 0, count, reach);
    }
    for (int i = 0; i < count; i++) {
      int tag = candidates[i];
      candidates[i] = SlotIndex.hasTag(found[i], tag) ? SlotIndex.row(found[i]) : candidate(tag);
    }
    for (int i = 0; i < count; i++) {
      if (candidates[i] != NONE) {
        rows.chunk(candidates[i])[rows.at(candidates[i]) + Row.FETCHED] = 0;
      }
    }
  }

  /** As {@link #fetch}, and what else a removal needs: the rest of the row, its keys' slots. */
  void fetchForRemoval(long[] stateIds, int[] creatorIds, int count, int[] candidates) {
    fetch(stateIds, creatorIds, count, candidates, SlotIndex.REACH);
    int stored = 0;
    long sum = 0;
    reserveTags(2 * count);
    for (int i = 0; i < count; i++) {
      if (candidates[i] != NONE) {
        byte[] chunk = rows.chunk(candidates[i]);
        int at = rows.at(candidates[i]);
        sum += chunk[at + Row.WIRE_KEY] + chunk[at + Row.IFNAME];
        int wireTag = Row.i32(chunk, at + Row.WIRE_TAG);
        int stackTag = Row.i32(chunk, at + Row.STACK_TAG);
        tags[stored++] = wireTag;
        if (stackTag != wireTag) {
          tags[stored++] = stackTag;
        }
      }
    }
    touched = sum + keys.fetch(tags, 0, stored, 0) + keys.fetch(tags, 0, stored, SlotIndex.REACH);
  }

  private void reserveTags(int count) {
    if (tags.length < count) {
      tags = new int[2 * count];
    }
  }

  int confirm(int candidate, long id, int creatorId) {
    return is(candidate, id, creatorId) ? candidate : find(id, creatorId);
  }

  /** The first row whose tag is right, most likely the one that is looked for. */
  private int candidate(int tag) {
    long[] slots = ids.slots();
    int at = SlotIndex.home(tag, slots);
    while (slots[at] != 0 && !SlotIndex.hasTag(slots[at], tag)) {
      at++;
    }
    return SlotIndex.row(slots[at]);
  }

  /** Another state's row with the key that is at an offset of a row's image, on the same side. */
  int findKey(byte[] image, int at, int side, int tag) {
    long[] slots = keys.slots();
    for (int slot = SlotIndex.home(tag, slots); ; slot++) {
      if (slots[slot] == 0) {
        searchEnd = slot;
        return NONE;
      }
      if (SlotIndex.hasTag(slots[slot], tag)) {
        int row = SlotIndex.row(slots[slot]);
        if (RowKeys.same(image, at, rows.chunk(row), rows.at(row), side)) {
          return row;
        }
      }
    }
  }

  /** Gives drafts what depends on the table and fetches the slots that their inserts need. */
  void prepare(StateDraft[] drafts, int count) {
    reserveTags(3 * count);
    int end = count;
    for (int i = 0; i < count; i++) {
      prepare(drafts[i]);
      tags[i] = drafts[i].idTag;
      tags[end++] = drafts[i].wireTag;
      if (drafts[i].translated) {
        tags[end++] = drafts[i].stackTag;
      }
    }
    touched = ids.fetch(tags, 0, count, 0) + keys.fetch(tags, count, end, 0);
  }

  private boolean prepare(StateDraft draft) {
    if (!draft.intern()) {
      return false;
    }
    long id = draft.id();
    int creatorId = draft.creatorId();
    long name = Hash.name(id, creatorId);
    RowKeys both = rowKeys.read(draft.bytes, 0);
    draft.idTag = SlotIndex.tag(Hash.id(id, creatorId, seed));
    draft.wireTag = both.wireTag(seed);
    draft.translated = both.isTranslated();
    draft.stackTag = draft.translated ? both.stackTag(seed) : draft.wireTag;
    draft.identity = both.identity(name);
    draft.progress = Hash.progress(draft.bytes, 0, name);
    Row.put32(draft.bytes, Row.WIRE_TAG, draft.wireTag);
    Row.put32(draft.bytes, Row.STACK_TAG, draft.stackTag);
    draft.prepared = true;
    return true;
  }

  Insertion insert(StateDraft draft, long nowNanos, IntConsumer onReplaced) {
    if (!draft.prepared && !prepare(draft)) {
      return refused(Insertion.LIMIT);
    }
    latestNanos.setOpaque(nowNanos);
    int creatorId = draft.creatorId();
    if (find(draft.id(), creatorId, draft.idTag) != NONE) {
      return Insertion.DUPLICATE_ID;
    }
    int idEnd = searchEnd;
    int onWire = findKey(draft.bytes, 0, Row.WIRE_KEY, draft.wireTag);
    int wireEnd = searchEnd;
    int onStack = findKey(draft.bytes, 0, Row.STACK_KEY, draft.stackTag);
    boolean replaces = onWire != NONE || onStack != NONE;
    if (replaces) {
      if (!givesWay(onWire) || !givesWay(onStack)) {
        return Insertion.KEY_COLLISION;
      }
    } else if (size.getPlain() >= limit) {
      return refused(Insertion.LIMIT);
    } else if (creators.count(creatorId) >= settings.limitOf(creatorId)) {
      return refused(Insertion.CREATOR_LIMIT);
    }
    if (onWire != NONE) {
      onReplaced.accept(onWire);
      remove(onWire);
    }
    if (onStack != NONE && onStack != onWire) {
      onReplaced.accept(onStack);
      remove(onStack);
    }
    if (replaces) { // a removal moves what is in an index
      put(draft, SlotIndex.NOWHERE, SlotIndex.NOWHERE, nowNanos);
      return Insertion.REPLACED_CLOSED;
    }
    put(draft, idEnd, wireEnd, nowNanos);
    return Insertion.INSERTED;
  }

  private boolean givesWay(int row) {
    if (row == NONE) {
      return true;
    }
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    return Row.u8(chunk, at + Row.PROTO) == PfState.TCP
        && Row.u8(chunk, at + Row.SRC + Row.STATE) >= StatePeer.FIN_WAIT_2
        && Row.u8(chunk, at + Row.DST + Row.STATE) >= StatePeer.FIN_WAIT_2;
  }

  /** Tells of each limit once, until a state has gone: one creator's must not hide the table's. */
  private Insertion refused(Insertion why) {
    refused.setOpaque(refused.getPlain() + 1);
    if (overflowsTold.add(why)) {
      settings.onOverflow.accept(why);
    }
    return why;
  }

  private void put(StateDraft draft, int idEnd, int wireEnd, long nowNanos) {
    int row = rows.allocate();
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    int extension = draft.isExtended() ? extensions.allocate() : NONE;
    long lifetime =
        draft.expire() != 0
            ? draft.expire() * SECOND
            : expiry.timeoutNanos(Row.u8(draft.bytes, Row.TIMEOUT));
    rows.beginWrite(row);
    System.arraycopy(draft.bytes, 0, chunk, at, Row.SIZE);
    if (extension != NONE) {
      byte[] more = extensions.chunk(extension);
      System.arraycopy(draft.bytes, Row.SIZE, more, extensions.at(extension), Row.EXTENSION_SIZE);
      Row.put32(chunk, at + Row.EXTENSION, extension);
    }
    Row.put64(chunk, at + Row.EXPIRES, nowNanos + lifetime);
    Row.put64(chunk, at + Row.CREATED, nowNanos - draft.creation() * SECOND);
    Row.put64(chunk, at + Row.SEQUENCE, nextSequence++);
    chunk[at + Row.LIVE] = LIVE;
    rows.endWrite(row);
    expiry.link(row, chunk, at, Row.u8(draft.bytes, Row.TIMEOUT), nowNanos + lifetime, nowNanos);
    ids.add(draft.idTag, row, idEnd);
    keys.add(draft.wireTag, row, wireEnd);
    if (draft.translated) {
      keys.add(draft.stackTag, row);
    }
    creators.added(draft.creatorId(), draft.identity, draft.progress);
    count(1, draft.identity, draft.progress);
  }

  private void count(int states, long identityChange, long progressChange) {
    size.setRelease(size.getPlain() + states);
    identity.setOpaque(identity.getPlain() + identityChange);
    progress.setOpaque(progress.getPlain() + progressChange);
  }

  /** Sets counters of a state. */
  void count(int row, long packets0, long packets1, long bytes0, long bytes1) {
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    rows.beginWrite(row);
    Row.put64(chunk, at + Row.PACKETS, packets0);
    Row.put64(chunk, at + Row.PACKETS + 8, packets1);
    Row.put64(chunk, at + Row.BYTES, bytes0);
    Row.put64(chunk, at + Row.BYTES + 8, bytes1);
    rows.endWrite(row);
  }

  void remove(int row) {
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    long id = Row.i64(chunk, at + Row.ID);
    int creatorId = Row.i32(chunk, at + Row.CREATOR_ID);
    long name = Hash.name(id, creatorId);
    RowKeys both = rowKeys.read(chunk, at);
    long oldIdentity = both.identity(name);
    long oldProgress = Hash.progress(chunk, at, name);
    ids.remove(SlotIndex.tag(Hash.id(id, creatorId, seed)), row);
    keys.remove(Row.i32(chunk, at + Row.WIRE_TAG), row);
    if (both.isTranslated()) {
      keys.remove(Row.i32(chunk, at + Row.STACK_TAG), row);
    }
    expiry.unlink(row);
    int extension = Row.i32(chunk, at + Row.EXTENSION);
    rows.beginWrite(row);
    chunk[at + Row.LIVE] = 0;
    if (extension != NONE) {
      extensions.free(extension);
    }
    rows.free(row);
    rows.endWrite(row);
    creators.removed(creatorId, oldIdentity, oldProgress);
    count(-1, -oldIdentity, -oldProgress);
    overflowsTold.clear();
  }

  /** Puts a cursor on a row. */
  StateRow seek(int row, StateRow cursor) {
    return cursor.wrap(row, rows.chunk(row), rows.at(row));
  }

  byte[] extensionChunk(int extension) {
    return extensions.chunk(extension);
  }

  int extensionAt(int extension) {
    return extensions.at(extension);
  }

  /** What a digest comes to when nothing is remembered. */
  long fromScratch(boolean ofProgress) {
    long sum = 0;
    int end = rows.end();
    RowKeys both = new RowKeys();
    for (int row = 0; row < end; row++) {
      if (isLive(row)) {
        byte[] chunk = rows.chunk(row);
        int at = rows.at(row);
        long name = Hash.name(chunk, at);
        sum += ofProgress ? Hash.progress(chunk, at, name) : both.read(chunk, at).identity(name);
      }
    }
    return sum;
  }

  void expire(long nowNanos, IntConsumer onExpired) {
    latestNanos.setOpaque(nowNanos);
    expiry.sweep(nowNanos, onExpired);
  }

  long bytes() {
    return rows.bytes() + extensions.bytes() + ids.bytes() + keys.bytes() + expiry.bytes();
  }
}
