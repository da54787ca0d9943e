package org.pfha.pfsync.engine;

import java.util.OptionalLong;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pf.Timeouts;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

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
  private final BulkReceive bulkReceive;
  private final BulkSend bulkSend;
  private final Receive receive;
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
    Heard heard = new Heard();
    counters = new Counters(settings.format().actionCount());
    queue = new SendQueue(table, settings, sink, counters);
    sender = new Sender(table, sink, queue, heard);
    bulkReceive = new BulkReceive(table.limit(), settings, sink, queue);
    bulkSend = new BulkSend(table, settings, sink, queue, heard);
    ReceiveStates states = new ReceiveStates(table, settings, sink, counters, sender);
    receive = new Receive(table, settings, sink, counters, states, sender, bulkReceive, bulkSend);
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
    Disposition disposition = receive.packet(bytes, offset, length, ttl, now);
    sender.packetRead(now);
    return disposition;
  }

  /**
   * The data plane has opened a connection.
   *
   * @param state with an id of this node's making
   * @param now nanoseconds
   * @return what became of it; announced only if it is in the table
   */
  public Insertion insert(PfState state, long now) {
    Insertion insertion = table.insert(state, now, closed -> sender.displaced(closed, now));
    if (insertion == Insertion.INSERTED || insertion == Insertion.REPLACED_CLOSED) {
      sender.inserted(state, now);
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
    if (updated != null) {
      sender.updated(updated, now);
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
    sender.removed(gone, now);
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
      table.expire(
          now,
          expired -> {
            sender.removed(expired, now);
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
