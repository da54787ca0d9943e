package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a firewall, by (id, creator id) and by key, bounded by a hard limit.
 *
 * <p>One writer: the methods that change the table, and those that take {@code nowNanos}, are
 * confined to one thread, the event loop of the node that was given the table. The others ({@link
 * #get}, {@link #find}, {@link #size}, {@link #states}, the digests, {@link #diff}) are thread-safe
 * and see each state as it was at some moment; a state itself is immutable.
 */
public final class StateTable {

  /** What became of an insert. */
  public enum Insertion {
    /** It is in the table. */
    INSERTED,
    /** It is in the table; a closed TCP state with its key had to go (spec pfsync 8 step 10). */
    REPLACED_CLOSED,
    /** The table is full. */
    LIMIT,
    /** There is a state of that id and creator. */
    DUPLICATE_ID,
    /** Another state has the key on the same interface in the same direction. */
    KEY_COLLISION
  }

  private static final long NANOS = 1_000_000_000L;
  private static final int WIRE = 1;
  private static final int STACK = 2;

  private record KeyRef(int side, StateKey key, int proto, int direction, String ifname) {}

  private static final class Entry {
    final long sequence;
    final long createdNanos;
    volatile PfState state;
    long expiresNanos;

    Entry(long sequence, PfState state, long createdNanos, long expiresNanos) {
      this.sequence = sequence;
      this.state = state;
      this.createdNanos = createdNanos;
      this.expiresNanos = expiresNanos;
    }
  }

  private final int limit;
  private final Map<StateId, Entry> byId = new ConcurrentHashMap<>();
  private final Map<KeyRef, Entry> byKey = new ConcurrentHashMap<>();
  private long nextSequence;
  private volatile long identityDigest;
  private volatile long progressDigest;

  private StateTable(int limit) {
    this.limit = limit;
  }

  /**
   * An empty table.
   *
   * @param limit most states it holds, at least 1
   * @return a table
   */
  public static StateTable withLimit(int limit) {
    checkArgument(limit >= 1, "state limit %s is not positive", limit);
    return new StateTable(limit);
  }

  /**
   * The hard limit.
   *
   * @return most states this table holds
   */
  public int limit() {
    return limit;
  }

  /**
   * How many states there are.
   *
   * @return 0 to {@link #limit}
   */
  public int size() {
    return byId.size();
  }

  /**
   * The state of a name, with age and lifetime as of when it was inserted.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @return a snapshot or null
   */
  public @Nullable PfState get(long id, int creatorId) {
    Entry entry = byId.get(new StateId(id, creatorId));
    return entry == null ? null : entry.state;
  }

  /**
   * The state with a wire key.
   *
   * @param wire the key
   * @param proto IP protocol
   * @param direction 1 or 2
   * @param ifname the interface it is bound to, or {@code all}
   * @return a snapshot or null
   */
  public @Nullable PfState find(StateKey wire, int proto, int direction, String ifname) {
    Entry entry = byKey.get(new KeyRef(WIRE, wire, proto, direction, ifname));
    return entry == null ? null : entry.state;
  }

  /**
   * All states in the order of insertion.
   *
   * @return a snapshot
   */
  public List<PfState> states() {
    List<Entry> entries = new ArrayList<>(byId.values());
    entries.sort(Comparator.comparingLong(entry -> entry.sequence));
    return entries.stream().map(entry -> entry.state).toList();
  }

  /**
   * The state of a name with its age and remaining lifetime now.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @param nowNanos the time
   * @return a snapshot or null
   */
  public @Nullable PfState get(long id, int creatorId, long nowNanos) {
    Entry entry = byId.get(new StateId(id, creatorId));
    if (entry == null) {
      return null;
    }
    long age = Math.max(0, (nowNanos - entry.createdNanos) / NANOS);
    long remaining = Math.max(0, (entry.expiresNanos - nowNanos) / NANOS);
    return entry.state.withTimes(Math.min(age, 0xffff_ffffL), remaining);
  }

  /**
   * Puts in a state. Its age counts from its {@code creation}; it lives for its {@code expire}, or
   * for the full timeout of its index when that is 0.
   *
   * @param state the state
   * @param nowNanos the time
   * @param onReplaced hears of a closed state that had to go
   * @return what became of it; in the table only if {@code INSERTED} or {@code REPLACED_CLOSED}
   */
  public Insertion insert(PfState state, long nowNanos, Consumer<PfState> onReplaced) {
    StateId id = state.stateId();
    if (byId.containsKey(id)) {
      return Insertion.DUPLICATE_ID;
    }
    Entry onWire = byKey.get(ref(WIRE, state));
    Entry onStack = byKey.get(ref(STACK, state));
    if ((onWire != null && !givesWay(onWire.state))
        || (onStack != null && !givesWay(onStack.state))) {
      return Insertion.KEY_COLLISION;
    }
    boolean replaces = onWire != null || onStack != null;
    if (!replaces && byId.size() >= limit) {
      return Insertion.LIMIT;
    }
    displace(onWire, onReplaced);
    displace(onStack, onReplaced);
    long lifetime = state.expire() != 0 ? state.expire() : Timeouts.seconds(state.timeout());
    Entry entry =
        new Entry(
            nextSequence++,
            state,
            nowNanos - state.creation() * NANOS,
            nowNanos + lifetime * NANOS);
    byKey.put(ref(WIRE, state), entry);
    byKey.put(ref(STACK, state), entry);
    byId.put(id, entry);
    count(state, 1);
    return replaces ? Insertion.REPLACED_CLOSED : Insertion.INSERTED;
  }

  /**
   * Puts in a state, letting a closed one with its key go silently.
   *
   * @param state the state
   * @param nowNanos the time
   * @return what became of it
   */
  public Insertion insert(PfState state, long nowNanos) {
    return insert(state, nowNanos, closed -> {});
  }

  /**
   * Moves a state along: both peers and the timeout index. Nothing else of a state ever changes.
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
    Entry entry = byId.get(new StateId(id, creatorId));
    if (entry == null) {
      return null;
    }
    count(entry.state, -1);
    entry.state = entry.state.withProgress(src, dst, timeout);
    count(entry.state, 1);
    entry.expiresNanos = nowNanos + Timeouts.seconds(timeout) * NANOS;
    return entry.state;
  }

  /**
   * Takes out a state.
   *
   * @param id the state's id
   * @param creatorId its creator
   * @return the state as it was, or null if there was none of that name
   */
  public @Nullable PfState remove(long id, int creatorId) {
    Entry entry = byId.get(new StateId(id, creatorId));
    if (entry == null) {
      return null;
    }
    drop(entry);
    return entry.state;
  }

  /**
   * Takes out what has outlived its time. Visits the whole table, as pf's purge does every 10 s.
   *
   * @param nowNanos the time
   * @param onExpired hears of each
   */
  public void expire(long nowNanos, Consumer<PfState> onExpired) {
    for (Entry entry : byId.values()) {
      if (entry.expiresNanos - nowNanos <= 0) {
        drop(entry);
        onExpired.accept(entry.state);
      }
    }
  }

  /**
   * Which connections there are: names, keys, families, protocols, directions of all states. Equal
   * in tables that hold the same connections, in whatever order they came.
   *
   * @return a digest
   */
  public long identityDigest() {
    return identityDigest;
  }

  /**
   * Which connections there are and how far each has got: {@link #identityDigest} and both peers.
   *
   * @return a digest
   */
  public long progressDigest() {
    return progressDigest;
  }

  /**
   * Compares two tables.
   *
   * @param other the other one
   * @return which states differ, each list in the order of insertion
   */
  public StateDiff diff(StateTable other) {
    List<StateId> onlyHere = new ArrayList<>();
    List<StateId> onlyThere = new ArrayList<>();
    List<StateId> differing = new ArrayList<>();
    for (PfState mine : states()) {
      PfState theirs = other.get(mine.id(), mine.creatorId());
      if (theirs == null) {
        onlyHere.add(mine.stateId());
      } else if (progress(mine) != progress(theirs)) {
        differing.add(mine.stateId());
      }
    }
    for (PfState theirs : other.states()) {
      if (get(theirs.id(), theirs.creatorId()) == null) {
        onlyThere.add(theirs.stateId());
      }
    }
    return new StateDiff(onlyHere, onlyThere, differing);
  }

  private static boolean givesWay(PfState old) {
    return old.proto() == PfState.TCP
        && old.src().state() >= StatePeer.FIN_WAIT_2
        && old.dst().state() >= StatePeer.FIN_WAIT_2;
  }

  private void displace(@Nullable Entry old, Consumer<PfState> onReplaced) {
    if (old != null && byId.get(old.state.stateId()) == old) {
      drop(old);
      onReplaced.accept(old.state);
    }
  }

  private void drop(Entry entry) {
    byId.remove(entry.state.stateId(), entry);
    byKey.remove(ref(WIRE, entry.state), entry);
    byKey.remove(ref(STACK, entry.state), entry);
    count(entry.state, -1);
  }

  private static KeyRef ref(int side, PfState state) {
    StateKey key = side == WIRE ? state.wire() : state.stack();
    return new KeyRef(side, key, state.proto(), state.direction(), state.ifname());
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  private void count(PfState state, int sign) {
    identityDigest += sign * identity(state);
    progressDigest += sign * progress(state);
  }

  private static long identity(PfState state) {
    long h = mix(state.id(), state.creatorId());
    h = mix(mix(h, state.wire()), state.stack());
    return mix(h, (long) state.proto() << 8 | state.direction());
  }

  private static long progress(PfState state) {
    return mix(mix(identity(state), state.src()), state.dst());
  }

  private static long mix(long h, StateKey key) {
    h = mix(mix(h, key.family()), (long) key.port0() << 16 | key.port1());
    h = mix(mix(h, key.address0High()), key.address0Low());
    return mix(mix(h, key.address1High()), key.address1Low());
  }

  private static long mix(long h, StatePeer peer) {
    h = mix(mix(h, peer.state()), (long) peer.seqlo() << 32 | (peer.seqhi() & 0xffff_ffffL));
    h = mix(mix(h, peer.seqdiff()), (long) peer.maxWin() << 16 | peer.mss());
    return mix(h, peer.wscale());
  }

  private static long mix(long h, long value) {
    long x = (h ^ value) * 0x9e37_79b9_7f4a_7c15L + 0x632b_e59b_d9b4_e019L;
    x = (x ^ x >>> 32) * 0xd6e8_feb8_6659_fd93L;
    x = (x ^ x >>> 32) * 0xd6e8_feb8_6659_fd93L;
    return x ^ x >>> 32;
  }
}
