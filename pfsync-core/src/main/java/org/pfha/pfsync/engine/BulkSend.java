package org.pfha.pfsync.engine;

import java.util.List;
import java.util.OptionalLong;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.BulkProgress.Phase;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/**
 * Sends the whole table to a peer that asked, a few packets at a time (spec pfsync 12.2).
 *
 * <pre>
 *   IDLE, DONE, FAILED, RUNNING --request: BUS start--> RUNNING --last state: BUS end--> DONE
 *   RUNNING --the network takes nothing for a second--> FAILED
 * </pre>
 */
final class BulkSend {

  private static final long TICK_NANOS = 1_000_000L;
  private static final long RETRY_NANOS = 10_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int RETRIES = (int) (SECOND / RETRY_NANOS);

  private final StateTable table;
  private final SendQueue queue;
  private final PfsyncSink sink;
  private final Counters counters;
  private final Heard heard;
  private final int statesPerTick;
  private List<PfState> waiting = List.of();
  private Phase phase = Phase.IDLE;
  private int next;
  private int retries;
  private long requestedNanos;
  private long tickNanos;

  BulkSend(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      SendQueue queue,
      Heard heard) {
    this.table = table;
    this.queue = queue;
    this.sink = sink;
    this.counters = counters;
    this.heard = heard;
    statesPerTick = settings.bulkPackets() * settings.statesPerPacket();
  }

  BulkProgress progress(long now) {
    return new BulkProgress(
        phase,
        phase == Phase.IDLE ? 0 : 1,
        next,
        phase == Phase.IDLE ? OptionalLong.empty() : OptionalLong.of(waiting.size()),
        phase == Phase.IDLE ? 0 : now - requestedNanos);
  }

  OptionalLong deadlineNanos() {
    return phase == Phase.RUNNING ? OptionalLong.of(tickNanos) : OptionalLong.empty();
  }

  /** A second request begins again at the beginning. */
  void start(long now) {
    waiting = table.states();
    next = 0;
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
    int from = next;
    long errors = counters.oerrors;
    for (int i = 0; i < statesPerTick && next < waiting.size(); ) {
      if (offer(waiting.get(next++), now)) {
        i++;
      }
    }
    queue.flush(now);
    if (counters.oerrors != errors) {
      again(from, now);
    } else if (next == waiting.size()) {
      phase = Phase.DONE;
      queue.bus((int) ((now - requestedNanos) / SECOND), BulkReceive.END, now);
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_DONE));
    } else {
      retries = 0;
    }
  }

  /** An end without the states before it would make the peer believe that it has them all. */
  private void again(int from, long now) {
    next = from;
    tickNanos = now + RETRY_NANOS;
    if (++retries > RETRIES) {
      phase = Phase.FAILED;
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_FAILED));
    }
  }

  /** What a peer has told us since it asked, it knows better itself. */
  private boolean offer(PfState state, long now) {
    long id = state.id();
    int creatorId = state.creatorId();
    Bucket bucket = queue.of(id);
    if (bucket.holds(id, creatorId) || heard.isAfter(id, creatorId, requestedNanos)) {
      return false;
    }
    bucket.fullUpdate(id, creatorId, now);
    return true;
  }
}
