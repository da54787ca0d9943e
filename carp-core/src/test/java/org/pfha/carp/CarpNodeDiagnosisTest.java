package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.diagnosis.CarpDiagnosis;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.HashMismatch;
import org.pfha.carp.diagnosis.CarpDiagnosis.Loop;
import org.pfha.carp.diagnosis.CarpDiagnosis.MulticastFiltered;
import org.pfha.carp.diagnosis.CarpDiagnosis.ReplaySuspected;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;
import org.pfha.carp.diagnosis.CarpDiagnosis.SplitBrain;
import org.pfha.carp.diagnosis.CarpDiagnosis.VrrpHeard;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.carp.diagnosis.ReplayPolicy;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.InternetChecksum;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/** What nodes on the simulated LAN find out about each other and about their segment. */
class CarpNodeDiagnosisTest {

  private static final InetAddress GROUP = LinkAddress.parse("224.0.0.18").address();
  private static final Duration SETTLED = Duration.ofMillis(10_500);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimNetwork net = new SimNetwork(1);
  private final SimSegment lan = net.segment("lan");
  private final SimHost a = net.host("fw-a");
  private final SimHost b = net.host("fw-b");
  private final SimHost c = net.host("stranger");
  private final List<CarpDiagnosis> ofA = new ArrayList<>();
  private final List<CarpDiagnosis> ofB = new ArrayList<>();
  private final List<SimFrame> adverts = new ArrayList<>();

  @BeforeEach
  void attach() {
    a.attach(lan, "em1", "192.0.2.2/24", "fe80::2/64");
    b.attach(lan, "em1", "192.0.2.3/24", "fe80::3/64");
    c.attach(lan, "em1", "192.0.2.66/24", "fe80::66/64");
    lan.tap(
        frame -> {
          if (frame.announcement().isEmpty()) {
            adverts.add(frame);
          }
        });
  }

  private static VirtualRouter router(int advskew) {
    return VirtualRouter.onInterface("em1")
        .vhid(1)
        .password("mekmitasdigoat")
        .address("192.0.2.1/24")
        .address("2001:db8::1/64")
        .advskew(advskew);
  }

  private static CarpNodeBuilder node(SimHost host, VirtualRouter router) {
    return CarpNode.builder(host)
        .virtualRouter(router)
        .preempt(true)
        .randomCounters(new Random(host.name().hashCode())::nextLong);
  }

  private CarpNode primary() throws IOException {
    return node(a, router(0)).onDiagnosis(ofA::add).start();
  }

  private CarpNode secondary(VirtualRouter router) throws IOException {
    return node(b, router).onDiagnosis(ofB::add).start();
  }

  private void send(SimHost from, byte[] payload) throws IOException {
    from.send(new OutboundPacket("em1", 112, null, GROUP, 255, 0xe0, true, null, payload));
  }

  private static byte[] payload(SimFrame frame) {
    byte[] packet = frame.payload();
    return Arrays.copyOfRange(packet, packet.length - 36, packet.length);
  }

  @Test
  void aHealthyPairHasNothingToSayThroughFailoverAndFailback() throws IOException {
    primary();
    CarpNode secondary = secondary(router(100));
    net.advance(MINUTE);
    a.linkDown("em1");
    net.advance(MINUTE);
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    a.linkUp("em1");
    net.advance(MINUTE);
    assertThat(secondary.role("em1", 1)).isEqualTo(BACKUP);
    secondary.demotion().demote("test", "maintenance", 240);
    net.advance(Duration.ofMinutes(10));

    assertThat(ofA).isEmpty();
    assertThat(ofB).isEmpty();
  }

  /** Only one direction is cut: the worse node hears nothing and becomes MASTER too. */
  @Test
  void aOneWayLinkIsASplitBrainUntilItIsHealed() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary(router(100));
    net.advance(SETTLED);
    lan.lossOneWay(a, b, 1);
    net.advance(Duration.ofSeconds(20));

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(ofA).hasAtLeastOneElementOfType(SplitBrain.class);
    SplitBrain found = (SplitBrain) ofA.get(0);
    assertThat(found.severity()).isEqualTo(Severity.ALARM);
    assertThat(primary.explain("em1", 1).describe()).contains("ALARM: split brain");
    assertThat(primary.explain("em1", 1).toJson()).contains("\"kind\":\"split-brain\"");

