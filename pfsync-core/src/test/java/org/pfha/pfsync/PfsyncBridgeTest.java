package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.pfsync.States.peer;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pfha.net.IpPacket;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.LostField;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;

/** A pair of unlike releases with a bridge between them, each on a link of its own. */
@SuppressWarnings("try") // a bridge or a node just has to be there
class PfsyncBridgeTest {

  private static final int A = 0xa;
  private static final int B = 0xb;
  private static final Duration A_WHILE = Duration.ofSeconds(5);

  private final SimNetwork net = new SimNetwork(1);
  private final SimSegment left = net.segment("left");
  private final SimSegment right = net.segment("right");
  private final SimHost hostA = net.host("old");
  private final SimHost hostB = net.host("new");
  private final SimHost middle = net.host("bridge");
  private final StateTable tableA = StateTable.withLimit(10_000);
  private final StateTable tableB = StateTable.withLimit(10_000);
  private final List<BridgeLoss> losses = new ArrayList<>();

  @BeforeEach
  void attach() {
    hostA.attach(left, "em2", "172.16.1.2/24");
    middle.attach(left, "em1", "172.16.1.9/24");
    middle.attach(right, "em2", "172.16.2.9/24", "fd00::9/64");
    hostB.attach(right, "em2", "172.16.2.3/24", "fd00::3/64");
  }

  private PfsyncNode nodeA(StateFormat format) throws IOException {
    return PfsyncNode.builder(hostA)
        .onInterface("em2")
        .format(format)
        .table(tableA)
        .peer("172.16.1.9")
        .creatorId(A)
        .start();
  }

  private PfsyncNode nodeB(StateFormat format) throws IOException {
    return PfsyncNode.builder(hostB)
        .onInterface("em2")
        .format(format)
        .table(tableB)
        .peer("172.16.2.9")
        .creatorId(B)
        .start();
  }

  private BridgeSide sideA(StateFormat release) {
    return new BridgeSide(middle, "em1", release).peer("172.16.1.2");
  }

  private BridgeSide sideB(StateFormat release) {
    return new BridgeSide(middle, "em2", release).peer("172.16.2.3");
  }

  private PfsyncBridge bridge(BridgeSide a, BridgeSide b) throws IOException {
    return PfsyncBridge.start(a, b, losses::add);
  }

  @ParameterizedTest
  @CsvSource({"V1301,V1500", "V1301,V1400", "V1400,V1500", "V1500,V1301"})
  void aPairOfUnlikeReleasesHoldsTheSameConnections(StateFormat a, StateFormat b)
      throws IOException {
    try (PfsyncBridge bridge = bridge(sideA(a), sideB(b));
        PfsyncNode nodeA = nodeA(a);
        PfsyncNode nodeB = nodeB(b)) {
      net.advance(A_WHILE);
      assertThat(nodeA.isAwaitingBulk()).as("the bulk transfer went through").isFalse();
      assertThat(nodeB.isAwaitingBulk()).isFalse();
      for (int i = 1; i <= 50; i++) {
        nodeA.insert(States.tcp(i, A));
        nodeB.insert(States.tcp(1000 + i, B));
      }
      net.advance(A_WHILE);
      assertThat(tableA.size()).isEqualTo(100);
      assertThat(tableB.identityDigest()).isEqualTo(tableA.identityDigest());
      assertThat(tableB.progressDigest()).isEqualTo(tableA.progressDigest());

      nodeA.update(States.tcp(7, A).stateId(), peer(4, 9000), peer(4, 9000));
      nodeB.update(States.tcp(1007, B).stateId(), peer(9, 9000), peer(9, 9000));
      net.advance(A_WHILE);
      assertThat(tableB.progressDigest()).isEqualTo(tableA.progressDigest());
      assertThat(tableA.get(1007, B).src().seqlo()).isEqualTo(9000);

      nodeA.remove(States.tcp(3, A).stateId());
      net.advance(A_WHILE);
      assertThat(tableB.get(3, A)).isNull();
      nodeB.clear();
      net.advance(A_WHILE);
      assertThat(tableA.get(3, A)).isNull();
      assertThat(tableA.get(1001, B)).as("cleared by its creator").isNull();
      assertThat(tableA.size()).as("what a node has cleared its peer keeps").isEqualTo(49);
      assertThat(tableB.size()).isZero();
      assertThat(bridge.statistics()).allMatch(side -> side.badval() + side.badlen() == 0);
      assertThat(losses).allMatch(loss -> !loss.heldBack());
    }
  }

