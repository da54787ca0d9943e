package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;

/** What a node asks of its loop, however many virtual routers it has. */
class SchedulingTest {

  private final SimPair pair = new SimPair(Long.MAX_VALUE - 5_000_000_000L);
  private final WatchedHost host = new WatchedHost(pair.a);

  private CarpNode with255VirtualRouters() throws IOException {
    CarpNodeBuilder builder = CarpNode.builder(host).randomCounters(new Random(1)::nextLong);
    for (int vhid = 1; vhid <= 255; vhid++) {
      builder.virtualRouter(
          VirtualRouter.onInterface("em1")
              .vhid(vhid)
              .password(SimPair.PASSWORD)
              .address("198.51.100." + vhid + "/24")
              .advskew(vhid % 200));
    }
    return builder.start();
  }

  @Test
  void oneTimerWaitsForAllOfThem() throws IOException {
    CarpNode node = with255VirtualRouters();
    int seen = 0;
    for (int step = 0; step < 1_000; step++) {
      pair.soon();
      seen = Math.max(seen, host.pendingTimers());
    }

    assertThat(seen).isEqualTo(1);
    for (int vhid = 1; vhid <= 255; vhid++) {
      assertThat(node.role("em1", vhid)).isEqualTo(Role.MASTER);
    }
    assertThat(pair.net.now()).as("the clock has overflowed").isNegative();
    node.close();
    assertThat(host.pendingTimers()).isZero();
  }

  @Test
  void anAdvertThatMovesADeadlineBackDoesNotTouchTheTimer() throws IOException {
    SimPair.node(pair.b, SimPair.router(0)).start();
    CarpNode backup =
        CarpNode.builder(host)
            .virtualRouter(SimPair.router(100))
            .randomCounters(new Random(1)::nextLong)
            .start();
    pair.settle();
    int before = host.timersSet();

    pair.advance(Duration.ofMinutes(5));

    assertThat(backup.role("em1", 1)).isEqualTo(Role.BACKUP);
    assertThat(backup.statistics().total().get("ipackets")).isGreaterThan(300);
    assertThat(host.timersSet() - before)
        .as("once per master-down time, not once per advert")
        .isLessThan(160);
  }

  @Test
  void aPenaltyThatEndsByItselfIsNoticedInTime() throws IOException {
    CarpNode node = pair.primary();
    pair.settle();
    node.demotion().demote("operator", "for a while", 100, Duration.ofMillis(2_345));
    pair.soon();
    assertThat(node.explain("em1", 1).own()).isEqualTo("1/100 (advskew 0)");
    pair.advance(Duration.ofMillis(2_335));

    assertThat(node.explain("em1", 1).own()).isEqualTo("1/0 (advskew 0)");
    assertThat(pair.eventsOfA(DemotionChange.class))
        .extracting(DemotionChange::kind)
        .containsExactly(DemotionChange.Kind.IMPOSED, DemotionChange.Kind.EXPIRED);
  }
}
