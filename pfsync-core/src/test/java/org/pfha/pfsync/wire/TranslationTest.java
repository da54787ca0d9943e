package org.pfha.pfsync.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.wire.StateFormat.OPENBSD6;
import static org.pfha.pfsync.wire.StateFormat.V1301;
import static org.pfha.pfsync.wire.StateFormat.V1400;
import static org.pfha.pfsync.wire.StateFormat.V1500;

import com.google.common.net.InetAddresses;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;

/** Reading any format, sending any other, and saying what is lost. */
class TranslationTest {

  private static final StateKey KEY =
      StateKey.of(
          InetAddresses.forString("192.0.2.1"), 1024, InetAddresses.forString("192.0.2.2"), 443);

  /** A state that makes use of everything FreeBSD 15 has, but for two families. */
  private static PfState rich() {
    return PfState.builder(1, 2, KEY, PfState.TCP)
        .ifname("all")
        .originalIfname("em0")
        .direction(PfState.OUT)
        .src(new StatePeer(4, 1, 2, 3, 4, 5, 6, new StatePeer.Scrub(1, 64, 7)))
        .dst(StatePeer.of(4))
        .route(new StateRoute(StateRoute.ROUTE_TO, "em1", InetAddresses.forString("192.0.2.254")))
        .rule(5)
        .creation(60)
        .expire(86_000)
        .packets(1, 2)
        .bytes(3, 4)
        .log(1)
        .stateFlags(0x4201)
        .options(new StateOptions(1, 2, 3, 4, 5, -1, 6, 7, 8, 9, 10))
        .tag("voip")
        .build();
  }

  private static Translation translated(PfState state, StateFormat from, StateFormat to) {
    return Translation.of(new Message.FullState(from.insertAction(), state), from, to);
  }

