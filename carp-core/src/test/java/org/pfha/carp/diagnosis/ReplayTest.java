package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER6;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.diagnosis.CarpDiagnosis.ReplaySuspected;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;
import org.pfha.carp.engine.CarpProfile;

/** No peer's legal behaviour is refused or an alarm (spec carp 5); what is old is named. */
class ReplayTest {

  private final WatchedSegment em1 = new WatchedSegment();

  @Test
  void aLoneMasterSendsUnrelatedCounters() {
    Random random = new Random(5);
    em1.becomesBackup();
    for (int second = 1; second <= 2000; second++) {
      assertThat(em1.at(second).hears(PEER, 1, 0, random.nextLong())).isTrue();
    }

    assertThat(em1.told).isEmpty();
  }

  @Test
  void twoMastersMaySendTheSameAdvertAtTheSameTimeAndTheNetworkMayRepeatIt() {
    em1.becomesBackup();
    for (int second = 1; second <= 10; second++) {
      em1.at(second).hears(PEER, 1, 0, second);
      em1.hears("192.0.2.4", 1, 0, second);
      em1.hears(PEER, 1, 0, second);
    }

    assertThat(em1.told).isEmpty();
  }

  @Test
  void theFamiliesShareOneWindowAndOneRisingCounter() {
    em1.becomesBackup();
    for (int second = 1; second <= 60; second++) {
      em1.at(second).hears(PEER, 1, 0, 2L * second);
      em1.hears(PEER6, 1, 0, 2L * second + 1);
    }
    assertThat(em1.told).isEmpty();

    em1.at(70).hears(PEER6, 1, 0, 20);
    assertThat(em1.told).as("sent over IPv4 a minute ago").hasSize(1);
  }

  @Test
  void anOldAdvertIsSuspectedButCounts() {
    em1.becomesBackup();
    for (int second = 1; second <= 10; second++) {
      em1.at(second).hears(PEER, 1, 0, second);
    }

    assertThat(em1.at(12).hears(PEER, 1, 0, 5)).isTrue();

    assertThat(em1.told).hasSize(1);
    ReplaySuspected suspected = (ReplaySuspected) em1.told.get(0);
    assertThat(suspected.firstNanos()).isEqualTo(5_000_000_000L);
    assertThat(suspected.line())
        .isEqualTo(
            "ALARM 1@em1: advert of 192.0.2.3 with counter 0000000000000005 is 7.00 s old: replay"
                + " suspected");
    em1.at(60);
    assertThat(em1.told.get(1).text()).startsWith("over, no old advert was heard for a while");
  }

  @Test
  void exactlyOneMasterDownTimeIsNotTooOld() {
    em1.becomesBackup();
    em1.at(1).hears(PEER, 1, 0, 5);
    em1.at(2).hears(PEER, 1, 0, 6);
    em1.at(4).hears(PEER, 1, 0, 5);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void anOwnAdvertFromSomebodyElseMuchLaterIsOldToo() {
    em1.becomesMaster();
    byte[] own = em1.sends();
    em1.at(5).becomesBackup();
    for (int second = 6; second <= 9; second++) {
      em1.at(second).hears(PEER, 1, 0);
    }
    em1.at(10);
    em1.watch.accepted(WatchedSegment.view(own), em1.packet(PEER, own));

    assertThat(em1.told).singleElement().isInstanceOf(ReplaySuspected.class);
  }

  /** It would be an alarm a second otherwise. */
  @Test
  void openBsdRepeatsItsCounterForEver() {
    em1.becomesBackup();
    for (int second = 1; second <= 59; second++) {
      assertThat(em1.at(second).hears(PEER, 1, 0, 77)).isTrue();
    }

    assertThat(em1.told).hasSize(1);
    assertThat(em1.told.get(0).severity()).isEqualTo(Severity.INFO);
    assertThat(em1.told.get(0).text()).contains("it has always repeated its counter, as OpenBSD");
  }

  @Test
  void aMasterThatCountedAndNowRepeatsIsNotOpenBsd() {
    em1.becomesBackup();
    for (int second = 1; second <= 30; second++) {
      em1.at(second).hears(PEER, 1, 0, second);
    }
    for (int second = 31; second <= 50; second++) {
      em1.at(second).hears(PEER, 1, 0, 30);
    }

    assertThat(em1.told).hasSize(1);
    assertThat(em1.told.get(0).severity()).isEqualTo(Severity.ALARM);
  }

  @Test
  void droppingIsAnOptIn() {
    WatchedSegment strict = new WatchedSegment(ReplayPolicy.DROP, 0);
    strict.becomesBackup();
    for (int second = 1; second <= 10; second++) {
      assertThat(strict.at(second).hears(PEER, 1, 0, second)).isTrue();
    }

    assertThat(strict.at(12).hears(PEER, 1, 0, 5)).isFalse();
    assertThat(strict.told.get(0).text()).endsWith("replay suspected, dropped");
    assertThat(strict.at(12.1).hears(PEER, 1, 0, 11)).isTrue();
  }

  @Test
  void aThousandOldAdvertsAreOneAlarmAMinute() {
    em1.becomesBackup();
    for (int second = 1; second <= 500; second++) {
      em1.at(second).hears(PEER, 1, 0, second);
    }
    em1.told.clear();
    for (int i = 1; i <= 400; i++) {
      em1.at(500 + i / 10.0).hears("192.0.2." + (10 + i % 200), 1, 0, i);
    }

    assertThat(em1.told).hasSize(1);
  }

  @Test
  void aClockThatJumpsBackMakesNothingOld() {
    em1.at(1000).becomesBackup();
    em1.hears(PEER, 1, 0, 5);
    em1.jump(0);
    em1.hears(PEER, 1, 0, 5);

    assertThat(em1.told).isEmpty();
  }

  @Test
  void droppingIsRefusedWhereEverybodyRepeatsOneCounter() {
    assertThat(ReplayPolicy.DROP.problemWith(CarpProfile.OPENBSD))
        .hasValueSatisfying(problem -> assertThat(problem).endsWith("use REPORT"));
    assertThat(ReplayPolicy.DROP.problemWith(CarpProfile.PFHA)).isEmpty();
    assertThat(ReplayPolicy.REPORT.problemWith(CarpProfile.OPENBSD)).isEmpty();
  }
}
