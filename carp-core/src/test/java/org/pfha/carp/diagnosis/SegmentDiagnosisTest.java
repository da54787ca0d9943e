package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.diagnosis.WatchedSegment.OWN;
import static org.pfha.carp.diagnosis.WatchedSegment.OWN_MAC;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER;
import static org.pfha.carp.diagnosis.WatchedSegment.SECOND;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pfha.carp.diagnosis.CarpDiagnosis.Loop;
import org.pfha.carp.diagnosis.CarpDiagnosis.MulticastFiltered;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;
import org.pfha.carp.diagnosis.CarpDiagnosis.VrrpHeard;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.MacAddress;

/** What is wrong with the segment itself: loops, VRRP, multicast that does not arrive. */
class SegmentDiagnosisTest {

  private final WatchedSegment em1 = new WatchedSegment();

  @Test
  void anAdvertThatComesBackIsALoop() {
    em1.becomesMaster();
    for (int second = 1; second <= 3; second++) {
      em1.at(second).rejects(CarpReject.OWN_ADDRESS, OWN, em1.sends());
    }

    assertThat(em1.lines())
        .containsExactly(
            "INFO 1@em1: loop on em1: own advert came back once; 1 sent meanwhile",
            "WARNING 1@em1: loop on em1: own advert came back 3 times in 2.00 s; 3 sent meanwhile");
    em1.at(20);
    assertThat(em1.lines())
        .singleElement()
        .asString()
        .startsWith("INFO 1@em1: over, no own advert came back for a while: loop on em1");
    assertThat(em1.watch.isWaiting()).isFalse();
  }

  @Test
  void comingBackMoreOftenThanItWasSentItCircles() {
    em1.becomesMaster();
    byte[] advert = em1.sends();
    for (int i = 0; i < 1000; i++) {
      em1.at(1 + i / 1000.0).rejects(CarpReject.OWN_ADDRESS, OWN, advert);
    }

    assertThat(em1.told)
        .extracting(CarpDiagnosis::severity)
        .containsExactly(Severity.INFO, Severity.ALARM);
    assertThat(((Loop) em1.told.get(1)).times()).isEqualTo(3);
  }

  /** The engine hears it, as kernels do; here it is named. */
  @Test
  void anOwnAdvertThatComesBackLateIsALoopAndNoReplay() {
    em1.becomesMaster();
    byte[] late = em1.sends();
    em1.at(10).sends();

    assertThat(em1.watch.accepted(WatchedSegment.view(late), em1.packet(OWN, late))).isTrue();
    assertThat(em1.lines()).singleElement().asString().contains("loop on em1");
  }

  @Test
  void inALoopOwnAnnouncementsComeBackTooAndAreNoClaims() {
    em1.becomesMaster();
    em1.at(10).rejects(CarpReject.OWN_ADDRESS, OWN, em1.sends());
    em1.arp(1, "192.0.2.1", MacAddress.virtual(1), OWN_MAC);
    em1.advertises("2001:db8::1", MacAddress.virtual(1), MacAddress.virtual(1));
    em1.at(100);

    assertThat(em1.told).hasSize(3).noneMatch(CarpDiagnosis.SplitBrain.class::isInstance);
  }

  /** VRRP version 2 of five addresses is as long as an advert, and begins with the same byte. */
  @Test
  void vrrpWithTheSameIdIsNamedWithItsMeaning() {
    byte[] five =
        HexFormat.of()
            .parseHex("210c6505000141800a4201090a4201080a4201070a4201060a4201050000000000000000");
    em1.becomesBackup();
    em1.rejects(CarpReject.BADAUTH, PEER, withId(five));

    assertThat(em1.told).hasSize(1);
    VrrpHeard heard = (VrrpHeard) em1.told.get(0);
    assertThat(heard.virtualMacClashes()).isTrue();
    assertThat(heard.line())
        .isEqualTo(
            "WARNING 1@em1: VRRP version 2 with the same id 1 from 192.0.2.3 (priority 101, 5"
                + " addresses); its virtual MAC 00:00:5e:00:01:01 is also this virtual router's:"
                + " switches will send each one's traffic to the other. Give one of them another"
                + " id");
    em1.at(30).rejects(CarpReject.BADAUTH, PEER, withId(five));
    assertThat(em1.told).as("once a minute").hasSize(1);
    em1.at(95);
    assertThat(em1.lines()).last().asString().startsWith("INFO 1@em1: over, no longer heard: VRRP");
  }

