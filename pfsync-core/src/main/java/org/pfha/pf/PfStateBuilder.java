package org.pfha.pf;

import org.jspecify.annotations.Nullable;

/** Describes a {@link PfState}. Confined to one thread. */
public final class PfStateBuilder {

  private long id;
  private int creatorId;
  private String ifname = PfState.ALL;
  private String originalIfname = "";
  private StateKey wire;
  private StateKey stack;
  private int proto;
  private int stackProto;
  private int direction = PfState.IN;
  private StatePeer src = StatePeer.of(0);
  private StatePeer dst = StatePeer.of(0);
  private StateRoute route = StateRoute.NONE;
  private int rule = PfState.NONE;
  private int anchor = PfState.NONE;
  private int natRule = PfState.NONE;
  private long creation;
  private long expire;
  private long packets0;
  private long packets1;
  private long bytes0;
  private long bytes1;
  private int log;
  private int stateFlags;
  private @Nullable Integer timeout;
  private int syncFlags;
  private StateOptions options = StateOptions.NONE;
  private String tag = "";

  PfStateBuilder(long id, int creatorId, StateKey key, int proto) {
    this.id = id;
    this.creatorId = creatorId;
    wire = key;
    stack = key;
    this.proto = proto;
    stackProto = proto;
  }

  PfStateBuilder(PfState state) {
    id = state.id();
    creatorId = state.creatorId();
    ifname = state.ifname();
    originalIfname = state.originalIfname();
    wire = state.wire();
    stack = state.stack();
    proto = state.proto();
    stackProto = state.stackProto();
    direction = state.direction();
    src = state.src();
    dst = state.dst();
    route = state.route();
    rule = state.rule();
    anchor = state.anchor();
    natRule = state.natRule();
    creation = state.creation();
    expire = state.expire();
    packets0 = state.packets0();
    packets1 = state.packets1();
    bytes0 = state.bytes0();
    bytes1 = state.bytes1();
    log = state.log();
    stateFlags = state.stateFlags();
    timeout = state.timeout();
    syncFlags = state.syncFlags();
    options = state.options();
    tag = state.tag();
  }

  /**
   * Names the state.
   *
   * @param newId given by the creator
   * @param newCreatorId host id of the creator
   * @return this
   */
  public PfStateBuilder id(long newId, int newCreatorId) {
    id = newId;
    creatorId = newCreatorId;
    return this;
  }

  /**
   * Binds the state to an interface.
   *
   * @param name interface or {@code all}
   * @return this
   */
  public PfStateBuilder ifname(String name) {
    ifname = name;
    return this;
  }

  /**
   * Sets the interface of a floating state's first packet.
   *
   * @param name interface, or empty
   * @return this
   */
  public PfStateBuilder originalIfname(String name) {
    originalIfname = name;
    return this;
  }

  /**
   * Sets both keys, hence no translation.
   *
   * @param key addresses and ports
   * @return this
   */
  public PfStateBuilder key(StateKey key) {
    wire = key;
    stack = key;
    return this;
  }

  /**
   * Sets the key on the network.
   *
   * @param key addresses and ports
   * @return this
   */
  public PfStateBuilder wire(StateKey key) {
    wire = key;
    return this;
  }

  /**
   * Sets the key in the local stack.
   *
   * @param key addresses and ports
   * @return this
   */
  public PfStateBuilder stack(StateKey key) {
    stack = key;
    return this;
  }

  /**
   * Sets the protocol of both keys.
   *
   * @param number 0–255
   * @return this
   */
  public PfStateBuilder proto(int number) {
    proto = number;
    stackProto = number;
    return this;
  }

  /**
   * Sets the protocol of the stack key.
   *
   * @param number 0–255
   * @return this
   */
  public PfStateBuilder stackProto(int number) {
    stackProto = number;
    return this;
  }

  /**
   * Sets the direction of the first packet.
   *
   * @param newDirection {@link PfState#IN} or {@link PfState#OUT}
   * @return this
   */
  public PfStateBuilder direction(int newDirection) {
    direction = newDirection;
    return this;
  }

