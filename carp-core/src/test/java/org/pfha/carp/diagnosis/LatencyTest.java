package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.diagnosis.CarpDiagnosis.LatencyAdvice;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;

/** How late a master's adverts are, and which advbase allows for it. */
class LatencyTest {

  private final WatchedSegment em1 = new WatchedSegment();

  private LatencyAdvice advice() {
    List<LatencyAdvice> all = em1.watch.latency(em1.now());
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  @Test
  void aPunctualMasterNeedsNoMore() {
    em1.becomesBackup();
    for (int i = 1; i <= 200; i++) {
      em1.at(1.02 * i).hears(PEER, 1, 0);
    }

    assertThat(em1.told).isEmpty();
    LatencyAdvice advice = advice();
    assertThat(advice.severity()).isEqualTo(Severity.INFO);
    assertThat(advice.samples()).isEqualTo(199);
    assertThat(advice.worstNanos()).isEqualTo(20_000_000L);
    assertThat(advice.text())
        .isEqualTo(
            "adverts of 192.0.2.3 are late by 20.0 ms (median), 20.0 ms (99.9 %), 20.0 ms (worst of"
                + " 199); a backup waits 3 advbase and the next advert is due after 1 advbase and a"
                + " skew of 0/256 s, so that twice the 99.9 % and the skew must fit into 2 advbase:"
                + " advbase 1 is enough (it is 1)");
  }

  @Test
  void aMasterThatIsOftenLateNeedsALongerInterval() {
    Random random = new Random(1);
    em1.becomesBackup();
    double time = 0;
    for (int i = 1; i <= 120; i++) {
      time += 1 + 1.8 * random.nextDouble();
      em1.at(time).hears(PEER, 1, 0);
    }

    assertThat(em1.told).isNotEmpty();
    LatencyAdvice first = (LatencyAdvice) em1.told.get(0);
    assertThat(first.severity()).isEqualTo(Severity.WARNING);
    assertThat(first.samples()).isEqualTo(60);
    assertThat(first.suggestedAdvbase()).isEqualTo(2);
    assertThat(first.text()).endsWith("raise advbase from 1 to 2");
    assertThat(first.toJson()).contains("\"kind\":\"latency-advice\"", "\"suggestedAdvbase\":2");
    assertThat(em1.told).as("told once an hour").hasSize(1);
  }

  @Test
  void theSkewOfADemotedMasterIsNoLateness() {
    em1.becomesBackup();
    for (int i = 0; i < 100; i++) {
      em1.at(i).hears(PEER, 1, 0);
    }
    for (int i = 1; i <= 100; i++) {
      em1.at(99 + 1.9375 * i).hears(PEER, 1, 240);
    }

    assertThat(advice().worstNanos()).isZero();
    assertThat(advice().suggestedAdvbase()).isEqualTo(1);
  }

  @Test
  void aMasterThatWasAwayWasNotLate() {
    em1.becomesBackup();
    for (int i = 1; i <= 100; i++) {
      em1.at(i).hears(PEER, 1, 0);
    }
    em1.at(103).becomesMaster();
    em1.at(107).becomesBackup();
    for (int i = 1; i <= 10; i++) {
      em1.at(107 + i).hears(PEER, 1, 0);
    }

    assertThat(advice().worstNanos()).isZero();
    assertThat(advice().samples()).isEqualTo(99 + 9);
  }

  @Test
  void bothFamiliesAreMeasuredByTheirSources() {
    em1.becomesBackup();
    for (int i = 1; i <= 100; i++) {
      em1.at(i).hears(PEER, 1, 0);
      em1.hears(WatchedSegment.PEER6, 1, 0);
    }

    assertThat(em1.watch.latency(em1.now()))
        .extracting(advice -> advice.source().getHostAddress())
        .containsExactly(PEER, "fe80:0:0:0:0:0:0:3");
  }

  @Test
  void forgedSourcesAreNotMeasuredWithoutLimit() {
    em1.becomesBackup();
    for (int i = 0; i < 100_000; i++) {
      em1.at(i / 100.0).hears("198.51.%d.%d".formatted(i / 256 % 256, i % 256), 1, 0);
    }

    assertThat(em1.watch.latency(em1.now())).hasSizeLessThanOrEqualTo(LatencyAdvisor.MOST_PEERS);
  }

  @Test
  void aClockThatJumpsIsNoLateness() {
    em1.becomesBackup();
    for (int i = 1; i <= 100; i++) {
      em1.at(i).hears(PEER, 1, 0);
    }
    em1.jump(5);
    em1.hears(PEER, 1, 0);
    em1.jump(100_000);
    em1.hears(PEER, 1, 0);

    assertThat(advice().worstNanos()).isZero();
  }

  @Test
  void intervalsBelowASecondAreKeptUnlessAdvertsAreLaterThanThat() {
    em1.becomesBackup();
    for (int i = 1; i <= 100; i++) {
      em1.at(0.26 * i).hears(PEER, 0, 64);
    }
    assertThat(em1.told).isEmpty();
    assertThat(advice().suggestedAdvbase()).isZero();

    for (int i = 1; i <= 100; i++) {
      em1.at(26 + 0.6 * i).hears(PEER, 0, 64);
    }
    assertThat(em1.told).isNotEmpty();
    assertThat(advice().suggestedAdvbase()).isEqualTo(1);
  }
}
