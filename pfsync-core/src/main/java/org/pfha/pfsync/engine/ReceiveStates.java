package org.pfha.pfsync.engine;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.MergeRule;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.FieldCheck;
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

  /** Sections of a batch that are looked up before the first of its packets is applied. */
  private static final int SECTIONS = 64;

  /** As many as fit into the fastest cache with all that is needed to insert them. */
  private static final int INSERTS_AHEAD = 48;

  private static final int NAMES_AHEAD = 288;
  private static final int NOT_AHEAD = -1;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final Replies replies;
  private final Removed removed;
  private final StateImport stateImport;
  private final StateRow cursor;
  private final MergeRule rule;

  /** By the format that a section carries. */
  private final Map<StateFormat, StateView> views = new EnumMap<>(StateFormat.class);

  private final UpdateView updateView;
  private final StateDraft draft;
  private final Arrivals arrivals;
  private final Lookup lookup;
  private final Arrivals arrivalsAhead;
  private final Lookup lookupAhead;

  /** Where the sections looked up ahead begin, in the order of the packets. */
  private final int[] sectionsAhead = new int[SECTIONS];

  private final int[] firstOfSection = new int[SECTIONS];
  private int sections;
  private int nextSection;

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
    rule = settings.strictMerge() ? MergeRule.STRICT : MergeRule.KERNEL;
    for (StateFormat carried : StateFormat.values()) {
      views.put(carried, new StateView(carried, newest));
    }
    updateView = new UpdateView(newest);
    draft = table.draft();
    arrivals = new Arrivals(table, stateImport, INSERTS);
    arrivalsAhead = new Arrivals(table, stateImport, INSERTS_AHEAD);
    lookup = new Lookup(table, NAMES);
    lookupAhead = new Lookup(table, NAMES_AHEAD);
  }

  private StateView view(PfsyncReader section) {
    return Objects.requireNonNull(views.get(Objects.requireNonNull(section.stateFormat())));
  }

  /** Forgets what was looked up ahead. */
  void clearAhead() {
    arrivalsAhead.clear();
    lookupAhead.clear();
    sections = 0;
    nextSection = 0;
  }

  /**
   * Takes a section of a batch among those that are looked up ahead.
   *
   * @return false if there was no room for one that would have been looked up
   */
  boolean ahead(PfsyncReader section, byte[] bytes, @Nullable RuleMapping rules) {
    if (sections == SECTIONS) {
      return false;
    }
    int count = section.count();
    int action = section.action();
    boolean inserts = settings.profile().newest().isInsert(action);
    boolean updates = settings.profile().newest().isUpdate(action);
    if (!inserts && !updates && action != Action.UPD_C) {
      return true;
    }
    if (count > (inserts ? arrivalsAhead.room() : lookupAhead.room())) {
      return false;
    }
    note(section, inserts ? arrivalsAhead.count() : lookupAhead.count());
    if (inserts) {
      read(section, view(section), bytes, rules, 0, count, arrivalsAhead);
    } else if (updates) {
      names(section, view(section), bytes, 0, count, lookupAhead);
    } else {
      compressedNames(section, bytes, 0, count, lookupAhead);
    }
    return true;
  }

  private void note(PfsyncReader section, int first) {
    sectionsAhead[sections] = section.messageAt(0);
    firstOfSection[sections++] = first;
  }

  /** Looks up all sections taken. */
  void fetchAhead() {
    arrivalsAhead.fetch();
    lookupAhead.fetch();
  }

  /** Where a section's messages are among those looked up ahead. */
  private int firstAhead(PfsyncReader section) {
    int begin = section.messageAt(0);
    for (int i = nextSection; i < sections; i++) {
      if (sectionsAhead[i] == begin) {
        nextSection = i + 1;
        return firstOfSection[i];
      }
    }
    return NOT_AHEAD;
  }

  void inserts(PfsyncReader section, byte[] bytes, @Nullable RuleMapping rules, long now) {
    StateView view = view(section);
    int first = firstAhead(section);
    if (first != NOT_AHEAD) {
      inserts(section, view, bytes, 0, section.count(), arrivalsAhead, first, now);
      return;
    }
    boolean goesOn = true;
    for (int from = 0; goesOn && from < section.count(); from += INSERTS) {
      int count = Math.min(INSERTS, section.count() - from);
      arrivals.clear();
      read(section, view, bytes, rules, from, count, arrivals);
      arrivals.fetch();
      goesOn = inserts(section, view, bytes, from, count, arrivals, 0, now);
    }
  }

  private static void read(
      PfsyncReader section,
      StateView view,
      byte[] bytes,
      @Nullable RuleMapping rules,
      int from,
      int count,
      Arrivals into) {
    for (int i = from; i < from + count; i++) {
      into.add(view.wrap(bytes, section.messageAt(i)), rules);
    }
  }

  /**
   * Failures count from release 15 on; before, running out of memory ends the section (spec 8), and
   * this says false.
   */
  private boolean inserts(
      PfsyncReader section,
      StateView view,
      byte[] bytes,
      int from,
      int count,
      Arrivals read,
      int first,
      long now) {
    boolean counts = settings.profile().countsFailedInserts();
    for (int i = 0; i < count; i++) {
      view.wrap(bytes, section.messageAt(from + i));
      FieldCheck check = read.check(first + i);
      if (check != FieldCheck.OK) {
        badValue(view.id(), view.creatorId(), check);
        continue;
      }
      StateImport.Outcome outcome = read.insert(first + i, view, now);
      if (counts && isFailure(outcome)) {
        counters.badact++;
      } else if (outcome == StateImport.Outcome.NO_MEMORY) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFailure(StateImport.Outcome outcome) {
    return outcome == StateImport.Outcome.REJECTED || outcome == StateImport.Outcome.NO_MEMORY;
  }

  void updates(PfsyncReader section, byte[] bytes, @Nullable RuleMapping rules, long now) {
    StateView view = view(section);
    int first = firstAhead(section);
    if (first != NOT_AHEAD) {
      for (int i = 0; i < section.count(); i++) {
        fullUpdate(view.wrap(bytes, section.messageAt(i)), lookupAhead, first + i, rules, now);
      }
      return;
    }
    for (int from = 0; from < section.count(); from += NAMES) {
      int count = Math.min(NAMES, section.count() - from);
      lookup.clear();
      names(section, view, bytes, from, count, lookup);
      lookup.fetch();
      for (int i = 0; i < count; i++) {
        fullUpdate(view.wrap(bytes, section.messageAt(from + i)), lookup, i, rules, now);
      }
    }
  }

  /** Reads the names of full states. */
  private static void names(
      PfsyncReader section, StateView view, byte[] bytes, int from, int count, Lookup into) {
    for (int i = from; i < from + count; i++) {
      view.wrap(bytes, section.messageAt(i));
      into.add(view.id(), view.creatorId());
    }
  }

  private void fullUpdate(
      StateView view, Lookup names, int number, @Nullable RuleMapping rules, long now) {
    FieldCheck check = view.checkProgress();
    if (check != FieldCheck.OK) {
      badValue(view.id(), view.creatorId(), check);
      return;
    }
    int row = names.row(number);
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
            ? stateImport.insert(view, draft, stateImport.read(view, draft, rules), now)
            : stateImport.badField(view, whole.field());
    if (isFailure(outcome)) {
      counters.badstate++;
    }
  }

  void compressedUpdates(PfsyncReader section, byte[] bytes, long now) {
    int first = firstAhead(section);
    if (first != NOT_AHEAD) {
      compressedUpdates(section, bytes, 0, section.count(), lookupAhead, first, now);
      return;
    }
    for (int from = 0; from < section.count(); from += NAMES) {
      int count = Math.min(NAMES, section.count() - from);
      lookup.clear();
      compressedNames(section, bytes, from, count, lookup);
      lookup.fetch();
      compressedUpdates(section, bytes, from, count, lookup, 0, now);
    }
  }

  private void compressedNames(
      PfsyncReader section, byte[] bytes, int from, int count, Lookup into) {
    for (int i = from; i < from + count; i++) {
      updateView.wrap(bytes, section.messageAt(i));
      into.add(updateView.id(), updateView.creatorId());
    }
  }

  private void compressedUpdates(
      PfsyncReader section, byte[] bytes, int from, int count, Lookup names, int first, long now) {
    for (int i = 0; i < count; i++) {
      updateView.wrap(bytes, section.messageAt(from + i));
      compressedUpdate(updateView, names, first + i, now);
    }
  }

  private void compressedUpdate(UpdateView view, Lookup names, int number, long now) {
    long id = names.id(number);
    int creatorId = names.creatorId(number);
    FieldCheck check = view.check();
    if (check != FieldCheck.OK) {
      badValue(id, creatorId, check);
      return;
    }
    int row = names.row(number);
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

  private void merge(
      int row, long id, int creatorId, byte[] bytes, int srcAt, int dstAt, int timeout, long now) {
    int stale = table.merge(row, bytes, srcAt, dstAt, timeout, rule, now);
    replies.heard(id, creatorId, now);
    if (stale != 0 || sink.wantsStateEvents()) {
      merged(row, id, creatorId, stale, now);
    }
  }

  private void merged(int row, long id, int creatorId, int stale, long now) {
    PfState state = sink.wantsStateEvents() ? table.seek(row, cursor).state(now) : null;
    if (state != null) {
      Kind kind =
          stale == 0
              ? Kind.UPDATE
              : MergeRule.isOld(stale) ? Kind.UPDATE_STALE : Kind.UPDATE_PARTLY_STALE;
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
      lookup.clear();
      names(section, view, bytes, from, Math.min(NAMES, section.count() - from), lookup);
      deleteNamed(now);
    }
  }

  void deletes(PfsyncReader section, long now) {
    for (int from = 0; from < section.count(); from += NAMES) {
      int end = Math.min(from + NAMES, section.count());
      lookup.clear();
      for (int i = from; i < end; i++) {
        lookup.add(section.id(i), section.creatorId(i));
      }
      deleteNamed(now);
    }
  }

  private void deleteNamed(long now) {
    lookup.fetchForRemoval();
    for (int i = 0; i < lookup.count(); i++) {
      delete(lookup.row(i), lookup.id(i), lookup.creatorId(i), now);
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
