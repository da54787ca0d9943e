package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.diagnosis.WatchedSegment.OWN_MAC;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER6;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER_MAC;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;
import org.pfha.carp.diagnosis.CarpDiagnosis.SplitBrain;
import org.pfha.net.MacAddress;

/** Who else behaves as MASTER, and what is no split brain. */
class SplitBrainTest {

  private static final MacAddress VIRTUAL = MacAddress.virtual(1);

  private final WatchedSegment em1 = new WatchedSegment();

  @ParameterizedTest
  @ValueSource(strings = {PEER, PEER6})
  void aWorseMasterThatGoesOnIsASplitBrain(String peer) {
    em1.becomesMaster();
    for (int second = 1; second <= 5; second++) {
      em1.at(second).hears(peer, 1, 100);
    }

    assertThat(em1.told).hasSize(1);
    SplitBrain found = (SplitBrain) em1.told.get(0);
    assertThat(found.atNanos()).as("more than its interval and a second").isEqualTo(4_000_000_000L);
    assertThat(found.sinceNanos()).isEqualTo(1_000_000_000L);
    assertThat(found.times()).isEqualTo(4);
    assertThat(found.rival())
        .isEqualTo(new Rival.OtherMaster(WatchedSegment.addresses(peer).get(0), 1, 100));
    assertThat(found.line())
        .startsWith("ALARM 1@em1: split brain: this node is MASTER, but ")
        .endsWith(" advertises (advbase 1, advskew 100), 4 times in 3.00 s");
  }