  /**
   * Sets the initiator.
   *
   * @param peer the initiator
   * @return this
   */
  public PfStateBuilder src(StatePeer peer) {
    src = peer;
    return this;
  }

  /**
   * Sets the responder.
   *
   * @param peer the responder
   * @return this
   */
  public PfStateBuilder dst(StatePeer peer) {
    dst = peer;
    return this;
  }

  /**
   * Sets where packets are sent to.
   *
   * @param newRoute or {@link StateRoute#NONE}
   * @return this
   */
  public PfStateBuilder route(StateRoute newRoute) {
    route = newRoute;
    return this;
  }

  /**
   * Sets the rule.
   *
   * @param position in the main ruleset, or {@link PfState#NONE}
   * @return this
   */
  public PfStateBuilder rule(int position) {
    rule = position;
    return this;
  }

  /**
   * Sets the anchor.
   *
   * @param position in the main ruleset, or {@link PfState#NONE}
   * @return this
   */
  public PfStateBuilder anchor(int position) {
    anchor = position;
    return this;
  }

  /**
   * Sets the translation rule.
   *
   * @param position in the main ruleset, or {@link PfState#NONE}
   * @return this
   */
  public PfStateBuilder natRule(int position) {
    natRule = position;
    return this;
  }

  /**
   * Sets the age.
   *
   * @param age seconds
   * @return this
   */
  public PfStateBuilder creation(long age) {
    creation = age;
    return this;
  }

  /**
   * Sets the remaining lifetime.
   *
   * @param remaining seconds
   * @return this
   */
  public PfStateBuilder expire(long remaining) {
    expire = remaining;
    return this;
  }

  /**
   * Sets the packet counters.
   *
   * @param forward in the direction of the first packet
   * @param backward in the opposite direction
   * @return this
   */
  public PfStateBuilder packets(long forward, long backward) {
    packets0 = forward;
    packets1 = backward;
    return this;
  }

  /**
   * Sets the byte counters.
   *
   * @param forward in the direction of the first packet
   * @param backward in the opposite direction
   * @return this
   */
  public PfStateBuilder bytes(long forward, long backward) {
    bytes0 = forward;
    bytes1 = backward;
    return this;
  }

  /**
   * Sets the log bits.
   *
   * @param bits bit 0 log, bit 1 log all packets
   * @return this
   */
  public PfStateBuilder log(int bits) {
    log = bits;
    return this;
  }

  /**
   * Sets the state flags.
   *
   * @param flags 16 bits
   * @return this
   */
  public PfStateBuilder stateFlags(int flags) {
    stateFlags = flags;
    return this;
  }

  /**
   * Sets the timeout index.
   *
   * @param index 0–255
   * @return this
   */
  public PfStateBuilder timeout(int index) {
    timeout = index;
    return this;
  }

  /**
   * Sets the sync flags.
   *
   * @param flags 0x04 source tracking, 0x08 sticky translation
   * @return this
   */
  public PfStateBuilder syncFlags(int flags) {
    syncFlags = flags;
    return this;
  }

  /**
   * Sets what is done to packets.
   *
   * @param newOptions or {@link StateOptions#NONE}
   * @return this
   */
  public PfStateBuilder options(StateOptions newOptions) {
    options = newOptions;
    return this;
  }

  /**
   * Sets the tag.
   *
   * @param name up to 63 bytes, or empty
   * @return this
   */
  public PfStateBuilder tag(String name) {
    tag = name;
    return this;
  }

  /**
   * Makes the state.
   *
   * @return a state
   * @throws IllegalArgumentException naming all that is out of range
   */
  public PfState build() {
    int index = timeout != null ? timeout : Timeouts.indexFor(proto, src.state(), dst.state());
    return new PfState(
        id,
        creatorId,
        ifname,
        originalIfname,
        wire,
        stack,
        proto,
        stackProto,
        direction,
        src,
        dst,
        route,
        rule,
        anchor,
        natRule,
        creation,
        expire,
        packets0,
        packets1,
        bytes0,
        bytes1,
        log,
        stateFlags,
        index,
        syncFlags,
        options,
        tag);
  }
}
