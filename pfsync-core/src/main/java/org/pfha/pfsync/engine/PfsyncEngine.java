package org.pfha.pfsync.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateView;
import org.pfha.pfsync.wire.UpdateView;

/**
 * The protocol engine: packets, local changes and time go in, packets and events come out of the
 * {@link PfsyncSink}. It behaves as the kernel of the release whose format it is set to (spec
 * pfsync 4 and 8–14).
 *
 * <p>Confined to one thread, and so is the table while the engine writes to it.
 */
public final class PfsyncEngine {

  /** How far a packet was read. */
  public enum Disposition {
    /** To its end. */
    COMPLETE,
    /** Not at all. */
    DROP_PACKET,
    /** Up to a section that stopped the reader; what came before has taken effect. */
    DROP_REMAINDER
  }

  private static final int TTL = 255;
  private static final long PURGE_INTERVAL_NANOS = 10_000_000_000L;
  private static final long RECENT_NANOS = 2_000_000_000L;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final SendQueue queue;
  private final BulkReceive bulkReceive;
  private final BulkSend bulkSend;
  private final PfsyncReader reader;
  private final StateImport stateImport;
  private final StateView stateView;
  private final UpdateView updateView;

  /** When each state was last updated by a peer. */
  private final Map<StateId, Long> heard = new HashMap<>();

  private boolean flushWanted;
  private long purgeNanos;