  static Stream<Arguments> pairs() {
    return Stream.of(StateFormat.values())
        .flatMap(from -> Stream.of(StateFormat.values()).map(to -> Arguments.of(from, to)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatBothCanSayArrivesAndNothingIsLostInSilence(StateFormat from, StateFormat to) {
    byte[] bytes = new byte[from.size()];
    StateCodec.write(bytes, 0, rich(), from);
    PfState said = StateCodec.read(bytes, 0, from);

    Translation translation = translated(said, from, to);

    PfState heard = ((Message.FullState) translation.message()).state();
    assertThat(translation.message().action()).isEqualTo(to.insertAction());
    assertThat(heard.stateId()).isEqualTo(said.stateId());
    assertThat(heard.wire()).isEqualTo(said.wire());
    assertThat(heard.src()).isEqualTo(said.src());
    assertThat(heard.dst()).isEqualTo(said.dst());
    assertThat(heard.rule()).isEqualTo(said.rule());
    assertThat(heard.expire()).isEqualTo(said.expire());
    for (LostField field : LostField.values()) {
      boolean same = java.util.Objects.equals(field.in(said), field.in(heard));
      assertThat(translation.lost().containsKey(field)).as("%s", field).isEqualTo(!same);
    }
    byte[] sent = new byte[to.size()];
    StateCodec.write(sent, 0, heard, to);
    assertThat(StateCodec.read(sent, 0, to)).as("survives the wire").isEqualTo(heard);
    if (from == to) {
      assertThat(translation.lost()).isEmpty();
      assertThat(heard).isEqualTo(said);
    }
  }

  @Test
  void from15To13EachLostFieldIsNamedWithItsValue() {
    assertThat(translated(rich(), V1500, V1301).lost())
        .isEqualTo(
            Map.ofEntries(
                Map.entry(LostField.ORIGINAL_INTERFACE, "em0"),
                Map.entry(LostField.ROUTE_KIND, "2"),
                Map.entry(LostField.ROUTE_INTERFACE, "em1"),
                Map.entry(LostField.STATE_FLAGS, "" + 0x4201),
                Map.entry(LostField.TAG, "voip"),
                Map.entry(LostField.QUEUE, "1"),
                Map.entry(LostField.PRIORITY_QUEUE, "2"),
                Map.entry(LostField.DUMMYNET, "3"),
                Map.entry(LostField.DUMMYNET_REVERSE, "4"),
                Map.entry(LostField.ROUTING_TABLE, "5"),
                Map.entry(LostField.MIN_TTL, "6"),
                Map.entry(LostField.SET_TOS, "7"),
                Map.entry(LostField.MAX_MSS, "8"),
                Map.entry(LostField.SET_PRIO, "9"),
                Map.entry(LostField.SET_PRIO_LOW_DELAY, "10")));
  }

  @Test
  void from13To15NothingIsLostAndABoundStateHasItsRealInterface() {
    PfState bound = PfState.builder(1, 2, KEY, 17).ifname("em0").build();

    Translation translation = translated(bound, V1301, V1500);

    assertThat(translation.lost()).isEmpty();
    PfState heard = ((Message.FullState) translation.message()).state();
    assertThat(heard.originalIfname()).isEqualTo("em0");
    assertThat(heard.options()).as("no routing table is not table 0").isEqualTo(StateOptions.NONE);
  }

  @Test
  void aStateOfTwoFamiliesIsHeldBackWhereOneIsAllThereIs() {
    PfState nat64 =
        PfState.builder(1, 2, new StateKey(StateKey.INET6, 1, 2, 3, 4, 5, 6), 58)
            .stack(KEY)
            .stackProto(1)
            .build();

    assertThat(translated(nat64, V1500, V1500).lost()).isEmpty();
    for (StateFormat older : new StateFormat[] {V1301, V1400}) {
      Translation translation = translated(nat64, V1500, older);
      assertThat(translation.message()).isNull();
      assertThat(translation.lost()).containsEntry(LostField.FAMILY_TRANSLATION, "28/2");
    }
  }

  @Test
  void sctpTimeoutsBecomeThoseOfOtherProtocolsForRelease13() {
    PfState sctp = PfState.builder(1, 2, KEY, 132).timeout(22).build();

    Translation translation = translated(sctp, V1400, V1301);
    Translation update =
        Translation.of(
            new Message.Update(1, 2, StatePeer.of(8), StatePeer.of(8), 20, 0, 0), V1400, V1301);

    assertThat(((Message.FullState) translation.message()).state().timeout()).isEqualTo(13);
    assertThat(translation.lost()).containsEntry(LostField.TIMEOUT, "22");
    assertThat(((Message.Update) update.message()).timeout()).isEqualTo(11);
    assertThat(update.lost()).containsEntry(LostField.TIMEOUT, "20");
  }

  @Test
  void aClearOfOneInterfaceDoesNotBecomeAClearOfAll() {
    Message clear = new Message.Clear("em0", 7);

    assertThat(Translation.of(clear, V1500, V1301))
        .isEqualTo(new Translation(null, Map.of(LostField.CLEAR_INTERFACE, "em0")));
    assertThat(Translation.of(clear, V1301, V1500).message()).isEqualTo(clear);
    assertThat(Translation.of(clear, V1301, V1400).message()).isEqualTo(clear);
    Message all = new Message.Clear("", 7);
    assertThat(Translation.of(all, V1500, V1301).message()).isEqualTo(all);
  }

  @Test
  void aFullDeleteBecomesACompressedOne() {
    Message del = new Message.FullState(Action.DEL, rich());

    assertThat(Translation.of(del, V1301, V1500).message())
        .isEqualTo(new Message.Named(Action.DEL_C, 1, 2));
    assertThat(Translation.of(del, OPENBSD6, V1301).message())
        .isInstanceOf(Message.FullState.class);
  }

  @Test
  void whatNamesAStateOrTheTransferPassesUnchanged() {
    for (Message message :
        new Message[] {
          new Message.Named(Action.INS_ACK, 1, 2),
          new Message.Named(Action.UPD_REQ, 0, 0),
          new Message.Named(Action.DEL_C, 1, 2),
          new Message.Bulk(1, 7, Action.BUS_END)
        }) {
      for (StateFormat from : StateFormat.values()) {
        for (StateFormat to : StateFormat.values()) {
          assertThat(Translation.of(message, from, to))
              .isEqualTo(new Translation(message, Map.of()));
        }
      }
    }
  }

  @Test
  void ipsecCountersStayWhereTheyAreUnderstood() {
    Message tdb = new Message.Tdb(true, 1, new byte[28], 2, 3, 50, 1, 4);

    assertThat(Translation.of(tdb, OPENBSD6, OPENBSD6).message()).isEqualTo(tdb);
    assertThat(Translation.of(tdb, OPENBSD6, V1500).message()).isNull();
    assertThat(Translation.of(tdb, OPENBSD6, V1500).lost())
        .containsOnlyKeys(LostField.IPSEC_COUNTERS);
  }
}
