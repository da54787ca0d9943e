package org.pfha.pfsync.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PeerView;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;
import org.pfha.pfsync.wire.UpdateView;

/**
 * The sections that change the table, one call a section: INS, UPD, UPD_C, DEL, DEL_C and CLR (spec
 * pfsync 8–10). All of a section's states are looked up first, then its messages are applied in
 * their order. Allocates nothing unless somebody wants to hear of single states.
 */
final class ReceiveStates {

  /** As many INS as a section can have at most (spec pfsync 1), of the smallest format. */
  private static final int INSERTS = 8;

  /** Messages looked up together; more in a section are looked up by parts. */
  private static final int NAMES = 128;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final Replies replies;
  private final Removed removed;
  private final StateImport stateImport;
  private final StateRow cursor;

  /** By the format that a section carries. */
  private final Map<StateFormat, StateView> views = new EnumMap<>(StateFormat.class);

  private final UpdateView updateView;
  private final StateDraft[] drafts = new StateDraft[INSERTS];
  private final StateDraft[] accepted = new StateDraft[INSERTS];
  private final FieldCheck[] checks = new FieldCheck[INSERTS];
  private final @Nullable Refusal[] refusals = new @Nullable Refusal[INSERTS];
  private final long[] ids = new long[NAMES];
  private final int[] creatorIds = new int[NAMES];
  private final int[] rows = new int[NAMES];

