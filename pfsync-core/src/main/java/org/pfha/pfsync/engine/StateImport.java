package org.pfha.pfsync.engine;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateRow;
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
  private final Removed removed;
  private final StateRow cursor;
  private final IntConsumer onReplaced;
  private long displacedAt;

  StateImport(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      Replies replies,
      Removed removed) {
    this.table = table;
    this.settings = settings;
    profile = settings.profile();
    this.sink = sink;
    this.counters = counters;
    this.replies = replies;
    this.removed = removed;
    cursor = table.cursor();
    onReplaced = row -> replies.displaced(table.seek(row, cursor).state(displacedAt), displacedAt);
  }

  /** Makes of a message what is to be inserted, or says why not. Changes nothing else. */
  @Nullable Refusal read(StateView view, StateDraft draft, @Nullable RuleMapping rules) {
    Refusal nameless = refusalOfName(view);
    if (nameless != null) {
      return nameless;
    }
    view.copyTo(draft);
    InterfaceMapping interfaces = settings.interfaces();
    String ifname = interfaces.local(draft.ifname());
    if (ifname == null) {
      return Refusal.UNKNOWN_INTERFACE;
    }
    boolean hasOriginal = view.format() == StateFormat.V1500;
    String original =
        hasOriginal || !draft.originalIfname().isEmpty()
            ? interfaces.local(draft.originalIfname())
            : null;
    if (hasOriginal && original == null && !ifname.equals(PfState.ALL)) {
      return Refusal.UNKNOWN_ORIGINAL_INTERFACE;
    }
    boolean hasRoute = draft.routeKind() != 0;
    String route =
        hasRoute || !draft.routeIfname().isEmpty() ? interfaces.local(draft.routeIfname()) : null;
    if (hasRoute && route == null) {
      return Refusal.UNKNOWN_ROUTE_INTERFACE;
    }
    if (profile.wantsRouteInterface() && isRouteUnsaid(view)) {
      return Refusal.ROUTE_WITHOUT_INTERFACE;
    }
    if (!ifname.equals(draft.ifname())) {
      draft.ifname(ifname);
    }
    if (original != null && !original.equals(draft.originalIfname())) {
      draft.originalIfname(original);
    }
    if (route != null && !route.equals(draft.routeIfname())) {
      draft.routeIfname(route);
    }
    imported(view, draft, rule(view, rules));
    return profile.checksOptions() ? refusalOfOptions(view, draft) : null;
  }

  /** A no-sync or ack-wanted flag does not travel on. */
  private void imported(StateView view, StateDraft draft, int rule) {
    draft.rules(rule, PfState.NONE, PfState.NONE).flags(flags(view, rule), 0, view.log());
  }

  private @Nullable Refusal refusalOfName(StateView view) {
    if (profile.wantsEndedNames() && !view.hasTerminatedIfname()) {
      return Refusal.ENDLESS_NAME;
    }
    return view.creatorId() == 0 ? Refusal.CREATORID_ZERO : null;
  }

  /** Rule numbers mean something between known rulesets, and never those of anchors. */
  private int rule(StateView view, @Nullable RuleMapping rules) {
    if (rules == null || view.anchor() != PfState.NONE || view.rule() == PfState.NONE) {
      return PfState.NONE;
    }
    int rule = rules.local(view.rule());
    boolean exists = Integer.compareUnsigned(rule, settings.ruleCount()) < 0;
    return exists ? rule : PfState.NONE;
  }

  /** 1301 carries a next hop but no interface; the rules here say none either. */
  private static boolean isRouteUnsaid(StateView view) {
    return view.format() == StateFormat.V1301 && view.hasRouteAddress();
  }

  private @Nullable Refusal refusalOfOptions(StateView view, StateDraft draft) {
    int routingTable = view.rtableId();
    if (routingTable != PfState.NONE
        && (routingTable < 0 || routingTable >= settings.routingTables())) {
      return Refusal.UNKNOWN_ROUTING_TABLE;
    }
    return view.proto() == SCTP && !draft.hasSrcScrub() ? Refusal.SCTP_WITHOUT_TAG : null;
  }

  /** Options that 1301 does not carry come from the rule; the default rule sets nothing. */
  private int flags(StateView view, int rule) {
    int flags = view.stateFlags() & ~(PfState.FLAG_NO_SYNC | PfState.FLAG_ACK);
    boolean optionsOfRule =
        view.format() == StateFormat.V1301 && profile.newest() != StateFormat.V1301;
    return optionsOfRule && rule == PfState.NONE ? flags & ~(FLAG_SET_TOS | FLAG_SET_PRIO) : flags;
  }

  /** Puts in what {@link #read} has made of a message, or says why it is refused. */
  Outcome insert(StateView view, StateDraft draft, @Nullable Refusal refusal, long now) {
    long id = view.id();
    int creatorId = view.creatorId();
    if (removed.holds(id, creatorId)) {
      replies.removedBefore(id, creatorId, now);
      return skipped(view, Refusal.REMOVED);
    }
    if (refusal != null && !isNoMemory(refusal)) {
      return isSkip(refusal) ? skipped(view, refusal) : rejected(view, refusal);
    }
    Refusal noMemory = table.size() >= table.limit() ? Refusal.NO_MEMORY : refusal;
    if (noMemory != null) {
      rejected(view, noMemory);
      return Outcome.NO_MEMORY;
    }
    displacedAt = now;
    Insertion insertion = table.insert(draft, now, onReplaced);
    switch (insertion) {
      case INSERTED, REPLACED_CLOSED -> {
        if (sink.wantsStateEvents()) {
          inserted(id, creatorId, now);
        }
      }
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
    if (removed.hasJustExpired(id, creatorId, now)) {
      // Has the peer heard of that and removed it, its message being older? It will say so.
      replies.ownUpdate(id, creatorId, now);
    }
    if ((view.stateFlags() & PfState.FLAG_ACK) != 0) {
      if (sink.wantsStateEvents()) {
        sink.event(PfsyncEvent.of(Kind.QUEUE_INSERT_ACK, id, creatorId));
      }
      replies.acknowledge(id, creatorId, now);
    }
    return Outcome.DONE;
  }

  private void inserted(long id, int creatorId, long now) {
    int row = table.find(id, creatorId);
    sink.event(PfsyncEvent.of(Kind.INSERT, table.seek(row, cursor).state(now)));
  }

  /** What the kernel passes over without a counter. */
  private static boolean isSkip(Refusal refusal) {
    return switch (refusal) {
      case UNKNOWN_INTERFACE,
          UNKNOWN_ORIGINAL_INTERFACE,
          UNKNOWN_ROUTE_INTERFACE,
          ROUTE_WITHOUT_INTERFACE ->
          true;
      default -> false;
    };
  }

  /** What the kernel reports as "no memory", though it is only the options. */
  private static boolean isNoMemory(Refusal refusal) {
    return refusal == Refusal.UNKNOWN_ROUTING_TABLE || refusal == Refusal.SCTP_WITHOUT_TAG;
  }

  private Outcome skipped(StateView view, Refusal reason) {
    counters.refused(reason);
    if (sink.wantsStateEvents()) {
      sink.event(
          new PfsyncEvent(Kind.SKIP, view.id(), view.creatorId(), reason.text(), 0, view.state()));
    }
    return Outcome.SKIPPED;
  }

  private Outcome rejected(StateView view, Refusal reason) {
    tell(Kind.REJECT, view, reason, reason.text());
    return Outcome.REJECTED;
  }

  /** A field that the kernel does not look at means nothing. */
  Outcome badField(StateView view, String field) {
    tell(Kind.REJECT, view, Refusal.BAD_FIELD, field);
    return Outcome.REJECTED;
  }

  private void tell(Kind kind, StateView view, Refusal reason, String detail) {
    counters.refused(reason);
    if (sink.wantsStateEvents()) {
      sink.event(PfsyncEvent.of(kind, view.id(), view.creatorId(), detail));
    }
  }
}
