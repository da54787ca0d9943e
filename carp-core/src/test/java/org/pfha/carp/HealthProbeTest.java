package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Probes asked every second with a timeout of 300 ms; 3 failures demote, 2 successes lift it. */
class HealthProbeTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SimPair pair = new SimPair();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile boolean works = true;

  private ProbeSchedule schedule() {
    return ProbeSchedule.of(
            "dns",
            () -> {
              calls.incrementAndGet();
              return works;
            })
        .every(SECOND)
        .timeout(Duration.ofMillis(300))
        .fall(3)
        .rise(2);
  }

  private CarpNodeBuilder primary(ProbeSchedule schedule) {
    return pair.primaryBuilder().probe(schedule).executor(pair.a.loop()::execute);
  }

  @Test
  void threeFailuresDemoteAndTwoSuccessesLiftIt() throws IOException {
    CarpNode primary = primary(schedule()).start();
    CarpNode secondary = pair.secondary();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);

    works = false;
    pair.advance(SECOND.multipliedBy(2));
    assertThat(primary.demotion().total()).as("twice is not believed").isZero();
    assertThat(primary.probes().get(0).healthy()).isTrue();
    pair.advance(SECOND);
    assertRoles(primary, BACKUP, secondary, MASTER);
    assertThat(primary.demotion().entries())
        .singleElement()
        .hasToString("+240 probe dns: unhealthy");

    works = true;
    pair.advance(SECOND);
    assertThat(primary.demotion().total()).as("once is not believed").isEqualTo(240);
    pair.advance(SECOND);
    assertThat(primary.demotion().total()).isZero();
    assertThat(pair.eventsOfA(ProbeStatus.class))
        .extracting(ProbeStatus::healthy)
        .containsExactly(false, true);
  }

  @Test
  void anAnswerThatComesAndGoesChangesNothing() throws IOException {
    CarpNode primary = primary(schedule()).start();
    for (int i = 0; i < 20; i++) {
      works = i % 3 == 0;
      pair.advance(SECOND);
    }
    assertThat(primary.probes().get(0).healthy()).isTrue();
    assertThat(pair.eventsOfA(ProbeStatus.class)).isEmpty();
  }

  @Test
  void whatAProbeThrowsIsItsReason() throws IOException {
    CarpNode primary =
        primary(
                ProbeSchedule.of(
                        "dns",
                        () -> {
                          throw new IOException("connection refused");
                        })
                    .every(SECOND)
                    .fall(1))
            .start();
    pair.soon();

    assertThat(primary.demotion().entries())
        .singleElement()
        .hasToString("+240 probe dns: connection refused");
    assertThat(primary.probes().get(0))
        .hasToString("probe dns is down (1 in a row: connection refused)");
  }

  @Test
  void aProbeThatHangsFailsEachIntervalAndIsNotCalledAgainUntilItReturns() throws IOException {
    Deque<Runnable> hanging = new ArrayDeque<>();
    CarpNode primary = pair.primaryBuilder().probe(schedule()).executor(hanging::add).start();

    pair.advance(SECOND.multipliedBy(10));
    assertThat(hanging).as("calls do not pile up").hasSize(1);
    assertThat(primary.demotion().total()).isEqualTo(240);
    assertThat(primary.role("em1", 1)).as("the loop goes on").isEqualTo(MASTER);
    assertThat(primary.probes().get(0).detail()).contains("has not returned");

    for (int i = 0; i < 4; i++) {
      hanging.remove().run();
      pair.advance(SECOND);
    }
    assertThat(calls).hasValue(4);
    assertThat(primary.demotion().total()).as("the late answer itself is not heard").isZero();
  }

  @Test
  void aHangingProbeIsInterrupted() throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CarpNode primary =
        pair.primaryBuilder()
            .executor(pool)
            .probe(
                ProbeSchedule.of(
                        "hangs",
                        () -> {
                          entered.countDown();
                          try {
                            return new CountDownLatch(1).await(1, TimeUnit.HOURS);
                          } finally {
                            interrupted.countDown();
                          }
                        })
                    .timeout(Duration.ofMillis(300)))
            .start();
    pair.soon();
    assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();

    pair.advance(SECOND);

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    primary.close();
    pool.shutdownNow();
  }

  @Test
  void anExecutorThatRefusesIsAFailure() throws IOException {
    CarpNode primary =
        pair.primaryBuilder()
            .probe(schedule())
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .start();
    pair.advance(SECOND.multipliedBy(3));

    assertThat(primary.demotion().entries())
        .singleElement()
        .hasToString("+240 probe dns: the executor refuses it");
  }

  @Test
  void closingTakesThePenaltyBackAndEndsTheCalls() throws IOException {
    DemotionLedger shared = new DemotionLedger(pair.a.loop().clock());
    works = false;
    CarpNode primary = primary(schedule()).demotion(shared).start();
    pair.settle();
    assertThat(shared.total()).isEqualTo(240);

    primary.close();
    assertThat(shared.entries()).isEmpty();
    int before = calls.get();
    pair.settle();
    assertThat(calls).hasValue(before);
    assertThat(shared.entries()).isEmpty();
  }

  @Test
  void aPausedProgramDoesNotBlameTheProbe() throws IOException {
    CarpNode primary = primary(schedule().fall(1)).start();
    pair.advance(SECOND.multipliedBy(3));

    pair.a.pause();
    pair.advance(SECOND.multipliedBy(30));
    pair.a.resume();
    pair.settle();

    assertThat(pair.eventsOfA(ProbeStatus.class)).isEmpty();
    assertThat(primary.probes().get(0).healthy()).isTrue();
    assertThat(calls.get()).as("no burst for the rounds that were missed").isLessThan(20);
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(
            () ->
                primary(schedule().every(Duration.ZERO).fall(0))
                    .probe(schedule().timeout(Duration.ofSeconds(-1)))
                    .start())
        .hasMessageContainingAll("PT0S", "fall 0", "PT-1S", "probe dns is there twice");
  }
}
