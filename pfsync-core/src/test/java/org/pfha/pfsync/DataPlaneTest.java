package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.pfsync.SyncPair.A;
import static org.pfha.pfsync.SyncPair.B;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateTable;

/** Two userland firewalls: one carries the traffic, the other is ready to. */
class DataPlaneTest {

  private static final int CONNECTIONS = 1_000;

  private final SyncPair pair = new SyncPair();
  private final SimSegment lan = pair.net.segment("lan");
  private final UserlandFirewall firewallA = new UserlandFirewall(A);
  private final UserlandFirewall firewallB = new UserlandFirewall(B);

  @BeforeEach
  void attach() {
    pair.hostA.attach(lan, "em1", "192.0.2.2/24");
    pair.hostB.attach(lan, "em1", "192.0.2.3/24");
  }

  private CarpNode carp(SimHost host, UserlandFirewall firewall, int advskew) throws IOException {
    return CarpNode.builder(host)
        .preempt(true)
        .randomCounters(() -> 42)
        .onRoleChange(firewall.plane()::roleChanged)
        .virtualRouter(
            VirtualRouter.onInterface("em1")
                .vhid(1)
                .password("secret")
                .address("192.0.2.1/24")
                .advbase(1)
                .advskew(advskew))
        .start();
  }

  private PfsyncNode startA() throws IOException {
    CarpNode carp = carp(pair.hostA, firewallA, 0);
    return pair.onA()
        .peer("172.16.1.3")
        .dataPlane(firewallA.plane())
        .demoting(carp.demotion())
        .start();
  }

  private PfsyncNode startB() throws IOException {
    CarpNode carp = carp(pair.hostB, firewallB, 100);
    return pair.onB()
        .peer("172.16.1.2")
        .dataPlane(firewallB.plane())
        .demoting(carp.demotion())
        .start();
  }

  private static StateKey key(int number) {
    return States.tcp(number, A).wire();
  }

  private void open(UserlandFirewall on, int connections) {
    for (int i = 1; i <= connections; i++) {
      assertThat(on.forward(key(i), true, 1_000)).as("connection %d", i).isTrue();
    }
  }

  @Test
  void noConnectionIsLostWhenTheMasterDies() throws IOException {
    startA();
    startB();
    pair.advance(Duration.ofSeconds(10));
    assertThat(firewallA.isMaster()).isTrue();
    assertThat(firewallB.isMaster()).isFalse();
    open(firewallA, CONNECTIONS);
    pair.advance();
    assertThat(firewallB.connections()).as("ready").isEqualTo(CONNECTIONS);
    assertThat(firewallB.forward(key(1), false, 1_001)).as("but not master").isFalse();

    pair.hostA.crash();
    pair.advance(Duration.ofSeconds(5));

    assertThat(firewallB.isMaster()).isTrue();
    Takeover takeover = firewallB.takeover;
    assertThat(takeover).isEqualTo(new Takeover(CONNECTIONS, 0, false));
    assertThat(takeover.isComplete()).isTrue();
    for (int i = 1; i <= CONNECTIONS; i++) {
      assertThat(firewallB.forward(key(i), false, 2_000)).as("connection %d", i).isTrue();
    }
    assertThat(firewallB.forward(key(CONNECTIONS + 1), false, 1)).as("unknown").isFalse();
    pair.advance();
    PfState state = pair.tableB.get(1, A);
    assertThat(state.src().seqlo()).as("the dead node's state moves on here").isEqualTo(2_000);
  }

