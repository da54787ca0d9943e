package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.wire.Message.FullState;
import org.pfha.pfsync.wire.PfsyncPacket.Decoded;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.PfsyncReader.Step;

/** Packets of real senders and hostile ones. */
class GoldenPacketTest {

  private static final List<String> WELL_FORMED =
      List.of(
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
          "18-ins-unknown-interface");

  static Stream<Arguments> wellFormed() {
    List<Arguments> packets = new ArrayList<>();
    for (StateFormat format : StateFormat.values()) {
      if (format != StateFormat.OPENBSD6) {
        WELL_FORMED.forEach(name -> packets.add(Arguments.of(format, name)));
      }
    }
    packets.add(Arguments.of(StateFormat.V1301, "41-del-full"));
    packets.add(Arguments.of(StateFormat.V1400, "19-ins-1301-compat"));
    packets.add(Arguments.of(StateFormat.V1500, "19-ins-older-formats"));
    packets.add(Arguments.of(StateFormat.V1500, "20-ins-af-translation"));
    return packets.stream();
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void decodesAndEncodesToTheSameBytes(StateFormat release, String name) throws Exception {
    byte[] bytes = load(release, name);

    Decoded decoded = PfsyncPacket.decode(bytes, 0, bytes.length, release);

    assertThat(decoded.isComplete()).as("%s", decoded).isTrue();
    assertThat(decoded.end()).isEqualTo(Step.EOF);
    assertThat(decoded.packet().encode()).isEqualTo(bytes);
  }

  /** A newer release reads what an older one sends. */
  @ParameterizedTest
  @MethodSource("wellFormed")
  void laterReleasesReadItJustSo(StateFormat release, String name) throws Exception {
    byte[] bytes = load(release, name);
    Decoded own = PfsyncPacket.decode(bytes, 0, bytes.length, release);
    for (StateFormat later : List.of(StateFormat.V1400, StateFormat.V1500)) {
      if (later.compareTo(release) > 0 && !name.equals("41-del-full")) {
        Decoded read = PfsyncPacket.decode(bytes, 0, bytes.length, later);
        assertThat(read.packet().sections()).isEqualTo(own.packet().sections());
        assertThat(read.packet().encode()).isEqualTo(bytes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void hostileBytesNeverThrowAndWhatIsReadCanBeWritten(StateFormat release) throws Exception {
    long seed = 1301;
    Random random = new Random(seed);
    byte[] golden =
        release == StateFormat.OPENBSD6
            ? OpenBsdPacketTest.everything().encode()
            : load(release, "17-multi-section");
    for (int run = 0; run < 20_000; run++) {
      byte[] bytes = golden.clone();
      for (int i = random.nextInt(12); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = random.nextInt(bytes.length + 1);
      Decoded decoded = PfsyncPacket.decode(bytes, 0, length, release);
      if (decoded.check() == Check.OK) {
        byte[] again = decoded.packet().encode();
        assertThat(PfsyncPacket.decode(again, 0, again.length, release).packet().messages())
            .as("seed %d run %d", seed, run)
            .isEqualTo(decoded.packet().messages());
      }
      PfsyncReader.states(bytes, release);
    }
  }

  @Test
  void aTranslatedFamilyKeepsBothFamiliesAndProtocols() throws Exception {
    byte[] bytes = load(StateFormat.V1500, "20-ins-af-translation");
    PfState state = PfsyncReader.states(bytes, StateFormat.V1500).get(0);
    assertThat(state.wire().family()).isEqualTo(28);
    assertThat(state.stack().family()).isEqualTo(2);
    assertThat(state.isTranslated()).isTrue();
  }

  @Test
  void statesOfAPacketFillATable() throws Exception {
    StateTable table = StateTable.withLimit(10);
    StateTable reversed = StateTable.withLimit(10);
    var states = PfsyncReader.states(load(StateFormat.V1301, "06-ins-batch3"), StateFormat.V1301);
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

  /** An early FreeBSD 14 misreads what is behind the first 1301 message of a section. */
  @Test
  void statesGetSectionsOfTheirOwnWhereAReceiverNeedsIt() throws Exception {
    byte[] bytes = load(StateFormat.V1301, "06-ins-batch3");
    PfsyncPacket packet = PfsyncPacket.decode(bytes, 0, bytes.length, StateFormat.V1301).packet();
    List<byte[]> packed =
        PfsyncPacket.pack(
            packet.messages(),
            new PfsyncWriter(StateFormat.V1301, true),
            StateFormat.V1301.payloadLimit(1500),
            packet.checksum());

    assertThat(packed).hasSize(1);
    PfsyncPacket split =
        PfsyncPacket.decode(packed.get(0), 0, packed.get(0).length, StateFormat.V1301).packet();
    assertThat(split.sections()).hasSize(3).allMatch(section -> section.messages().size() == 1);
    assertThat(split.messages()).isEqualTo(packet.messages());
  }

  @Test
  void packingNeverExceedsTheBudgetNorASectionItsLimit() throws Exception {
    PfState state =
        PfsyncReader.states(load(StateFormat.V1500, "01-ins-tcp4"), StateFormat.V1500).get(0);
    List<Message> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(new FullState(Action.INS_1500, state.createdBy(i, 1)));
      many.add(new Message.Named(Action.DEL_C, i, 2));
    }
    List<Message> ordered = PfsyncPacket.inSectionOrder(many, StateFormat.V1500);
    assertThat(ordered.subList(0, 100)).allMatch(FullState.class::isInstance);
    for (int mtu : new int[] {576, 1500, 9000}) {
      int budget = StateFormat.V1500.payloadLimit(mtu);
      List<byte[]> packets =
          PfsyncPacket.pack(ordered, new PfsyncWriter(StateFormat.V1500), budget, new byte[16]);
      List<Message> read = new ArrayList<>();
      for (byte[] packet : packets) {
        assertThat(packet.length).isLessThanOrEqualTo(budget);
        Decoded decoded = PfsyncPacket.decode(packet, 0, packet.length, StateFormat.V1500);
        assertThat(decoded.isComplete()).isTrue();
        read.addAll(decoded.packet().messages());
      }
      assertThat(read).isEqualTo(ordered);
    }
  }

  static byte[] load(StateFormat release, String name) throws IOException {
    String path = "/vectors/" + release.text() + "/" + name + ".bin";
    try (InputStream in = GoldenPacketTest.class.getResourceAsStream(path)) {
      assertThat(in).as(path).isNotNull();
      return in.readAllBytes();
    }
  }
}
