package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Decides what the peers are told of a state, and when (spec pfsync 11). */
final class Sender implements Replies {

  private static final long RECENT_NANOS = 2_000_000_000L;

  private final StateTable table;
  private final PfsyncSink sink;
  private final SendQueue queue;
  private final Heard heard;
  private boolean flushWanted;

  Sender(StateTable table, PfsyncSink sink, SendQueue queue, Heard heard) {
    this.table = table;
    this.sink = sink;
    this.queue = queue;
    this.heard = heard;
  }

  @Override
  public void acknowledge(long id, int creatorId, long now) {
    queue.acknowledge(new StateId(id, creatorId), now);
    flushWanted = true;
  }

  @Override
  public void ownUpdate(long id, int creatorId, long now) {
    PfState state = table.get(id, creatorId);
    if (state != null && !isNoSync(state)) {
      queue.updated(state, now);
      flushWanted = true;
    }
  }

  @Override
  public void requestUpdate(long id, int creatorId, long now) {
    queue.request(new StateId(id, creatorId), now);
    flushWanted = true;
  }

  @Override
  public void heard(long id, int creatorId, long now) {
    heard.heard(id, creatorId, now);
  }

  @Override
  public void removedByPeer(long id, int creatorId, long now) {
    StateId name = new StateId(id, creatorId);
    queue.forget(name);
    heard.forget(name);
  }

  @Override
  public void displaced(PfState closed, long now) {
    removed(closed, now);
    sink.event(PfsyncEvent.of(Kind.CLOSED_REPLACED, closed));
  }

  /** A peer asked for one state; it may not be one it must not have. */
  void requested(PfState state, long now) {
    if (!isNoSync(state)) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_FULL_UPDATE, state.id(), state.creatorId()));
      queue.fullUpdate(state.stateId(), now);
      flushWanted = true;
    }
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
      queue.inserted(state.stateId(), now);
    }
  }

  void updated(PfState state, long now) {
    if (!isNoSync(state)) {
      queue.updated(state, now);
      // Both hosts see this connection's traffic: neither may lag a second behind.
      if (heard.isAfter(state.stateId(), now - RECENT_NANOS)) {
        queue.flush(now);
      }
    }
  }

  /** Removed here or expired. */
  void removed(PfState gone, long now) {
    heard.forget(gone.stateId());
    if (!isNoSync(gone)) {
      queue.removed(gone.stateId(), now);
    }
  }

  private static boolean isNoSync(PfState state) {
    return (state.stateFlags() & PfState.FLAG_NO_SYNC) != 0;
  }
}
