package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DemotionLedgerTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private long now = 1_000;
  private final DemotionLedger ledger = new DemotionLedger(() -> now);
  private final List<DemotionChange> changes = new ArrayList<>();

  private void pass(Duration time) {
    now += time.toNanos();
  }

  @Test
  void theSumIsThatOfThePenaltiesInForce() {
    Demotion bulk = ledger.demote("pfsync", "bulk update pending", 240);
    ledger.demote("operator", "prefer this node", -10);
    assertThat(ledger.total()).isEqualTo(230);
    assertThat(ledger.entries())
        .extracting(DemotionLedger.Entry::owner)
        .containsExactly("pfsync", "operator");

    bulk.close();
    bulk.close();
    assertThat(ledger.total()).as("nothing is taken back twice").isEqualTo(-10);
  }

  @Test
  void equalPenaltiesAreStillTwo() {
    Demotion first = ledger.demote("pfsync", "bulk", 240);
    ledger.demote("pfsync", "bulk", 240);
    first.close();
    assertThat(ledger.total()).isEqualTo(240);

    ledger.clear("pfsync");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void theSumDoesNotOverflow() {
    ledger.demote("a", "much", Integer.MAX_VALUE);
    ledger.demote("b", "more", Integer.MAX_VALUE);
    assertThat(ledger.total()).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aPenaltyEndsByItself() {
    ledger.onChange(Runnable::run, changes::add);
    ledger.demote("operator", "drain first", 100, MINUTE);
    Demotion other = ledger.demote("operator", "and this", 20);
    assertThat(ledger.nextExpiryNanos()).isEqualTo(OptionalLong.of(1_000 + MINUTE.toNanos()));

    pass(MINUTE.minusNanos(1));
    assertThat(ledger.total()).isEqualTo(120);
    pass(Duration.ofNanos(1));
    assertThat(ledger.total()).as("even before anybody ticks").isEqualTo(20);

    ledger.tick();
    assertThat(changes)
        .extracting(DemotionChange::kind)
        .last()
        .isEqualTo(DemotionChange.Kind.EXPIRED);
    assertThat(ledger.nextExpiryNanos()).isEmpty();
    other.close();
    assertThat(ledger.total()).isZero();
  }

  @Test
  void aPenaltyThatEndedIsNotTakenBackAgain() {
    ledger.onChange(Runnable::run, changes::add);
    Demotion demotion = ledger.demote("operator", "for a while", 100, MINUTE);
    pass(MINUTE);
    demotion.close();
    ledger.tick();
    ledger.clear("operator");

    assertThat(changes)
        .extracting(DemotionChange::kind)
        .containsExactly(DemotionChange.Kind.IMPOSED, DemotionChange.Kind.EXPIRED);
  }

  @Test
  void aClockThatOverflowsOrJumpsDoesNotMakeAPenaltyEternal() {
    now = Long.MAX_VALUE - 10;
    ledger.demote("operator", "across the overflow", 100, MINUTE);
    pass(MINUTE.minusNanos(1));
    assertThat(ledger.total()).isEqualTo(100);
    pass(Duration.ofNanos(1));
    assertThat(ledger.total()).isZero();

    now -= Duration.ofDays(1).toNanos();
    assertThat(ledger.total()).as("what has ended does not come back").isZero();

    ledger.demote("operator", "for ever and a day", 100, Duration.ofSeconds(Long.MAX_VALUE));
    assertThat(ledger.total()).isEqualTo(100);
    pass(Duration.ofDays(36_500));
    assertThat(ledger.total()).isZero();
  }

  @Test
  void aLifetimeMustBeOne() {
    assertThatThrownBy(() -> ledger.demote("a", "b", 1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }

  @Test
  void aGroupsPenaltyIsItsOwn() {
    ledger.demote("pfsync", "bulk", 200);
    Demotion group = ledger.demoteGroup("uplinks", "probe dns", "no answer", 40);

    assertThat(ledger.total()).isEqualTo(200);
    assertThat(ledger.total("uplinks")).isEqualTo(240);
    assertThat(ledger.total("others")).isEqualTo(200);
    group.close();
    assertThat(ledger.total("uplinks")).isEqualTo(200);
  }

  @Test
  void listenersHearOfEachChangeInItsOrderEvenThoseTheyMakeThemselves() {
    List<Integer> totals = new ArrayList<>();
    ledger.onChange(
        Runnable::run,
        change -> {
          if (change.entry().owner().equals("first")) {
            ledger.demote("second", "follows the first", 2);
          }
        });
    ledger.onChange(Runnable::run, change -> totals.add(change.total()));

    ledger.demote("first", "begins", 1);

    assertThat(totals).containsExactly(1, 3);
  }

  @Test
  void aListenerThatFailsDoesNotDeafenTheOthersAndNoneHearsAfterItsEnd() {
    ledger.onChange(
        Runnable::run,
        change -> {
          throw new AssertionError("a listener's own mistake");
        });
    var subscription = ledger.onChange(Runnable::run, changes::add);

    ledger.demote("a", "b", 1);
    assertThat(changes).hasSize(1);
    subscription.close();
    ledger.clear("a");
    assertThat(changes).hasSize(1);
  }

  @Test
  void concurrentCallersLeaveNothingBehind() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    ledger.onChange(Runnable::run, change -> heard.incrementAndGet());
    int threads = 4;
    int rounds = 2_000;
    CountDownLatch together = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      String owner = "owner " + i;
      futures.add(
          pool.submit(
              () -> {
                together.countDown();
                together.await();
                for (int round = 0; round < rounds; round++) {
                  Demotion demotion = ledger.demote(owner, "round", 1);
                  if (ledger.total() < 1) {
                    throw new AssertionError("its own penalty is not in force");
                  }
                  demotion.close();
                }
                return null;
              }));
    }
    for (Future<?> future : futures) {
      future.get();
    }
    pool.shutdown();
    ledger.tick();

    assertThat(ledger.entries()).isEmpty();
    assertThat(heard).hasValue(2 * threads * rounds);
  }

  @Test
  void aPenaltyOfTheNodeIsOnOnceAtMostAndNeverAgainAfterItsEnd() {
    Penalty penalty = ledger.penalty("carp 1@em1", null);
    penalty.set(240, "interface down");
    penalty.set(240, "interface down");
    assertThat(ledger.total()).isEqualTo(240);

    ledger.clear("carp 1@em1");
    penalty.set(240, "interface down");
    assertThat(ledger.total()).as("an operator's word counts until it was off").isZero();

    penalty.set(0, "");
    penalty.set(240, "interface down");
    penalty.end();
    penalty.set(240, "interface down");
    assertThat(ledger.total()).isZero();
  }

  @Test
  void itReadsAsTextAndAsJson() {
    ledger.demote("pfsync@em2", "waiting for a \"bulk\" update", 240);
    ledger.demoteGroup("uplinks", "probe dns", "no answer\n", 40);
    ledger.demote("operator", "for a while", -5, MINUTE);

    assertThat(ledger.describe())
        .isEqualTo(
            """
            demotion 235
              +240 pfsync@em2: waiting for a "bulk" update
              +40 probe dns: no answer
             (group uplinks)
              -5 operator: for a while (for 60000 ms)""");
    assertThat(ledger.toJson())
        .isEqualTo(
            "{\"total\":235,\"entries\":["
                + "{\"owner\":\"pfsync@em2\",\"reason\":\"waiting for a \\\"bulk\\\" update\","
                + "\"amount\":240,\"since_ns\":1000},"
                + "{\"owner\":\"probe dns\",\"reason\":\"no answer\\u000a\",\"amount\":40,"
                + "\"group\":\"uplinks\",\"since_ns\":1000},"
                + "{\"owner\":\"operator\",\"reason\":\"for a while\",\"amount\":-5,"
                + "\"since_ns\":1000,\"expires_ns\":60000001000}]}");
  }
}
