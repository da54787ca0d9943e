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
  private final Replies replies;

  StateImport(StateTable table, PfsyncSettings settings, PfsyncSink sink, Replies replies) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.replies = replies;
  }

  Outcome insert(StateView view, boolean sameRules, long now) {
    long id = view.id();
    int creatorId = view.creatorId();
    if (creatorId == 0) {
      return rejected(id, creatorId, "creatorid-zero");
    }
    PfState state = view.state();
    if (!settings.knowsInterface().test(state.ifname())) {
      sink.event(PfsyncEvent.of(Kind.SKIP, id, creatorId, "unknown-interface"));
      return Outcome.SKIPPED;
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
        rejected(id, creatorId, "no-memory");
        return Outcome.NO_MEMORY;
      }
      case DUPLICATE_ID -> {
        return rejected(id, creatorId, "duplicate-id");
      }
      case KEY_COLLISION -> {
        return rejected(id, creatorId, "key-collision");
      }
      default -> sink.event(PfsyncEvent.of(Kind.INSERT, imported));
    }
    if ((state.stateFlags() & PfState.FLAG_ACK) != 0) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_INSERT_ACK, id, creatorId));
      replies.acknowledge(id, creatorId, now);
    }
    return Outcome.DONE;
  }

  Outcome rejected(long id, int creatorId, String reason) {
    sink.event(PfsyncEvent.of(Kind.REJECT, id, creatorId, reason));
    return Outcome.REJECTED;
  }
}
