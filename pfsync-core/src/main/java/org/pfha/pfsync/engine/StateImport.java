package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateRoute;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;

/** Puts a peer's state into the table, or says why not (spec pfsync 8, from step 2). */
final class StateImport {

  /** What became of a message. */
  enum Outcome {
    DONE,
    SKIPPED,
    REJECTED,
    NO_MEMORY
  }

  private static final int SCTP = 132;
  private static final int FLAG_SET_TOS = 0x40;
  private static final int FLAG_SET_PRIO = 0x200;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncProfile profile;
  private final PfsyncSink sink;
  private final Counters counters;
  private final Replies replies;

  StateImport(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      Replies replies) {
    this.table = table;
    this.settings = settings;
    profile = settings.profile();
    this.sink = sink;
    this.counters = counters;
    this.replies = replies;
  }

  Outcome insert(StateView view, boolean sameRules, long now) {
    Refusal nameless = refusalOfName(view);
    if (nameless != null) {
      return rejected(view, nameless);
    }
    String ifname = settings.interfaces().local(view.ifname());
    if (ifname == null) {
      return skipped(view, Refusal.UNKNOWN_INTERFACE);
    }
    PfState sent = view.state();
    int rule = rule(sent, sameRules);
    String original = settings.interfaces().local(sent.originalIfname());
    boolean hasOriginal = view.format() == StateFormat.V1500;
    if (hasOriginal && original == null && !ifname.equals(PfState.ALL)) {
      return skipped(view, Refusal.UNKNOWN_ORIGINAL_INTERFACE);
    }
    String routeIfname = settings.interfaces().local(sent.route().ifname());
    if (sent.route().kind() != 0 && routeIfname == null) {
      return skipped(view, Refusal.UNKNOWN_ROUTE_INTERFACE);
    }
    if (profile.wantsRouteInterface() && isRouteUnsaid(view)) {
      return skipped(view, Refusal.ROUTE_WITHOUT_INTERFACE);
    }
    Refusal noMemory = refusalOfMemory(sent);
    if (noMemory != null) {
      rejected(view, noMemory);
      return Outcome.NO_MEMORY;
    }
    PfState imported =
        sent.imported(rule).toBuilder()
            .ifname(ifname)
            .originalIfname(original == null ? sent.originalIfname() : original)
            .route(routed(sent.route(), routeIfname))
            .stateFlags(flags(sent, view.format(), rule))
            .build();
    return insert(view, sent, imported, now);
  }

  private @Nullable Refusal refusalOfName(StateView view) {
    if (profile.wantsEndedNames() && !view.hasTerminatedIfname()) {
      return Refusal.ENDLESS_NAME;
    }
    return view.creatorId() == 0 ? Refusal.CREATORID_ZERO : null;
  }

  /** Rule numbers mean something between equal rulesets, and never those of anchors. */
  private int rule(PfState sent, boolean sameRules) {
    boolean counts =
        sameRules
            && sent.anchor() == PfState.NONE
            && sent.rule() != PfState.NONE
            && Integer.compareUnsigned(sent.rule(), settings.ruleCount()) < 0;
    return counts ? sent.rule() : PfState.NONE;
  }

  /** 1301 carries a next hop but no interface; the rules here say none either. */
  private static boolean isRouteUnsaid(StateView view) {
    return view.format() == StateFormat.V1301 && view.hasRouteAddress();
  }

  /** What the kernel reports as "no memory". */
  private @Nullable Refusal refusalOfMemory(PfState sent) {
    if (table.size() >= table.limit()) {
      return Refusal.NO_MEMORY;
    }
    if (!profile.checksOptions()) {
      return null;
    }
    int routingTable = sent.options().routingTable();
    if (routingTable != PfState.NONE
        && (routingTable < 0 || routingTable >= settings.routingTables())) {
      return Refusal.UNKNOWN_ROUTING_TABLE;
    }
    return sent.proto() == SCTP && sent.src().scrub() == null ? Refusal.SCTP_WITHOUT_TAG : null;
  }

  private static StateRoute routed(StateRoute sent, @Nullable String ifname) {
    return ifname == null || ifname.equals(sent.ifname())
        ? sent
        : new StateRoute(sent.kind(), ifname, sent.address());
  }

  /** Options that 1301 does not carry come from the rule; the default rule sets nothing. */
  private int flags(PfState sent, StateFormat format, int rule) {
    int flags = sent.stateFlags() & ~(PfState.FLAG_NO_SYNC | PfState.FLAG_ACK);
    boolean optionsOfRule = format == StateFormat.V1301 && profile.newest() != StateFormat.V1301;
    return optionsOfRule && rule == PfState.NONE ? flags & ~(FLAG_SET_TOS | FLAG_SET_PRIO) : flags;
  }

  private Outcome insert(StateView view, PfState sent, PfState imported, long now) {
    Insertion insertion = table.insert(imported, now, closed -> replies.displaced(closed, now));
    switch (insertion) {
      case INSERTED, REPLACED_CLOSED -> sink.event(PfsyncEvent.of(Kind.INSERT, imported));
      case DUPLICATE_ID -> {
        return rejected(view, Refusal.DUPLICATE_ID);
      }
      case KEY_COLLISION -> {
        return rejected(view, Refusal.KEY_COLLISION);
      }
      default -> {
        rejected(view, Refusal.NO_MEMORY);
        return Outcome.NO_MEMORY;
      }
    }
    if (sent.hasFlag(PfState.FLAG_ACK)) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_INSERT_ACK, sent.id(), sent.creatorId()));
      replies.acknowledge(sent.id(), sent.creatorId(), now);
    }
    return Outcome.DONE;
  }

  private Outcome skipped(StateView view, Refusal reason) {
    counters.refused(reason);
    sink.event(PfsyncEvent.of(Kind.SKIP, view.id(), view.creatorId(), reason.text()));
    return Outcome.SKIPPED;
  }

  private Outcome rejected(StateView view, Refusal reason) {
    counters.refused(reason);
    sink.event(PfsyncEvent.of(Kind.REJECT, view.id(), view.creatorId(), reason.text()));
    return Outcome.REJECTED;
  }

  /** A field that the kernel does not look at means nothing. */
  Outcome badField(StateView view, String field) {
    counters.refused(Refusal.BAD_FIELD);
    sink.event(PfsyncEvent.of(Kind.REJECT, view.id(), view.creatorId(), field));
    return Outcome.REJECTED;
  }
}
