package org.pfha.pf;

import static org.pfha.pf.Row.NONE;

/**
 * A state on its way into a {@link StateTable}, filled field by field without an object of its own:
 * {@link #clear}, setters, {@link StateTable#insert(StateDraft, long,
 * java.util.function.IntConsumer)}. Made by {@link StateTable#draft} for one table. Confined to one
 * thread, the table's.
 *
 * <p>What is not set has the neutral value of {@link PfState}. Keys and peers are copied as on the
 * wire (spec pfsync 5.1); what a format does not define in them is cleared.
 */
public final class StateDraft {

  private static final byte[] BLANK = new byte[Row.SIZE + Row.EXTENSION_SIZE];

  static {
    Row.put32(BLANK, Row.EXTENSION, NONE);
    Row.put32(BLANK, Row.RULE, PfState.NONE);
    Row.put32(BLANK, Row.ANCHOR, PfState.NONE);
    Row.put32(BLANK, Row.NAT_RULE, PfState.NONE);
    Row.put32(BLANK, Row.SIZE + Row.RTABLEID, -1);
    Row.put32(BLANK, Row.SIZE + Row.STACK_RTABLEID, -1);
  }

  /** A row and behind it its extension. */
  final byte[] bytes = BLANK.clone();

  private final Names names;
  private final InterfaceName ifname;
  private final InterfaceName originalIfname;
  private final InterfaceName routeIfname;
  private boolean extended;
  private long creation;
  private long expire;

  /** What {@link StateTable#prepare} has found out. */
  int idTag;

  int wireTag;
  int stackTag;
  boolean translated;
  long identity;
  long progress;
  boolean prepared;

  StateDraft(Names names) {
    this.names = names;
    ifname = new InterfaceName(names);
    originalIfname = new InterfaceName(names);
    routeIfname = new InterfaceName(names);
  }

  /**
   * Begins another state.
   *
   * @return this
   */
  public StateDraft clear() {
    System.arraycopy(BLANK, 0, bytes, 0, extended ? bytes.length : Row.SIZE);
    ifname.clear();
    originalIfname.clear();
    routeIfname.clear();
    extended = false;
    creation = 0;
    expire = 0;
    prepared = false;
    return this;
  }

  /**
   * Names the state.
   *
   * @param id given by the creator
   * @param creatorId host id of the creator
   * @return this
   */
  public StateDraft id(long id, int creatorId) {
    Row.put64(bytes, Row.ID, id);
    Row.put32(bytes, Row.CREATOR_ID, creatorId);
    return this;
  }

  /**
   * The id as set.
   *
   * @return eight bytes, big-endian
   */
  public long id() {
    return Row.i64(bytes, Row.ID);
  }

  /**
   * The creator as set.
   *
   * @return four bytes, big-endian
   */
  public int creatorId() {
    return Row.i32(bytes, Row.CREATOR_ID);
  }

  /**
   * Binds the state to an interface.
   *
   * @param name up to 15 characters
   * @return this
   */
  public StateDraft ifname(String name) {
    ifname.set(name);
    return this;
  }

  /**
   * Binds the state to an interface named in a packet. Does not allocate if the table has had a
   * state of that interface.
   *
   * @param from holds the name, NUL-terminated
   * @param at index of the first of 16 bytes
   * @return this
   */
  public StateDraft ifname(byte[] from, int at) {
    ifname.set(from, at);
    return this;
  }

  /**
   * The interface as set.
   *
   * @return its name
   */
  public String ifname() {
    return ifname.text();
  }

  /**
   * Sets the interface of a floating state's first packet.
   *
   * @param name up to 15 characters, or empty
   * @return this
   */
  public StateDraft originalIfname(String name) {
    originalIfname.set(name);
    return this;
  }

  /**
   * Sets the interface of a floating state's first packet.
   *
   * @param from holds the name, NUL-terminated
   * @param at index of the first of 16 bytes
   * @return this
   */
  public StateDraft originalIfname(byte[] from, int at) {
    originalIfname.set(from, at);
    return this;
  }

  /**
   * The interface of a floating state's first packet as set.
   *
   * @return its name or empty
   */
  public String originalIfname() {
    return originalIfname.text();
  }

  /**
   * Sets the interface of the route.
   *
   * @param name up to 15 characters, or empty
   * @return this
   */
  public StateDraft routeIfname(String name) {
    routeIfname.set(name);
    return this;
  }

  /**
   * Sets the interface of the route.
   *
   * @param from holds the name, NUL-terminated
   * @param at index of the first of 16 bytes
   * @return this
   */
  public StateDraft routeIfname(byte[] from, int at) {
    routeIfname.set(from, at);
    return this;
  }

  /**
   * The interface of the route as set.
   *
   * @return its name or empty
   */
  public String routeIfname() {
    return routeIfname.text();
  }

