package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.PfState;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** What a sync link must carry. */
class SyncBandwidthTest {

  private static final long GIGABIT = 1_000_000_000L;

  @Test
  void theUsualFormulas() {
    SyncBandwidth estimate =
        SyncBandwidth.of(
            SyncLoad.forwarding(10_000, 50_000).throughput(10 * GIGABIT),
            StateFormat.V1301,
            1500,
            GIGABIT);

    assertThat(estimate.ruleOfThumbBytesPerSecond())
        .isEqualTo(2 * (10_000 * 400 + 50_000 * 300))
        .isEqualTo(38_000_000);
    assertThat(estimate.throughputShareBytesPerSecond()).isEqualTo(125_000_000);
    assertThat(estimate.neededBitsPerSecond()).isEqualTo(304_000_000);
    assertThat(estimate.suffices()).isTrue();
    assertThat(estimate.text())
        .contains("38,000,000 B/s = 304.0 Mbit/s", "10 %", "a link of 1,000.0 Mbit/s will do");
  }

  /** Against packets that the library really makes. */
  @ParameterizedTest
  @EnumSource(names = "OPENBSD6", mode = EnumSource.Mode.EXCLUDE)
  void computedFiguresAreThoseOfRealPackets(StateFormat format) {
    int connections = 100;
    PfState state = States.tcp(1, 1);
    List<Message> inserts = new ArrayList<>();
    List<Message> deletes = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      inserts.add(new Message.FullState(format.insertAction(), state.createdBy(i, 1)));
      deletes.add(new Message.Named(Action.DEL_C, i, 1));
    }
    List<byte[]> packets = new ArrayList<>(packed(inserts, format));
    packets.addAll(packed(deletes, format));

    SyncBandwidth estimate =
        SyncBandwidth.of(new SyncLoad(connections, 0, 1, 0), format, 1500, GIGABIT);

    assertThat(estimate.packed().packetsPerSecond()).isEqualTo(packets.size());
    assertThat(estimate.packed().ipBytesPerSecond())
        .isEqualTo(packets.stream().mapToLong(packet -> packet.length + 20).sum());
    assertThat(estimate.packed().wireBytesPerSecond())
        .isEqualTo(packets.stream().mapToLong(packet -> packet.length + 20 + 38).sum());
    assertThat(estimate.unpacked().packetsPerSecond()).isEqualTo(2L * connections);
    assertThat(estimate.unpacked().wireBytesPerSecond())
        .isGreaterThan(estimate.packed().wireBytesPerSecond());
  }

  private static List<byte[]> packed(List<Message> messages, StateFormat format) {
    return PfsyncPacket.pack(
        messages, new PfsyncWriter(format), format.payloadLimit(1500), new byte[16]);
  }

  @Test
  void manyConnectionsWantALargeLinkOrSeparateInterfaces() {
    SyncLoad load = SyncLoad.forwarding(50_001, 0);

    SyncBandwidth small = SyncBandwidth.of(load, StateFormat.V1400, 1500, GIGABIT);
    assertThat(small.suffices()).isFalse();
    assertThat(small.objections())
        .anyMatch(text -> text.contains("10 Gbit/s link, or separate interfaces"));
    assertThat(small.text()).contains("will not do:", "50,000 connections/s");
    assertThat(SyncBandwidth.of(load, StateFormat.V1400, 1500, 10 * GIGABIT).suffices()).isTrue();
    assertThat(SyncBandwidth.of(SyncLoad.forwarding(1000, 0), StateFormat.V1400, 1500, GIGABIT))
        .matches(SyncBandwidth::suffices);
  }

  @Test
  void aLinkThatIsTooSlowIsCalledThat() {
    SyncLoad load = SyncLoad.forwarding(20_000, 100_000);

    SyncBandwidth hopeless = SyncBandwidth.of(load, StateFormat.V1500, 1500, GIGABIT / 10);
    assertThat(hopeless.objections()).anyMatch(text -> text.contains("states will be lost"));
    SyncBandwidth tight = SyncBandwidth.of(load, StateFormat.V1500, 1500, GIGABIT / 2);
    assertThat(tight.packed().wireBitsPerSecond()).isLessThan(GIGABIT / 2);
    assertThat(tight.objections()).anyMatch(text -> text.contains("no headroom"));
  }

  @Test
  void nothingToTellNeedsNothing() {
    SyncBandwidth idle =
        SyncBandwidth.of(SyncLoad.forwarding(0, 0), StateFormat.V1500, 1500, 1_000_000);
    assertThat(idle.neededBitsPerSecond()).isZero();
    assertThat(idle.suffices()).isTrue();
  }

  @Test
  void impossibleLoadsAreRefused() {
    assertThatThrownBy(() -> SyncLoad.forwarding(-1, 0)).hasMessageContaining("-1");
    assertThatThrownBy(() -> new SyncLoad(1, 1, 3, 0)).hasMessageContaining("3 states");
    assertThatThrownBy(
            () -> SyncBandwidth.of(SyncLoad.forwarding(1, 1), StateFormat.V1301, 100, GIGABIT))
        .hasMessageContaining("MTU 100");
  }
}
