package org.pfha.carp.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER;
import static org.pfha.carp.diagnosis.WatchedSegment.PEER6;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.HashMismatch;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.LinkAddress;

/** Adverts with another hash, explained now and then. */
class MismatchTest {

  private static final String V4 = "192.0.2.1";
  private static final String V6 = "2001:db8::1";
  private static final String MORE = "192.0.2.99";

  private final WatchedSegment em1 = new WatchedSegment();

  @ParameterizedTest
  @ValueSource(strings = {PEER, PEER6})
  void theCommonestFaultOneSideHasAnAddressMore(String peer) {
    em1.becomesBackup();
    em1.at(1).hearsWrong(peer, V4, V6, MORE);

    assertThat(em1.lines())
        .containsExactly(
            "WARNING 1@em1: advert of %s (advbase 1, advskew 0) has another hash: the sender has"
                    .formatted(LinkAddress.parse(peer).address().getHostAddress())
                + " 192.0.2.99 too; add it here, or remove it there");
  }

  @Test
  void whileThisNodeIsMasterItMeansTwoMasters() {
    em1.becomesMaster();
    em1.at(1).hearsWrong(PEER, V4, V6, MORE);

    assertThat(em1.told).extracting(CarpDiagnosis::severity).containsExactly(Severity.ALARM);
  }

  @Test
  void aPeerThatStartsHasMoreAddressesEachTimeAndThatIsInformation() {
    em1.becomesMaster();
    em1.at(1).hearsWrong(PEER);
    em1.at(4).hearsWrong(PEER, V4);
    em1.at(7).hears(PEER, 1, 0);

    assertThat(em1.lines())
        .containsExactly(
            "INFO 1@em1: advert of 192.0.2.3 (advbase 1, advskew 0) has another hash: the sender"
                + " has no address at all on this vhid; it may be starting",
            "INFO 1@em1: advert of 192.0.2.3 (advbase 1, advskew 0) has another hash: the sender"
                + " leaves out all IPv6 addresses (2001:db8:0:0:0:0:0:1); every advert must cover"
                + " both families; it may be starting",
            "INFO 1@em1: over, its adverts are valid now: advert of 192.0.2.3 (advbase 1, advskew"
                + " 0) has another hash: the sender leaves out all IPv6 addresses"
                + " (2001:db8:0:0:0:0:0:1); every advert must cover both families; it may be"
                + " starting");
    em1.at(60);
    assertThat(em1.told).isEmpty();
    assertThat(em1.watch.isWaiting()).isFalse();
  }

  @Test
  void aPeerThatStillLacksThemAMinuteLaterIsNotStarting() {
    em1.becomesMaster();
    for (int second = 1; second <= 70; second++) {
      em1.at(second).hearsWrong(PEER, V4);
    }

    assertThat(em1.told)
        .extracting(CarpDiagnosis::severity)
        .containsExactly(Severity.INFO, Severity.ALARM);
    assertThat(em1.told.get(1).atNanos()).isEqualTo(61_000_000_000L);
  }

  @Test
  void aPeerThatLosesAddressesIsNotStarting() {
    em1.becomesMaster();
    em1.at(1).hearsWrong(PEER, V4);
    em1.at(4).hearsWrong(PEER);

    assertThat(em1.told)
        .extracting(CarpDiagnosis::severity)
        .containsExactly(Severity.INFO, Severity.ALARM);
  }

  @Test
  void theSameIsExplainedLessAndLessOften() {
    em1.becomesBackup();
    int explained = 0;
    for (int second = 1; second <= 3600; second++) {
      em1.at(second).hearsWrong(PEER, "203.0.113.77");
      explained += em1.lines().size();
    }

    // at 1, then when it is due a minute later; the wait between two grows to ten minutes
    assertThat(explained).isBetween(8, 12);
  }

  @Test
  void aSilentSenderIsOver() {
    em1.becomesBackup();
    em1.at(1).hearsWrong(PEER, V4, V6, MORE);
    em1.at(60);

    assertThat(em1.told).hasSize(2);
    assertThat(((Ended) em1.told.get(1)).because()).isEqualTo("no longer heard");
    assertThat(em1.watch.ongoing()).isEmpty();
  }

