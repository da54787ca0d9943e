package org.pfha.pf;

import org.jspecify.annotations.Nullable;

/**
 * A state of a {@link StateTable} without an object of its own: a cursor over the table's bytes, or
 * over a copy of them. Reads as long as it is not moved and, if it is not a copy, the state is not
 * removed. Confined to one thread.
 */
public final class StateRow {

  /** What most states have instead of an extension. */
  private static final byte[] NO_EXTENSION = new byte[Row.EXTENSION_SIZE];

  static {
    Row.put32(NO_EXTENSION, Row.RTABLEID, -1);
    Row.put32(NO_EXTENSION, Row.STACK_RTABLEID, -1);
  }

  private static final long SECOND = 1_000_000_000L;
  private static final long MAX_SECONDS = 0xffff_ffffL;

  private final Store store;
  private byte[] bytes = NO_EXTENSION;
  private int at;
  private int number = Row.NONE;

  /** Looked up when it is asked for, being in a cache line of its own. */
  private byte @Nullable [] more = NO_EXTENSION;

  private int moreAt;
  private byte @Nullable [] copy;

  StateRow(Store store) {
    this.store = store;
  }

  /** Looks at a row of the table. */
  StateRow wrap(int newNumber, byte[] newBytes, int newAt) {
    number = newNumber;
    bytes = newBytes;
    at = newAt;
    more = null;
    return this;
  }

  /** Looks at a copy of a row and of its extension, if it has one. */
  StateRow wrapCopy(boolean extended) {
    number = Row.NONE;
    bytes = copy();
    at = 0;
    return extend(extended ? bytes : NO_EXTENSION, extended ? Row.SIZE : 0);
  }

  private StateRow extend(byte[] newMore, int newMoreAt) {
    more = newMore;
    moreAt = newMoreAt;
    return this;
  }

  private byte[] more() {
    byte[] known = more;
    if (known == null) {
      int extension = Row.i32(bytes, at + Row.EXTENSION);
      known = extension == Row.NONE ? NO_EXTENSION : store.extensionChunk(extension);
      extend(known, extension == Row.NONE ? 0 : store.extensionAt(extension));
    }
    return known;
  }

  /** Where a row and its extension can be copied to. */
  byte[] copy() {
    if (copy == null) {
      copy = new byte[Row.SIZE + Row.EXTENSION_SIZE];
    }
    return copy;
  }

  /** The row's bytes; what is at {@link #at} is laid out as {@link Row} says. */
  byte[] bytes() {
    return bytes;
  }

  int at() {
    return at;
  }

  /** The number of the row in the table, none of a copy. */
  int number() {
    return number;
  }

  /** How far an end has got. */
  private long end(int end) {
    return ((long) Row.u8(bytes, at + end + Row.STATE) << 32)
        | (Row.i32(bytes, at + end + Row.SEQLO) & 0xffff_ffffL);
  }

  /**
   * How far the initiator has got.
   *
   * @return its state number in the upper half, {@code seqlo} in the lower
   */
  public long srcEnd() {
    return end(Row.SRC);
  }

  /**
   * How far the responder has got.
   *
   * @return its state number in the upper half, {@code seqlo} in the lower
   */
  public long dstEnd() {
    return end(Row.DST);
  }

  long sequence() {
    return Row.i64(bytes, at + Row.SEQUENCE);
  }

  /**
   * The state's id.
   *
   * @return eight bytes, big-endian
   */
  public long id() {
    return Row.i64(bytes, at + Row.ID);
  }

  /**
   * Host id of the creator.
   *
   * @return four bytes, big-endian
   */
  public int creatorId() {
    return Row.i32(bytes, at + Row.CREATOR_ID);
  }

  /**
   * The interface the state is bound to.
   *
   * @return its name or {@code all}
   */
  public String ifname() {
    return store.names.name(Row.u16(bytes, at + Row.IFNAME));
  }

  /**
   * The interface of a floating state's first packet.
   *
   * @return its name, empty when not known
   */
  public String originalIfname() {
    return store.names.name(Row.u16(bytes, at + Row.ORIGINAL_IFNAME));
  }

  /**
   * IP protocol.
   *
   * @return 0–255
   */
  public int proto() {
    return Row.u8(bytes, at + Row.PROTO);
  }

  /**
   * IP protocol of the stack key.
   *
   * @return 0–255
   */
  public int stackProto() {
    return Row.u8(bytes, at + Row.STACK_PROTO);
  }

