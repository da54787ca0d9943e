package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.PfsyncTransport;

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

  private static final long PURGE_INTERVAL_NANOS = 10_000_000_000L;

  private final StateTable table;
  private final PfsyncSink sink;
  private final Counters counters;
  private final SendQueue queue;
  private final Sender sender;
  private final Deferrals deferrals;
  private final Liveness liveness;
  private final BulkReceive bulkReceive;
  private final BulkSend bulkSend;
  private final Receive receive;
  private final Removed removed;
  private final StateRow cursor;
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
    this.sink = sink;
    cursor = table.cursor();
    counters = new Counters(settings.profile(), settings.format());
    deferrals = new Deferrals(settings, sink);
    queue = new SendQueue(table, settings, sink, counters, deferrals);
    liveness = new Liveness(settings, sink, now);
    sender = new Sender(table, settings, sink, queue, deferrals, liveness);
    bulkReceive = new BulkReceive(table, settings, sink, counters, queue, liveness);
    bulkSend = new BulkSend(table, settings, sink, counters, queue);
    removed = new Removed(settings.removedNames());
    ReceiveStates states = new ReceiveStates(table, settings, sink, counters, sender, removed);
    receive =
        new Receive(
            table, settings, sink, counters, states, sender, liveness, bulkReceive, bulkSend);
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
   * A packet came that had come over another sync link already.
   *
   * @return how far it was read
   */
  public Disposition twin() {
    counters.twins++;
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
    return received(bytes, offset, length, ttl, -1, now);
  }

  /**
   * A packet of a peer arrived on a sync interface.
   *
   * @param bytes hold the IP payload; not changed
   * @param offset of the payload
   * @param length of the payload
   * @param ttl TTL or hop limit as received
   * @param peer number of the peer it came from, or −1
   * @param now nanoseconds
   * @return how far it was read
   */
  public Disposition received(byte[] bytes, int offset, int length, int ttl, int peer, long now) {
    Disposition disposition = receive.packet(bytes, offset, length, ttl, peer, now);
    sender.packetRead(now);
    return disposition;
  }

  /**
   * Packets have arrived on a sync interface together. What becomes of them is what would become of
   * them one by one, but the states they name are looked up at the same time.
   *
   * @param batch the packets; empty afterwards
   * @param now nanoseconds
   */
  public void received(PacketBatch batch, long now) {
    try {
      while (!batch.isEmpty()) {
        int end = receive.ahead(batch);
        do {
          int i = batch.take();
          received(
              batch.bytes(), batch.offset(i), batch.length(i), batch.ttl(i), batch.peer(i), now);
        } while (batch.next() < end);
      }
    } finally {
      receive.clearAhead();
      batch.endReading();
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
    PfState kept = kept(state);
    Insertion insertion = put(kept, now);
    if (insertion == Insertion.INSERTED || insertion == Insertion.REPLACED_CLOSED) {
      sender.inserted(kept, now);
    }
    return insertion;
  }

  private Insertion put(PfState state, long now) {
    removed.forget(state.id(), state.creatorId());
    return table.insert(state, now, closed -> sender.displaced(closed, now));
  }

  /** The states of pfsync's own packets would announce each other for ever (spec pfsync 11.3). */
  private static PfState kept(PfState state) {
    return state.proto() == PfsyncTransport.PROTOCOL
        ? state.toBuilder().stateFlags(state.stateFlags() | PfState.FLAG_NO_SYNC).build()
        : state;
  }

  /**
   * A state is in the data plane that others have, too: it goes into the table without being
   * announced. Its updates and its end are, and peers that ask for it get it.
   *
   * @param state with the id its creator gave it
   * @param now nanoseconds
   * @return what became of it
   */
  public Insertion observe(PfState state, long now) {
    return put(kept(state), now);
  }

  /**
   * The data plane has opened a connection and holds its first packet until a peer has the state.
   * If the state is in the table, the sink hears exactly once what is to become of the packet.
   *
   * @param state with an id of this node's making
   * @param now nanoseconds
   * @return what became of the state
   */
  public Insertion defer(PfState state, long now) {
    PfState kept = kept(state);
    Insertion insertion = put(kept, now);
    if (insertion == Insertion.INSERTED || insertion == Insertion.REPLACED_CLOSED) {
      sender.deferred(kept, now);
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
    int row = table.find(id.id(), id.creatorId());
    if (row == StateTable.NO_ROW) {
      return false;
    }
    table.seek(row, cursor);
    int timeout = Timeouts.indexFor(cursor.proto(), src.state(), dst.state());
    table.update(row, src, dst, timeout, now);
    sender.updated(cursor, now);
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
    int row = table.find(id.id(), id.creatorId());
    if (row == StateTable.NO_ROW) {
      return false;
    }
    int stateFlags = table.seek(row, cursor).stateFlags();
    table.remove(row);
    removed.removed(id.id(), id.creatorId());
    sender.removed(id.id(), id.creatorId(), stateFlags, now);
    return true;
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
      table.expireRows(now, row -> expired(row, now));
    }
    queue.tick(now);
    deferrals.tick(now);
    liveness.tick(sender, now);
  }

  private void expired(int row, long now) {
    table.seek(row, cursor);
    PfState gone = sink.wantsStateEvents() ? cursor.state(now) : null;
    long id = cursor.id();
    int creatorId = cursor.creatorId();
    int stateFlags = cursor.stateFlags();
    table.remove(row);
    removed.expired(id, creatorId, now);
    sender.removed(id, creatorId, stateFlags, now);
    if (gone != null) {
      sink.event(PfsyncEvent.of(Kind.EXPIRED, gone));
    }
  }

  /**
   * When {@link #tick} is due next.
   *
   * @return nanoseconds
   */
  public long nextDeadlineNanos() {
    long next = queue.earliest(purgeNanos);
    next = deferrals.earliest(next);
    next = liveness.earliest(next);
    return bulkSend.earliest(bulkReceive.earliest(next));
  }

  /**
   * Sends what waits and takes back the demotion; the engine is not used afterwards.
   *
   * @param now nanoseconds
   */
  public void stop(long now) {
    try {
      deferrals.endAll(DeferOutcome.CLOSED, now);
      queue.flush(now);
    } finally {
      bulkReceive.giveUp();
    }
  }

  /**
   * An administrator has emptied the data plane: all states leave the table, and the peers forget
   * those of this node's making. The peers' own ones they announce again.
   *
   * @param now nanoseconds
   */
  public void clear(long now) {
    for (PfState state : table.states()) {
      table.remove(state.id(), state.creatorId());
      sender.removedByPeer(state.id(), state.creatorId(), now);
    }
    queue.clear("", now);
  }

  /**
   * How the bulk transfer towards this node is getting on.
   *
   * @param now nanoseconds
   * @return a snapshot
   */
  public BulkProgress receiving(long now) {
    return bulkReceive.progress(now);
  }

  /**
   * How the bulk transfer from this node is getting on.
   *
   * @param now nanoseconds
   * @return a snapshot
   */
  public BulkProgress sending(long now) {
    return bulkSend.progress(now);
  }

  /**
   * How alive a peer is.
   *
   * @param peer its number
   * @param now nanoseconds
   * @return a snapshot
   */
  public PeerStatus peer(int peer, long now) {
    return liveness.status(peer, now);
  }

  /**
   * How long the oldest message that has not been sent yet has been waiting.
   *
   * @param now nanoseconds
   * @return nanoseconds, 0 if none waits
   */
  public long waitingNanos(long now) {
    return queue.waitingNanos(now);
  }

  /**
   * The counters.
   *
   * @return a snapshot
   */
  public PfsyncStatistics statistics() {
    return counters.snapshot(queue.lag(), deferrals);
  }
}
