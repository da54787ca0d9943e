package org.pfha.pf;

import static org.pfha.pf.Row.NONE;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a firewall, by (id, creator id) and by key, bounded by a hard limit. A million
 * of them take some 300 bytes each and no object.
 *
 * <p>One writer: the methods that change the table and those that take or return row numbers are
 * confined to one thread, the event loop of the node that was given the table. Those of {@link
 * TableReader} and {@link #diff} are thread-safe.
 *
 * <p>A row number stands for a state until the state is removed. Who works on many states looks all
 * of them up first ({@link #fetch}), so that the memory they are in is fetched at the same time.
 */
public final class StateTable implements TableReader {

  /** What became of an insert. */
  public enum Insertion {
    /** It is in the table. */
    INSERTED,
    /** It is in the table; a closed TCP state with its key had to go (spec pfsync 8 step 10). */
    REPLACED_CLOSED,
    /** The table is full, or has seen too many interfaces. */
    LIMIT,
    /** Its creator has as many states as it may have. */
    CREATOR_LIMIT,
    /** There is a state of that id and creator. */
    DUPLICATE_ID,
    /** Another state has the key on the same interface in the same direction. */
    KEY_COLLISION;

    /**
     * Whether the state is in the table.
     *
     * @return true if it was inserted
     */
    public boolean isPresent() {
      return this == INSERTED || this == REPLACED_CLOSED;
    }
  }

  /** No row. */
  public static final int NO_ROW = NONE;

  private final Store store;
  private final StateDraft ownDraft;
  private final StateRow ownCursor;

  StateTable(Store store) {
    this.store = store;
    ownDraft = draft();
    ownCursor = cursor();
  }

  /**
   * An empty table with the default timeouts.
   *
   * @param limit most states it holds, at least 1
   * @return a table
   */
  public static StateTable withLimit(int limit) {
    return builder(limit).build();
  }

  /**
   * A table to be described.
   *
   * @param limit most states it holds, at least 1
   * @return a builder
   */
  public static StateTableBuilder builder(int limit) {
    return new StateTableBuilder(limit);
  }

  @Override
  public int limit() {
    return store.limit();
  }

  @Override
  public int size() {
    return store.size.getAcquire();
  }

  @Override
  public long refused() {
    return store.refused.getOpaque();
  }

  @Override
  public long bytes() {
    return store.bytes();
  }

  // For any thread.

  @Override
  public @Nullable PfState get(long id, int creatorId) {
    return get(id, creatorId, latestNanos());
  }

  @Override
  public @Nullable PfState get(long id, int creatorId, long nowNanos) {
    StateRow row = cursor();
    return read(id, creatorId, row) ? row.state(nowNanos) : null;
  }

  @Override
  public boolean read(long id, int creatorId, StateRow into) {
    return store.reader.lookUp(id, creatorId, into);
  }

  @Override
  public @Nullable PfState find(StateKey wire, int proto, int direction, String ifname) {
    return find(Row.WIRE_KEY, wire, proto, direction, ifname);
  }

  @Override
  public @Nullable PfState findByStack(StateKey stack, int proto, int direction, String ifname) {
    return find(Row.STACK_KEY, stack, proto, direction, ifname);
  }

  private @Nullable PfState find(int side, StateKey key, int proto, int direction, String ifname) {
    PfState image = PfState.builder(0, 0, key, proto).direction(direction).ifname(ifname).build();
    StateRow row = cursor();
    return store.reader.lookUpKey(image, side, row) ? row.state(latestNanos()) : null;
  }

  @Override
  public List<PfState> states() {
    return states(StateFilter.all());
  }

  @Override
  public List<PfState> states(StateFilter filter) {
    TreeMap<Long, PfState> states = new TreeMap<>();
    long now = latestNanos();
    forEach(filter, now, row -> states.put(row.sequence(), row.state(now)));
    return List.copyOf(states.values());
  }

  @Override
  public void forEach(StateFilter filter, long nowNanos, Consumer<StateRow> action) {
    StateRow row = cursor();
    int end = store.end();
    for (int number = 0; number < end; number++) {
      if (store.reader.copy(number, row) && filter.matches(row, nowNanos)) {
        action.accept(row);
      }
    }
  }

  @Override
  public void forEach(Consumer<StateRow> action) {
    forEach(StateFilter.all(), latestNanos(), action);
  }

  @Override
  public StateDigest digest() {
    long identity = store.identity.getOpaque();
    return new StateDigest(size(), identity, identity + store.progress.getOpaque());
  }

  @Override
  public StateDigest digest(int creatorId) {
    return store.creators.digest(creatorId);
  }

  @Override
  public Map<Integer, StateDigest> digests() {
    Map<Integer, StateDigest> digests = new TreeMap<>(Integer::compareUnsigned);
    store.creators.forEach(
        creator -> {
          StateDigest digest = digest(creator);
          if (digest.states() > 0) {
            digests.put(creator, digest);
          }
        });
    return digests;
  }

  @Override
  public long identityDigest() {
    return digest().identity();
  }

  @Override
  public long progressDigest() {
    return digest().progress();
  }

  /**
   * The digest computed anew from every state; equals {@link #digest} unless memory is corrupt or
   * the table changes meanwhile.
   *
   * @return a digest
   */
  public StateDigest digestFromScratch() {
    long identity = store.fromScratch(false);
    return new StateDigest(size(), identity, identity + store.fromScratch(true));
  }

  /**
   * The identity digest computed anew from every state.
   *
   * @return a digest
   */
  public long identityDigestFromScratch() {
    return store.fromScratch(false);
  }

  /**
   * Compares two tables. If their digests are equal this is over at once.
   *
   * @param other the other one
   * @return which states differ, each list in the order of insertion
   */
  public StateDiff diff(StateTable other) {
    return diff(other, Integer.MAX_VALUE);
  }

  /**
   * Compares two tables, naming no more than some differences of each sort.
   *
   * @param other the other one
   * @param most names of each list; all are counted
   * @return which states differ
   */
  public StateDiff diff(StateTable other, int most) {
    return StateDiff.of(this, other, most);
  }

  // For the writer.

  /**
   * Makes the places of states in the index unpredictable, unless there are states or {@link
   * StateTableBuilder#hashSeed} has done so.
   *
   * @param random a random number
   * @return whether it is used
   */
  public boolean seedIfEmpty(long random) {
    return store.seedIfEmpty(random);
  }

  /**
   * A state to be filled in and given to {@link #insert(StateDraft, long, IntConsumer)}.
   *
   * @return a draft for this table
   */
  public StateDraft draft() {
    return new StateDraft(store.names);
  }

  @Override
  public StateRow cursor() {
    return new StateRow(store);
  }

  /**
   * Puts a cursor on a row.
   *
   * @param row a row
   * @param into from {@link #cursor}; reads the table's own bytes until moved
   * @return the cursor
   */
  public StateRow seek(int row, StateRow into) {
    return store.seek(row, into);
  }

  /**
   * The next row that holds a state. Who walks from row to row meets every state that is there from
   * beginning to end, however the table changes meanwhile.
   *
   * @param row any row, or {@link #NO_ROW} to begin
   * @return a row, or {@link #NO_ROW} at the end
   */
  public int nextRow(int row) {
    int end = store.end();
    for (int next = row + 1; next < end; next++) {
      if (store.isLive(next)) {
        return next;
      }
    }
    return NO_ROW;
  }

  /**
   * The row of a state.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @return a row or {@link #NO_ROW}
   */
  public int find(long id, int creatorId) {
    return store.find(id, creatorId);
  }

  /**
   * Looks up many states and fetches what an update of them needs, all at the same time. What it
   * finds is to be confirmed when its turn comes: an earlier message may have changed the table.
   *
   * @param ids the states' ids
   * @param creatorIds their creators
   * @param count how many
   * @param candidates receives what {@link #confirm} wants
   */
  public void fetch(long[] ids, int[] creatorIds, int count, int[] candidates) {
    store.fetch(ids, creatorIds, count, candidates);
  }

  /**
   * As {@link #fetch}, but what removals need.
   *
   * @param ids the states' ids
   * @param creatorIds their creators
   * @param count how many
   * @param candidates receives what {@link #confirm} wants
   */
  public void fetchForRemoval(long[] ids, int[] creatorIds, int count, int[] candidates) {
    store.fetchForRemoval(ids, creatorIds, count, candidates);
  }

  /**
   * The row of a state that has been fetched.
   *
   * @param candidate from {@link #fetch}
   * @param id the state's id
   * @param creatorId its creator
   * @return a row or {@link #NO_ROW}
   */
  public int confirm(int candidate, long id, int creatorId) {
    return store.confirm(candidate, id, creatorId);
  }

  /**
   * Fetches what the inserts of some drafts need, all at the same time. Optional. The drafts are
   * not changed afterwards.
   *
   * @param drafts states
   * @param count how many
   */
  public void prepare(StateDraft[] drafts, int count) {
    store.prepare(drafts, count);
  }

  /**
   * Puts in a state. Its age counts from its {@code creation}; it lives for its {@code expire}, or
   * for the full timeout of its index when that is 0.
   *
   * @param draft the state
   * @param nowNanos the time
   * @param onReplaced hears of the row of a closed state that has to go, before it does
   * @return what became of it
   */
  public Insertion insert(StateDraft draft, long nowNanos, IntConsumer onReplaced) {
    return store.insert(draft, nowNanos, onReplaced);
  }

  /**
   * Puts in a state.
   *
   * @param state the state
   * @param nowNanos the time
   * @param onReplaced hears of a closed state that has to go
   * @return what became of it
   */
  public Insertion insert(PfState state, long nowNanos, Consumer<PfState> onReplaced) {
    return store.insert(
        ownDraft.set(state),
        nowNanos,
        row -> onReplaced.accept(seek(row, ownCursor).state(nowNanos)));
  }

  /**
   * Puts in a state, letting a closed one with its key go silently.
   *
   * @param state the state
   * @param nowNanos the time
   * @return what became of it
   */
  public Insertion insert(PfState state, long nowNanos) {
    return store.insert(ownDraft.set(state), nowNanos, row -> {});
  }

  /**
   * Moves a state along as a peer says: its ends and the timeout index. Nothing else of a state
   * ever changes but its counters. Normalisation data are taken only into a place that is there;
   * the responder is given one (spec pfsync 9.3). Notes that a peer has had news of the state, even
   * if the message is old.
   *
   * @param row the state's row
   * @param message holds ends as on the wire
   * @param srcAt index of the initiator's 32 bytes
   * @param dstAt index of the responder's 32 bytes
   * @param timeout timeout index, 0–255; its full time begins now
   * @param rule what is taken if an end of the message is behind
   * @param nowNanos the time
   * @return which ends were, {@link MergeRule#SRC_STALE} and {@link MergeRule#DST_STALE}
   */
  public int merge(
      int row, byte[] message, int srcAt, int dstAt, int timeout, MergeRule rule, long nowNanos) {
    return store.movement.merge(row, message, srcAt, dstAt, timeout, rule, nowNanos);
  }

  /**
   * Moves a state along.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param src the initiator
   * @param dst the responder
   * @param timeout timeout index; its full time begins now
   * @param nowNanos the time
   * @return the state afterwards, or null if there is none of that name
   */
  public @Nullable PfState update(
      long id, int creatorId, StatePeer src, StatePeer dst, int timeout, long nowNanos) {
    int row = find(id, creatorId);
    if (row == NO_ROW) {
      return null;
    }
    update(row, src, dst, timeout, nowNanos);
    return seek(row, ownCursor).state(nowNanos);
  }

  /**
   * Moves a state along.
   *
   * @param row the state's row
   * @param src the initiator
   * @param dst the responder
   * @param timeout timeout index, 0–255; its full time begins now
   * @param nowNanos the time
   */
  public void update(int row, StatePeer src, StatePeer dst, int timeout, long nowNanos) {
    store.movement.update(row, src, dst, timeout, nowNanos);
  }

  /**
   * Sets the counters of a state.
   *
   * @param row the state's row
   * @param packets0 packets in the direction of the first one
   * @param packets1 packets in the opposite direction
   * @param bytes0 bytes in the direction of the first packet
   * @param bytes1 bytes in the opposite direction
   */
  public void count(int row, long packets0, long packets1, long bytes0, long bytes1) {
    store.count(row, packets0, packets1, bytes0, bytes1);
  }

  /**
   * Whether a peer has had news of a state after some moment.
   *
   * @param state on the state's row, from {@link #seek}
   * @param nanos the moment
   * @return true if there was a {@link #merge} later
   */
  public boolean isHeardAfter(StateRow state, long nanos) {
    return store.movement.isHeardAfter(state, nanos);
  }

  /**
   * Takes out a state.
   *
   * @param row the state's row
   */
  public void remove(int row) {
    store.remove(row);
  }

  /**
   * Takes out a state.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @return the state as it was, or null if there was none of that name
   */
  public @Nullable PfState remove(long id, int creatorId) {
    int row = find(id, creatorId);
    if (row == NO_ROW) {
      return null;
    }
    PfState state = seek(row, ownCursor).state(latestNanos());
    remove(row);
    return state;
  }

  /**
   * Takes out some states: pf's kill, or its clear by interface or creator.
   *
   * @param filter which
   * @param nowNanos the time for filters by age
   * @param onRemoved hears of each before it goes; must not change the table
   * @return how many there were
   */
  public int removeAll(StateFilter filter, long nowNanos, Consumer<StateRow> onRemoved) {
    StateRow row = cursor();
    int removed = 0;
    int end = store.end();
    for (int number = 0; number < end; number++) {
      if (store.isLive(number) && filter.matches(seek(number, row), nowNanos)) {
        onRemoved.accept(row);
        remove(number);
        removed++;
      }
    }
    return removed;
  }

  /**
   * Takes out what has outlived its time. Visits little else.
   *
   * @param nowNanos the time
   * @param onExpired hears of each, when it is gone
   */
  public void expire(long nowNanos, Consumer<PfState> onExpired) {
    expireRows(
        nowNanos,
        row -> {
          PfState state = seek(row, ownCursor).state(nowNanos);
          remove(row);
          onExpired.accept(state);
        });
  }

  /**
   * Hands over the rows of what has outlived its time.
   *
   * @param nowNanos the time
   * @param onExpired removes each
   */
  public void expireRows(long nowNanos, IntConsumer onExpired) {
    store.expire(nowNanos, onExpired);
  }

  private long latestNanos() {
    return store.latestNanos.getOpaque();
  }
}
