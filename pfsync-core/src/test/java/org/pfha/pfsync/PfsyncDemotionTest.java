package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.pfsync.SyncPair.A;
import static org.pfha.pfsync.SyncPair.B;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pfha.cluster.WrappedTransport;
import org.pfha.net.OutboundPacket;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.net.sim.SimHost;
import org.pfha.pfsync.engine.BulkProgress.Phase;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;

/**
 * A node stands back while it waits for all states, and never longer: a demotion that stays would
 * keep it from being master for ever.
 */
class PfsyncDemotionTest {

  private final SyncPair pair = new SyncPair();

  private PfsyncNodeBuilder demotingB() {
    return pair.onB().peer("172.16.1.2").demoting(pair.ledger);
  }

  @Test
  void itEndsWhenAllHasCome() throws IOException {
    PfsyncNode a = pair.startA();
    for (int i = 1; i <= 100; i++) {
      a.insert(States.tcp(i, A));
    }
    PfsyncNode b = demotingB().start();
    assertThat(pair.ledger.total()).isEqualTo(240);
    pair.advance();
    assertThat(pair.ledger.entries()).isEmpty();
    assertThat(b.receiving().phase()).isEqualTo(Phase.DONE);
    assertThat(b.receiving().states()).isEqualTo(100);
    assertThat(a.sending().phase()).isEqualTo(Phase.DONE);
    assertThat(a.sending().states()).isEqualTo(100);
    assertThat(a.sending().expected()).hasValue(100);
  }

  @Test
  void theFactorIsTheUsers() throws IOException {
    demotingB().demotionFactor(12).start();
    assertThat(pair.ledger.total()).isEqualTo(12);
  }