    lan.heal();
    net.advance(MINUTE);
    assertThat(secondary.role("em1", 1)).isEqualTo(BACKUP);
    assertThat(ofA).last().isInstanceOf(Ended.class);
    assertThat(primary.explain("em1", 1).diagnoses()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
  void somebodyElseHasTheAddress(String address) throws IOException {
    CarpNode primary = primary();
    net.advance(SETTLED);
    MacAddress stranger = new MacAddress(0x0200_0000_0066L);
    InetAddress claimed = LinkAddress.parse(address).address();
    c.announce("em1", claimed, stranger);
    net.advance(Duration.ofSeconds(5));
    assertThat(ofA).singleElement().isInstanceOf(SplitBrain.class);
    c.announce("em1", claimed, stranger);
    net.advance(Duration.ofSeconds(1));

    assertThat(ofA)
        .extracting(CarpDiagnosis::severity)
        .containsExactly(Severity.WARNING, Severity.ALARM);
    assertThat(ofA.get(1).text())
        .contains(claimed.getHostAddress() + " is claimed for " + stranger);
    assertThat(primary.explain("em1", 1).observesNeighbours()).isTrue();
  }

  @Test
  void thePeerHasAnAddressMoreAndBothAreMaster() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary(router(100).address("192.0.2.77/24"));
    net.advance(SETTLED);

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(ofB)
        .filteredOn(HashMismatch.class::isInstance)
        .first()
        .satisfies(
            mismatch ->
                assertThat(mismatch.text())
                    .contains("another hash: the sender lacks 192.0.2.77; add it there"));
    assertThat(primary.statistics().total().rejected(CarpReject.BADAUTH)).isPositive();
    assertThat(primary.explain("em1", 1).describe())
        .contains("has another hash: no known difference explains it");
    assertThat(primary.explain("em1", 1).describe()).doesNotContain("mekmitasdigoat");
  }

  @Test
  void thePeerUsesThePasswordOfAnotherVirtualRouter() throws IOException {
    node(a, router(0))
        .virtualRouter(
            VirtualRouter.onInterface("em1").vhid(2).password("other").address("192.0.2.22/24"))
        .onDiagnosis(ofA::add)
        .start();
    secondary(router(100).password("other"));
    net.advance(SETTLED);

    assertThat(ofA)
        .anySatisfy(
            diagnosis ->
                assertThat(diagnosis.text()).endsWith("the sender uses the password of 2@em1"));
  }

  @Test
  void aPeerWhoseAddressesComeOneByOneIsStarting() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary =
        secondary(
            VirtualRouter.onInterface("em1")
                .vhid(1)
                .password("mekmitasdigoat")
                .address("192.0.2.1/24")
                .advskew(100));
    net.advance(SETTLED);
    assertThat(ofA)
        .filteredOn(HashMismatch.class::isInstance)
        .isNotEmpty()
        .allSatisfy(diagnosis -> assertThat(diagnosis.severity()).isEqualTo(Severity.INFO));

