package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;
import org.pfha.pfsync.wire.PfsyncPacket.Decoded;
import org.pfha.pfsync.wire.PfsyncPacket.Section;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.PfsyncReader.Step;

/** Header version 6 (spec pfsync 20). */
class OpenBsdPacketTest {

  private static final StateFormat V6 = StateFormat.OPENBSD6;

  static PfsyncPacket everything() {
    StateKey key =
        new StateKey(StateKey.INET6, 0x20010db800000000L, 1, 0x20010db800000000L, 2, 1024, 443, 7);
    PfState state =
        PfState.builder(0x0102030405060708L, 0x0a0b0c0d, key, PfState.TCP)
            .ifname("em0")
            .direction(PfState.OUT)
            .src(new StatePeer(4, 1, 2, 3, 4, 5, 0x87, new StatePeer.Scrub(1, 64, 99)))
            .dst(new StatePeer(4, 6, 7, 8, 9, 10, 0x86, null))
            .route(new StateRoute(StateRoute.ROUTE_TO, "", InetAddresses.forString("2001:db8::fe")))
            .rule(3)
            .creation(60)
            .expire(86_000)
            .packets(10, 11)
            .bytes(12, 13)
            .log(1)
            .stateFlags(0x0123)
            .syncFlags(4)
            .options(new StateOptions(0, 0, 0, 0, 5, 6, 64, 0x10, 1400, 3, 4))
            .build();
    byte[] address = new byte[28];
    Arrays.fill(address, (byte) 9);
    return new PfsyncPacket(
        V6,
        new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
        List.of(
            new Section(Action.INS_ACK, List.of(new Message.Named(Action.INS_ACK, 1, 2))),
            new Section(
                Action.UPD_C,
                List.of(new Message.Update(1, 2, state.src(), state.dst(), 2, 77, 0x21))),
            new Section(Action.DEL_C, List.of(new Message.Named(Action.DEL_C, 3, 4))),
            new Section(
                Action.OPENBSD_INS, List.of(new Message.FullState(Action.OPENBSD_INS, state))),
            new Section(
                Action.OPENBSD_UPD,
                List.of(
                    new Message.FullState(Action.OPENBSD_UPD, state),
                    new Message.FullState(Action.OPENBSD_UPD, state.createdBy(9, 9)))),
            new Section(Action.DEL, List.of(new Message.FullState(Action.DEL, state))),
            new Section(Action.UPD_REQ, List.of(new Message.Named(Action.UPD_REQ, 0, 0))),
            new Section(
                Action.OPENBSD_TDB,
                List.of(new Message.Tdb(true, 0x11, address, 1L << 40, 1000, 50, 1, 7))),
            new Section(
                Action.TDB, List.of(new Message.Tdb(false, 0x12, address, 77, 1001, 51, 2, 0))),
            new Section(Action.CLR, List.of(new Message.Clear("em0", 5))),
            new Section(Action.BUS, List.of(new Message.Bulk(6, 70, Action.BUS_END)))));
  }

  @Test
  void everyMessageSurvives() {
    PfsyncPacket packet = everything();
    byte[] bytes = packet.encode();

    Decoded decoded = PfsyncPacket.decode(bytes, 0, bytes.length, V6);

    assertThat(decoded.isComplete()).as("%s", decoded).isTrue();
    assertThat(decoded.packet()).isEqualTo(packet);
    assertThat(decoded.packet().encode()).isEqualTo(bytes);
  }

  @Test
  void noEofAndTheMessageSizeInEachSection() {
    byte[] bytes =
        new PfsyncPacket(
                V6,
                new byte[16],
                List.of(new Section(Action.DEL_C, List.of(new Message.Named(Action.DEL_C, 1, 2)))))
            .encode();

    assertThat(bytes).hasSize(20 + 4 + 12);
    assertThat(bytes[0]).isEqualTo((byte) 6);
    assertThat(bytes[3]).as("len").isEqualTo((byte) 36);
    assertThat(bytes[21]).as("message size in units of four").isEqualTo((byte) 3);
  }

  @Test
  void unknownActionsAreSteppedOverAndLongerMessagesAccepted() {
    byte[] bytes = new byte[20 + 4 + 8 + 4 + 16];
    bytes[0] = 6;
    bytes[3] = (byte) bytes.length;
    bytes[20] = 99; // an action of the future, two messages of four bytes
    bytes[21] = 1;
    bytes[23] = 2;
    bytes[32] = Action.DEL_C; // four bytes longer than known
    bytes[33] = 4;
    bytes[35] = 1;
    bytes[43] = 77;
    bytes[47] = 88;

    Decoded decoded = PfsyncPacket.decode(bytes, 0, bytes.length, V6);

    assertThat(decoded.isComplete()).isTrue();
    assertThat(decoded.packet().messages())
        .containsExactly(new Message.Named(Action.DEL_C, 77, 88));
  }

  @Test
  void shorterMessagesAndMissingBytesAreBadlen() {
    byte[] bytes = new byte[36];
    bytes[0] = 6;
    bytes[3] = 36;
    bytes[20] = Action.DEL_C;
    bytes[21] = 2;
    bytes[23] = 1;
    PfsyncReader reader = new PfsyncReader(V6).wrap(bytes, 0, bytes.length);
    assertThat(reader.check()).isEqualTo(Check.OK);
    assertThat(reader.next(true)).isEqualTo(Step.BADLEN);

    bytes[21] = 3;
    bytes[23] = 2;
    assertThat(reader.wrap(bytes, 0, bytes.length).check()).isEqualTo(Check.OK);
    assertThat(reader.next(true)).isEqualTo(Step.BADLEN);
  }

  @Test
  void neitherSideReadsTheOther() {
    byte[] bytes = everything().encode();
    assertThat(PfsyncPacket.decode(bytes, 0, bytes.length, StateFormat.V1500).check())
        .isEqualTo(Check.BADVER);
  }
}
