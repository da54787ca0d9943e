package org.pfha.pfsync.engine;

import java.util.OptionalLong;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.BulkProgress.Phase;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.PfsyncReader;

/**
 * Waits for all of a peer's states; stands back meanwhile (spec pfsync 12.1).
 *
 * <pre>
 *   IDLE, DONE, FAILED --request--> REQUESTED --BUS start--> RUNNING --BUS end--> DONE
 *   REQUESTED, RUNNING --timer--> REQUESTED, the 13th time, or past the deadline --> FAILED
 *   REQUESTED --BUS end--> DONE   (the start was lost, or overtaken)
 * </pre>
 */
final class BulkReceive {

  static final int START = 1;
  static final int END = 2;

  private static final int RETRIES = 12;
  private static final long SECOND = 1_000_000_000L;
  private static final long RETRY_NANOS = 5 * SECOND;
  private static final long START_NANOS = 4 * SECOND;
  private static final long TICK_NANOS = 1_000_000L;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final SendQueue queue;
  private final Liveness liveness;
  private Phase phase = Phase.IDLE;
  private int retries;
  private long requestedNanos;
  private long deadlineNanos;
  private long giveUpNanos;
  private long updatesBefore;
  private long expected;
  private long received;

  BulkReceive(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      SendQueue queue,
      Liveness liveness) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.counters = counters;
    this.queue = queue;
    this.liveness = liveness;
  }

  boolean isAwaiting() {
    return phase == Phase.REQUESTED || phase == Phase.RUNNING;
  }

  BulkProgress progress(long now) {
    return new BulkProgress(
        phase,
        phase == Phase.IDLE ? 0 : retries + 1,
        isAwaiting() ? counters.updates() - updatesBefore : received,
        expected > 0 ? OptionalLong.of(expected) : OptionalLong.empty(),
        phase == Phase.IDLE ? 0 : now - requestedNanos);
  }

  /** The earlier of an instant and the one when there is something to do here. */
  long earliest(long next) {
    return isAwaiting() && deadlineNanos - next < 0 ? deadlineNanos : next;
  }

  void request(long now) {
    boolean awaiting = isAwaiting();
    retries = 0;
    requestedNanos = now;
    giveUpNanos = now + settings.bulkDeadlineNanos();
    updatesBefore = counters.updates();
    expected = Math.max(table.size(), received);
    phase = Phase.REQUESTED;
    if (!awaiting) {
      sink.demote(true);
    }
    ask(now);
  }

  private void ask(long now) {
    phase = Phase.REQUESTED;
    wait(now, RETRY_NANOS);
    sink.event(PfsyncEvent.of(Kind.BULK_REQUESTED));
    queue.first().request(0, 0, now);
    queue.first().flush(now);
  }

  /** A peer that begins again and again must not keep this node demoted for ever. */
  private void wait(long now, long nanos) {
    deadlineNanos = giveUpNanos - (now + nanos) < 0 ? giveUpNanos : now + nanos;
  }

  /** A BUS section; only its first message counts. */
  void marker(PfsyncReader reader, long now) {
    if (!isAwaiting()) {
      sink.event(PfsyncEvent.of(Kind.BUS_IGNORED));
      return;
    }
    if (!reader.hasMessage(0)) {
      return;
    }
    long endTime = reader.busEndTime(0);
    switch (reader.busStatus(0)) {
      case START -> {
        phase = Phase.RUNNING;
        updatesBefore = counters.updates();
        wait(now, START_NANOS + table.limit() / perPacket() * TICK_NANOS);
        liveness.effect();
        sink.event(PfsyncEvent.of(Kind.BULK_RECEIVE_START, endTime));
      }
      case END -> {
        if ((now - requestedNanos) / SECOND >= endTime) {
          liveness.effect();
          sink.event(PfsyncEvent.of(Kind.BULK_RECEIVE_DONE, endTime));
          finish(Phase.DONE);
        } else {
          sink.event(PfsyncEvent.of(Kind.BULK_END_BAD_TIMESTAMP, endTime));
        }
      }
      default -> sink.event(PfsyncEvent.of(Kind.BUS_UNKNOWN_STATUS));
    }
  }

  /** Whatever a peer sends, in its largest messages (spec 12.1 step 3). */
  private int perPacket() {
    return Math.max(1, (settings.payload() - 24) / settings.profile().newest().size());
  }

  void tick(long now) {
    if (!isAwaiting() || now - deadlineNanos < 0) {
      return;
    }
    long late = now - deadlineNanos;
    if (late > RETRY_NANOS) {
      // This node slept; time in which it could hear nobody does not count.
      giveUpNanos += late;
    }
    if (retries < RETRIES && now - giveUpNanos < 0) {
      retries++;
      ask(now);
    } else {
      sink.event(PfsyncEvent.of(Kind.BULK_FAILED));
      giveUp();
    }
  }

  /** Waits no longer; a demotion that stays would keep this node from ever being master. */
  void giveUp() {
    if (isAwaiting()) {
      finish(Phase.FAILED);
    }
  }

  private void finish(Phase end) {
    received = counters.updates() - updatesBefore;
    phase = end;
    sink.demote(false);
  }
}
