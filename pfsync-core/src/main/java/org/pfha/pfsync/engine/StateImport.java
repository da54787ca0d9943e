package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.StateView;

/** Puts a peer's state into the table, or says why not (spec pfsync 8). */
final class StateImport {

  /** What became of a message. */
  enum Outcome {
    DONE,
    SKIPPED,
    REJECTED,
    NO_MEMORY
  }

  private final StateTable table;
  private final PfsyncSettings settings;
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
    this.sink = sink;
    this.counters = counters;
    this.replies = replies;
  }

  Outcome insert(StateView view, boolean sameRules, long now) {
    long id = view.id();
    int creatorId = view.creatorId();
    if (creatorId == 0) {
      return rejected(id, creatorId, Refusal.CREATORID_ZERO);
    }
    PfState state = view.state();
    if (settings.interfaces().local(state.ifname()) == null) {
      return skipped(id, creatorId, Refusal.UNKNOWN_INTERFACE);
    }
    boolean ruleCounts =
        sameRules
            && state.anchor() == PfState.NONE
            && state.rule() != PfState.NONE
            && Integer.compareUnsigned(state.rule(), settings.ruleCount()) < 0;
    PfState imported = state.imported(ruleCounts ? state.rule() : PfState.NONE);
    Insertion insertion = table.insert(imported, now, closed -> replies.displaced(closed, now));
    switch (insertion) {
      case LIMIT -> {
        rejected(id, creatorId, Refusal.NO_MEMORY);
        return Outcome.NO_MEMORY;
      }
      case DUPLICATE_ID -> {
        return rejected(id, creatorId, Refusal.DUPLICATE_ID);
      }
      case KEY_COLLISION -> {
        return rejected(id, creatorId, Refusal.KEY_COLLISION);
      }
      default -> sink.event(PfsyncEvent.of(Kind.INSERT, imported));
    }
    if ((state.stateFlags() & PfState.FLAG_ACK) != 0) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_INSERT_ACK, id, creatorId));
      replies.acknowledge(id, creatorId, now);
    }
    return Outcome.DONE;
  }

  private Outcome skipped(long id, int creatorId, Refusal reason) {
    counters.refused(reason);
    sink.event(PfsyncEvent.of(Kind.SKIP, id, creatorId, reason.text()));
    return Outcome.SKIPPED;
  }

  private Outcome rejected(long id, int creatorId, Refusal reason) {
    counters.refused(reason);
    sink.event(PfsyncEvent.of(Kind.REJECT, id, creatorId, reason.text()));
    return Outcome.REJECTED;
  }

  /** A field that the kernel does not look at means nothing. */
  Outcome badField(long id, int creatorId, String field) {
    counters.refused(Refusal.BAD_FIELD);
    sink.event(PfsyncEvent.of(Kind.REJECT, id, creatorId, field));
    return Outcome.REJECTED;
  }
}
