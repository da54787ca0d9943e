package org.pfha.pfsync.engine;

import java.util.List;
import java.util.OptionalLong;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/** Sends the whole table to a peer that asked, a few packets at a time (spec pfsync 12.2). */
final class BulkSend {

  private static final long TICK_NANOS = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;

  /** As many as a kernel with four CPUs sends in a tick: one per bucket. */
  private static final int PACKETS_PER_TICK = 8;

  private final StateTable table;
  private final SendQueue queue;
  private final PfsyncSink sink;
  private final Heard heard;
  private final int statesPerTick;
  private List<PfState> waiting = List.of();
  private int next;
  private boolean sending;
  private long requestedNanos;
  private long tickNanos;

  BulkSend(
      StateTable table, PfsyncSettings settings, PfsyncSink sink, SendQueue queue, Heard heard) {
    this.table = table;
    this.queue = queue;
    this.sink = sink;
    this.heard = heard;
    statesPerTick =
        PACKETS_PER_TICK * Math.max(1, (settings.mtu() - 44) / settings.format().size());
  }

  OptionalLong deadlineNanos() {
    return sending ? OptionalLong.of(tickNanos) : OptionalLong.empty();
  }

  /** A second request begins again at the beginning. */
  void start(long now) {
    waiting = table.states();
    next = 0;
    sending = true;
    requestedNanos = now;
    tickNanos = now + TICK_NANOS;
    queue.bus(0, BulkReceive.START, now);
  }

  void tick(long now) {
    if (!sending || now - tickNanos < 0) {
      return;
    }
    tickNanos = now + TICK_NANOS;
    for (int i = 0; i < statesPerTick && next < waiting.size(); ) {
      if (offer(waiting.get(next++), now)) {
        i++;
      }
    }
    queue.flush(now);
    if (next == waiting.size()) {
      sending = false;
      waiting = List.of();
      queue.bus((int) ((now - requestedNanos) / SECOND), BulkReceive.END, now);
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_DONE));
    }
  }

  /** What a peer has told us since it asked, it knows better itself. */
  private boolean offer(PfState state, long now) {
    if (queue.holds(state.stateId()) || heard.isAfter(state.stateId(), requestedNanos)) {
      return false;
    }
    queue.fullUpdate(state.stateId(), now);
    return true;
  }
}
