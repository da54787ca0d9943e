package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Decides what the peers are told of a state, and when (spec pfsync 11, 13). */
final class Sender implements Replies {

  private static final long RECENT_NANOS = 2_000_000_000L;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final SendQueue queue;
  private final Heard heard;
  private final Deferrals deferrals;
  private final Liveness liveness;
  private boolean flushWanted;
  private long knownId;
  private int knownCreatorId;

  Sender(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      SendQueue queue,
      Heard heard,
      Deferrals deferrals,
      Liveness liveness) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.queue = queue;
    this.heard = heard;
    this.deferrals = deferrals;
    this.liveness = liveness;
  }

  @Override
  public void acknowledge(long id, int creatorId, long now) {
    queue.of(id).acknowledge(id, creatorId, now);
    flushWanted = true;
  }

  @Override
  public void ownUpdate(long id, int creatorId, long now) {
    PfState state = table.get(id, creatorId);
    if (state != null && !isNoSync(state)) {
      queue.of(id).updated(id, creatorId, state.proto() == PfState.TCP, now);
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
    heard.heard(id, creatorId, now);
    deferrals.end(id, creatorId, DeferOutcome.SUPERSEDED, now);
    known(id, creatorId);
    effect(creatorId);
  }

  @Override
  public void removedByPeer(long id, int creatorId, long now) {
    queue.of(id).forget(id, creatorId);
    heard.forget(id, creatorId);
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
    removed(closed, now);
    sink.event(PfsyncEvent.of(Kind.CLOSED_REPLACED, closed));
  }

  /** A peer asked for one state. */
  void requested(PfState state, long now) {
    effect(state.creatorId());
    if (!isNoSync(state)) {
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
    if (!isNoSync(state)) {
      queue.of(state.id()).inserted(state.id(), state.creatorId(), now);
      known(state.id(), state.creatorId());
    }
  }

  /** A new state whose first packet waits: the peers are told at once. */
  void deferred(PfState state, long now) {
    if (isNoSync(state)) {
      deferrals.count(state.id(), state.creatorId(), DeferOutcome.NOT_SYNCED);
      return;
    }
    deferrals.hold(state.id(), state.creatorId(), now);
    inserted(state, now);
    queue.of(state.id()).flush(now);
  }

  void updated(PfState state, long now) {
    long id = state.id();
    int creatorId = state.creatorId();
    deferrals.end(id, creatorId, DeferOutcome.TRAFFIC, now);
    if (!isNoSync(state)) {
      Bucket bucket = queue.of(id);
      bucket.updated(id, creatorId, state.proto() == PfState.TCP, now);
      // Both hosts see this connection's traffic: neither may lag a second behind.
      if (heard.isAfter(id, creatorId, now - RECENT_NANOS)) {
        bucket.flush(now);
      }
    }
  }

  /** Removed here or expired. */
  void removed(PfState gone, long now) {
    long id = gone.id();
    int creatorId = gone.creatorId();
    heard.forget(id, creatorId);
    deferrals.end(id, creatorId, DeferOutcome.REMOVED, now);
    if (!isNoSync(gone)) {
      queue.of(id).removed(id, creatorId, now);
    }
  }

  private void known(long id, int creatorId) {
    knownId = id;
    knownCreatorId = creatorId;
  }

  /** Asks the peers for a state that they should have: whoever is alive answers. */
  boolean probe(long now) {
    if (table.get(knownId, knownCreatorId) == null) {
      return false;
    }
    queue.first().request(knownId, knownCreatorId, now);
    queue.first().flush(now);
    return true;
  }

  private static boolean isNoSync(PfState state) {
    return (state.stateFlags() & PfState.FLAG_NO_SYNC) != 0;
  }
}
