package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEngine.Disposition;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;

/**
 * Reads a packet section by section (spec pfsync 4): those about states go to {@link
 * ReceiveStates}, the conversation between nodes is answered here.
 */
final class Receive {

  private static final int TTL = 255;

  private final StateTable table;
  private final PfsyncSettings settings;
  private final PfsyncSink sink;
  private final Counters counters;
  private final ReceiveStates states;
  private final Sender sender;
  private final Liveness liveness;
  private final BulkReceive bulkReceive;
  private final BulkSend bulkSend;
  private final PfsyncReader reader;

  Receive(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      ReceiveStates states,
      Sender sender,
      Liveness liveness,
      BulkReceive bulkReceive,
      BulkSend bulkSend) {
    this.table = table;
    this.settings = settings;
    this.sink = sink;
    this.counters = counters;
    this.states = states;
    this.bulkReceive = bulkReceive;
    this.bulkSend = bulkSend;
    this.sender = sender;
    this.liveness = liveness;
    reader = new PfsyncReader(settings.profile().newest());
  }

  /**
   * Looks up what the next packets of a batch name, as far as there is room. Changes nothing; what
   * the packets do to each other shows only when they are read.
   *
   * @return the packet where room ended, or the number of packets
   */
  int ahead(PacketBatch batch) {
    states.clearAhead();
    int packet = batch.next();
    while (packet < batch.count() && ahead(batch, packet)) {
      packet++;
    }
    states.fetchAhead();
    return packet;
  }

  private boolean ahead(PacketBatch batch, int packet) {
    reader.wrap(batch.bytes(), batch.offset(packet), batch.length(packet));
    if (batch.ttl(packet) != TTL || reader.check() != PfsyncReader.Check.OK) {
      return true;
    }
    RuleMapping rules = settings.rulesOf(reader);
    while (reader.next(bulkReceive.isAwaiting()) == PfsyncReader.Step.SECTION) {
      if (!states.ahead(reader, batch.bytes(), rules)) {
        return false;
      }
    }
    return true;
  }

  /** Nothing is known of the packets to come. */
  void clearAhead() {
    states.clearAhead();
  }

  Disposition packet(byte[] bytes, int offset, int length, int ttl, int peer, long now) {
    counters.ipackets++;
    if (ttl != TTL) {
      counters.badttl++;
      return Disposition.DROP_PACKET;
    }
    switch (reader.wrap(bytes, offset, length).check()) {
      case HDROPS -> counters.hdrops++;
      case BADVER -> counters.badver++;
      case BADLEN -> counters.badlen++;
      case OK -> {
        liveness.packet(peer, now);
        return sections(bytes, now);
      }
    }
    return Disposition.DROP_PACKET;
  }

  private Disposition sections(byte[] bytes, long now) {
    RuleMapping rules = settings.rulesOf(reader);
    if (rules == null) {
      counters.otherRules++;
    }
    while (true) {
      PfsyncReader.Step step = reader.next(bulkReceive.isAwaiting());
      switch (step) {
        case END -> {
          return Disposition.COMPLETE;
        }
        case UNKNOWN_ACTION -> {
          counters.badact++;
          return Disposition.DROP_REMAINDER;
        }
        default -> counters.iacts[reader.action()] += reader.count();
      }
      switch (step) {
        case EOF -> {
          return Disposition.COMPLETE;
        }
        case EOF_BADLEN -> {
          counters.badlen++;
          return Disposition.COMPLETE;
        }
        case BADACT -> {
          counters.badact++;
          return Disposition.DROP_REMAINDER;
        }
        case BADLEN -> {
          counters.badlen++;
          return Disposition.DROP_REMAINDER;
        }
        default -> section(bytes, rules, now);
      }
    }
  }

  private void section(byte[] bytes, @Nullable RuleMapping rules, long now) {
    int action = reader.action();
    if (settings.profile().newest().isInsert(action)) {
      states.inserts(reader, bytes, rules, now);
    } else if (settings.profile().newest().isUpdate(action)) {
      states.updates(reader, bytes, rules, now);
    } else {
      switch (action) {
        case Action.UPD_C -> states.compressedUpdates(reader, bytes, now);
        case Action.DEL_C -> states.deletes(reader, now);
        case Action.DEL -> states.fullDeletes(reader, bytes, now);
        case Action.CLR -> states.clears(reader, now);
        case Action.INS_ACK -> acknowledgements(now);
        case Action.UPD_REQ -> requests(now);
        case Action.BUS -> bulkReceive.marker(reader, now);
        case Action.TDB -> sink.event(PfsyncEvent.of(Kind.TDB_SKIPPED));
        default -> throw new AssertionError("action " + action + " passed the reader");
      }
    }
  }

  private void acknowledgements(long now) {
    for (int i = 0; i < reader.count(); i++) {
      acknowledged(reader.id(i), reader.creatorId(i), now);
    }
  }

  private void requests(long now) {
    for (int i = 0; i < reader.count(); i++) {
      requested(reader.id(i), reader.creatorId(i), now);
    }
  }

  private void acknowledged(long id, int creatorId, long now) {
    boolean known = table.get(id, creatorId) != null;
    sink.event(PfsyncEvent.of(known ? Kind.ACK : Kind.ACK_UNKNOWN_STATE, id, creatorId));
    if (known) {
      sender.acknowledged(id, creatorId, now);
    }
  }

  private void requested(long id, int creatorId, long now) {
    if (id == 0 && creatorId == 0) {
      sink.event(PfsyncEvent.of(Kind.BULK_SEND_START));
      bulkSend.start(now);
      return;
    }
    PfState known = table.get(id, creatorId);
    if (known == null) {
      counters.badstate++;
      sink.event(PfsyncEvent.of(Kind.UNKNOWN_STATE, id, creatorId));
    } else {
      sender.requested(known, now);
    }
  }
}
