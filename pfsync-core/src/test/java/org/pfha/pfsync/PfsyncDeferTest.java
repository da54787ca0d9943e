package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.pfsync.SyncPair.A;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.sim.SimFaults;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.LatencyHistogram;

/** A connection's first packet is held until the peer knows the connection: spec pfsync 13. */
class PfsyncDeferTest {

  private final SyncPair pair = new SyncPair();
  private final List<DeferOutcome> outcomes = new ArrayList<>();

  private Insertion defer(PfsyncNode on, int number) {
    return on.defer(States.tcp(number, A), outcomes::add);
  }

  @Test
  void itGoesAsSoonAsThePeerHasTheState() throws IOException {
    PfsyncNode a = pair.startA();
    pair.startB();
    pair.advance();
    assertThat(defer(a, 1)).isEqualTo(Insertion.INSERTED);
    assertThat(outcomes).isEmpty();
    pair.advance(Duration.ofMillis(1));
    assertThat(outcomes).containsExactly(DeferOutcome.ACKNOWLEDGED);
    assertThat(pair.tableB.get(1, A)).isNotNull();
    assertThat(pair.tableB.get(1, A).hasFlag(PfState.FLAG_ACK)).isFalse();
    LatencyHistogram latency = a.statistics().deferLatency();
    assertThat(latency.count()).isEqualTo(1);
    assertThat(latency.maxNanos()).as("there and back").isEqualTo(20_000);
    assertThat(latency.quantileNanos(0.5)).isBetween(20_000L, 40_000L);
    assertThat(a.statistics().deferrals()).containsEntry(DeferOutcome.ACKNOWLEDGED, 1L);
  }

  @Test
  void withoutAPeerItGoesAfterTheTimeout() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").deferTimeout(Duration.ofMillis(50)).start();
    defer(a, 1);
    pair.advance(Duration.ofMillis(49));
    assertThat(outcomes).isEmpty();
    pair.advance(Duration.ofMillis(1));
    assertThat(outcomes).containsExactly(DeferOutcome.TIMED_OUT);
  }

  @Test
  void theOldestOf129Goes() throws IOException {
    PfsyncNode a = pair.startA();
    pair.sync.faults(SimFaults.NONE.withLoss(1));
    for (int i = 1; i <= 129; i++) {
      defer(a, i);
    }
    pair.advance(Duration.ZERO);
    assertThat(outcomes).containsExactly(DeferOutcome.CROWDED_OUT);
    pair.advance(Duration.ofMillis(20));
    assertThat(outcomes).hasSize(129);
  }

  @Test
  void aSlowAckIsTooLateAndHarmless() throws IOException {
    PfsyncNode a = pair.startA();
    pair.startB();
    pair.advance();
    pair.sync.faults(SimFaults.NONE.withDelay(Duration.ofMillis(15), Duration.ofMillis(15)));
    defer(a, 1);
    pair.advance();
    assertThat(outcomes).containsExactly(DeferOutcome.TIMED_OUT);
    assertThat(a.statistics().iacts().get(2)).isEqualTo(1);
  }

  @Test
  void closingLetsItGoAndNothingIsHeldForADeadNode() throws IOException {
    PfsyncNode a = pair.startA();
    defer(a, 1);
    a.close();
    pair.advance(Duration.ZERO);
    assertThat(outcomes).containsExactly(DeferOutcome.CLOSED);
    assertThatThrownBy(() -> defer(a, 2)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aDeadLoopDoesNotKeepPackets() throws IOException {
    PfsyncNode a = pair.startA();
    defer(a, 1);
    pair.hostA.crash();
    a.close();
    assertThat(outcomes).containsExactly(DeferOutcome.CLOSED);
  }

  @Test
  void aPausedNodeReadsTheAckBeforeItGivesUp() throws IOException {
    PfsyncNode a = pair.startA();
    pair.startB();
    pair.advance();
    defer(a, 1);
    pair.hostA.pause();
    pair.advance(Duration.ofSeconds(5));
    pair.hostA.resume();
    pair.advance(Duration.ofMillis(1));
    assertThat(outcomes).containsExactly(DeferOutcome.ACKNOWLEDGED);
  }

  @Test
  void whatIsHeldAlreadyIsNotHeldAgain() throws IOException {
    PfsyncNode a = pair.startA();
    defer(a, 1);
    assertThat(defer(a, 1)).isEqualTo(Insertion.DUPLICATE_ID);
    pair.advance();
    assertThat(outcomes).containsExactly(DeferOutcome.TIMED_OUT);
  }

  @Test
  void whatHasNoRoomIsNotHeld() throws IOException {
    PfsyncNode a = pair.startA();
    a.insert(States.tcp(1, A));
    assertThat(a.defer(States.tcp(1, A).createdBy(99, A), outcomes::add))
        .isEqualTo(Insertion.KEY_COLLISION);
    pair.advance();
    assertThat(outcomes).isEmpty();
  }
}
