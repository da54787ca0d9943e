package org.pfha.pfsync.engine;

import java.util.OptionalLong;
import org.pfha.pf.PfState;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.BulkProgress.Phase;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/**
 * Sends the whole table to a peer that asked, a few packets at a time (spec pfsync 12.2).
 *
 * <pre>
 *   IDLE, DONE, FAILED, RUNNING --request: BUS start--> RUNNING --last state: BUS end--> DONE
 *   RUNNING --the network takes nothing, seven times--> FAILED
 * </pre>
 */
final class BulkSend {

  private static final long TICK_NANOS = 1_000_000L;
  private static final long RETRY_NANOS = 10_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int RETRIES = 6;

  private final StateTable table;
  private final SendQueue queue;
  private final PfsyncSink sink;
  private final Counters counters;
  private final int statesPerTick;
  private final StateRow cursor;
  private Phase phase = Phase.IDLE;
  private int row;
  private long visited;
  private long expected;
  private int retries;
  private long requestedNanos;
  private long tickNanos;

  BulkSend(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      SendQueue queue) {
    this.table = table;
    this.queue = queue;
    this.sink = sink;
    this.counters = counters;
    cursor = table.cursor();
    statesPerTick = settings.bulkPackets() * settings.statesPerPacket();
  }

  BulkProgress progress(long now) {
    return new BulkProgress(
        phase,
        phase == Phase.IDLE ? 0 : 1,
        visited,
        phase == Phase.IDLE ? OptionalLong.empty() : OptionalLong.of(expected),
        phase == Phase.IDLE ? 0 : now - requestedNanos);
  }

  /** The earlier of an instant and the one when there is something to do here. */
  long earliest(long next) {
    return phase == Phase.RUNNING && tickNanos - next < 0 ? tickNanos : next;
  }

  /** A second request begins again at the beginning. */
  void start(long now) {
    row = StateTable.NO_ROW;
    visited = 0;
    expected = table.size();
    retries = 0;
    phase = Phase.RUNNING;
    requestedNanos = now;
    tickNanos = now + TICK_NANOS;
    queue.bus(0, BulkReceive.START, now);
  }

  void tick(long now) {
    if (phase != Phase.RUNNING || now - tickNanos < 0) {
      return;
    }
    tickNanos = now + TICK_NANOS;
    int fromRow = row;
    long fromVisited = visited;
    long errors = counters.oerrors;
    boolean more = walk(now);
    queue.flush(now);
    if (counters.oerrors != errors) {
      row = fromRow;
      visited = fromVisited;
      tryAgain(now);
    } else if (!more) {
      phase = Phase.DONE;
      queue.bus((int) ((now - requestedNanos) / SECOND), BulkReceive.END, now);
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_DONE));
    } else {
      retries = 0;
    }
  }

  /** Queues the states of one tick; returns whether there are more. */
  private boolean walk(long now) {
    int queued = 0;
    int next = table.nextRow(row);
    while (next != StateTable.NO_ROW && queued < statesPerTick) {
      row = next;
      visited++;
      if (offer(next, now)) {
        queued++;
      }
      next = table.nextRow(row);
    }
    return next != StateTable.NO_ROW;
  }

  /** What a peer has told us since it asked, it knows better itself. */
  private boolean offer(int next, long now) {
    table.seek(next, cursor);
    long id = cursor.id();
    int creatorId = cursor.creatorId();
    Bucket bucket = queue.of(id);
    if ((cursor.stateFlags() & PfState.FLAG_NO_SYNC) != 0
        || bucket.holds(id, creatorId)
        || table.isHeardAfter(cursor, requestedNanos)) {
      return false;
    }
    bucket.fullUpdate(id, creatorId, now);
    return true;
  }

  /** An end without the states before it would make the peer believe that it has them all. */
  private void tryAgain(long now) {
    tickNanos = now + (RETRY_NANOS << retries);
    if (++retries > RETRIES) {
      phase = Phase.FAILED;
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_FAILED));
    }
  }
}
