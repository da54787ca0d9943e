package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.States.peer;
import static org.pfha.pfsync.SyncPair.A;
import static org.pfha.pfsync.SyncPair.B;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.Finding.Cause;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.StateFormat;

/** What a node says about itself when it is asked what is wrong, each cause brought about. */
class PfsyncExplainTest {

  private final SyncPair pair = new SyncPair();

  private static List<Cause> causes(PfsyncNode node) {
    return node.explain().stream().map(Finding::cause).toList();
  }

  private static String text(PfsyncNode node, Cause cause) {
    return node.explain().stream()
        .filter(finding -> finding.cause() == cause)
        .map(Finding::text)
        .findFirst()
        .orElse("");
  }

  @Test
  void aHealthyPairSaysSo() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.startB();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    a.resync();
    pair.advance();
    assertThat(causes(a)).containsExactly(Cause.HEALTHY);
    assertThat(causes(b)).containsExactly(Cause.HEALTHY);
    assertThat(text(a, Cause.HEALTHY)).contains("1 of 10000 states");
  }

  @Test
  void notEnabledOnThePeer() throws IOException {
    PfsyncNode a = pair.startA();
    pair.advance(Duration.ofSeconds(12));
    assertThat(causes(a)).containsExactly(Cause.PEER_NOT_HEARD);
    assertThat(text(a, Cause.PEER_NOT_HEARD))
        .contains("172.16.1.3", "not enabled there", "protocol 240")
        .doesNotContain("IGMP");
  }

  @Test
  void aSwitchThatSnoopsIsSuspectedWithMulticastOnly() throws IOException {
    PfsyncNode a = pair.onA().multicast().peer("172.16.1.3").start();
    pair.advance(Duration.ofSeconds(12));
    assertThat(text(a, Cause.PEER_NOT_HEARD)).contains("IGMP");
  }

  @Test
  void theWrongInterface() throws IOException {
    PfsyncNode b = pair.startB();
    SyncPair.send(pair.hostA, "em3", "172.16.2.3", SyncPair.insert(States.tcp(1, A)));
    pair.advance();
    assertThat(causes(b)).contains(Cause.WRONG_INTERFACE);
    assertThat(text(b, Cause.WRONG_INTERFACE)).contains("over em3", "not over em2");
  }

  @Test
  void theWrongPeerAddress() throws IOException {
    PfsyncNode b = pair.onB().peer("172.16.1.22").start();
    pair.startA();
    pair.advance();
    assertThat(causes(b)).contains(Cause.WRONG_PEER_ADDRESS);
    assertThat(text(b, Cause.WRONG_PEER_ADDRESS)).contains("call peer(\"172.16.1.2\")");
  }

  @Test
  void aFilterThatLetsThePeerSpeakButNotListen() throws IOException {
    pair.sync.lossOneWay(pair.hostB, pair.hostA, 1);
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.startB();
    for (int i = 1; i <= 30; i++) {
      a.insert(States.tcp(i, A));
      pair.advance(Duration.ofSeconds(2));
    }
    assertThat(causes(b)).contains(Cause.NOT_HEARD_BY_PEER);
    assertThat(causes(a)).contains(Cause.PEER_NOT_HEARD);
    assertThat(b.peers().get(0).status().effectNanos()).isEmpty();
  }

  @Test
  void aLinkThatIsDown() throws IOException {
    PfsyncNode a = pair.startA();
    pair.startB();
    pair.advance();
    pair.hostA.linkDown("em2");
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(causes(a)).contains(Cause.LINK_DOWN, Cause.CANNOT_SEND);
    assertThat(text(a, Cause.LINK_DOWN)).contains("em2");
    pair.hostA.linkUp("em2");
    a.insert(States.tcp(2, A));
    pair.advance();
    assertThat(causes(a)).doesNotContain(Cause.LINK_DOWN, Cause.CANNOT_SEND);
  }

  @Test
  void aRouterInBetween() throws IOException {
    PfsyncNode b = pair.startB();
    pair.hostA.send(
        new OutboundPacket(
            "em2",
            PfsyncNode.PROTOCOL,
            null,
            LinkAddress.parse("172.16.1.3").address(),
            254,
            0x10,
            true,
            null,
            SyncPair.insert(States.tcp(1, A))));
    pair.advance();
    assertThat(causes(b)).contains(Cause.NOT_ON_LINK);
  }

  @Test
  void aNewerPeerThatSendsItsOwnFormat() throws IOException {
    PfsyncNode b = pair.startB();
    PfsyncNode a = pair.onA().peer("172.16.1.3").format(StateFormat.V1500).start();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(causes(b)).contains(Cause.FORMAT_TOO_NEW);
    assertThat(text(b, Cause.FORMAT_TOO_NEW)).contains("send format 1301");
  }

  @Test
  void damagedPackets() throws IOException {
    PfsyncNode b = pair.startB();
    SyncPair.send(pair.hostA, "em2", "172.16.1.3", new byte[7]);
    pair.advance();
    assertThat(causes(b)).contains(Cause.MALFORMED);
  }

  @Test
  void aFullTable() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.onB().peer("172.16.1.2").table(StateTable.withLimit(3)).start();
    pair.advance();
    for (int i = 1; i <= 5; i++) {
      a.insert(States.tcp(i, A));
    }
    pair.advance();
    assertThat(causes(b)).contains(Cause.LIMIT_REACHED);
    assertThat(text(b, Cause.LIMIT_REACHED)).contains("3 of 3 states");
  }

  @Test
  void interfacesThatThereAreNotHere() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.onB().peer("172.16.1.2").knowingInterfaces("igb0"::equals).start();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(causes(b)).contains(Cause.UNKNOWN_INTERFACES);
  }

  @Test
  void differentRulesets() throws IOException {
    pair.onA()
        .peer("172.16.1.3")
        .ruleset(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 3)
        .start();
    PfsyncNode b = pair.startB();
    pair.advance(Duration.ofSeconds(10));
    assertThat(causes(b)).contains(Cause.RULESETS_DIFFER);
  }

  @Test
  void bothCarryTrafficOfTheSameConnections() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.startB();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    for (int i = 1; i <= 40; i++) {
      a.update(States.tcp(1, A).stateId(), peer(4, 1_000 + i), peer(4, 9_000 - i));
      b.update(States.tcp(1, A).stateId(), peer(4, 9_000 - i), peer(4, 1_000 + i));
      pair.advance(Duration.ofSeconds(1));
    }
    assertThat(causes(a)).contains(Cause.BOTH_CARRY_TRAFFIC);
  }

  @Test
  void aPeerThatFellSilentIsAnAlarmAndComesBack() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.onB().peer("172.16.1.2").alarmOnSilence(Duration.ofSeconds(30)).start();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance(Duration.ofMinutes(5));
    assertThat(pair.seen(Kind.PEER_SILENT)).as("it has nothing to say, but answers").isZero();
    PeerLiveness liveness = b.liveness();
    assertThat(liveness.lastSign()).isPresent();
    assertThat(liveness.lastSign().get().peer().getHostAddress()).isEqualTo("172.16.1.2");
    assertThat(liveness.lastSign().get().link()).isEqualTo("em2");

    pair.hostA.linkDown("em2");
    pair.advance(Duration.ofSeconds(45));
    assertThat(pair.seen(Kind.PEER_SILENT)).isEqualTo(1);
    assertThat(causes(b)).contains(Cause.PEER_SILENT);
    assertThat(liveness.lastSign()).isEmpty();

    pair.hostA.linkUp("em2");
    pair.advance(Duration.ofSeconds(15));
    assertThat(pair.seen(Kind.PEER_HEARD_AGAIN)).isEqualTo(1);
    assertThat(causes(b)).containsExactly(Cause.HEALTHY);
  }

  @Test
  void aPeerIsAliveSinceItsLastBreak() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.startB();
    pair.advance();
    for (int second = 0; second < 60; second += 10) {
      a.insert(States.tcp(second + 1, A));
      pair.advance(Duration.ofSeconds(10));
    }
    PeerLiveness.Sign sign = b.liveness().lastSign().orElseThrow();
    assertThat(sign.lastNanos() - sign.sinceNanos()).isGreaterThan(50_000_000_000L);
    pair.advance(Duration.ofSeconds(60));
    assertThat(b.liveness().lastSign()).isEmpty();
    a.insert(States.tcp(99, A));
    pair.advance();
    PeerLiveness.Sign fresh = b.liveness().lastSign().orElseThrow();
    assertThat(fresh.sinceNanos()).isEqualTo(fresh.lastNanos());
  }

  @Test
  void theFlushDelayIsTheLagThatIsMeasured() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").flushDelay(Duration.ofMillis(50)).start();
    pair.startB();
    pair.advance();
    for (int i = 1; i <= 20; i++) {
      a.insert(States.tcp(i, A));
      pair.advance(Duration.ofMillis(60));
      assertThat(pair.tableB.get(i, A)).as("state %d", i).isNotNull();
    }
    assertThat(a.statistics().lag().maxNanos()).isEqualTo(50_000_000L);
    assertThat(a.statistics().oacts().get(Action.INS)).isEqualTo(20);
    PfsyncNode b = pair.onB().peer("172.16.1.2").start();
    b.insert(States.tcp(21, B));
    pair.advance();
    assertThat(b.statistics().lag().maxNanos()).isEqualTo(1_000_000_000L);
  }

  @Test
  void anOverloadedSenderSaysThatItLags() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").flushDelay(Duration.ofMillis(50)).start();
    pair.startB();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.hostA.pause();
    pair.advance(Duration.ofSeconds(2));
    assertThat(causes(a)).contains(Cause.LINK_TOO_SLOW);
    pair.hostA.resume();
  }

  @Test
  void anUnusedSegmentIsNoSymptom() throws IOException {
    SimSegment lan = pair.net.segment("lan");
    pair.hostA.attach(lan, "em1", "192.0.2.2/24");
    PfsyncNode a = pair.startA();
    pair.startB();
    pair.hostA.linkDown("em1");
    a.insert(States.tcp(1, A));
    a.resync();
    pair.advance();
    assertThat(causes(a)).containsExactly(Cause.HEALTHY);
  }
}