  /**
   * Sets the keys.
   *
   * @param from holds the keys
   * @param wireAt index of the wire key's 36 bytes
   * @param stackAt index of the stack key's 36 bytes
   * @param wireFamily {@link StateKey#INET} or {@link StateKey#INET6}
   * @param stackFamily {@link StateKey#INET} or {@link StateKey#INET6}
   * @return this
   */
  public StateDraft keys(byte[] from, int wireAt, int stackAt, int wireFamily, int stackFamily) {
    key(Row.WIRE_KEY, from, wireAt, wireFamily);
    key(Row.STACK_KEY, from, stackAt, stackFamily);
    return families(wireFamily, stackFamily);
  }

  private void key(int offset, byte[] from, int at, int family) {
    if (family == StateKey.INET) {
      Row.put32(bytes, offset, Row.i32(from, at));
      Row.put32(bytes, offset + 16, Row.i32(from, at + 16));
    } else {
      System.arraycopy(from, at, bytes, offset, 32);
    }
    Row.put32(bytes, offset + Row.PORTS, Row.i32(from, at + Row.PORTS));
  }

  StateDraft families(int wire, int stack) {
    int bits = wire == StateKey.INET ? 0 : Row.WIRE_INET6;
    Row.put8(bytes, Row.FAMILIES, stack == StateKey.INET ? bits : bits | Row.STACK_INET6);
    return this;
  }

  /**
   * Sets OpenBSD's routing domains.
   *
   * @param wire 0–65535
   * @param stack 0–65535
   * @return this
   */
  public StateDraft routingDomains(int wire, int stack) {
    Row.put16(bytes, Row.WIRE_RDOMAIN, wire);
    Row.put16(bytes, Row.STACK_RDOMAIN, stack);
    return this;
  }

  /**
   * Sets the protocols.
   *
   * @param wire 0–255
   * @param stack 0–255
   * @return this
   */
  public StateDraft protos(int wire, int stack) {
    Row.put8(bytes, Row.PROTO, wire);
    Row.put8(bytes, Row.STACK_PROTO, stack);
    return this;
  }

  /**
   * Sets the direction of the first packet.
   *
   * @param direction 0–2
   * @return this
   */
  public StateDraft direction(int direction) {
    Row.put8(bytes, Row.DIRECTION, direction);
    return this;
  }

  /**
   * Sets both peers. Normalisation data that are not marked as valid by exactly 1 are cleared; any
   * other mark but 0 leaves an empty place for them.
   *
   * @param from holds the initiator
   * @param srcAt index of the initiator's 32 bytes
   * @param dstAt index of the responder's 32 bytes
   * @return this
   */
  public StateDraft peers(byte[] from, int srcAt, int dstAt) {
    Row.copyEnd(from, srcAt + Row.PEER_END, bytes, Row.SRC);
    Row.copyEnd(from, dstAt + Row.PEER_END, bytes, Row.DST);
    Row.put64(bytes, Row.SRC_SCRUB, Row.scrub(from, srcAt));
    Row.put64(bytes, Row.DST_SCRUB, Row.scrub(from, dstAt));
    return this;
  }

  /**
   * Sets the timeout index.
   *
   * @param index 0–255
   * @return this
   */
  public StateDraft timeout(int index) {
    Row.put8(bytes, Row.TIMEOUT, index);
    return this;
  }

  /**
   * Sets age and lifetime.
   *
   * @param age seconds, unsigned 32 bits
   * @param remaining seconds, unsigned 32 bits; 0 for the full timeout
   * @return this
   */
  public StateDraft times(long age, long remaining) {
    creation = age;
    expire = remaining;
    return this;
  }

  long creation() {
    return creation;
  }

  long expire() {
    return expire;
  }

  /**
   * Sets the rules.
   *
   * @param rule position or −1
   * @param anchor position or −1
   * @param natRule position or −1
   * @return this
   */
  public StateDraft rules(int rule, int anchor, int natRule) {
    Row.put32(bytes, Row.RULE, rule);
    Row.put32(bytes, Row.ANCHOR, anchor);
    Row.put32(bytes, Row.NAT_RULE, natRule);
    return this;
  }

  /**
   * Whether the initiator has normalisation data.
   *
   * @return true if there is a place for them
   */
  public boolean hasSrcScrub() {
    return bytes[Row.SRC_SCRUB + Row.SCRUB_VALID] != 0;
  }

  /**
   * Sets flags.
   *
   * @param stateFlags 16 bits
   * @param syncFlags 8 bits
   * @param log 8 bits
   * @return this
   */
  public StateDraft flags(int stateFlags, int syncFlags, int log) {
    Row.put16(bytes, Row.STATE_FLAGS, stateFlags);
    Row.put8(bytes, Row.SYNC_FLAGS, syncFlags);
    Row.put8(bytes, Row.LOG, log);
    return this;
  }

