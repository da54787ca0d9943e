package org.pfha.pfsync.engine;

import java.util.Arrays;
import org.pfha.pf.StateRow;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;

/** Builds packets in one buffer, hands them to the sink and counts them. */
final class Outbox {

  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final PfsyncWriter writer;
  private final byte[] buffer;
  private final long[] messages;
  private final Histogram lag = new Histogram();
  private long sinceNanos;
  private long nowNanos;

  Outbox(PfsyncSettings settings, PfsyncSink sink, Counters counters) {
    this.settings = settings;
    this.sink = sink;
    this.counters = counters;
    writer = new PfsyncWriter(settings.format(), settings.oneStatePerSection());
    buffer = new byte[settings.payload()];
    messages = new long[counters.oacts.length];
  }

  /** How long the oldest message of each packet had waited. */
  Histogram lag() {
    return lag;
  }

  /** Begins a packet whose oldest message has been waiting since an instant. */
  void begin(long since, long now) {
    sinceNanos = since;
    nowNanos = now;
    begin();
  }

  private void begin() {
    writer.begin(buffer, 0, buffer.length, settings.checksum());
    Arrays.fill(messages, 0);
  }

  void name(int action, long id, int creatorId) {
    room(action);
    writer.name(action, id, creatorId);
  }

  /** Writes an INS, UPD or UPD_C. */
  void state(int action, StateRow row, int addedFlags) {
    room(action);
    if (action == Action.UPD_C) {
      writer.update(row);
    } else {
      writer.state(action, row, addedFlags, nowNanos);
    }
  }

  void bus(int endTime, int status, long now) {
    begin(now, now);
    room(Action.BUS);
    writer.bus(settings.hostId(), endTime, status);
    end();
  }

  void clear(String ifname, long now) {
    begin(now, now);
    room(Action.CLR);
    writer.clear(ifname, settings.hostId());
    end();
  }

  /** Who writes keeps to what fits; a packet too many is better than none. */
  private void room(int action) {
    if (!writer.fits(action)) {
      end();
      begin();
    }
    messages[action]++;
  }

  void end() {
    if (writer.isEmpty()) {
      return;
    }
    if (sink.send(buffer, writer.end())) {
      counters.opackets++;
      for (int action = 0; action < messages.length; action++) {
        counters.oacts[action] += messages[action];
      }
      counters.oacts[Action.EOF]++;
      lag.record(nowNanos - sinceNanos);
    } else {
      counters.oerrors++;
    }
  }
}
