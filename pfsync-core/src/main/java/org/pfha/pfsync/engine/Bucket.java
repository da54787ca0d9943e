package org.pfha.pfsync.engine;

import org.pfha.pf.PfState;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.Action;

/**
 * One of the queues to send from: at most one packet of names. A state is in at most one place, and
 * contents are taken when the packet is built (spec pfsync 11).
 */
final class Bucket {

  /** Packet header and EOF section. */
  private static final int FRAME = 24;

  private static final int SECTION_HEADER = 4;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final Outbox outbox;
  private final Deferrals deferrals;
  private final StateRow cursor;
  private final NameSlab names;
  private final NameSlab requests;
  private final int[] sizes = new int[Place.COUNT];
  private boolean armed;
  private long sinceNanos;

  Bucket(StateTable table, PfsyncSettings settings, Outbox outbox, Deferrals deferrals) {
    this.table = table;
    this.settings = settings;
    this.outbox = outbox;
    this.deferrals = deferrals;
    cursor = table.cursor();
    int capacity = 0;
    for (int i = 0; i < Place.COUNT; i++) {
      sizes[i] = settings.format().messageSize(Place.action(i, settings.format()));
      // No section may be larger than a receiver accepts, however large the packet.
      capacity += Action.MAX_SECTION / sizes[i];
    }
    names = new NameSlab(capacity, Place.COUNT);
    requests = new NameSlab(Action.MAX_SECTION / sizes[Place.UPD_REQ], 1);
  }

  boolean isArmed() {
    return armed;
  }

  /** When the one-second timer of what waits is due. */
  long deadlineNanos() {
    return sinceNanos + settings.flushDelayNanos();
  }

  /** When the oldest of what waits came. */
  long sinceNanos() {
    return sinceNanos;
  }

  boolean isEmpty() {
    return names.isEmpty() && requests.isEmpty();
  }

  /** Whether a state waits to be sent; that another of its name was deleted does not count. */
  boolean holds(long id, int creatorId) {
    int slot = names.find(id, creatorId);
    return slot != NameSlab.NONE && names.list(slot) != Place.DEL_C;
  }

  /**
   * Where a state of the table waits. If the end of an earlier state of its name waits, that goes
   * first: the order of sections would let it follow the new one's beginning.
   */
  private int find(long id, int creatorId, long now) {
    int slot = names.find(id, creatorId);
    if (slot != NameSlab.NONE && names.list(slot) == Place.DEL_C) {
      flush(now);
      return NameSlab.NONE;
    }
    return slot;
  }

  void inserted(long id, int creatorId, long now) {
    if (find(id, creatorId, now) == NameSlab.NONE) {
      add(id, creatorId, Place.INS, now);
    }
  }

  void acknowledge(long id, int creatorId, long now) {
    if (find(id, creatorId, now) == NameSlab.NONE) {
      add(id, creatorId, Place.INS_ACK, now);
    }
  }

  void updated(long id, int creatorId, boolean tcp, long now) {
    int slot = find(id, creatorId, now);
    if (slot == NameSlab.NONE) {
      add(id, creatorId, Place.UPD_C, now);
    } else if (names.list(slot) == Place.INS_ACK) {
      move(slot, Place.UPD_C, now);
    } else if (tcp && names.count(slot) >= settings.maxUpdates()) {
      flush(now);
    }
  }

  void fullUpdate(long id, int creatorId, long now) {
    int slot = find(id, creatorId, now);
    if (slot == NameSlab.NONE) {
      add(id, creatorId, Place.UPD, now);
    } else if (names.list(slot) == Place.INS_ACK || names.list(slot) == Place.UPD_C) {
      move(slot, Place.UPD, now);
    }
  }

  void removed(long id, int creatorId, long now) {
    int slot = names.find(id, creatorId);
    if (slot == NameSlab.NONE) {
      add(id, creatorId, Place.DEL_C, now);
    } else if (names.list(slot) == Place.INS) {
      names.remove(slot);
    } else if (names.list(slot) != Place.DEL_C) {
      move(slot, Place.DEL_C, now);
    }
  }

  /** The state is gone, or must not be sent; nobody is told. */
  void forget(long id, int creatorId) {
    int slot = names.find(id, creatorId);
    if (slot != NameSlab.NONE) {
      names.remove(slot);
    }
  }

  void request(long id, int creatorId, long now) {
    if (requests.find(id, creatorId) == NameSlab.NONE) {
      makeRoom(Place.UPD_REQ, now);
      arm(now);
      requests.add(id, creatorId, 0);
    }
  }

  private void add(long id, int creatorId, int place, long now) {
    makeRoom(place, now);
    arm(now);
    names.add(id, creatorId, place);
  }

  private void move(int slot, int place, long now) {
    long id = names.id(slot);
    int creatorId = names.creatorId(slot);
    names.remove(slot);
    add(id, creatorId, place, now);
  }

  private void arm(long now) {
    if (!armed) {
      armed = true;
      sinceNanos = now;
    }
  }

  /** A full packet does not wait: the message that does not fit begins the next one. */
  private void makeRoom(int place, long now) {
    int size = sizes[place];
    int section = count(place) * size;
    int needed = bytes(place, 1 + count(place)) - bytes(place, count(place));
    if (section + size > Action.MAX_SECTION || bytes() + needed > settings.payload()) {
      flush(now);
    }
  }

  private int count(int place) {
    return place == Place.UPD_REQ ? requests.size(0) : names.size(place);
  }

  private int bytes() {
    int bytes = FRAME;
    for (int i = 0; i < Place.COUNT; i++) {
      bytes += bytes(i, count(i));
    }
    return bytes;
  }

  private int bytes(int place, int count) {
    boolean apart = settings.oneStatePerSection() && (place == Place.INS || place == Place.UPD);
    int sections = count == 0 ? 0 : apart ? count : 1;
    return sections * SECTION_HEADER + count * sizes[place];
  }

  /** Sends all there is, in the kernel's order of sections. */
  void flush(long now) {
    if (!armed) {
      return;
    }
    armed = false;
    if (isEmpty()) {
      return;
    }
    outbox.begin(sinceNanos, now);
    for (int i = 0; i < Place.UPD_REQ; i++) {
      int action = Place.action(i, settings.format());
      for (int slot = names.head(i); slot != NameSlab.NONE; slot = names.next(slot)) {
        write(i, action, names.id(slot), names.creatorId(slot));
      }
    }
    for (int slot = requests.head(0); slot != NameSlab.NONE; slot = requests.next(slot)) {
      outbox.name(Action.UPD_REQ, requests.id(slot), requests.creatorId(slot));
    }
    names.clear();
    requests.clear();
    outbox.end();
  }

  private void write(int place, int action, long id, int creatorId) {
    if (place == Place.DEL_C || place == Place.INS_ACK) {
      outbox.name(action, id, creatorId);
      return;
    }
    int row = table.find(id, creatorId);
    if (row != StateTable.NO_ROW
        && (table.seek(row, cursor).stateFlags() & PfState.FLAG_NO_SYNC) == 0) {
      boolean wantsAck = place == Place.INS && deferrals.holds(id, creatorId);
      outbox.state(action, cursor, wantsAck ? PfState.FLAG_ACK : 0);
    }
  }
}