  /**
   * Direction of the first packet.
   *
   * @return {@link PfState#IN}, {@link PfState#OUT} or 0
   */
  public int direction() {
    return Row.u8(bytes, at + Row.DIRECTION);
  }

  /**
   * Timeout index.
   *
   * @return 0–255
   */
  public int timeout() {
    return Row.u8(bytes, at + Row.TIMEOUT);
  }

  /**
   * State flags.
   *
   * @return 16 bits
   */
  public int stateFlags() {
    return Row.u16(bytes, at + Row.STATE_FLAGS);
  }

  /**
   * Sync flags.
   *
   * @return 8 bits
   */
  public int syncFlags() {
    return Row.u8(bytes, at + Row.SYNC_FLAGS);
  }

  /**
   * Log bits.
   *
   * @return 8 bits
   */
  public int log() {
    return Row.u8(bytes, at + Row.LOG);
  }

  /**
   * Position of the rule.
   *
   * @return a position or −1
   */
  public int rule() {
    return Row.i32(bytes, at + Row.RULE);
  }

  /**
   * Position of the anchor.
   *
   * @return a position or −1
   */
  public int anchor() {
    return Row.i32(bytes, at + Row.ANCHOR);
  }

  /**
   * Position of the translation rule.
   *
   * @return a position or −1
   */
  public int natRule() {
    return Row.i32(bytes, at + Row.NAT_RULE);
  }

  /**
   * Packets so far.
   *
   * @param index 0 in the direction of the first packet, 1 in the opposite one
   * @return unsigned
   */
  public long packets(int index) {
    return Row.i64(bytes, at + Row.PACKETS + 8 * index);
  }

  /**
   * Bytes so far.
   *
   * @param index 0 in the direction of the first packet, 1 in the opposite one
   * @return unsigned
   */
  public long bytes(int index) {
    return Row.i64(bytes, at + Row.BYTES + 8 * index);
  }

  /**
   * State number of the initiator.
   *
   * @return 0–255
   */
  public int srcState() {
    return Row.u8(bytes, at + Row.SRC + Row.STATE);
  }

  /**
   * State number of the responder.
   *
   * @return 0–255
   */
  public int dstState() {
    return Row.u8(bytes, at + Row.DST + Row.STATE);
  }

  /**
   * Highest sequence number the initiator has sent.
   *
   * @return unsigned
   */
  public int srcSeqlo() {
    return Row.i32(bytes, at + Row.SRC + Row.SEQLO);
  }

  /**
   * Highest sequence number the responder has sent.
   *
   * @return unsigned
   */
  public int dstSeqlo() {
    return Row.i32(bytes, at + Row.DST + Row.SEQLO);
  }

  /**
   * Whether the initiator has normalisation data.
   *
   * @return true if there is a place for them
   */
  public boolean hasSrcScrub() {
    return bytes[at + Row.SRC_SCRUB + Row.SCRUB_VALID] != 0;
  }

  /**
   * Whether the responder has normalisation data.
   *
   * @return true if there is a place for them
   */
  public boolean hasDstScrub() {
    return bytes[at + Row.DST_SCRUB + Row.SCRUB_VALID] != 0;
  }

  /**
   * Copies both peers, as on the wire (spec pfsync 5.1): the initiator, then the responder.
   *
   * @param to where they go
   * @param toAt index of the first of 64 bytes
   */
  public void copyPeers(byte[] to, int toAt) {
    copyPeer(Row.SRC, Row.SRC_SCRUB, to, toAt);
    copyPeer(Row.DST, Row.DST_SCRUB, to, toAt + 32);
  }

  private void copyPeer(int end, int scrub, byte[] to, int toAt) {
    Row.put64(to, toAt, Row.i64(bytes, at + scrub));
    Row.copyEnd(bytes, at + end, to, toAt + Row.PEER_END);
    Row.put32(to, toAt + Row.PEER_PADDING, 0);
    Row.put16(to, toAt + Row.PEER_PADDING + 4, 0);
  }

  /**
   * Copies both keys, as on the wire (spec pfsync 5.1): the wire key, then the stack key.
   *
   * @param to where they go
   * @param toAt index of the first of 72 bytes
   */
  public void copyKeys(byte[] to, int toAt) {
    System.arraycopy(bytes, at + Row.WIRE_KEY, to, toAt, 2 * Row.KEY_SIZE);
  }