  @Test
  void withoutTheBridgeThePairWouldLoseStates() throws IOException {
    SimSegment direct = net.segment("direct");
    hostA.attach(direct, "em3", "172.16.3.2/24");
    hostB.attach(direct, "em3", "172.16.3.3/24");
    try (PfsyncNode old =
            PfsyncNode.builder(hostA)
                .onInterface("em3")
                .table(tableA)
                .peer("172.16.3.3")
                .creatorId(A)
                .start();
        PfsyncNode recent =
            PfsyncNode.builder(hostB)
                .onInterface("em3")
                .format(StateFormat.V1500)
                .table(tableB)
                .peer("172.16.3.2")
                .creatorId(B)
                .start()) {
      net.advance(A_WHILE);
      recent.insert(States.tcp(1, B));
      net.advance(A_WHILE);
      assertThat(tableA.size()).isZero();
      assertThat(old.statistics().badact()).isPositive();
    }
  }

  @Test
  void aNodeThatComesLaterIsSentEverything() throws IOException {
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
        PfsyncNode nodeA = nodeA(StateFormat.V1301)) {
      for (int i = 1; i <= 300; i++) {
        nodeA.insert(States.tcp(i, A));
      }
      net.advance(A_WHILE);
      try (PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
        assertThat(nodeB.isAwaitingBulk()).isTrue();
        net.advance(A_WHILE);
        assertThat(nodeB.isAwaitingBulk()).isFalse();
        assertThat(tableB.identityDigest()).isEqualTo(tableA.identityDigest());
      }
      assertThat(bridge.statistics().get(0).badpeer()).isZero();
    }
  }

  /** UPD_C of an unknown state, UPD_REQ back, UPD in full: all through the bridge. */
  @Test
  void whatGotLostIsAskedForThroughTheBridge() throws IOException {
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      right.partition(Set.of(middle), Set.of(hostB));
      nodeA.insert(States.tcp(1, A));
      net.advance(A_WHILE);
      assertThat(tableB.size()).isZero();
      right.heal();
      nodeA.update(States.tcp(1, A).stateId(), peer(4, 5000), peer(4, 7000));
      net.advance(A_WHILE);
      assertThat(tableB.progressDigest()).isEqualTo(tableA.progressDigest());
      assertThat(nodeB.statistics().oacts().get(Action.UPD_REQ)).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void aHeldPacketIsReleasedByTheOtherReleasesAcknowledgement() throws IOException {
    List<DeferOutcome> outcomes = new ArrayList<>();
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      nodeA.defer(States.tcp(1, A), outcomes::add);
      net.advance(A_WHILE);
      assertThat(outcomes).containsExactly(DeferOutcome.ACKNOWLEDGED);
      assertThat(tableB.get(1, A)).isNotNull();
    }
  }

  @Test
  void whatTheOlderReleaseCannotSayIsReportedFieldByField() throws IOException {
    PfState rich =
        States.tcp(1, B).toBuilder()
            .originalIfname("em0")
            .tag("voip")
            .stateFlags(0x0201)
            .options(new StateOptions(1, 0, 0, 0, -1, -1, 0, 0, 1400, 0, 0))
            .build();
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      nodeB.insert(rich);
      net.advance(A_WHILE);

      assertThat(tableA.get(1, B).src()).isEqualTo(rich.src());
      assertThat(losses)
          .containsExactlyInAnyOrder(
              new BridgeLoss("em1", rich.stateId(), LostField.ORIGINAL_INTERFACE, "em0", false),
              new BridgeLoss("em1", rich.stateId(), LostField.TAG, "voip", false),
              new BridgeLoss("em1", rich.stateId(), LostField.STATE_FLAGS, "513", false),
              new BridgeLoss("em1", rich.stateId(), LostField.QUEUE, "1", false),
              new BridgeLoss("em1", rich.stateId(), LostField.MAX_MSS, "1400", false));
      assertThat(bridge.statistics().get(0).lost()).containsEntry(LostField.TAG, 1L);
    }
  }

  /** An early FreeBSD 14 that is sent 1301 misreads all but the first state of a section. */
  @Test
  void towardsAnEarly14EachStateHasASectionOfItsOwn() throws IOException {
    List<PfsyncPacket> seen = new ArrayList<>();
    right.tap(frame -> collect(frame, seen));
    BridgeSide early14 = sideB(StateFormat.V1400).sending(StateFormat.V1301).oneStatePerSection();
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), early14);
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1400)) {
      net.advance(A_WHILE);
      for (int i = 1; i <= 20; i++) {
        nodeA.insert(States.tcp(i, A));
      }
      net.advance(A_WHILE);
      assertThat(tableB.identityDigest()).isEqualTo(tableA.identityDigest());
      List<PfsyncPacket.Section> inserts =
          seen.stream()
              .flatMap(packet -> packet.sections().stream())
              .filter(section -> section.action() == Action.INS)
              .toList();
      assertThat(inserts).hasSize(20).allMatch(section -> section.messages().size() == 1);
      assertThat(seen)
          .as("several sections a packet")
          .anyMatch(packet -> packet.sections().size() > 3);
    }
  }

  private void collect(SimFrame frame, List<PfsyncPacket> seen) {
    byte[] ip = frame.payload();
    IpPacket packet = new IpPacket().wrap(ip, 0, ip.length, "tap", 0);
    if (frame.sender() == middle
        && packet.check() == IpPacket.Check.OK
        && packet.protocol() == PfsyncTransport.PROTOCOL) {
      seen.add(
          PfsyncPacket.decode(ip, packet.payloadOffset(), packet.payloadLength(), StateFormat.V1400)
              .packet());
    }
  }

  @Test
  void interfacesAreRenamedAndStatesOfUnknownOnesHeldBackWithAReason() throws IOException {
    BridgeSide renamed =
        sideB(StateFormat.V1500).interfaces(InterfaceNames.map("em0", "igb0").floating());
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), renamed);
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      nodeA.insert(States.tcp(1, A));
      PfState lonely = States.tcp(2, A).toBuilder().ifname("wg7").build();
      nodeA.insert(lonely);
      net.advance(A_WHILE);
      assertThat(tableB.get(1, A).ifname()).isEqualTo("igb0");
      assertThat(tableB.get(2, A)).isNull();
      assertThat(losses)
          .containsExactly(
              new BridgeLoss("em2", lonely.stateId(), LostField.INTERFACE, "wg7", true));
      assertThat(bridge.statistics().get(1).unmapped()).isEqualTo(1);
    }
  }

  @Test
  void ruleNumbersAreThoseOfTheReceiversRuleset() throws IOException {
    byte[] theirs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    byte[] ours = new byte[16];
    ours[0] = 99;
    BridgeSide ruled =
        sideB(StateFormat.V1500).rules(theirs, ours, rule -> rule == 3 ? 13 : PfState.NONE);
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), ruled);
        PfsyncNode nodeA =
            PfsyncNode.builder(hostA)
                .onInterface("em2")
                .table(tableA)
                .peer("172.16.1.9")
                .creatorId(A)
                .ruleset(theirs, 10)
                .start();
        PfsyncNode nodeB =
            PfsyncNode.builder(hostB)
                .onInterface("em2")
                .format(StateFormat.V1500)
                .table(tableB)
                .peer("172.16.2.9")
                .creatorId(B)
                .ruleset(ours, 20)
                .start()) {
      net.advance(A_WHILE);
      nodeA.insert(States.tcp(1, A).toBuilder().rule(3).build());
      nodeA.insert(States.tcp(2, A).toBuilder().rule(4).build());
      nodeB.insert(States.tcp(3, B).toBuilder().rule(13).build());
      net.advance(A_WHILE);
      assertThat(tableB.get(1, A).rule()).isEqualTo(13);
      assertThat(tableB.get(2, A).rule()).isEqualTo(PfState.NONE);
      assertThat(tableA.get(3, B).rule()).as("no mapping that way").isEqualTo(PfState.NONE);
    }
  }

  @Test
  void a15NodeMayBeReachedOverIpv6() throws IOException {
    BridgeSide v6 = new BridgeSide(middle, "em2", StateFormat.V1500).peer("fd00::3");
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), v6);
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB =
            PfsyncNode.builder(hostB)
                .onInterface("em2")
                .format(StateFormat.V1500)
                .table(tableB)
                .peer("fd00::9")
                .creatorId(B)
                .start()) {
      net.advance(A_WHILE);
      nodeA.insert(States.tcp(1, A));
      nodeB.insert(States.tcp(2, B));
      net.advance(A_WHILE);
      assertThat(tableA.size()).isEqualTo(2);
      assertThat(tableB.identityDigest()).isEqualTo(tableA.identityDigest());
    }
  }

  @Test
  void strangersAndHostileBytesAreCountedAndGoNoFurther() throws IOException {
    SimHost stranger = net.host("stranger");
    stranger.attach(left, "em0", "172.16.1.66/24");
    byte[] random = new byte[300];
    Random seeded = new Random(15);
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500))) {
      send(stranger, "em0", new byte[24], 255);
      send(hostA, "em2", new byte[24], 254);
      send(hostA, "em2", new byte[10], 255);
      send(hostA, "em2", new byte[24], 255);
      for (int i = 0; i < 200; i++) {
        seeded.nextBytes(random);
        random[0] = 5;
        random[2] = 0;
        random[3] = (byte) 200;
        send(hostA, "em2", random.clone(), 255);
      }
      net.advance(A_WHILE);

      BridgeStatistics a = bridge.statistics().get(0);
      assertThat(a.ipackets()).isEqualTo(204);
      assertThat(a.badpeer()).isEqualTo(1);
      assertThat(a.badttl()).isEqualTo(1);
      assertThat(a.hdrops()).isEqualTo(1);
      assertThat(a.badver()).isEqualTo(1);
      assertThat(a.badact() + a.badlen()).isGreaterThan(100);
      assertThat(bridge.statistics().get(1).ipackets()).isZero();
    }
  }

  private static void send(SimHost host, String link, byte[] payload, int ttl) throws IOException {
    host.send(
        new OutboundPacket(
            link,
            PfsyncTransport.PROTOCOL,
            null,
            InetAddresses.forString("172.16.1.9"),
            ttl,
            PfsyncTransport.LOW_DELAY,
            true,
            null,
            payload));
  }

  @Test
  void aLinkThatTakesNothingIsCountedAndTheOtherDirectionGoesOn() throws IOException {
    try (PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
        PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      middle.refuseSends("em2", true);
      nodeA.insert(States.tcp(1, A));
      nodeB.insert(States.tcp(2, B));
      net.advance(A_WHILE);
      assertThat(bridge.statistics().get(1).oerrors()).isPositive();
      assertThat(tableA.get(2, B)).isNotNull();
    }
  }

  @Test
  void afterCloseNothingPasses() throws IOException {
    PfsyncBridge bridge = bridge(sideA(StateFormat.V1301), sideB(StateFormat.V1500));
    try (PfsyncNode nodeA = nodeA(StateFormat.V1301);
        PfsyncNode nodeB = nodeB(StateFormat.V1500)) {
      net.advance(A_WHILE);
      bridge.close();
      bridge.close();
      nodeA.insert(States.tcp(1, A));
      net.advance(A_WHILE);
      assertThat(tableB.size()).isZero();
      assertThat(nodeB.isAwaitingBulk()).isFalse();
    }
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() {
    BridgeSide wrong =
        new BridgeSide(middle, "em7", StateFormat.V1301)
            .peer("firewall-a")
            .sending(StateFormat.V1500);
    BridgeSide tooNew = new BridgeSide(middle, "em1", StateFormat.V1301).peer("fd00::1");

    assertThatThrownBy(() -> PfsyncBridge.start(wrong, tooNew, losses::add))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'firewall-a' is not an IP address")
        .hasMessageContaining("no interface 'em7'")
        .hasMessageContaining("does not understand 1500")
        .hasMessageContaining("over IPv4 only");
    assertThatThrownBy(
            () ->
                PfsyncBridge.start(
                    sideA(StateFormat.V1301).multicast(),
                    new BridgeSide(middle, "em1", StateFormat.V1500).peer("172.16.1.2"),
                    losses::add))
        .hasMessageContaining("neither may be sent multicast")
        .hasMessageContaining("cannot be on both sides");
  }
}
