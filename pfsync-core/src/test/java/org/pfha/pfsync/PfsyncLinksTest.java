package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.pfsync.States.peer;
import static org.pfha.pfsync.SyncPair.A;
import static org.pfha.pfsync.SyncPair.B;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.wire.StateFormat;

/** Who may speak to a node, over which links and addresses, and who hears it. */
class PfsyncLinksTest {

  private final SyncPair pair = new SyncPair();

  @Test
  void peersMayHaveIpv6AddressesAndPacketsLeaveRoomForTheLargerHeader() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    PfsyncNode a = pair.onA().peer("2001:db8:1::3").start();
    PfsyncNode b = pair.onB().peer("2001:db8:1::2").start();
    pair.sync.tap(frames::add);
    for (int i = 1; i <= 50; i++) {
      a.insert(States.tcp(i, A));
    }
    pair.advance();

    assertThat(pair.tableB.identityDigest()).isEqualTo(pair.tableA.identityDigest());
    assertThat(b.statistics().badpeer()).isZero();
    assertThat(a.isAwaitingBulk()).isFalse();
    assertThat(frames).isNotEmpty();
    assertThat(frames)
        .allSatisfy(
            frame -> {
              assertThat(frame.payload()[0] >> 4).as("IP version").isEqualTo((byte) 6);
              assertThat(frame.payload()[0] & 0x0f).as("traffic class").isZero();
              assertThat(frame.payload()[1] & 0xf0).as("traffic class").isZero();
              assertThat(frame.payload()[7]).as("hop limit").isEqualTo((byte) 255);
              assertThat(frame.payload().length).isLessThanOrEqualTo(1500);
            });
  }

  @Test
  void theGroupMayBeIpv6() throws IOException {
    PfsyncNode a = pair.onA().multicast("ff12::f0").peer("2001:db8:1::3").start();
    pair.onB().multicast("ff12::f0").peer("2001:db8:1::2").start();
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(pair.tableB.get(1, A)).isNotNull();
  }

  @Test
  void unicastIsTakenWhileWeSendToTheGroupAndTheOtherWayRound() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").start();
    PfsyncNode b = pair.onB().multicast().peer("172.16.1.2").start();
    pair.advance();
    a.insert(States.tcp(1, A));
    b.insert(States.tcp(2, B));
    pair.advance();
    assertThat(pair.tableB.get(1, A)).as("unicast to a member of the group").isNotNull();
    assertThat(pair.tableA.get(2, B)).as("A has not joined the group").isNull();
  }

  @Test
  void everyConfiguredPeerIsHeardAndToldAndNobodyElse() throws IOException {
    SimHost third = pair.net.host("fw-c");
    third.attach(pair.sync, "em2", "172.16.1.4/24");
    SimHost stranger = pair.net.host("stranger");
    stranger.attach(pair.sync, "em2", "172.16.1.66/24");
    StateTable tableC = StateTable.withLimit(100);
    PfsyncNode a = pair.onA().peer("172.16.1.3").peer("172.16.1.4").start();
    pair.startB();
    PfsyncNode c =
        PfsyncNode.builder(third)
            .onInterface("em2")
            .table(tableC)
            .creatorId(0xc)
            .peer("172.16.1.2")
            .start();
    pair.advance();
    a.insert(States.tcp(1, A));
    c.insert(States.tcp(2, 0xc));
    SyncPair.send(stranger, "em2", "172.16.1.2", SyncPair.insert(States.tcp(3, 0xd)));
    pair.advance();

    assertThat(pair.tableB.get(1, A)).isNotNull();
    assertThat(tableC.get(1, A)).isNotNull();
    assertThat(pair.tableA.get(2, 0xc)).isNotNull();
    assertThat(pair.tableB.get(2, 0xc)).as("C and B are no peers").isNull();
    assertThat(pair.tableA.get(3, 0xd)).isNull();
    assertThat(a.statistics().badpeer()).isEqualTo(1);
    assertThat(a.peers()).hasSize(2).allSatisfy(p -> assertThat(p.status().packets()).isPositive());
  }

  @Test
  void aPeersAddressOnOneLinkIsAStrangersOnAnother() throws IOException {
    PfsyncNode b = pair.onB().peer("172.16.1.2").onInterface("em3").peer("172.16.2.66").start();
    SyncPair.send(pair.hostA, "em3", "172.16.2.3", SyncPair.insert(States.tcp(1, A)));
    pair.advance();
    assertThat(pair.tableB.size()).isZero();
    assertThat(b.statistics().badpeer()).isEqualTo(1);
  }

  @Test
  void overTwoLinksEveryPacketGoesTwiceAndIsReadOnce() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").onInterface("em3").peer("172.16.2.3").start();
    PfsyncNode b = pair.onB().peer("172.16.1.2").onInterface("em3").peer("172.16.2.2").start();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    a.remove(States.tcp(1, A).stateId());
    pair.advance();

    assertThat(pair.tableB.size()).isZero();
    assertThat(b.statistics().twins()).isEqualTo(a.statistics().opackets());
    assertThat(b.statistics().badstate()).as("each deletion was read once").isZero();
    assertThat(b.statistics().refusals()).isEmpty();
  }

  @Test
  void oneOfTwoLinksIsEnough() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").onInterface("em3").peer("172.16.2.3").start();
    pair.onB().peer("172.16.1.2").onInterface("em3").peer("172.16.2.2").start();
    pair.advance();
    pair.hostA.linkDown("em2");
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(pair.tableB.get(1, A)).isNotNull();

    pair.hostA.linkUp("em2");
    pair.spare.faults(SimFaults.NONE.withLoss(1));
    a.insert(States.tcp(2, A));
    pair.advance();
    assertThat(pair.tableB.get(2, A)).isNotNull();
  }

  @Test
  void theSameWordsTwiceOverOneLinkAreTwoMessages() throws IOException {
    PfsyncNode b = pair.onB().peer("172.16.1.2").onInterface("em3").peer("172.16.2.2").start();
    byte[] packet = SyncPair.insert(States.tcp(1, A));
    SyncPair.send(pair.hostA, "em2", "172.16.1.3", packet);
    SyncPair.send(pair.hostA, "em2", "172.16.1.3", packet);
    pair.advance();
    assertThat(b.statistics().iacts().get(1)).isEqualTo(2);
    assertThat(b.statistics().twins()).isZero();
  }

  @Test
  void nodesOfDifferentReleasesUnderstandEachOtherInTheOlderFormat() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").start();
    PfsyncNode b =
        pair.onB()
            .peer("172.16.1.2")
            .profile(PfsyncProfile.FREEBSD_15)
            .format(StateFormat.V1301)
            .start();
    pair.advance();
    a.insert(States.tcp(1, A));
    b.insert(States.tcp(2, B));
    pair.advance();
    assertThat(pair.tableA.identityDigest()).isEqualTo(pair.tableB.identityDigest());
    assertThat(pair.tableA.size()).isEqualTo(2);
  }

  @Test
  void nodesOfRelease15AgreeInTheirOwnFormat() throws IOException {
    PfsyncNode a = pair.onA().peer("172.16.1.3").format(StateFormat.V1500).start();
    PfsyncNode b = pair.onB().peer("172.16.1.2").format(StateFormat.V1500).start();
    pair.advance();
    a.insert(States.tcp(1, A));
    b.insert(States.tcp(2, B));
    pair.advance();
    a.update(States.tcp(2, B).stateId(), peer(4, 2000), peer(4, 6000));
    pair.advance();
    assertThat(pair.tableA.progressDigest()).isEqualTo(pair.tableB.progressDigest());
    assertThat(pair.tableA.size()).isEqualTo(2);
  }

  @Test
  void whenTheLinkIsFlushedThePeersForgetOurStatesButNotTheirs() throws IOException {
    PfsyncNode a = pair.startA();
    PfsyncNode b = pair.startB();
    pair.advance();
    a.insert(States.tcp(1, A));
    b.insert(States.tcp(2, B));
    pair.advance();
    a.clear();
    pair.advance(Duration.ofMillis(10));
    assertThat(pair.tableA.size()).isZero();
    assertThat(pair.tableB.get(1, A)).isNull();
    assertThat(pair.tableB.get(2, B)).isNotNull();
    b.update(States.tcp(2, B).stateId(), peer(4, 2000), peer(4, 6000));
    pair.advance();
    assertThat(pair.tableA.get(2, B)).as("announced again").isNotNull();
  }

  @Test
  void everythingThatIsWrongWithTheLinksIsNamedAtOnce() {
    assertThatThrownBy(
            () ->
                PfsyncNode.builder(pair.hostA)
                    .table(pair.tableA)
                    .creatorId(A)
                    .onInterface("em2")
                    .peer("224.0.0.240")
                    .multicast("172.16.1.3")
                    .onInterface("em2")
                    .peer("fe80::zz")
                    .onInterface("em9")
                    .peer("172.16.9.9")
                    .buckets(0)
                    .flushDelay(Duration.ofSeconds(-1))
                    .deferTimeout(Duration.ZERO)
                    .bulkDeadline(Duration.ZERO)
                    .bulkPace(0)
                    .format(StateFormat.OPENBSD6)
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "peer '224.0.0.240' is a group",
            "group '172.16.1.3' is not a multicast address",
            "'em2' is named twice",
            "peer 'fe80::zz'",
            "no peer on 'em2'",
            "no interface 'em9'",
            "0 buckets",
            "flush delay",
            "defer timeout",
            "bulk deadline",
            "bulk pace",
            "openbsd6");
  }
}