  ReceiveStates(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      Replies replies,
      Removed removed) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.counters = counters;
    this.replies = replies;
    this.removed = removed;
    StateFormat newest = settings.profile().newest();
    stateImport = new StateImport(table, settings, sink, counters, replies, removed);
    cursor = table.cursor();
    for (StateFormat carried : StateFormat.values()) {
      views.put(carried, new StateView(carried, newest));
    }
    updateView = new UpdateView(newest);
    for (int i = 0; i < INSERTS; i++) {
      drafts[i] = table.draft();
    }
  }

  private StateView view(PfsyncReader section) {
    return Objects.requireNonNull(views.get(Objects.requireNonNull(section.stateFormat())));
  }

  /** Failures count from release 15 on; before, running out of memory ends the section (spec 8). */
  void inserts(PfsyncReader section, byte[] bytes, @Nullable RuleMapping rules, long now) {
    boolean counts = settings.profile().countsFailedInserts();
    StateView view = view(section);
    for (int from = 0; from < section.count(); from += INSERTS) {
      int count = Math.min(INSERTS, section.count() - from);
      int ready = 0;
      for (int i = 0; i < count; i++) {
        view.wrap(bytes, section.messageAt(from + i));
        checks[i] = view.check();
        refusals[i] = checks[i] == FieldCheck.OK ? stateImport.read(view, drafts[i], rules) : null;
        if (checks[i] == FieldCheck.OK && refusals[i] == null) {
          accepted[ready++] = drafts[i];
        }
      }
      table.prepare(accepted, ready);
      for (int i = 0; i < count; i++) {
        view.wrap(bytes, section.messageAt(from + i));
        if (checks[i] != FieldCheck.OK) {
          badValue(view.id(), view.creatorId(), checks[i]);
          continue;
        }
        StateImport.Outcome outcome = stateImport.insert(view, drafts[i], refusals[i], now);
        if (counts && isFailure(outcome)) {
          counters.badact++;
        } else if (outcome == StateImport.Outcome.NO_MEMORY) {
          return;
        }
      }
    }
  }

  private static boolean isFailure(StateImport.Outcome outcome) {
    return outcome == StateImport.Outcome.REJECTED || outcome == StateImport.Outcome.NO_MEMORY;
  }

  void updates(PfsyncReader section, byte[] bytes, @Nullable RuleMapping rules, long now) {
    StateView view = view(section);
    for (int from = 0; from < section.count(); from += NAMES) {
      int count = names(section, view, bytes, from);
      table.fetch(ids, creatorIds, count, rows);
      for (int i = 0; i < count; i++) {
        view.wrap(bytes, section.messageAt(from + i));
        fullUpdate(view, rows[i], rules, now);
      }
    }
  }

  /** Reads the names of the next full states; returns how many. */
  private int names(PfsyncReader section, StateView view, byte[] bytes, int from) {
    int count = Math.min(NAMES, section.count() - from);
    for (int i = 0; i < count; i++) {
      view.wrap(bytes, section.messageAt(from + i));
      ids[i] = view.id();
      creatorIds[i] = view.creatorId();
    }
    return count;
  }

  private void fullUpdate(StateView view, int candidate, @Nullable RuleMapping rules, long now) {
    FieldCheck check = view.checkProgress();
    if (check != FieldCheck.OK) {
      badValue(view.id(), view.creatorId(), check);
      return;
    }
    int row = table.confirm(candidate, view.id(), view.creatorId());
    if (row != StateTable.NO_ROW) {
      merge(
          row,
          view.id(),
          view.creatorId(),
          view.array(),
          view.srcAt(),
          view.dstAt(),
          view.timeout(),
          now);
      return;
    }
    // The kernel looks at family and direction only on INS; a state without them means nothing.
    FieldCheck whole = view.check();
    StateImport.Outcome outcome =
        whole == FieldCheck.OK
            ? stateImport.insert(view, drafts[0], stateImport.read(view, drafts[0], rules), now)
            : stateImport.badField(view, whole.field());
    if (isFailure(outcome)) {
      counters.badstate++;
    }
  }

  void compressedUpdates(PfsyncReader section, byte[] bytes, long now) {
    for (int from = 0; from < section.count(); from += NAMES) {
      int count = Math.min(NAMES, section.count() - from);
      for (int i = 0; i < count; i++) {
        updateView.wrap(bytes, section.messageAt(from + i));
        ids[i] = updateView.id();
        creatorIds[i] = updateView.creatorId();
      }
      table.fetch(ids, creatorIds, count, rows);
      for (int i = 0; i < count; i++) {
        updateView.wrap(bytes, section.messageAt(from + i));
        compressedUpdate(updateView, ids[i], creatorIds[i], rows[i], now);
      }
    }
  }

  private void compressedUpdate(UpdateView view, long id, int creatorId, int candidate, long now) {
    FieldCheck check = view.check();
    if (check != FieldCheck.OK) {
      badValue(id, creatorId, check);
      return;
    }
    int row = table.confirm(candidate, id, creatorId);
    if (row != StateTable.NO_ROW) {
      merge(row, id, creatorId, view.array(), view.srcAt(), view.dstAt(), view.timeout(), now);
      return;
    }
    if (removed.holds(id, creatorId)) {
      counters.refused(Refusal.REMOVED);
      replies.removedBefore(id, creatorId, now);
      return;
    }
    if (sink.wantsStateEvents()) {
      sink.event(PfsyncEvent.of(Kind.REQUEST_UPDATE, id, creatorId));
    }
    replies.requestUpdate(id, creatorId, now);
  }

  /** As {@link Merge}, in place. */
  private void merge(
      int row, long id, int creatorId, byte[] bytes, int srcAt, int dstAt, int timeout, long now) {
    boolean strict = settings.strictMerge();
    int proto = table.seek(row, cursor).proto();
    long localSrc = cursor.srcEnd();
    long localDst = cursor.dstEnd();
    long src = PeerView.end(bytes, srcAt);
    long dst = PeerView.end(bytes, dstAt);
    int stale = Merge.stale(strict, proto == PfState.TCP, localSrc, src, localDst, dst);
    boolean srcStays = (stale & PfsyncEvent.SRC_STALE) != 0;
    boolean dstStays = strict && (stale & PfsyncEvent.DST_STALE) != 0;
    if (stale != (PfsyncEvent.SRC_STALE | PfsyncEvent.DST_STALE)) {
      int index = timeout;
      if (strict && stale != 0) {
        long newSrc = srcStays ? localSrc : src;
        long newDst = dstStays ? localDst : dst;
        index = Timeouts.indexFor(proto, (int) (newSrc >>> 32), (int) (newDst >>> 32));
      }
      table.merge(cursor, bytes, srcStays ? -1 : srcAt, dstStays ? -1 : dstAt, index, now);
    }
    replies.heard(cursor, id, creatorId, now);
    if (stale != 0 || sink.wantsStateEvents()) {
      merged(id, creatorId, stale, now);
    }
  }

  private void merged(long id, int creatorId, int stale, long now) {
    boolean tells = sink.wantsStateEvents();
    PfState state = tells ? cursor.state(now) : null;
    if (tells) {
      Kind kind =
          switch (stale) {
            case 0 -> Kind.UPDATE;
            case PfsyncEvent.SRC_STALE | PfsyncEvent.DST_STALE -> Kind.UPDATE_STALE;
            default -> Kind.UPDATE_PARTLY_STALE;
          };
      sink.event(new PfsyncEvent(kind, id, creatorId, "", stale, state));
    }
    if (stale != 0) {
      counters.stale++;
      if (state != null) {
        sink.event(PfsyncEvent.of(Kind.QUEUE_OWN_UPDATE, state));
      }
      replies.ownUpdate(id, creatorId, now);
    }
  }

  private void badValue(long id, int creatorId, FieldCheck check) {
    counters.badval++;
    if (sink.wantsStateEvents()) {
      sink.event(PfsyncEvent.of(Kind.BAD_VALUE, id, creatorId, check.field()));
    }
  }

  void fullDeletes(PfsyncReader section, byte[] bytes, long now) {
    StateView view = view(section);
    for (int from = 0; from < section.count(); from += NAMES) {
      deleteNamed(names(section, view, bytes, from), now);
    }
  }

  void deletes(PfsyncReader section, long now) {
    for (int from = 0; from < section.count(); from += NAMES) {
      int count = Math.min(NAMES, section.count() - from);
      for (int i = 0; i < count; i++) {
        ids[i] = section.id(from + i);
        creatorIds[i] = section.creatorId(from + i);
      }
      deleteNamed(count, now);
    }
  }

  private void deleteNamed(int count, long now) {
    table.fetchForRemoval(ids, creatorIds, count, rows);
    for (int i = 0; i < count; i++) {
      delete(table.confirm(rows[i], ids[i], creatorIds[i]), ids[i], creatorIds[i], now);
    }
  }

  private void delete(int row, long id, int creatorId, long now) {
    removed.removed(id, creatorId);
    if (row != StateTable.NO_ROW) {
      remove(row, id, creatorId, now);
      return;
    }
    counters.badstate++;
    if (sink.wantsStateEvents()) {
      sink.event(PfsyncEvent.of(Kind.UNKNOWN_STATE, id, creatorId));
    }
  }

  private void remove(int row, long id, int creatorId, long now) {
    PfState gone = sink.wantsStateEvents() ? table.seek(row, cursor).state(now) : null;
    table.remove(row);
    replies.removedByPeer(id, creatorId, now);
    if (gone != null) {
      sink.event(PfsyncEvent.of(Kind.REMOVE, gone));
    }
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
    if (table.digest(creatorId).states() == 0) {
      return;
    }
    int next;
    for (int row = table.nextRow(StateTable.NO_ROW); row != StateTable.NO_ROW; row = next) {
      next = table.nextRow(row);
      table.seek(row, cursor);
      if (cursor.creatorId() == creatorId && (ifname == null || ifname.equals(cursor.ifname()))) {
        remove(row, cursor.id(), creatorId, now);
      }
    }
  }
}
