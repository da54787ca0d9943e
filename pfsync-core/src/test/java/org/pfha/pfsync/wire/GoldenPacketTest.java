package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.PfsyncReader.Step;

class GoldenPacketTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "01-ins-tcp4",
        "02-ins-udp6",
        "03-ins-icmp4",
        "04-ins-tcp4-nat",
        "05-ins-tcp6-anchor-scrub",
        "06-ins-batch3",
        "07-upd-progress",
        "08-updc-known-and-unknown",
        "09-updc-stale",
        "10-updreq",
        "11-delc",
        "12-ins-ack",
        "13-bus-start",
        "14-bus-end",
        "15-clr-all",
        "16-clr-iface",
        "17-multi-section",
        "18-ins-unknown-interface",
        "41-del-full"
      })
  void decodesAndEncodesToTheSameBytes(String name) throws Exception {
    byte[] packet = load(name);
    PfsyncReader reader = new PfsyncReader(StateFormat.V1301).wrap(packet, 0, packet.length);
    assertThat(reader.check()).isEqualTo(Check.OK);
    byte[] copy = new byte[packet.length];
    PfsyncWriter writer =
        new PfsyncWriter(StateFormat.V1301).begin(copy, 0, copy.length, reader.checksum());
    Step step;
    while ((step = reader.next(true)) == Step.SECTION) {
      for (int i = 0; i < reader.count(); i++) {
        copyMessage(packet, reader, i, writer);
      }
    }
    assertThat(step).isEqualTo(Step.EOF);
    assertThat(writer.end()).isEqualTo(packet.length);
    assertThat(copy).isEqualTo(packet);
  }

  @Test
  void randomBytesNeverThrow() throws Exception {
    long seed = 1301;
    Random random = new Random(seed);
    byte[] golden = load("17-multi-section");
    PfsyncReader reader = new PfsyncReader(StateFormat.V1301);
    for (int run = 0; run < 20_000; run++) {
      byte[] packet = golden.clone();
      for (int i = random.nextInt(12); i >= 0; i--) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(packet.length + 1);
      if (reader.wrap(packet, 0, length).check() == Check.OK) {
        while (reader.next(random.nextBoolean()) == Step.SECTION) {
          assertThat(reader.count()).as("seed %d run %d", seed, run).isBetween(0, 65535);
        }
      }
      PfsyncReader.states(packet, StateFormat.V1301);
    }
  }

  @Test
  void statesOfAPacketFillATable() throws Exception {
    StateTable table = StateTable.withLimit(10);
    StateTable reversed = StateTable.withLimit(10);
    var states = PfsyncReader.states(load("06-ins-batch3"), StateFormat.V1301);
    states.forEach(state -> table.insert(state, 0));
    for (int i = states.size() - 1; i >= 0; i--) {
      reversed.insert(states.get(i), 0);
    }
    assertThat(table.size()).isEqualTo(3);
    assertThat(table.identityDigest()).isEqualTo(reversed.identityDigest()).isNotZero();
    assertThat(table.progressDigest()).isEqualTo(reversed.progressDigest());
    assertThat(table.diff(reversed).isEmpty()).isTrue();
    PfState first = states.get(0);
    assertThat(table.insert(first, 0)).isEqualTo(StateTable.Insertion.DUPLICATE_ID);
    table.remove(first.id(), first.creatorId());
    assertThat(table.diff(reversed).onlyThere()).containsExactly(first.stateId());
  }

  private static void copyMessage(byte[] packet, PfsyncReader reader, int i, PfsyncWriter writer) {
    int action = reader.action();
    int at = reader.messageAt(i);
    switch (action) {
      case Action.INS, Action.UPD, Action.DEL -> {
        StateView view = new StateView(StateFormat.V1301).wrap(packet, at);
        assertThat(view.check()).isEqualTo(FieldCheck.OK);
        writer.state(action, view.state());
      }
      case Action.UPD_C -> {
        UpdateView view = new UpdateView(StateFormat.V1301).wrap(packet, at);
        writer.update(view.id(), view.creatorId(), view.src(), view.dst(), view.timeout());
      }
      case Action.CLR -> writer.clear(reader.clearInterface(i), reader.creatorId(i));
      case Action.BUS ->
          writer.bus(reader.creatorId(i), (int) reader.busEndTime(), reader.busStatus());
      default -> writer.name(action, reader.id(i), reader.creatorId(i));
    }
  }

  private static byte[] load(String name) throws Exception {
    try (InputStream in =
        GoldenPacketTest.class.getResourceAsStream("/vectors/1301/" + name + ".bin")) {
      return in.readAllBytes();
    }
  }
}