  /** UCarp reads an advert up to a second late and sends one more before it steps down. */
  @Test
  void theOverlapAtAPreemptionIsNormal() {
    em1.becomesMaster();
    em1.at(0.1).hears(PEER, 1, 100);
    em1.at(1.1).hears(PEER, 1, 100);
    em1.at(60);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void aBackupHearsItsMasterAndThatIsAll() {
    em1.becomesBackup();
    for (int second = 1; second <= 60; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    em1.arp(1, "192.0.2.1", PEER_MAC, PEER_MAC);
    em1.at(300);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void somebodyWhoSaysGoodbyeIsNoRival() {
    em1.becomesMaster();
    for (int second = 1; second <= 10; second++) {
      em1.at(second).hears(PEER, 255, 255);
    }

    assertThat(em1.told).isEmpty();
  }

  @Test
  void itIsToldOnceAMinuteAndWhenItIsOver() {
    em1.becomesMaster();
    for (int second = 1; second <= 130; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    assertThat(em1.told).hasSize(3).allMatch(SplitBrain.class::isInstance);
    assertThat(em1.watch.ongoing()).containsExactly(em1.told.get(2));

    em1.at(200);

    assertThat(em1.told).hasSize(4);
    Ended ended = (Ended) em1.told.get(3);
    assertThat(ended.what()).isEqualTo(em1.told.get(2));
    assertThat(ended.atNanos()).as("three intervals and a second").isEqualTo(134_000_000_000L);
    assertThat(ended.line()).startsWith("INFO 1@em1: over, no longer heard: split brain");
    assertThat(em1.watch.ongoing()).isEmpty();
    assertThat(em1.watch.isWaiting()).isFalse();
  }

  @Test
  void steppingDownEndsIt() {
    em1.becomesMaster();
    for (int second = 1; second <= 4; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    em1.becomesBackup();

    assertThat(em1.told).hasSize(2);
    assertThat(em1.told.get(1).text()).startsWith("over, this node is no longer MASTER");
  }

  @Test
  void theAddressClaimedByArpFromElsewhereIsAWarningAndThenAnAlarm() {
    em1.becomesMaster();
    em1.at(100).arp(1, "192.0.2.1", PEER_MAC, PEER_MAC);
    assertThat(em1.told).as("it may be a takeover").isEmpty();

    em1.at(103.5);
    assertThat(em1.lines())
        .containsExactly(
            "WARNING 1@em1: split brain: this node is MASTER, but 192.0.2.1 is claimed for"
                + " 02:00:00:00:00:03 by ARP request from 02:00:00:00:00:03, once");

    em1.at(110).arp(2, "192.0.2.1", PEER_MAC, PEER_MAC);
    assertThat(em1.lines())
        .containsExactly(
            "ALARM 1@em1: split brain: this node is MASTER, but 192.0.2.1 is claimed for"
                + " 02:00:00:00:00:03 by ARP reply from 02:00:00:00:00:03, 2 times in 10.00 s");

    em1.at(500);
    assertThat(em1.lines()).hasSize(1).allMatch(line -> line.contains("over, no longer heard"));
  }

  @Test
  void theAddressClaimedByANeighbourAdvertisement() {
    em1.becomesMaster();
    em1.at(100).advertises("2001:db8::1", PEER_MAC, PEER_MAC).at(200);

    assertThat(em1.told).hasSize(1);
    assertThat(((SplitBrain) em1.told.get(0)).rival())
        .hasToString(
            "2001:db8:0:0:0:0:0:1 is claimed for 02:00:00:00:00:03 by neighbour advertisement from"
                + " 02:00:00:00:00:03");
  }

  /** Spec carp 20.4, and the capture of it: the reply comes 2 ms behind the takeover. */
  @Test
  void theOldMastersLastReplyIsNoConflict() {
    em1.becomesMaster();
    em1.at(0.002).arp(2, "192.0.2.1", PEER_MAC, PEER_MAC).at(60);

    assertThat(em1.told).isEmpty();
  }

  /** UCarp announces the address before it advertises; this node steps down a moment later. */
  @Test
  void anAnnouncementAheadOfTheAdvertIsNoConflict() {
    em1.becomesMaster();
    em1.at(100).arp(1, "192.0.2.1", PEER_MAC, PEER_MAC);
    em1.at(100.2).becomesBackup();
    em1.at(200);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void aPeersAnnouncementOfTheVirtualMacIsAWarningHoweverOftenItComes() {
    em1.becomesMaster();
    for (int second = 100; second <= 105; second++) {
      em1.at(second).arp(1, "192.0.2.1", VIRTUAL, PEER_MAC);
    }
    em1.at(200);

    assertThat(em1.told).hasSize(2);
    assertThat(em1.told.get(0).severity()).isEqualTo(Severity.WARNING);
    assertThat(em1.told.get(0).text()).contains("claimed for 00:00:5e:00:01:01 by ARP request");
    assertThat(em1.told.get(1).atNanos()).as("half a minute").isEqualTo(135_000_000_000L);
  }

  @Test
  void otherAddressesAndQuestionsAreNobodysBusiness() {
    em1.becomesMaster();
    em1.at(100)
        .arp(1, "192.0.2.77", PEER_MAC, PEER_MAC)
        .arp(1, "0.0.0.0", PEER_MAC, PEER_MAC)
        .arp(1, "192.0.2.1", OWN_MAC, PEER_MAC)
        .at(200);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void aThousandForgedClaimantsAreEightNews() {
    em1.becomesMaster();
    em1.at(100);
    for (int i = 0; i < 1000; i++) {
      MacAddress forged = new MacAddress(0x0600_0000_0000L + i);
      em1.arp(1, "192.0.2.1", forged, forged);
    }
    em1.at(110);

    assertThat(em1.told).hasSize(SplitBrainWatch.MOST_RIVALS);
  }

  @Test
  void aThousandForgedMastersAreEightNews() {
    em1.becomesMaster();
    for (int second = 1; second <= 5; second++) {
      em1.at(second);
      for (int i = 0; i < 250; i++) {
        em1.hears("198.51.100." + i, 1, 100);
      }
    }

    assertThat(em1.told).hasSize(SplitBrainWatch.MOST_RIVALS);
  }

  @Test
  void aClockThatJumpsBackNeitherAlarmsNorSticks() {
    em1.at(1000).becomesMaster();
    em1.at(1001).hears(PEER, 1, 0);
    em1.jump(10);
    em1.hears(PEER, 1, 0);
    assertThat(em1.told).isEmpty();
    em1.jump(1001);
    em1.at(1100);

    assertThat(em1.watch.isWaiting()).isFalse();
    assertThat(em1.told).isEmpty();
  }

  @Test
  void aClockNearItsOverflowIsAsGoodAsAnyOther() {
    WatchedSegment late = new WatchedSegment(ReplayPolicy.REPORT, Long.MAX_VALUE - 2_000_000_000L);
    late.becomesMaster();
    for (int second = 1; second <= 4; second++) {
      late.at(second).hears(PEER, 1, 0);
    }
    late.at(60);

    assertThat(late.told).hasSize(2);
    assertThat(late.told.get(0).severity()).isEqualTo(Severity.ALARM);
    assertThat(late.told.get(1)).isInstanceOf(Ended.class);
  }

  @Test
  void programsReadTheEvidenceAsJson() {
    em1.becomesMaster();
    for (int second = 1; second <= 3; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    em1.at(3).arp(1, "192.0.2.1", PEER_MAC, PEER_MAC).at(6);

    assertThat(em1.told.get(0).toJson())
        .isEqualTo(
            "{\"kind\":\"split-brain\",\"severity\":\"ALARM\",\"link\":\"em1\",\"vhid\":1,"
                + "\"atNanos\":3000000000,\"text\":\"split brain: this node is MASTER, but"
                + " 192.0.2.3 advertises (advbase 1, advskew 0), 3 times in 2.00 s\","
                + "\"by\":\"advert\",\"source\":\"192.0.2.3\",\"advbase\":1,\"advskew\":0,"
                + "\"sinceNanos\":1000000000,\"lastNanos\":3000000000,\"times\":3}");
    assertThat(em1.told.get(1).toJson())
        .contains("\"by\":\"ARP request\",\"address\":\"192.0.2.1\",\"mac\":\"02:00:00:00:00:03\"");
  }
}
