package org.pfha.pfsync.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;
import org.pfha.pfsync.wire.UpdateView;

/**
 * The sections that change the table, one call a section: INS, UPD, UPD_C, DEL, DEL_C and CLR (spec
 * pfsync 8–10).
 */
final class ReceiveStates {

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final Replies replies;
  private final StateImport stateImport;

  /** By the format that a section carries. */
  private final Map<StateFormat, StateView> views = new EnumMap<>(StateFormat.class);

  private final UpdateView updateView;

  ReceiveStates(
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
    StateFormat newest = settings.profile().newest();
    stateImport = new StateImport(table, settings, sink, counters, replies);
    for (StateFormat carried : StateFormat.values()) {
      views.put(carried, new StateView(carried, newest));
    }
    updateView = new UpdateView(newest);
  }

  /** Failures count from release 15 on; before, running out of memory ends the section (spec 8). */
  void inserts(PfsyncReader section, byte[] bytes, boolean sameRules, long now) {
    boolean counts = settings.profile().countsFailedInserts();
    StateView stateView = view(section);
    for (int i = 0; i < section.count(); i++) {
      stateView.wrap(bytes, section.messageAt(i));
      FieldCheck check = stateView.check();
      if (check != FieldCheck.OK) {
        badValue(stateView.id(), stateView.creatorId(), check);
        continue;
      }
      StateImport.Outcome outcome = stateImport.insert(stateView, sameRules, now);
      if (counts && isFailure(outcome)) {
        counters.badact++;
      } else if (outcome == StateImport.Outcome.NO_MEMORY) {
        return;
      }
    }
  }

  private static boolean isFailure(StateImport.Outcome outcome) {
    return outcome == StateImport.Outcome.REJECTED || outcome == StateImport.Outcome.NO_MEMORY;
  }

  void updates(PfsyncReader section, byte[] bytes, boolean sameRules, long now) {
    StateView stateView = view(section);
    for (int i = 0; i < section.count(); i++) {
      fullUpdate(stateView.wrap(bytes, section.messageAt(i)), sameRules, now);
    }
  }

  private StateView view(PfsyncReader section) {
    return Objects.requireNonNull(views.get(Objects.requireNonNull(section.stateFormat())));
  }

  private void fullUpdate(StateView view, boolean sameRules, long now) {
    FieldCheck check = view.checkProgress();
    if (check != FieldCheck.OK) {
      badValue(view.id(), view.creatorId(), check);
      return;
    }
    PfState known = table.get(view.id(), view.creatorId());
    if (known != null) {
      merge(known, view.src(), view.dst(), view.timeout(), now);
      return;
    }
    // The kernel looks at family and direction only on INS; a state without them means nothing.
    FieldCheck whole = view.check();
    StateImport.Outcome outcome =
        whole == FieldCheck.OK
            ? stateImport.insert(view, sameRules, now)
            : stateImport.badField(view, whole.field());
    if (isFailure(outcome)) {
      counters.badstate++;
    }
  }

  void compressedUpdates(PfsyncReader section, byte[] bytes, long now) {
    for (int i = 0; i < section.count(); i++) {
      compressedUpdate(updateView.wrap(bytes, section.messageAt(i)), now);
    }
  }

  private void compressedUpdate(UpdateView view, long now) {
    FieldCheck check = view.check();
    if (check != FieldCheck.OK) {
      badValue(view.id(), view.creatorId(), check);
      return;
    }
    PfState known = table.get(view.id(), view.creatorId());
    if (known != null) {
      merge(known, view.src(), view.dst(), view.timeout(), now);
      return;
    }
    sink.event(PfsyncEvent.of(Kind.REQUEST_UPDATE, view.id(), view.creatorId()));
    replies.requestUpdate(view.id(), view.creatorId(), now);
  }

  private void merge(PfState known, StatePeer src, StatePeer dst, int timeout, long now) {
    Merge merge =
        settings.strictMerge()
            ? Merge.strict(known, src, dst, timeout)
            : Merge.of(known, src, dst, timeout);
    PfState merged = known;
    if (merge.staleCount() < 2) {
      PfState updated =
          table.update(
              known.id(), known.creatorId(), merge.src(), merge.dst(), merge.timeout(), now);
      merged = updated == null ? known : updated;
    }
    replies.heard(table.find(known.id(), known.creatorId()), known.id(), known.creatorId(), now);
    Kind kind =
        switch (merge.staleCount()) {
          case 0 -> Kind.UPDATE;
          case 1 -> Kind.UPDATE_PARTLY_STALE;
          default -> Kind.UPDATE_STALE;
        };
    int stale =
        (merge.srcStale() ? PfsyncEvent.SRC_STALE : 0)
            | (merge.dstStale() ? PfsyncEvent.DST_STALE : 0);
    sink.event(new PfsyncEvent(kind, known.id(), known.creatorId(), "", stale, merged));
    if (stale != 0) {
      counters.stale++;
      sink.event(PfsyncEvent.of(Kind.QUEUE_OWN_UPDATE, merged));
      replies.ownUpdate(merged.id(), merged.creatorId(), now);
    }
  }

  private void badValue(long id, int creatorId, FieldCheck check) {
    counters.badval++;
    sink.event(PfsyncEvent.of(Kind.BAD_VALUE, id, creatorId, check.field()));
  }

  void fullDeletes(PfsyncReader section, byte[] bytes, long now) {
    StateView stateView = view(section);
    for (int i = 0; i < section.count(); i++) {
      stateView.wrap(bytes, section.messageAt(i));
      delete(stateView.id(), stateView.creatorId(), now);
    }
  }

  void deletes(PfsyncReader section, long now) {
    for (int i = 0; i < section.count(); i++) {
      delete(section.id(i), section.creatorId(i), now);
    }
  }

  private void delete(long id, int creatorId, long now) {
    PfState gone = table.remove(id, creatorId);
    if (gone == null) {
      counters.badstate++;
      sink.event(PfsyncEvent.of(Kind.UNKNOWN_STATE, id, creatorId));
      return;
    }
    gone(gone, now);
  }

  private void gone(PfState gone, long now) {
    replies.removedByPeer(gone.id(), gone.creatorId(), now);
    sink.event(PfsyncEvent.of(Kind.REMOVE, gone));
  }

  /**
   * FreeBSD 13 and 14 use the interface for an existence test only; in 15 a message without one
   * inherits that of the message before (spec 10).
   */
  void clears(PfsyncReader section, long now) {
    String ifname = null;
    for (int i = 0; i < section.count(); i++) {
      String sent = section.clearInterface(i);
      if (!sent.isEmpty()) {
        ifname = settings.interfaces().local(sent);
      }
      if (!sent.isEmpty() && ifname == null) {
        sink.event(PfsyncEvent.of(Kind.SKIP_CLEAR, 0, section.creatorId(i), "unknown-interface"));
      } else {
        boolean bounded = settings.profile().clearsByInterface();
        clear(bounded ? ifname : null, section.creatorId(i), now);
      }
    }
  }

  private void clear(@Nullable String ifname, int creatorId, long now) {
    for (PfState state : table.states()) {
      if (state.creatorId() == creatorId && (ifname == null || ifname.equals(state.ifname()))) {
        table.remove(state.id(), state.creatorId());
        gone(state, now);
      }
    }
  }
}