  /**
   * An engine at rest: it asks for nothing until {@link #requestBulk}.
   *
   * @param table that it keeps equal to its peers'
   * @param settings of this node
   * @param sink performs what it decides
   * @param now nanoseconds
   */
  public PfsyncEngine(StateTable table, PfsyncSettings settings, PfsyncSink sink, long now) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    counters = new Counters(settings.format().actionCount());
    queue = new SendQueue(table, settings, sink, counters);
    bulkReceive = new BulkReceive(table.limit(), settings, sink, queue);
    bulkSend = new BulkSend(table, settings, sink, queue, heard);
    reader = new PfsyncReader(settings.format());
    stateImport = new StateImport(table, settings, sink, queue, heard);
    stateView = new StateView(settings.format());
    updateView = new UpdateView(settings.format());
    purgeNanos = now + PURGE_INTERVAL_NANOS;
  }

  /**
   * A packet arrived on another interface.
   *
   * @return how far it was read
   */
  public Disposition badInterface() {
    counters.ipackets++;
    counters.badif++;
    return Disposition.DROP_PACKET;
  }

  /**
   * A packet came from a host that is no peer.
   *
   * @return how far it was read
   */
  public Disposition badPeer() {
    counters.ipackets++;
    counters.badpeer++;
    return Disposition.DROP_PACKET;
  }

  /**
   * A packet arrived on the sync interface.
   *
   * @param bytes hold the IP payload; not changed
   * @param offset of the payload
   * @param length of the payload
   * @param ttl TTL or hop limit as received
   * @param now nanoseconds
   * @return how far it was read
   */
  public Disposition received(byte[] bytes, int offset, int length, int ttl, long now) {
    counters.ipackets++;
    if (ttl != TTL) {
      counters.badttl++;
      return Disposition.DROP_PACKET;
    }
    switch (reader.wrap(bytes, offset, length).check()) {
      case HDROPS -> counters.hdrops++;
      case BADVER -> counters.badver++;
      case BADLEN -> counters.badlen++;
      case OK -> {
        Disposition disposition = sections(bytes, now);
        if (flushWanted) {
          flushWanted = false;
          queue.flush(now);
        }
        return disposition;
      }
    }
    return Disposition.DROP_PACKET;
  }

  private Disposition sections(byte[] bytes, long now) {
    boolean sameRules = reader.checksumIs(settings.checksum());
    while (true) {
      PfsyncReader.Step step = reader.next(bulkReceive.isAwaiting());
      switch (step) {
        case END -> {
          return Disposition.COMPLETE;
        }
        case UNKNOWN_ACTION -> {
          counters.badact++;
          return Disposition.DROP_REMAINDER;
        }
        default -> counters.iacts[reader.action()] += reader.count();
      }
      switch (step) {
        case EOF -> {
          return Disposition.COMPLETE;
        }
        case EOF_BADLEN -> {
          counters.badlen++;
          return Disposition.COMPLETE;
        }
        case BADACT -> {
          counters.badact++;
          return Disposition.DROP_REMAINDER;
        }
        case BADLEN -> {
          counters.badlen++;
          return Disposition.DROP_REMAINDER;
        }
        default -> section(bytes, sameRules, now);
      }
    }
  }

  private void section(byte[] bytes, boolean sameRules, long now) {
    switch (reader.action()) {
      case Action.BUS -> bulkReceive.marker(reader, now);
      case Action.TDB -> sink.event(PfsyncEvent.of(Kind.TDB_SKIPPED));
      case Action.INS -> inserts(bytes, sameRules, now);
      default -> {
        for (int i = 0; i < reader.count(); i++) {
          message(bytes, i, sameRules, now);
        }
      }
    }
  }

  private void message(byte[] bytes, int index, boolean sameRules, long now) {
    int at = reader.messageAt(index);
    switch (reader.action()) {
      case Action.UPD -> fullUpdate(stateView.wrap(bytes, at), sameRules, now);
      case Action.UPD_C -> update(updateView.wrap(bytes, at), now);
      case Action.DEL -> {
        stateView.wrap(bytes, at);
        delete(stateView.id(), stateView.creatorId());
      }
      case Action.DEL_C -> delete(reader.id(index), reader.creatorId(index));
      case Action.INS_ACK -> acknowledged(reader.id(index), reader.creatorId(index));
      case Action.UPD_REQ -> requested(reader.id(index), reader.creatorId(index), now);
      case Action.CLR -> clear(reader.clearInterface(index), reader.creatorId(index));
      default -> throw new AssertionError("action " + reader.action() + " passed the reader");
    }
  }

  /** Running out of memory abandons the rest of the section, as FreeBSD 13 does (spec 8). */
  private void inserts(byte[] bytes, boolean sameRules, long now) {
    for (int i = 0; i < reader.count(); i++) {
      stateView.wrap(bytes, reader.messageAt(i));
      FieldCheck check = stateView.check();
      if (check != FieldCheck.OK) {
        badValue(stateView.id(), stateView.creatorId(), check);
      } else if (imported(sameRules, now) == StateImport.Outcome.NO_MEMORY) {
        return;
      }
    }
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
            ? imported(sameRules, now)
            : stateImport.rejected(view.id(), view.creatorId(), whole.field());
    if (outcome == StateImport.Outcome.REJECTED || outcome == StateImport.Outcome.NO_MEMORY) {
      counters.badstate++;
    }
  }

  private StateImport.Outcome imported(boolean sameRules, long now) {
    StateImport.Outcome outcome = stateImport.insert(stateView, sameRules, now);
    flushWanted |= outcome == StateImport.Outcome.DONE_ACK_WANTED;
    return outcome;
  }

  private void update(UpdateView view, long now) {
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
    queue.request(new StateId(view.id(), view.creatorId()), now);
    flushWanted = true;
  }

  private void merge(PfState known, StatePeer src, StatePeer dst, int timeout, long now) {
    Merge merge = Merge.of(known, src, dst);
    heard.put(known.stateId(), now);
    PfState merged = known;
    if (merge.staleCount() < 2) {
      PfState updated =
          table.update(known.id(), known.creatorId(), merge.src(), merge.dst(), timeout, now);
      merged = updated == null ? known : updated;
    }
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
      queue.updated(merged, now);
      flushWanted = true;
    }
  }

  private void badValue(long id, int creatorId, FieldCheck check) {
    counters.badval++;
    sink.event(PfsyncEvent.of(Kind.BAD_VALUE, id, creatorId, check.field()));
  }

  private void delete(long id, int creatorId) {
    PfState gone = table.remove(id, creatorId);
    if (gone == null) {
      counters.badstate++;
      sink.event(PfsyncEvent.of(Kind.UNKNOWN_STATE, id, creatorId));
      return;
    }
    forget(gone);
  }

  private void forget(PfState gone) {
    queue.forget(gone.stateId());
    heard.remove(gone.stateId());
    sink.event(PfsyncEvent.of(Kind.REMOVE, gone));
  }

  private void acknowledged(long id, int creatorId) {
    boolean known = table.get(id, creatorId) != null;
    sink.event(PfsyncEvent.of(known ? Kind.ACK : Kind.ACK_UNKNOWN_STATE, id, creatorId));
  }

  private void requested(long id, int creatorId, long now) {
    if (id == 0 && creatorId == 0) {
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_START));
      bulkSend.start(now);
      return;
    }
    PfState known = table.get(id, creatorId);
    if (known == null) {
      counters.badstate++;
      sink.event(PfsyncEvent.of(Kind.UNKNOWN_STATE, id, creatorId));
    } else if ((known.stateFlags() & PfState.FLAG_NO_SYNC) == 0) {
      sink.event(PfsyncEvent.of(Kind.QUEUE_FULL_UPDATE, id, creatorId));
      queue.fullUpdate(known.stateId(), now);
      flushWanted = true;
    }
  }

  /** FreeBSD 13 and 14 use the interface for an existence test only (spec 10). */
  private void clear(String ifname, int creatorId) {
    if (!ifname.isEmpty() && !settings.knowsInterface().test(ifname)) {
      sink.event(PfsyncEvent.of(Kind.SKIP_CLEAR, 0, creatorId, "unknown-interface"));
      return;
    }
    for (PfState state : table.states()) {
      if (state.creatorId() == creatorId) {
        table.remove(state.id(), state.creatorId());
        forget(state);
      }
    }
  }

  /**
   * The data plane has opened a connection.
   *
   * @param state with an id of this node's making
   * @param now nanoseconds
   * @return what became of it; announced only if it is in the table
   */
  public Insertion insert(PfState state, long now) {
    Insertion insertion = table.insert(state, now, closed -> stateImport.displaced(closed, now));
    boolean present = insertion == Insertion.INSERTED || insertion == Insertion.REPLACED_CLOSED;
    if (present && (state.stateFlags() & PfState.FLAG_NO_SYNC) == 0) {
      queue.inserted(state.stateId(), now);
    }
    return insertion;
  }

  /**
   * A packet of a connection has passed the data plane.
   *
   * @param id of the state
   * @param src the initiator now
   * @param dst the responder now
   * @param now nanoseconds
   * @return whether there is such a state
   */
  public boolean update(StateId id, StatePeer src, StatePeer dst, long now) {
    PfState known = table.get(id.id(), id.creatorId());
    if (known == null) {
      return false;
    }
    int timeout = Timeouts.indexFor(known.proto(), src.state(), dst.state());
    PfState updated = table.update(id.id(), id.creatorId(), src, dst, timeout, now);
    if (updated != null && (updated.stateFlags() & PfState.FLAG_NO_SYNC) == 0) {
      queue.updated(updated, now);
      Long heardAt = heard.get(id);
      // Both hosts see this connection's traffic: neither may lag a second behind.
      if (heardAt != null && now - heardAt < RECENT_NANOS) {
        queue.flush(now);
      }
    }
    return true;
  }

  /**
   * The data plane has ended a connection.
   *
   * @param id of the state
   * @param now nanoseconds
   * @return whether there was such a state
   */
  public boolean remove(StateId id, long now) {
    PfState gone = table.remove(id.id(), id.creatorId());
    if (gone == null) {
      return false;
    }
    ended(gone, now);
    return true;
  }

  private void ended(PfState gone, long now) {
    heard.remove(gone.stateId());
    if ((gone.stateFlags() & PfState.FLAG_NO_SYNC) == 0) {
      queue.removed(gone.stateId(), now);
    }
  }

  /**
   * Asks the peers for all their states, and this node to stand back until they have come.
   *
   * @param now nanoseconds
   */
  public void requestBulk(long now) {
    bulkReceive.request(now);
  }

  /**
   * Whether a bulk transfer is awaited.
   *
   * @return true from the request until the end, or until it is given up
   */
  public boolean isAwaitingBulk() {
    return bulkReceive.isAwaiting();
  }

  /**
   * Does what is due.
   *
   * @param now nanoseconds
   */
  public void tick(long now) {
    bulkReceive.tick(now);
    bulkSend.tick(now);
    if (now - purgeNanos >= 0) {
      purgeNanos = now + PURGE_INTERVAL_NANOS;
      table.expire(
          now,
          expired -> {
            ended(expired, now);
            sink.event(PfsyncEvent.of(Kind.EXPIRED, expired));
          });
    }
    if (queue.isArmed() && now - queue.deadlineNanos() >= 0) {
      queue.flush(now);
    }
  }

  /**
   * When {@link #tick} is due next.
   *
   * @return nanoseconds
   */
  public long nextDeadlineNanos() {
    long next = purgeNanos;
    if (queue.isArmed()) {
      next = earlier(next, OptionalLong.of(queue.deadlineNanos()));
    }
    return earlier(earlier(next, bulkReceive.deadlineNanos()), bulkSend.deadlineNanos());
  }

  private static long earlier(long one, OptionalLong other) {
    return other.isPresent() && other.getAsLong() - one < 0 ? other.getAsLong() : one;
  }

  /**
   * Sends what waits and takes back the demotion; the engine is not used afterwards.
   *
   * @param now nanoseconds
   */
  public void stop(long now) {
    queue.flush(now);
    bulkReceive.giveUp();
  }

  /**
   * The counters.
   *
   * @return a snapshot
   */
  public PfsyncStatistics statistics() {
    return counters.snapshot();
  }
}