  /**
   * Copies the next hop, as on the wire.
   *
   * @param to where it goes
   * @param toAt index of the first of 16 bytes
   */
  public void copyRouteAddress(byte[] to, int toAt) {
    System.arraycopy(more(), moreAt + Row.ROUTE_ADDRESS, to, toAt, 16);
  }

  /**
   * Whether there is anything beyond format 1301 but a next hop.
   *
   * @return whether {@link #route}, {@link #options} and {@link #tag} are worth asking for
   */
  public boolean isExtended() {
    return more() != NO_EXTENSION;
  }

  /**
   * Family of the wire key.
   *
   * @return {@link StateKey#INET} or {@link StateKey#INET6}
   */
  public int family() {
    return family(Row.WIRE_INET6);
  }

  /**
   * Family of the stack key.
   *
   * @return {@link StateKey#INET} or {@link StateKey#INET6}
   */
  public int stackFamily() {
    return family(Row.STACK_INET6);
  }

  private int family(int bit) {
    return (bytes[at + Row.FAMILIES] & bit) == 0 ? StateKey.INET : StateKey.INET6;
  }

  /**
   * Addresses and ports on the network. Allocates.
   *
   * @return a key
   */
  public StateKey wire() {
    return RowValues.key(bytes, at, Row.WIRE_KEY, family(), Row.WIRE_RDOMAIN);
  }

  /**
   * Addresses and ports in the local stack. Allocates.
   *
   * @return a key
   */
  public StateKey stack() {
    return RowValues.key(bytes, at, Row.STACK_KEY, stackFamily(), Row.STACK_RDOMAIN);
  }

  /**
   * The initiator. Allocates.
   *
   * @return a peer
   */
  public StatePeer src() {
    return RowValues.peer(bytes, at + Row.SRC, at + Row.SRC_SCRUB);
  }

  /**
   * The responder. Allocates.
   *
   * @return a peer
   */
  public StatePeer dst() {
    return RowValues.peer(bytes, at + Row.DST, at + Row.DST_SCRUB);
  }

  /**
   * Where packets are sent to. Allocates.
   *
   * @return a route or {@link StateRoute#NONE}
   */
  public StateRoute route() {
    return RowValues.route(store.names, more(), moreAt);
  }

  /**
   * What is done to packets. Allocates.
   *
   * @return options or {@link StateOptions#NONE}
   */
  public StateOptions options() {
    byte[] options = more();
    return options == NO_EXTENSION ? StateOptions.NONE : RowValues.options(options, moreAt);
  }

  /**
   * The tag of the packets. Allocates if there is one.
   *
   * @return up to 63 characters, empty for none
   */
  public String tag() {
    byte[] tag = more();
    return tag[moreAt + Row.TAG] == 0 ? "" : Names.text(tag, moreAt + Row.TAG, Row.TAG_SIZE);
  }

  /**
   * Age.
   *
   * @param nowNanos the time
   * @return seconds, unsigned 32 bits
   */
  public long age(long nowNanos) {
    return seconds(nowNanos - Row.i64(bytes, at + Row.CREATED));
  }

  /**
   * Remaining lifetime, adaptive scaling included.
   *
   * @param nowNanos the time
   * @return seconds, unsigned 32 bits; 0 if it is due
   */
  public long remaining(long nowNanos) {
    long due = Row.i64(bytes, at + Row.EXPIRES) - store.expiry.aheadNanos(timeout());
    return seconds(due - nowNanos);
  }

  private static long seconds(long nanos) {
    return Math.min(Math.max(0, nanos / SECOND), MAX_SECONDS);
  }

  /**
   * The state as a value. Allocates.
   *
   * @param nowNanos the time of its age and lifetime
   * @return a snapshot
   */
  public PfState state(long nowNanos) {
    return RowValues.state(this, nowNanos);
  }

  /** Whether there are two keys. */
  boolean isTranslated() {
    return new RowKeys().read(bytes, at).isTranslated();
  }

  /** Whether this is the same connection, and both its ends are where the other's are. */
  boolean isAsFarAs(StateRow other) {
    long name = Hash.name(bytes, at);
    long otherName = Hash.name(other.bytes, other.at);
    RowKeys keys = new RowKeys();
    return keys.read(bytes, at).identity(name)
            == keys.read(other.bytes, other.at).identity(otherName)
        && Hash.progress(bytes, at, name) == Hash.progress(other.bytes, other.at, otherName);
  }
}
