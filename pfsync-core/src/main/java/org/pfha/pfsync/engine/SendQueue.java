package org.pfha.pfsync.engine;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What is to be sent, one bucket: each state is in at most one queue, and contents are taken when
 * the packet is built (spec pfsync 11).
 */
final class SendQueue {

  private static final long HOLD_NANOS = 1_000_000_000L;
  private static final int IP_HEADER = 20;

  private enum Place {
    INS,
    INS_ACK,
    UPD,
    UPD_C,
    DEL_C
  }

  private static final class Item {
    Place place;
    int updates;

    Item(Place place) {
      this.place = place;
    }
  }

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final PfsyncWriter writer;
  private final byte[] buffer;
  private final Map<StateId, Item> items = new HashMap<>();
  private final Map<Place, Set<StateId>> places = new java.util.EnumMap<>(Place.class);
  private final Set<StateId> requests = new LinkedHashSet<>();
  private final Map<Integer, Integer> sizes = new LinkedHashMap<>();
  private boolean armed;
  private long deadlineNanos;

  SendQueue(StateTable table, PfsyncSettings settings, PfsyncSink sink, Counters counters) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.counters = counters;
    this.writer = new PfsyncWriter(settings.format());
    this.buffer = new byte[settings.mtu() - IP_HEADER];
    for (Place place : Place.values()) {
      places.put(place, new LinkedHashSet<>());
    }
  }

  boolean isArmed() {
    return armed;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean holds(StateId id) {
    return items.containsKey(id);
  }

  void inserted(StateId id, long now) {
    if (!items.containsKey(id)) {
      put(id, Place.INS, now);
    }
  }

  void acknowledge(StateId id, long now) {
    if (!items.containsKey(id)) {
      put(id, Place.INS_ACK, now);
    }
  }

  /** Returns whether the state has been updated often enough to flush. */
  void updated(PfState state, long now) {
    Item item = items.get(state.stateId());
    if (item == null || item.place == Place.INS_ACK) {
      put(state.stateId(), Place.UPD_C, now);
    } else if (state.proto() == PfState.TCP && ++item.updates >= settings.maxUpdates()) {
      flush(now);
    }
  }

  void fullUpdate(StateId id, long now) {
    Item item = items.get(id);
    if (item == null || item.place == Place.INS_ACK || item.place == Place.UPD_C) {
      put(id, Place.UPD, now);
    }
  }

  void removed(StateId id, long now) {
    Item item = items.get(id);
    if (item != null && item.place == Place.INS) {
      forget(id);
    } else {
      put(id, Place.DEL_C, now);
    }
  }

  /** The state is gone, or must not be sent; nobody is told. */
  void forget(StateId id) {
    Item item = items.remove(id);
    if (item != null) {
      at(item.place).remove(id);
    }
  }

  void request(StateId id, long now) {
    if (requests.add(id)) {
      makeRoom(now);
    }
  }

  boolean isEmpty() {
    return items.isEmpty() && requests.isEmpty();
  }

  private void put(StateId id, Place place, long now) {
    Item item = items.get(id);
    if (item == null) {
      items.put(id, new Item(place));
    } else {
      at(item.place).remove(id);
      item.place = place;
      item.updates = 0;
    }
    at(place).add(id);
    if (!armed) {
      armed = true;
      deadlineNanos = now + HOLD_NANOS;
    }
    makeRoom(now);
  }

  private Set<StateId> at(Place place) {
    return java.util.Objects.requireNonNull(places.get(place));
  }

  /** A full packet does not wait. */
  private void makeRoom(long now) {
    if (pendingBytes() > buffer.length) {
      flush(now);
    }
  }

  private int pendingBytes() {
    StateFormat format = settings.format();
    int bytes = PfsyncReader.HEADER + PfsyncReader.SECTION_HEADER;
    for (Map.Entry<Place, Set<StateId>> entry : places.entrySet()) {
      bytes += section(entry.getValue().size(), action(entry.getKey()), format);
    }
    return bytes + section(requests.size(), Action.UPD_REQ, format);
  }

  private static int section(int count, int action, StateFormat format) {
    return count == 0 ? 0 : PfsyncReader.SECTION_HEADER + count * format.messageSize(action);
  }

  private int action(Place place) {
    return switch (place) {
      case INS -> settings.format().insertAction();
      case INS_ACK -> Action.INS_ACK;
      case UPD -> settings.format().updateAction();
      case UPD_C -> Action.UPD_C;
      case DEL_C -> Action.DEL_C;
    };
  }

  /** Sends all there is, in the kernel's order of sections. */
  void flush(long now) {
    armed = false;
    if (isEmpty()) {
      return;
    }
    begin();
    for (Map.Entry<Place, Set<StateId>> entry : places.entrySet()) {
      int action = action(entry.getKey());
      for (StateId id : entry.getValue()) {
        write(action, entry.getKey(), id, now);
      }
      entry.getValue().clear();
    }
    items.clear();
    for (Iterator<StateId> it = requests.iterator(); it.hasNext(); it.remove()) {
      StateId id = it.next();
      room(Action.UPD_REQ);
      writer.name(Action.UPD_REQ, id.id(), id.creatorId());
    }
    end();
  }

  /** Sends what waits and behind it a bulk marker. */
  void bus(int endTime, int status, long now) {
    flush(now);
    begin();
    room(Action.BUS);
    writer.bus(settings.hostId(), endTime, status);
    end();
  }

  /** Sends what waits and behind it the order to forget our states. */
  void clear(long now) {
    flush(now);
    begin();
    room(Action.CLR);
    writer.clear("", settings.hostId());
    end();
  }

  private void write(int action, Place place, StateId id, long now) {
    if (place == Place.DEL_C || place == Place.INS_ACK) {
      room(action);
      writer.name(action, id.id(), id.creatorId());
      return;
    }
    PfState state = table.get(id.id(), id.creatorId(), now);
    if (state == null || (state.stateFlags() & PfState.FLAG_NO_SYNC) != 0) {
      return;
    }
    room(action);
    if (place == Place.UPD_C) {
      writer.update(id.id(), id.creatorId(), state.src(), state.dst(), state.timeout());
    } else {
      writer.state(action, state);
    }
  }

  private void begin() {
    writer.begin(buffer, 0, buffer.length, settings.checksum());
    sizes.clear();
  }

  private void room(int action) {
    if (!writer.fits(action)) {
      end();
      begin();
    }
    sizes.merge(action, 1, Integer::sum);
  }

  private void end() {
    if (writer.isEmpty()) {
      return;
    }
    boolean sent = sink.send(buffer, writer.end());
    if (sent) {
      counters.opackets++;
      sizes.forEach((action, count) -> counters.oacts[action] += count);
      counters.oacts[Action.EOF]++;
    } else {
      counters.oerrors++;
    }
  }
}