  @Test
  void theOneWhoComesBackGetsEverythingBeforeItIsMasterAgain() throws IOException {
    startA();
    startB();
    pair.advance(Duration.ofSeconds(10));
    open(firewallA, 100);
    pair.advance();
    pair.hostA.crash();
    pair.advance(Duration.ofSeconds(5));
    for (int i = 101; i <= 200; i++) {
      firewallB.forward(key(i), true, 1);
    }
    pair.advance();

    pair.hostA.powerOn();
    UserlandFirewall again = new UserlandFirewall(0xaa);
    CarpNode carp = carp(pair.hostA, again, 0);
    PfsyncNode.builder(pair.hostA)
        .onInterface("em2")
        .peer("172.16.1.3")
        .creatorId(0xaa)
        .table(StateTable.withLimit(10_000))
        .dataPlane(again.plane())
        .demoting(carp.demotion())
        .start();
    pair.advance(Duration.ofSeconds(20));

    assertThat(again.isMaster()).isTrue();
    assertThat(firewallB.isMaster()).as("stands by").isFalse();
    assertThat(again.takeover).isEqualTo(new Takeover(200, 0, false));
    assertThat(again.forward(key(150), false, 5)).isTrue();
  }

  @Test
  void aMasterTakesOverEvenIfPfsyncIsOff() throws IOException {
    startA();
    PfsyncNode b = startB();
    pair.advance(Duration.ofSeconds(10));
    open(firewallA, 10);
    pair.advance();
    b.close();
    pair.hostA.crash();
    pair.advance(Duration.ofSeconds(5));
    assertThat(firewallB.isMaster()).isTrue();
    assertThat(firewallB.takeover.isComplete()).isFalse();
    assertThat(firewallB.forward(key(10), false, 2_000)).as("with what it has").isTrue();
  }

  @Test
  void aDataPlaneOutlivesItsPfsyncNode() throws IOException {
    PfsyncNode a = startA();
    PfsyncNode b = pair.onB().peer("172.16.1.2").dataPlane(firewallB.plane()).start();
    pair.advance(Duration.ofSeconds(10));
    open(firewallA, 5);
    a.close();
    b.close();
    assertThat(firewallA.forward(key(6), true, 1)).as("pfsync is off").isTrue();
    pair.advance();

    pair.onA().peer("172.16.1.3").dataPlane(firewallA.plane()).start();
    pair.onB().peer("172.16.1.2").dataPlane(firewallB.plane()).start();
    firewallA.forward(key(7), true, 1);
    pair.advance();
    assertThat(firewallB.connection(key(6))).as("told when it could be").isNotNull();
    assertThat(firewallB.connection(key(7))).isNotNull();
    assertThat(firewallA.isMaster()).isTrue();
  }