  @Test
  void otherRejectsAreNotExplained() {
    em1.becomesBackup();
    byte[] advert =
        WatchedSegment.advert(1, 0, 1, WatchedSegment.hashing(WatchedSegment.addresses(V4)));
    for (CarpReject reason : CarpReject.values()) {
      if (reason != CarpReject.BADAUTH && reason != CarpReject.OWN_ADDRESS) {
        em1.rejects(reason, PEER, advert);
      }
    }

    assertThat(em1.told).isEmpty();
  }

  /** A flood costs what the budget allows, and says no more than a few senders could. */
  @Test
  void aFloodOfForgedSendersIsLimited() {
    em1.becomesBackup();
    for (int i = 0; i < 60_000; i++) {
      em1.at(1 + i / 1000.0)
          .hearsWrong("198.51.%d.%d".formatted(i / 256 % 256, i % 256), "203.0.113.77");
    }

    assertThat(em1.told).hasSizeLessThanOrEqualTo(6 * 2 * MismatchWatch.MOST_SOURCES);
    assertThat(em1.watch.ongoing()).hasSizeLessThanOrEqualTo(MismatchWatch.MOST_SOURCES);
  }

  @Test
  void theBudgetIsPaidOffBeforeTheNextExplanation() {
    HmacBudget budget = new HmacBudget(100);
    assertThat(budget.isLeft(0)).isTrue();
    budget.spend(HmacExplainer.MOST_HMACS + 250);

    assertThat(budget.isLeft(0)).isFalse();
    assertThat(budget.isLeft(2_999_999_999L)).isFalse();
    assertThat(budget.isLeft(3_000_000_000L)).isTrue();
    assertThat(budget.isLeft(-5_000_000_000L)).as("a clock that jumps back").isTrue();
  }

  @Test
  void programsReadItAsJson() {
    em1.becomesBackup();
    em1.at(1).hearsWrong(PEER, V4, V6, MORE);

    assertThat(((HashMismatch) em1.told.get(0)).toJson())
        .contains(
            "\"kind\":\"hash-mismatch\"",
            "\"source\":\"192.0.2.3\"",
            "\"booting\":false",
            "\"explanation\":{\"result\":\"explained\",\"differences\":[\"extra-addresses\"]");
  }

  /** Adverts and takeovers of this node wait for no search: it is made in small parts. */
  @Test
  void aLongSearchIsMadeLittleByLittleAndDelaysNothing() {
    List<CarpDiagnosis> told = new ArrayList<>();
    HmacExplainer many =
        HmacExplainer.of(1, new byte[] {1}, addresses("192.0.2.", 30))
            .withOtherAddresses(addresses("198.51.100.", 30));
    CarpWatch watch =
        new CarpWatch(
            WatchedSegment.watched(), () -> many, new HmacBudget(), ReplayPolicy.REPORT, told::add);
    byte[] advert =
        WatchedSegment.advert(1, 0, 1, WatchedSegment.hashing(addresses("203.0.113.", 1)));
    watch.rejected(CarpReject.BADAUTH, WatchedSegment.view(advert), em1.packet(PEER, advert));

    long now = 0;
    int turns = 1;
    while (told.isEmpty()) {
      assertThat(watch.isWaiting()).isTrue();
      assertThat(watch.deadlineNanos() - now).as("a pause").isEqualTo(MismatchWatch.PAUSE_NANOS);
      now = watch.deadlineNanos();
      watch.tick(now);
      turns++;
    }
    int least = HmacExplainer.MOST_HMACS / MismatchWatch.AT_A_TIME;
    assertThat(turns).isBetween(least, 3 * least);
    HashMismatch mismatch = (HashMismatch) told.get(0);
    assertThat(mismatch.explanation())
        .isEqualTo(new HmacExplanation.Unexplained(HmacExplainer.MOST_HMACS));
    assertThat(mismatch.atNanos()).as("when the advert arrived").isZero();
  }

  @Test
  void aSearchEndsWithItsSender() {
    em1.becomesBackup();
    em1.at(1).hearsWrong(PEER, "203.0.113.77");
    assertThat(em1.told).as("it goes on").isEmpty();
    em1.hears(PEER, 1, 0);
    em1.at(30);

    assertThat(em1.told).isEmpty();
    assertThat(em1.watch.isWaiting()).isFalse();
  }

  private static List<InetAddress> addresses(String net, int count) {
    return WatchedSegment.addresses(
        IntStream.rangeClosed(1, count).mapToObj(i -> net + i).toArray(String[]::new));
  }
}
