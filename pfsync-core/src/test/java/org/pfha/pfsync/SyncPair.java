package org.pfha.pfsync;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** Two hosts on a sync link, em2, and on a second one, em3; nothing runs on them yet. */
final class SyncPair {

  static final int A = 0xa;
  static final int B = 0xb;
  static final Duration A_WHILE = Duration.ofSeconds(3);

  final SimNetwork net = new SimNetwork(7);
  final SimSegment sync = net.segment("sync");
  final SimSegment spare = net.segment("spare");
  final SimHost hostA = net.host("fw-a");
  final SimHost hostB = net.host("fw-b");
  final StateTable tableA = StateTable.withLimit(10_000);
  final StateTable tableB = StateTable.withLimit(10_000);
  final DemotionLedger ledger = new DemotionLedger();
  final List<PfsyncEvent> events = new ArrayList<>();

  SyncPair() {
    hostA.attach(sync, "em2", "172.16.1.2/24", "2001:db8:1::2/64");
    hostB.attach(sync, "em2", "172.16.1.3/24", "2001:db8:1::3/64");
    hostA.attach(spare, "em3", "172.16.2.2/24");
    hostB.attach(spare, "em3", "172.16.2.3/24");
  }

  /** A node on A that lacks a peer. */
  PfsyncNodeBuilder onA() {
    return PfsyncNode.builder(hostA).onInterface("em2").table(tableA).creatorId(A);
  }

  /** A node on B that lacks a peer; its events are kept. */
  PfsyncNodeBuilder onB() {
    return PfsyncNode.builder(hostB)
        .onInterface("em2")
        .table(tableB)
        .creatorId(B)
        .onEvent(events::add);
  }

  PfsyncNode startA() throws IOException {
    return onA().peer("172.16.1.3").start();
  }

  PfsyncNode startB() throws IOException {
    return onB().peer("172.16.1.2").start();
  }

  long seen(Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  void advance(Duration time) {
    net.advance(time);
  }

  void advance() {
    net.advance(A_WHILE);
  }

  static byte[] insert(PfState state) {
    return packet(writer -> writer.state(Action.INS, state));
  }

  static byte[] packet(java.util.function.Consumer<PfsyncWriter> content) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    content.accept(writer.begin(buffer, 0, buffer.length, new byte[16]));
    return java.util.Arrays.copyOf(buffer, writer.end());
  }

  static void send(SimHost from, String link, String to, byte[] payload) throws IOException {
    from.send(
        new OutboundPacket(
            link,
            PfsyncNode.PROTOCOL,
            null,
            LinkAddress.parse(to).address(),
            255,
            0x10,
            true,
            null,
            payload));
  }
}
