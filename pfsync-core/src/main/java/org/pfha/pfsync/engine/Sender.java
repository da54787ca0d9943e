package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Decides what the peers are told of a state, and when (spec pfsync 11, 13). */
final class Sender implements Replies {

  private static final long RECENT_NANOS = 2_000_000_000L;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final SendQueue queue;
  private final Deferrals deferrals;
  private final Liveness liveness;
  private final StateRow cursor;
  private boolean flushWanted;
  private long probedId;
  private int probedCreatorId;

  Sender(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      SendQueue queue,
      Deferrals deferrals,
      Liveness liveness) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.queue = queue;
    this.deferrals = deferrals;
    this.liveness = liveness;
    cursor = table.cursor();
  }

  @Override
  public void acknowledge(long id, int creatorId, long now) {
    queue.of(id).acknowledge(id, creatorId, now);
    flushWanted = true;
  }

  @Override
  public void ownUpdate(long id, int creatorId, long now) {
    int row = table.find(id, creatorId);
    if (row != StateTable.NO_ROW && !isNoSync(table.seek(row, cursor).stateFlags())) {
      queue.of(id).updated(id, creatorId, cursor.proto() == PfState.TCP, now);
      flushWanted = true;
    }
  }

  @Override
  public void requestUpdate(long id, int creatorId, long now) {
    queue.first().request(id, creatorId, now);
    flushWanted = true;
  }

  @Override
  public void heard(long id, int creatorId, long now) {
    deferrals.end(id, creatorId, DeferOutcome.SUPERSEDED, now);
    if (id == probedId && creatorId == probedCreatorId) {
      liveness.effect();
    }
    effect(creatorId);
  }

  @Override
  public void removedBefore(long id, int creatorId, long now) {
    queue.of(id).removed(id, creatorId, now);
    flushWanted = true;
  }

  @Override
  public void removedByPeer(long id, int creatorId, long now) {
    queue.of(id).forget(id, creatorId);
    deferrals.end(id, creatorId, DeferOutcome.REMOVED, now);
    effect(creatorId);
  }

  /** A peer that knows a state of our making has heard us. */
  private void effect(int creatorId) {
    if (creatorId == settings.hostId()) {
      liveness.effect();
    }
  }

  @Override
  public void displaced(PfState closed, long now) {
    removed(closed.id(), closed.creatorId(), closed.stateFlags(), now);
    sink.event(PfsyncEvent.of(Kind.CLOSED_REPLACED, closed));
  }

  /** A peer asked for one state. */
  void requested(PfState state, long now) {
    effect(state.creatorId());
    if (!isNoSync(state.stateFlags())) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_FULL_UPDATE, state.id(), state.creatorId()));
      queue.of(state.id()).fullUpdate(state.id(), state.creatorId(), now);
      flushWanted = true;
    }
  }

  /** A peer has a state. */
  void acknowledged(long id, int creatorId, long now) {
    liveness.effect();
    deferrals.end(id, creatorId, DeferOutcome.ACKNOWLEDGED, now);
  }

  /** Sends what may not wait, once the packet that caused it has been read. */
  void packetRead(long now) {
    if (flushWanted) {
      flushWanted = false;
      queue.flush(now);
    }
  }

  void inserted(PfState state, long now) {
    if (!isNoSync(state.stateFlags())) {
      queue.of(state.id()).inserted(state.id(), state.creatorId(), now);
    }
  }

  /** A new state whose first packet waits: the peers are told at once. */
  void deferred(PfState state, long now) {
    if (isNoSync(state.stateFlags())) {
      deferrals.count(state.id(), state.creatorId(), DeferOutcome.NOT_SYNCED);
      return;
    }
    deferrals.hold(state.id(), state.creatorId(), now);
    inserted(state, now);
    queue.of(state.id()).flush(now);
  }

  void updated(StateRow state, long now) {
    long id = state.id();
    int creatorId = state.creatorId();
    deferrals.end(id, creatorId, DeferOutcome.TRAFFIC, now);
    if (!isNoSync(state.stateFlags())) {
      Bucket bucket = queue.of(id);
      bucket.updated(id, creatorId, state.proto() == PfState.TCP, now);
      // Both hosts see this connection's traffic: neither may lag a second behind.
      if (table.isHeardAfter(state, now - RECENT_NANOS)) {
        bucket.flush(now);
      }
    }
  }

  /** Removed here or expired. */
  void removed(long id, int creatorId, int stateFlags, long now) {
    deferrals.end(id, creatorId, DeferOutcome.REMOVED, now);
    if (!isNoSync(stateFlags)) {
      queue.of(id).removed(id, creatorId, now);
    }
  }

  /** Asks the peers for a state that they should have: whoever is alive answers. */
  boolean probe(long now) {
    int row = table.nextRow(StateTable.NO_ROW);
    while (row != StateTable.NO_ROW && isNoSync(table.seek(row, cursor).stateFlags())) {
      row = table.nextRow(row);
    }
    if (row == StateTable.NO_ROW) {
      return false;
    }
    probedId = cursor.id();
    probedCreatorId = cursor.creatorId();
    queue.first().request(probedId, probedCreatorId, now);
    queue.first().flush(now);
    return true;
  }

  private static boolean isNoSync(int stateFlags) {
    return (stateFlags & PfState.FLAG_NO_SYNC) != 0;
  }
}