  @Test
  void vrrpWithAnotherIdIsNobodysBusiness() {
    byte[] five =
        HexFormat.of()
            .parseHex("210c6505000141800a4201090a4201080a4201070a4201060a4201050000000000000000");
    em1.rejects(CarpReject.BADVHID, PEER, five);

    assertThat(em1.told).isEmpty();
  }

  /** Virtual router 12 becomes 1; the checksum follows. */
  private static byte[] withId(byte[] vrrp) {
    byte[] changed = vrrp.clone();
    changed[1] = 1;
    changed[7] = (byte) (changed[7] + 12 - 1);
    return changed;
  }

  private PeerLiveness syncLink(double since, double last) {
    return () ->
        Optional.of(
            new PeerLiveness.Sign(
                WatchedSegment.addresses("172.16.1.3").get(0),
                "em2",
                Math.round(since * SECOND),
                Math.round(last * SECOND)));
  }

  private void takesOverFromASilentMaster() {
    em1.becomesBackup();
    for (int second = 1; second <= 10; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    em1.at(13).becomesMaster();
  }

  @Test
  void aPeerAliveOnTheSyncLinkWhoseAdvertsDoNotArriveIsFiltered() {
    em1.watch.peerLiveness(syncLink(0, 12.9));
    takesOverFromASilentMaster();

    assertThat(em1.told).hasSize(1);
    assertThat(em1.told.get(0))
        .isEqualTo(
            new MulticastFiltered(
                "em1",
                1,
                13 * SECOND,
                WatchedSegment.addresses("172.16.1.3").get(0),
                "em2",
                12_900_000_000L,
                10 * SECOND));
    assertThat(em1.told.get(0).line())
        .startsWith(
            "WARNING 1@em1: the peer 172.16.1.3 is alive on the sync link em2 but was silent on em1"
                + " for 3.00 s: multicast is filtered between the nodes");
    em1.at(20).hears(PEER, 1, 0);
    assertThat(em1.told.get(1).text()).startsWith("over, adverts are heard: the peer");
  }

  @Test
  void aPeerThatDiedIsSilentEverywhere() {
    em1.watch.peerLiveness(syncLink(0, 10.9));
    takesOverFromASilentMaster();
    em1.at(100);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void aPeerThatHasJustComeBackDidNotAdvertiseBefore() {
    em1.watch.peerLiveness(syncLink(11, 12.9));
    takesOverFromASilentMaster();
    em1.at(100);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void aPreemptedOrDepartingPeerIsNotSilent() {
    em1.watch.peerLiveness(syncLink(0, 100));
    em1.becomesBackup();
    em1.at(10).becomes(Role.MASTER, RoleReason.PREEMPTING);
    em1.at(20).becomesBackup();
    em1.at(30).becomes(Role.MASTER, RoleReason.MASTER_WILL_TIME_OUT);
    em1.at(100);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void withoutASignOfLifeThereIsNothingToSay() {
    em1.watch.peerLiveness(Optional::empty);
    takesOverFromASilentMaster();
    em1.at(100);

    assertThat(em1.told).isEmpty();
  }

  /** A quiet firewall sends little on its sync link: the sign may come behind the takeover. */
  @Test
  void itIsAskedOnceMoreAMasterDownTimeLater() {
    long[] last = {Math.round(10.5 * SECOND)};
    InetAddress peer = WatchedSegment.addresses("172.16.1.3").get(0);
    em1.watch.peerLiveness(() -> Optional.of(new PeerLiveness.Sign(peer, "em2", 0, last[0])));
    takesOverFromASilentMaster();
    assertThat(em1.told).isEmpty();
    last[0] = 15 * SECOND;
    em1.at(100);

    assertThat(em1.told).singleElement().isInstanceOf(MulticastFiltered.class);
    assertThat(em1.told.get(0).atNanos()).isEqualTo(16 * SECOND);
    assertThat(em1.watch.ongoing()).isEqualTo(em1.told);
    assertThat(em1.told.get(0).toJson())
        .contains("\"kind\":\"multicast-filtered\"", "\"syncLink\":\"em2\"");
  }
}