    secondary.reconfigure("em1", 1, router -> router.address("2001:db8::1/64"));
    net.advance(MINUTE);
    assertThat(secondary.role("em1", 1)).isEqualTo(BACKUP);
    assertThat(ofA).extracting(CarpDiagnosis::severity).doesNotContain(Severity.ALARM);
    assertThat(primary.explain("em1", 1).diagnoses()).isEmpty();
  }

  /** A port that mirrors, or a loop: what the primary sends comes back with its source address. */
  @Test
  void ownAdvertsComeBack() throws IOException {
    CarpNode primary = primary();
    net.advance(SETTLED);
    for (int i = 0; i < 4; i++) {
      net.advance(Duration.ofSeconds(1));
      SimFrame last =
          adverts.stream()
              .filter(frame -> frame.sender() == a && frame.etherType() == SimFrame.IPV4)
              .reduce((first, second) -> second)
              .orElseThrow();
      c.send(
          new OutboundPacket(
              "em1",
              112,
              LinkAddress.parse("192.0.2.2").address(),
              GROUP,
              255,
              0xe0,
              true,
              null,
              payload(last)));
    }
    net.advance(Duration.ofMillis(100));

    assertThat(primary.role("em1", 1)).as("an echo is no rival").isEqualTo(MASTER);
    assertThat(ofA).hasSize(2).allMatch(Loop.class::isInstance);
    assertThat(ofA.get(1).line())
        .startsWith("WARNING 1@em1: loop on em1: own advert came back 3 times");
    net.advance(MINUTE);
    assertThat(ofA).last().isInstanceOf(Ended.class);
  }

  @Test
  void vrrpOnTheSegmentWithTheSameId() throws IOException {
    primary();
    net.advance(SETTLED);
    byte[] vrrp = {0x21, 1, 100, 1, 0, 1, 0, 0, 10, 66, 1, 9, 0, 0, 0, 0, 0, 0, 0, 0};
    int sum = InternetChecksum.of(vrrp, 0, vrrp.length);
    vrrp[6] = (byte) (sum >> 8);
    vrrp[7] = (byte) sum;
    send(c, vrrp);
    net.advance(Duration.ofSeconds(1));

    assertThat(ofA).singleElement().isInstanceOf(VrrpHeard.class);
    assertThat(ofA.get(0).text()).contains("VRRP version 2 with the same id 1 from 192.0.2.66");
  }

  @Test
  void anOldAdvertIsReportedAndCounts() throws IOException {
    replayAnOldAdvert(node(b, router(100)).onDiagnosis(ofB::add).start());

    assertThat(ofB).singleElement().isInstanceOf(ReplaySuspected.class);
  }

  @Test
  void anOldAdvertIsDroppedWhereThatWasAskedFor() throws IOException {
    CarpNode strict = node(b, router(100)).onDiagnosis(ofB::add).replays(ReplayPolicy.DROP).start();
    replayAnOldAdvert(strict);

    assertThat(ofB.get(0).text()).endsWith("replay suspected, dropped");
    assertThat(strict.statistics().total().asMap()).containsEntry("replay", 1L);
    assertThat(strict.role("em1", 1)).isEqualTo(BACKUP);
  }

  private void replayAnOldAdvert(CarpNode listening) throws IOException {
    primary();
    net.advance(MINUTE);
    byte[] old = payload(adverts.get(4));
    send(c, old);
    net.advance(Duration.ofMillis(10));
    assertThat(listening.role("em1", 1)).isEqualTo(BACKUP);
  }

  @Test
  void droppingReplaysIsRefusedWithTheRulesOfOpenBsd() {
    assertThatThrownBy(
            () ->
                node(b, router(100).profile(CarpProfile.OPENBSD))
                    .replays(ReplayPolicy.DROP)
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "virtual router 1@em1: replays cannot be dropped with the profile OPENBSD");
  }

  /** The adverts are filtered, another protocol is not. */
  @Test
  void thePeerIsAliveElsewhere() throws IOException {
    primary();
    CarpNode secondary = secondary(router(100));
    InetAddress peer = LinkAddress.parse("172.16.1.2").address();
    secondary.peerLiveness(() -> Optional.of(new PeerLiveness.Sign(peer, "em2", 0, net.now())));
    net.advance(SETTLED);
    lan.lossOneWay(a, b, 1);
    net.advance(SETTLED);

    assertThat(ofB).hasAtLeastOneElementOfType(MulticastFiltered.class);
    assertThat(ofB.get(0).text()).startsWith("the peer 172.16.1.2 is alive on the sync link em2");
  }

  @Test
  void aCrashedPeerIsNotAliveElsewhere() throws IOException {
    primary();
    CarpNode secondary = secondary(router(100));
    InetAddress peer = LinkAddress.parse("172.16.1.2").address();
    long[] last = {0};
    secondary.peerLiveness(() -> Optional.of(new PeerLiveness.Sign(peer, "em2", 0, last[0])));
    net.advance(SETTLED);
    last[0] = net.now();
    a.crash();
    net.advance(MINUTE);

    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(ofB).isEmpty();
  }

  @Test
  void explainSaysHowLateTheMasterIs() throws IOException {
    primary();
    CarpNode secondary = secondary(router(100));
    net.advance(Duration.ofMinutes(5));

    assertThat(secondary.explain("em1", 1).describe())
        .contains("INFO: adverts of 192.0.2.2 are late by")
        .contains("advbase 1 is enough (it is 1)");
  }

  /** What is told must not come back to the node under its lock. */
  @Test
  void aListenerMayAskTheNode() throws IOException {
    List<String> explained = new ArrayList<>();
    CarpNode[] node = new CarpNode[1];
    node[0] =
        node(a, router(0))
            .onDiagnosis(diagnosis -> explained.add(node[0].explain("em1", 1).describe()))
            .start();
    secondary(router(100).address("192.0.2.3/24"));
    net.advance(SETTLED);

    assertThat(explained).isNotEmpty().first().asString().contains("has another hash");
    node[0].close();
    net.advance(MINUTE);
    assertThat(node[0].statistics().total().rejected(CarpReject.BADAUTH)).isPositive();
  }
}