  @Test
  void aSlowSinkIsNotOverrunAndMissesNothing() throws IOException {
    PfsyncNode a = pair.startA();
    firewallB.appetite = 3;
    startB();
    pair.advance();
    List<PfState> sent = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      sent.add(States.tcp(i, A));
      a.insert(sent.get(i - 1));
    }
    pair.advance(Duration.ofMillis(200));
    assertThat(firewallB.connections()).as("3 every 10 ms").isBetween(50, 70);
    for (PfState state : sent) {
      a.update(state.stateId(), States.peer(4, 7_000), States.peer(4, 8_000));
    }
    pair.advance(Duration.ofSeconds(10));
    assertThat(firewallB.connections()).isEqualTo(300);
    for (int i = 1; i <= 300; i++) {
      assertThat(firewallB.connection(key(i)).src().seqlo()).as("state %d", i).isEqualTo(7_000);
    }
    assertThat(firewallB.resets).isZero();
  }

  @Test
  void aSinkThatTakesNothingDelaysNobodyAndIsToldSoAtTheTakeover() throws IOException {
    PfsyncNode a = pair.startA();
    firewallB.appetite = 0;
    startB();
    pair.advance(Duration.ofSeconds(1));
    a.insert(States.tcp(1, A));
    pair.advance(Duration.ofSeconds(10));
    assertThat(firewallB.isMaster()).isTrue();
    assertThat(pair.tableB.get(1, A)).isNotNull();
    assertThat(firewallB.connections()).isZero();

    firewallB.appetite = 10;
    pair.advance(Duration.ofSeconds(1));
    assertThat(firewallB.connections()).isEqualTo(1);
  }

  @Test
  void tooMuchForASinkThatSleepsBeginsAnew() throws IOException {
    StateTable small = StateTable.withLimit(50);
    PfsyncNode a = pair.startA();
    firewallB.appetite = 0;
    pair.onB().peer("172.16.1.2").table(small).dataPlane(firewallB.plane()).start();
    pair.advance();
    for (int i = 1; i <= 200; i++) {
      a.insert(States.tcp(i, A));
      if (i > 10) {
        a.remove(States.tcp(i - 10, A).stateId());
      }
      pair.advance(Duration.ofMillis(1_001));
    }
    firewallB.appetite = Integer.MAX_VALUE;
    pair.advance();
    assertThat(firewallB.resets).isPositive();
    assertThat(firewallB.connections()).isEqualTo(small.size()).isEqualTo(10);
  }

  @Test
  void aSinkThatFailsIsOfferedTheSameAgain() throws IOException {
    PfsyncNode a = pair.startA();
    List<List<StateChange>> taken = new ArrayList<>();
    boolean[] fails = {true};
    DataPlane plane =
        new DataPlane(
            (feed, most) -> false,
            new StateSink() {
              @Override
              public int deliver(List<StateChange> changes) {
                if (fails[0]) {
                  fails[0] = false;
                  throw new IllegalStateException("a data plane's own fault");
                }
                taken.add(changes);
                return changes.size();
              }

              @Override
              public void reset() {}

              @Override
              public void commit(Takeover takeover) {}

              @Override
              public void standBy() {}
            });
    pair.onB().peer("172.16.1.2").dataPlane(plane).start();
    pair.advance();
    a.insert(States.tcp(1, A));
    pair.advance();
    assertThat(taken).hasSize(1);
    assertThat(taken.get(0))
        .extracting(StateChange::id)
        .containsExactly(States.tcp(1, A).stateId());
  }

  @Test
  void whatThePeerRemovesAndWhatExpiresLeavesTheDataPlane() throws IOException {
    PfsyncNode a = pair.startA();
    startB();
    pair.advance();
    a.insert(States.tcp(1, A));
    a.insert(States.udp(2, A));
    pair.advance();
    assertThat(firewallB.connections()).isEqualTo(2);
    a.remove(States.tcp(1, A).stateId());
    pair.hostA.linkDown("em2");
    pair.hostA.linkUp("em2");
    pair.advance();
    assertThat(firewallB.connections()).isEqualTo(1);
    pair.hostA.crash();
    pair.advance(Duration.ofSeconds(90));
    assertThat(firewallB.connections()).as("expired here").isZero();
  }

  @Test
  void aSourceIsAskedInPortionsSoThatPacketsGetTheirTurn() throws IOException {
    List<Integer> asked = new ArrayList<>();
    int[] left = {1_000};
    DataPlane plane =
        new DataPlane(
            (feed, most) -> {
              asked.add(most);
              for (int i = 0; i < most && left[0] > 0; i++) {
                feed.insert(States.tcp(left[0]--, A));
              }
              return left[0] > 0;
            },
            firewallA);
    pair.onA().peer("172.16.1.3").dataPlane(plane).start();
    pair.startB();
    pair.advance();
    assertThat(asked).as("at the start, without being told").hasSize(4).containsOnly(256);
    assertThat(pair.tableB.size()).isEqualTo(1_000);
  }

  @Test
  void aFullTableIsSaidToTheSourceAtOnce() throws IOException {
    CarpNode carp = carp(pair.hostA, firewallA, 0);
    pair.onA()
        .peer("172.16.1.3")
        .table(StateTable.withLimit(5))
        .dataPlane(firewallA.plane())
        .demoting(carp.demotion())
        .start();
    pair.advance(Duration.ofSeconds(10));
    open(firewallA, 8);
    pair.advance();
    assertThat(firewallA.refused).isEqualTo(3);
  }
}
