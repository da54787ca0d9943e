package org.pfha.pfsync.engine;

import java.util.OptionalLong;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.PfsyncReader;

/** Waits for all of a peer's states; stands back meanwhile (spec pfsync 12.1). */
final class BulkReceive {

  static final int START = 1;
  static final int END = 2;

  private static final StateId EVERYTHING = new StateId(0, 0);
  private static final int RETRIES = 12;
  private static final long SECOND = 1_000_000_000L;
  private static final long RETRY_NANOS = 5 * SECOND;
  private static final long START_NANOS = 4 * SECOND;
  private static final long TICK_NANOS = 1_000_000L;

  private final int stateLimit;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final SendQueue queue;
  private boolean awaiting;
  private int retries;
  private long requestedNanos;
  private long deadlineNanos;

  BulkReceive(int stateLimit, PfsyncSettings settings, PfsyncSink sink, SendQueue queue) {
    this.stateLimit = stateLimit;
    this.settings = settings;
    this.sink = sink;
    this.queue = queue;
  }

  boolean isAwaiting() {
    return awaiting;
  }

  OptionalLong deadlineNanos() {
    return awaiting ? OptionalLong.of(deadlineNanos) : OptionalLong.empty();
  }

  void request(long now) {
    if (!awaiting) {
      awaiting = true;
      sink.demote(true);
    }
    retries = 0;
    requestedNanos = now;
    ask(now);
  }

  private void ask(long now) {
    deadlineNanos = now + RETRY_NANOS;
    sink.event(PfsyncEvent.of(Kind.BULK_REQUESTED));
    queue.request(EVERYTHING, now);
    queue.flush(now);
  }

  /** A BUS section; only its first message counts. */
  void marker(PfsyncReader reader, long now) {
    if (!awaiting) {
      sink.event(PfsyncEvent.of(Kind.BUS_IGNORED));
      return;
    }
    if (!reader.hasMessage(0)) {
      return;
    }
    long endTime = reader.busEndTime(0);
    switch (reader.busStatus(0)) {
      case START -> {
        int perPacket = (settings.mtu() - 44) / settings.format().size();
        deadlineNanos = now + START_NANOS + stateLimit / perPacket * TICK_NANOS;
        sink.event(PfsyncEvent.of(Kind.BULK_RECEIVE_START, endTime));
      }
      case END -> {
        if ((now - requestedNanos) / SECOND >= endTime) {
          sink.event(PfsyncEvent.of(Kind.BULK_RECEIVE_DONE, endTime));
          giveUp();
        } else {
          sink.event(PfsyncEvent.of(Kind.BULK_END_BAD_TIMESTAMP, endTime));
        }
      }
      default -> sink.event(PfsyncEvent.of(Kind.BUS_UNKNOWN_STATUS));
    }
  }

  void tick(long now) {
    if (!awaiting || now - deadlineNanos < 0) {
      return;
    }
    if (retries++ < RETRIES) {
      ask(now);
    } else {
      sink.event(PfsyncEvent.of(Kind.BULK_FAILED));
      giveUp();
    }
  }

  /** Waits no longer; a demotion that stays would keep this node from ever being master. */
  void giveUp() {
    if (awaiting) {
      awaiting = false;
      sink.demote(false);
    }
  }
}