  /**
   * Sets the counters.
   *
   * @param packets0 packets in the direction of the first one
   * @param packets1 packets in the opposite direction
   * @param bytes0 bytes in the direction of the first packet
   * @param bytes1 bytes in the opposite direction
   * @return this
   */
  public StateDraft counters(long packets0, long packets1, long bytes0, long bytes1) {
    Row.put64(bytes, Row.PACKETS, packets0);
    Row.put64(bytes, Row.PACKETS + 8, packets1);
    Row.put64(bytes, Row.BYTES, bytes0);
    Row.put64(bytes, Row.BYTES + 8, bytes1);
    return this;
  }

  /**
   * Sets where packets are sent to; the interface is set by itself.
   *
   * @param kind 0–255
   * @param family of the address, or 0 if there is none
   * @param from holds the address
   * @param at index of the first of 16 bytes
   * @return this
   */
  public StateDraft route(int kind, int family, byte[] from, int at) {
    if ((kind | family) != 0) {
      int more = extend();
      Row.put8(bytes, more + Row.ROUTE_KIND, kind);
      Row.put8(bytes, more + Row.ROUTE_FAMILY, family);
      if (family != 0) {
        System.arraycopy(from, at, bytes, more, family == StateKey.INET ? 4 : 16);
      }
    }
    return this;
  }

  /**
   * The kind of route as set.
   *
   * @return 0–255
   */
  public int routeKind() {
    return Row.u8(bytes, Row.SIZE + Row.ROUTE_KIND);
  }

  /**
   * Sets queues and pipes.
   *
   * @param qid 0–65535
   * @param pqid 0–65535
   * @param dnPipe 0–65535
   * @param dnReversePipe 0–65535
   * @return this
   */
  public StateDraft queues(int qid, int pqid, int dnPipe, int dnReversePipe) {
    if ((qid | pqid | dnPipe | dnReversePipe) != 0) {
      int more = extend();
      Row.put16(bytes, more + Row.QID, qid);
      Row.put16(bytes, more + Row.PQID, pqid);
      Row.put16(bytes, more + Row.DNPIPE, dnPipe);
      Row.put16(bytes, more + Row.DNRPIPE, dnReversePipe);
    }
    return this;
  }

  /**
   * Sets the routing tables.
   *
   * @param table or −1
   * @param stackTable or −1
   * @return this
   */
  public StateDraft routingTables(int table, int stackTable) {
    if ((table & stackTable) != -1) {
      int more = extend();
      Row.put32(bytes, more + Row.RTABLEID, table);
      Row.put32(bytes, more + Row.STACK_RTABLEID, stackTable);
    }
    return this;
  }

  /**
   * Sets what is changed in packets.
   *
   * @param minTtl 0–255
   * @param setTos 0–255
   * @param maxMss 0–65535
   * @param setPrio0 0–255
   * @param setPrio1 0–255
   * @return this
   */
  public StateDraft packetOptions(int minTtl, int setTos, int maxMss, int setPrio0, int setPrio1) {
    if ((minTtl | setTos | maxMss | setPrio0 | setPrio1) != 0) {
      int more = extend();
      Row.put8(bytes, more + Row.MIN_TTL, minTtl);
      Row.put8(bytes, more + Row.SET_TOS, setTos);
      Row.put16(bytes, more + Row.MAX_MSS, maxMss);
      Row.put8(bytes, more + Row.SET_PRIO, setPrio0);
      Row.put8(bytes, more + Row.SET_PRIO + 1, setPrio1);
    }
    return this;
  }

  /**
   * Sets the tag.
   *
   * @param from holds it
   * @param at index of the first of 64 bytes, NUL-terminated
   * @return this
   */
  public StateDraft tag(byte[] from, int at) {
    if (from[at] != 0) {
      int tag = extend() + Row.TAG;
      for (int i = 0; i < Row.TAG_SIZE - 1 && from[at + i] != 0; i++) {
        bytes[tag + i] = from[at + i];
      }
    }
    return this;
  }

  private int extend() {
    extended = true;
    return Row.SIZE;
  }

  boolean isExtended() {
    return extended;
  }

  /**
   * Sets everything.
   *
   * @param state a snapshot
   * @return this
   */
  public StateDraft set(PfState state) {
    RowValues.copy(state, this);
    return this;
  }

  /** Gives the bound interface its number, for a search; false if the table has none of it. */
  boolean find() {
    int bound = names.find(ifname.text());
    Row.put16(bytes, Row.IFNAME, bound);
    return bound != Names.UNKNOWN;
  }

  /** Gives the interfaces their numbers; false if there are too many names to know this one. */
  boolean intern() {
    int route = routeIfname.number();
    if (route > 0) {
      Row.put16(bytes, extend() + Row.ROUTE_IFNAME, route);
    }
    Row.put16(bytes, Row.ORIGINAL_IFNAME, Math.max(0, originalIfname.number()));
    int bound = ifname.number();
    Row.put16(bytes, Row.IFNAME, bound);
    return bound != Names.UNKNOWN;
  }
}
