package org.pfha.pfsync.wire;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;

/** What one format says and another cannot (spec pfsync 5, 17). */
public enum LostField {
  /** The interface of a floating state's first packet; only 1500 has it. */
  ORIGINAL_INTERFACE("orig_ifname", PfState::originalIfname),
  /** Keys of two families: without them the state means nothing, it is held back. */
  FAMILY_TRANSLATION("stack_af", LostField::families),
  /** The protocol of the stack key; only 1500 has it. */
  STACK_PROTOCOL("stack_proto", PfState::stackProto),
  /** The kind of route: 1301 has the next hop only. */
  ROUTE_KIND("rt", state -> state.route().kind()),
  /** The interface of a route; only 1400 and 1500 have it. */
  ROUTE_INTERFACE("rt_ifname", state -> state.route().ifname()),
  /** A next hop of another family than the packets; only 1500 has it. */
  ROUTE_ADDRESS("rt_addr", state -> String.valueOf(state.route().address())),
  /** Flags above the lower eight: 1301 has no room. */
  STATE_FLAGS("state_flags", PfState::stateFlags),
  /** A timeout index that the release does not know: one of the same kind is sent instead. */
  TIMEOUT("timeout", PfState::timeout),
  /** Source tracking; 1500 does not have it. No receiver looks at it. */
  SYNC_FLAGS("sync_flags", PfState::syncFlags),
  /** Packet tag; only 1500 has it. */
  TAG("tagname", PfState::tag),
  /** ALTQ queue. */
  QUEUE("qid", state -> state.options().qid()),
  /** ALTQ priority queue. */
  PRIORITY_QUEUE("pqid", state -> state.options().pqid()),
  /** Dummynet pipe or queue. */
  DUMMYNET("dnpipe", state -> state.options().dnPipe()),
  /** Dummynet pipe or queue of the opposite direction. */
  DUMMYNET_REVERSE("dnrpipe", state -> state.options().dnReversePipe()),
  /** Routing table. */
  ROUTING_TABLE("rtableid", state -> state.options().routingTable()),
  /** OpenBSD's routing table of the stack's side. */
  STACK_ROUTING_TABLE("rtableid[1]", state -> state.options().stackRoutingTable()),
  /** Least TTL. */
  MIN_TTL("min_ttl", state -> state.options().minTtl()),
  /** Type of service. */
  SET_TOS("set_tos", state -> state.options().setTos()),
  /** Largest MSS. */
  MAX_MSS("max_mss", state -> state.options().maxMss()),
  /** Priority. */
  SET_PRIO("set_prio[0]", state -> state.options().setPrio0()),
  /** Priority of low-delay packets. */
  SET_PRIO_LOW_DELAY("set_prio[1]", state -> state.options().setPrio1()),
  /** OpenBSD's routing domains. */
  ROUTING_DOMAIN("rdomain", LostField::domains),
  /** State flags of a compressed update; only OpenBSD has them. */
  UPDATE_FLAGS("upd_c.state_flags", null),
  /**
   * The interface of a CLR: a release that only looks whether it exists would drop the states of
   * all interfaces, so the message is held back and the states expire by themselves.
   */
  CLEAR_INTERFACE("clr.ifname", null),
  /** An interface that the other node does not have: the state is held back. */
  INTERFACE("ifname", null),
  /** IPsec replay counters: no other system knows what to do with them, they are held back. */
  IPSEC_COUNTERS("tdb", null);

  private final String field;

  @SuppressWarnings("ImmutableEnumChecker") // reads a component of a state
  private final @Nullable Function<PfState, Object> value;

  LostField(String field, @Nullable Function<PfState, Object> value) {
    this.field = field;
    this.value = value;
  }

  private static Object families(PfState state) {
    return state.wire().family() + "/" + state.stack().family();
  }

  private static Object domains(PfState state) {
    StateKey stack = state.stack();
    return state.wire().routingDomain() + "/" + stack.routingDomain();
  }

  /**
   * The field's name in the protocol.
   *
   * @return such as {@code set_tos}
   */
  public String field() {
    return field;
  }

  /** What a state says, or null if this is no field of a state. */
  @Nullable Object in(PfState state) {
    return value == null ? null : value.apply(state);
  }
}