  @Test
  void itEndsWhenThePeerDiesInTheMiddle() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").bulkPace(1).start();
    for (int i = 1; i <= 1_000; i++) {
      a.insert(States.tcp(i, A));
    }
    pair.advance();
    PfsyncNode b = demotingB().start();
    pair.advance(Duration.ofMillis(20));
    assertThat(b.receiving().phase()).isEqualTo(Phase.RUNNING);
    assertThat(b.receiving().states()).isBetween(1L, 999L);
    pair.hostA.crash();
    pair.advance(Duration.ofMinutes(2));
    assertThat(pair.ledger.entries()).isEmpty();
    assertThat(b.receiving().phase()).isEqualTo(Phase.FAILED);
    assertThat(b.explain()).extracting(Finding::cause).contains(Finding.Cause.BULK_UNANSWERED);
  }

  @Test
  void itEndsAtTheDeadlineWhateverThePeerDoes() throws IOException {
    demotingB().bulkDeadline(Duration.ofSeconds(10)).start();
    byte[] start = SyncPair.packet(writer -> writer.bus(A, 0, Action.BUS_START));
    for (int i = 0; i < 10; i++) {
      assertThat(pair.ledger.entries()).as("second %d", i).hasSize(1);
      SyncPair.send(pair.hostA, "em2", "172.16.1.3", start);
      pair.advance(Duration.ofSeconds(1));
    }
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void itEndsWhenTheNodeIsClosed() throws IOException {
    PfsyncNode b = demotingB().start();
    b.close();
    assertThat(pair.ledger.entries()).isEmpty();
    pair.advance();
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void itEndsWhenTheNodeIsClosedAndTheLinkMakesDifficulties() throws IOException {
    Troubled transport = new Troubled(pair.hostB);
    PfsyncNode b =
        PfsyncNode.builder(transport)
            .onInterface("em2")
            .table(pair.tableB)
            .creatorId(B)
            .peer("172.16.1.2")
            .demoting(pair.ledger)
            .start();
    transport.sendFails = true;
    transport.leaveFails = true;
    b.insert(States.tcp(1, B));
    assertThatThrownBy(b::close).isInstanceOf(IllegalStateException.class);
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void itEndsWhenTheTimerFails() throws IOException {
    Troubled transport = new Troubled(pair.hostB);
    PfsyncNode b =
        PfsyncNode.builder(transport)
            .onInterface("em2")
            .table(pair.tableB)
            .creatorId(B)
            .peer("172.16.1.2")
            .demoting(pair.ledger)
            .start();
    assertThat(pair.ledger.entries()).hasSize(1);
    transport.sendFails = true;
    assertThatThrownBy(() -> pair.advance(Duration.ofSeconds(5)))
        .as("the simulated loop tells its owner")
        .hasRootCauseInstanceOf(IllegalStateException.class);
    assertThat(pair.ledger.entries()).isEmpty();

    transport.sendFails = false;
    pair.advance();
    b.insert(States.tcp(1, B));
    pair.advance();
    assertThat(b.statistics().oacts().get(Action.INS)).as("the timer runs again").isEqualTo(1);
  }

  @Test
  void itDoesNotOutliveAStartThatFails() {
    Troubled transport = new Troubled(pair.hostB);
    transport.sendFails = true;
    assertThatThrownBy(
            () ->
                PfsyncNode.builder(transport)
                    .onInterface("em2")
                    .table(pair.tableB)
                    .creatorId(B)
                    .peer("172.16.1.2")
                    .demoting(pair.ledger)
                    .start())
        .isInstanceOf(IllegalStateException.class);
    assertThat(pair.ledger.entries()).isEmpty();
    transport.sendFails = false;
    pair.advance(Duration.ofMinutes(2));
    assertThat(pair.ledger.entries()).as("nor does it come back").isEmpty();
  }

  @Test
  void itEndsWhenTheLoopIsGone() throws IOException {
    PfsyncNode b = demotingB().start();
    pair.hostB.crash();
    assertThat(pair.ledger.entries()).hasSize(1);
    pair.advance(Duration.ofSeconds(1));
    b.resync();
    assertThat(pair.ledger.entries()).as("no timer would ever end it").isEmpty();
    b.close();
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void closingAfterTheLoopIsGoneEndsIt() throws IOException {
    PfsyncNode b = demotingB().start();
    pair.hostB.crash();
    b.close();
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void itIsOneHoweverOftenOneAsks() throws IOException {
    PfsyncNode b = demotingB().start();
    b.resync();
    b.resync();
    assertThat(pair.ledger.entries()).hasSize(1);
    pair.startA();
    b.resync();
    pair.advance();
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void anEndFromBeforeTheRequestDoesNotEndIt() throws IOException {
    demotingB().start();
    pair.advance(Duration.ofSeconds(2));
    byte[] end = SyncPair.packet(writer -> writer.bus(A, 3, Action.BUS_END));
    SyncPair.send(pair.hostA, "em2", "172.16.1.3", end);
    pair.advance(Duration.ofMillis(10));
    assertThat(pair.seen(Kind.BULK_END_BAD_TIMESTAMP)).isEqualTo(1);
    assertThat(pair.ledger.entries()).hasSize(1);
  }

  @Test
  void aNodePausedInTheMiddleReadsWhatCameBeforeItJudges() throws IOException {
    PfsyncNode a = pair.startA();
    for (int i = 1; i <= 500; i++) {
      a.insert(States.tcp(i, A));
    }
    pair.advance();
    PfsyncNode b = demotingB().start();
    pair.hostB.pause();
    pair.advance(Duration.ofMinutes(30));
    pair.hostB.resume();
    pair.advance(Duration.ofMillis(100));
    assertThat(pair.tableB.size()).isEqualTo(500);
    assertThat(b.receiving().phase()).isEqualTo(Phase.DONE);
    assertThat(pair.seen(Kind.BULK_REQUESTED)).as("it did not ask again").isEqualTo(1);
    assertThat(pair.ledger.entries()).isEmpty();
  }

  @Test
  void closingTheAnsweringNodeEndsTheTransferNotTheWorld() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").bulkPace(1).start();
    for (int i = 1; i <= 1_000; i++) {
      a.insert(States.tcp(i, A));
    }
    pair.advance();
    PfsyncNode b = demotingB().start();
    pair.advance(Duration.ofMillis(20));
    a.close();
    long sent = a.statistics().opackets();
    pair.advance();
    assertThat(a.statistics().opackets()).isEqualTo(sent);
    assertThat(b.isAwaitingBulk()).as("the end never came").isTrue();
    pair.startA();
    pair.advance(Duration.ofSeconds(30));
    assertThat(b.isAwaitingBulk()).isFalse();
    assertThat(pair.tableB.size()).isEqualTo(1_000);
  }

  /** A transport that can be told to throw what no transport should. */
  private static final class Troubled extends WrappedTransport {

    boolean sendFails;
    boolean leaveFails;

    Troubled(SimHost host) {
      super(host);
    }

    @Override
    public Subscription receive(int protocol, PacketReceiver receiver) {
      Subscription real = super.receive(protocol, receiver);
      return () -> {
        real.close();
        if (leaveFails) {
          throw new IllegalStateException("leaving failed");
        }
      };
    }

    @Override
    public void send(OutboundPacket packet) throws IOException {
      if (sendFails) {
        throw new IllegalStateException("a transport's own fault");
      }
      super.send(packet);
    }
  }
}
