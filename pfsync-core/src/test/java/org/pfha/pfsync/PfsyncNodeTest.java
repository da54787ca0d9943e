package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.pfsync.States.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pf.StateTable.Insertion;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/** Two nodes on a simulated sync link, each with its own table. */
class PfsyncNodeTest {

  private static final int A = 0xa;
  private static final int B = 0xb;
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  private final SimNetwork net = new SimNetwork(1);
  private final SimSegment sync = net.segment("sync");
  private final SimHost hostA = net.host("fw-a");
  private final SimHost hostB = net.host("fw-b");
  private final StateTable tableA = StateTable.withLimit(10_000);
  private final StateTable tableB = StateTable.withLimit(10_000);
  private final DemotionLedger ledger = new DemotionLedger();
  private final List<PfsyncEvent> events = new ArrayList<>();

  @BeforeEach
  void attach() {
    hostA.attach(sync, "em2", "172.16.1.2/24");
    hostB.attach(sync, "em2", "172.16.1.3/24");
  }

  private PfsyncNodeBuilder onA() {
    return PfsyncNode.builder(hostA)
        .onInterface("em2")
        .table(tableA)
        .peer("172.16.1.3")
        .creatorId(A);
  }

  private PfsyncNodeBuilder onB() {
    return PfsyncNode.builder(hostB)
        .onInterface("em2")
        .table(tableB)
        .peer("172.16.1.2")
        .creatorId(B)
        .onEvent(events::add);
  }

  private long seen(Kind kind) {
    return events.stream().filter(event -> event.kind() == kind).count();
  }

  @Test
  void insertUpdateAndRemovalReachThePeer() throws IOException {
    PfsyncNode a = onA().start();
    PfsyncNode b = onB().start();
    net.advance(A_WHILE);
    PfState state = States.tcp(1, A);

    assertThat(a.insert(state)).isEqualTo(Insertion.INSERTED);
    net.advance(A_WHILE);
    assertThat(tableB.get(1, A)).isNotNull();
    assertThat(tableB.identityDigest()).isEqualTo(tableA.identityDigest());

    assertThat(a.update(state.stateId(), peer(4, 2000), peer(4, 6000))).isTrue();
    net.advance(A_WHILE);
    assertThat(tableB.progressDigest()).isEqualTo(tableA.progressDigest());
    assertThat(b.statistics().iacts().get(Action.UPD_C)).isEqualTo(1);

    assertThat(a.remove(state.stateId())).isTrue();
    net.advance(A_WHILE);
    assertThat(tableB.size()).isZero();
    assertThat(b.statistics().iacts().get(Action.DEL_C)).isEqualTo(1);
    assertThat(a.update(state.stateId(), peer(4, 1), peer(4, 1))).isFalse();
    assertThat(a.remove(state.stateId())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatGotLostIsAskedForWhenItIsUpdated(long seed) throws IOException {
    SimNetwork lossyNet = new SimNetwork(seed);
    SimSegment lossy = lossyNet.segment("sync");
    SimHost left = lossyNet.host("fw-a");
    SimHost right = lossyNet.host("fw-b");
    left.attach(lossy, "em2", "172.16.1.2/24");
    right.attach(lossy, "em2", "172.16.1.3/24");
    PfsyncNode a =
        PfsyncNode.builder(left)
            .onInterface("em2")
            .table(tableA)
            .peer("172.16.1.3")
            .creatorId(A)
            .start();
    PfsyncNode b =
        PfsyncNode.builder(right)
            .onInterface("em2")
            .table(tableB)
            .peer("172.16.1.2")
            .creatorId(B)
            .start();
    lossyNet.advance(A_WHILE);
    lossy.faults(SimFaults.NONE.withLoss(0.2));
    int connections = 200;
    for (int i = 1; i <= connections; i++) {
      a.insert(States.tcp(i, A));
    }
    for (int round = 1; round <= 40; round++) {
      for (int i = 1; i <= connections; i++) {
        PfState state = States.tcp(i, A);
        a.update(state.stateId(), peer(4, 1000 + round), peer(4, 5000 + round));
      }
      lossyNet.advance(Duration.ofSeconds(2));
    }
    assertThat(tableB.identityDigest())
        .as("seed %d: %s", seed, tableA.diff(tableB))
        .isEqualTo(tableA.identityDigest());
    assertThat(b.statistics().oacts().get(Action.UPD_REQ)).as("seed %d", seed).isGreaterThan(1);
    assertThat(b.statistics().iacts().get(Action.UPD)).as("seed %d", seed).isPositive();

    lossy.faults(SimFaults.NONE);
    for (PfState state : tableA.states()) {
      a.update(state.stateId(), peer(4, 9000), peer(4, 9000));
    }
    lossyNet.advance(A_WHILE);
    assertThat(tableA.diff(tableB).isEmpty()).as("seed %d", seed).isTrue();
  }

  @Test
  void aRestartedNodeGetsEverythingByBulk() throws IOException {
    PfsyncNode a = onA().start();
    int connections = 3_000;
    for (int i = 1; i <= connections; i++) {
      a.insert(States.tcp(i, A));
    }
    net.advance(A_WHILE);

    PfsyncNode b = onB().demoting(ledger).start();
    assertThat(b.isAwaitingBulk()).isTrue();
    assertThat(ledger.total()).isEqualTo(240);
    assertThat(ledger.entries().get(0).owner()).isEqualTo("pfsync@em2");
    net.advance(A_WHILE);

    assertThat(tableB.size()).isEqualTo(connections);
    assertThat(tableB.progressDigest()).isEqualTo(tableA.progressDigest());
    assertThat(b.isAwaitingBulk()).isFalse();
    assertThat(ledger.entries()).isEmpty();
    assertThat(seen(Kind.BULK_RECEIVE_START)).isEqualTo(1);
    assertThat(seen(Kind.BULK_RECEIVE_DONE)).isEqualTo(1);
  }

  @Test
  void resyncAsksAgain() throws IOException {
    PfsyncNode a = onA().start();
    PfsyncNode b = onB().demoting(ledger).start();
    net.advance(A_WHILE);
    a.insert(States.udp(1, A));
    net.advance(A_WHILE);
    tableB.remove(1, A);

    b.resync();
    assertThat(ledger.entries()).hasSize(1);
    net.advance(A_WHILE);

    assertThat(tableB.get(1, A)).isNotNull();
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void ifNobodyAnswersThirteenRequestsTheDemotionEnds() throws IOException {
    PfsyncNode b = onB().demoting(ledger).start();

    net.advance(Duration.ofMillis(64_900));
    assertThat(seen(Kind.BULK_REQUESTED)).isEqualTo(13);
    assertThat(ledger.total()).isEqualTo(240);
    net.advance(Duration.ofMillis(200));

    assertThat(seen(Kind.BULK_FAILED)).isEqualTo(1);
    assertThat(ledger.entries()).isEmpty();
    assertThat(b.isAwaitingBulk()).isFalse();
    assertThat(b.statistics().oacts().get(Action.UPD_REQ)).isEqualTo(13);
  }

  @Test
  void closingTakesBackTheDemotionAndSendsWhatWaits() throws IOException {
    PfsyncNode a = onA().demoting(ledger).start();
    PfsyncNode b = onB().start();
    assertThat(ledger.entries()).hasSize(1);
    a.insert(States.udp(1, A));

    a.close();
    a.close();

    assertThat(ledger.entries()).isEmpty();
    net.advance(A_WHILE);
    assertThat(tableB.get(1, A)).isNotNull();
    assertThat(tableA.size()).isEqualTo(1);
    long sent = a.statistics().opackets();
    net.advance(Duration.ofSeconds(30));
    assertThat(a.statistics().opackets()).isEqualTo(sent);
    assertThatThrownBy(() -> a.insert(States.udp(2, A))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(a::resync).isInstanceOf(IllegalStateException.class);
    b.close();
  }

  @Test
  void aForeignSourceIsDroppedAndCounted() throws IOException {
    SimHost stranger = net.host("stranger");
    stranger.attach(sync, "em0", "172.16.1.66/24");
    PfsyncNode b = onB().start();

    send(stranger, "em0", insert(States.udp(1, A)), 255);
    net.advance(A_WHILE);

    assertThat(b.statistics().badpeer()).isEqualTo(1);
    assertThat(b.statistics().ipackets()).isEqualTo(1);
    assertThat(tableB.size()).isZero();
  }

  @Test
  void whoTrustsTheLinkTakesPacketsFromAnySource() throws IOException {
    SimHost stranger = net.host("stranger");
    stranger.attach(sync, "em0", "172.16.1.66/24");
    PfsyncNode b = onB().acceptAnySource().start();

    send(stranger, "em0", insert(States.udp(1, A)), 255);
    net.advance(A_WHILE);

    assertThat(b.statistics().badpeer()).isZero();
    assertThat(tableB.get(1, A)).isNotNull();
  }

  @Test
  void onlyTtl255IsTaken() throws IOException {
    PfsyncNode b = onB().start();

    send(hostA, "em2", insert(States.udp(1, A)), 254);
    net.advance(A_WHILE);

    assertThat(b.statistics().badttl()).isEqualTo(1);
    assertThat(tableB.size()).isZero();
  }

  @Test
  void onlyTheSyncInterfaceIsListenedTo() throws IOException {
    SimSegment lan = net.segment("lan");
    hostA.attach(lan, "em1", "192.0.2.2/24");
    hostB.attach(lan, "em1", "192.0.2.3/24");
    PfsyncNode b = onB().start();

    InetAddress address = LinkAddress.parse("192.0.2.3").address();
    byte[] packet = insert(States.udp(1, A));
    hostA.send(
        new OutboundPacket(
            "em1", PfsyncNode.PROTOCOL, null, address, 255, 0x10, true, null, packet));
    net.advance(A_WHILE);

    assertThat(b.statistics().badif()).isEqualTo(1);
    assertThat(tableB.size()).isZero();
  }

  @Test
  void nodesOnTheGroupNeedNoPeersAddressToSendTo() throws IOException {
    PfsyncNode a = onA().multicast().start();
    onB().multicast().start();
    net.advance(A_WHILE);
    a.insert(States.udp(1, A));
    net.advance(A_WHILE);

    assertThat(tableB.get(1, A)).isNotNull();
  }

  @Test
  void aListenerThatThrowsDisturbsNobody() throws IOException {
    PfsyncNode a = onA().start();
    PfsyncNodeBuilder builder =
        PfsyncNode.builder(hostB)
            .onInterface("em2")
            .table(tableB)
            .peer("172.16.1.2")
            .creatorId(B)
            .onEvent(
                event -> {
                  throw new IllegalStateException("a listener's own fault");
                })
            .onEvent(events::add);
    builder.start();
    net.advance(A_WHILE);
    a.insert(States.udp(1, A));
    net.advance(A_WHILE);

    assertThat(tableB.get(1, A)).isNotNull();
    assertThat(seen(Kind.INSERT)).isEqualTo(1);
  }

  @Test
  void aTimerThatIsLateStaysOneTimer() throws IOException {
    PfsyncNode a = onA().start();
    PfsyncNode b = onB().start();
    net.advance(A_WHILE);
    for (int round = 1; round <= 20; round++) {
      b.resync();
      hostB.pause();
      net.advance(Duration.ofSeconds(10));
      hostB.resume();
      net.advance(A_WHILE);
      assertThat(b.isAwaitingBulk()).as("the late timer read the answer first").isFalse();
    }
    assertThat(steps(Duration.ofSeconds(60))).as("six purges on each node").isBetween(12, 13);
    a.close();
  }

  @Test
  void whatArrivesInOneTurnIsReadInItsOrder() throws IOException {
    PfsyncNode b = onB().start();
    for (int i = 1; i <= 50; i++) {
      send(hostA, "em2", SyncPair.insert(States.tcp(i, A)), 255);
    }
    for (int i = 1; i <= 50; i += 2) {
      int id = i;
      send(hostA, "em2", SyncPair.packet(writer -> writer.name(Action.DEL_C, id, A)), 255);
    }
    net.advance(Duration.ofMillis(1));
    assertThat(tableB.states()).extracting(PfState::id).hasSize(25).allMatch(id -> id % 2 == 0);
    assertThat(b.statistics().badstate()).isZero();
    assertThat(b.statistics().ipackets()).isEqualTo(75);
    b.close();
  }

  @Test
  void anEmptyTableIsSeededOnceAndAFullOneStaysAsItIs() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    PfState state = States.tcp(1, A);
    tableB.insert(state, 0);
    PfsyncNode b = onB().random(() -> asked.incrementAndGet() * 0x9e37_79b9_7f4a_7c15L).start();
    PfsyncNode a = onA().random(() -> asked.incrementAndGet() * 0x9e37_79b9_7f4a_7c15L).start();
    assertThat(asked).hasValue(2);
    assertThat(tableB.find(1, A)).as("found as before").isNotEqualTo(StateTable.NO_ROW);
    assertThat(tableA.seedIfEmpty(7)).as("has been seeded by its node").isFalse();
    a.insert(States.tcp(2, A));
    assertThat(tableA.find(2, A)).isNotEqualTo(StateTable.NO_ROW);
    assertThat(tableA.get(2, A)).as("for readers, too").isNotNull();
    assertThat(StateTable.builder(9).hashSeed(5).build().seedIfEmpty(7)).isFalse();
    a.close();
    b.close();
  }

  /** How many events there are on all hosts. */
  private int steps(Duration time) {
    int[] steps = {-1};
    net.runUntil(
        () -> {
          steps[0]++;
          return false;
        },
        time);
    return steps[0];
  }

  @Test
  void aFullTableRefusesAndSaysSo() throws IOException {
    StateTable small = StateTable.withLimit(1);
    PfsyncNode a = onA().start();
    PfsyncNode b = onB().table(small).start();
    net.advance(A_WHILE);

    assertThat(b.insert(States.udp(7, B))).isEqualTo(Insertion.INSERTED);
    assertThat(b.insert(States.udp(8, B))).isEqualTo(Insertion.LIMIT);
    a.insert(States.udp(1, A));
    net.advance(A_WHILE);

    assertThat(small.size()).isEqualTo(1);
    assertThat(events)
        .anySatisfy(
            event -> {
              assertThat(event.kind()).isEqualTo(Kind.REJECT);
              assertThat(event.detail()).isEqualTo("no-memory");
              assertThat(event.id()).isEqualTo(1);
            });
    assertThat(tableA.get(8, B)).isNull();
  }

  @Test
  void whatExpiresHereIsDeletedThere() throws IOException {
    StateTable longer = tableB;
    PfsyncNode a = onA().start();
    PfsyncNode b = onB().start();
    net.advance(A_WHILE);
    a.insert(States.udp(1, A));
    net.advance(Duration.ofSeconds(50));
    assertThat(tableA.size()).isEqualTo(1);
    assertThat(longer.size()).isEqualTo(1);

    net.advance(Duration.ofSeconds(30));

    assertThat(tableA.size()).isZero();
    assertThat(longer.size()).isZero();
    long deletions =
        a.statistics().oacts().get(Action.DEL_C) + b.statistics().oacts().get(Action.DEL_C);
    assertThat(deletions).isPositive();
  }

  @Test
  void aDescriptionWithFaultsNamesThemAllAtOnce() {
    assertThatThrownBy(
            () ->
                PfsyncNode.builder(hostA)
                    .onInterface("em9")
                    .peer("fw-b.example")
                    .maxUpdates(256)
                    .ruleset(new byte[3], 1)
                    .start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "'em9'", "em2", "fw-b.example", "256", "3 bytes", "no state table", "creator id 0");
    assertThatThrownBy(
            () -> PfsyncNode.builder(hostA).onInterface("em2").table(tableA).creatorId(A).start())
        .hasMessageContaining("no peer");
  }

  @Test
  void randomPacketsFromThePeerDoNotStopTheNode() throws IOException {
    long seed = 240;
    Random random = new Random(seed);
    PfsyncNode b = onB().start();
    for (int i = 0; i < 500; i++) {
      byte[] packet = insert(States.udp(i, A));
      for (int flips = random.nextInt(20); flips >= 0; flips--) {
        packet[random.nextInt(packet.length)] = (byte) random.nextInt();
      }
      send(hostA, "em2", packet, 255);
      net.advance(Duration.ofMillis(1));
    }
    send(hostA, "em2", insert(States.udp(9_999, A)), 255);
    net.advance(A_WHILE);

    assertThat(b.statistics().ipackets()).as("seed %d", seed).isEqualTo(501);
    assertThat(tableB.get(9_999, A)).as("seed %d", seed).isNotNull();
  }

  private static byte[] insert(PfState state) {
    byte[] buffer = new byte[1480];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1301);
    writer.begin(buffer, 0, buffer.length, new byte[16]).state(Action.INS, state);
    return java.util.Arrays.copyOf(buffer, writer.end());
  }

  private static void send(SimHost from, String link, byte[] payload, int ttl) throws IOException {
    InetAddress destination = LinkAddress.parse("172.16.1.3").address();
    from.send(
        new OutboundPacket(
            link, PfsyncNode.PROTOCOL, null, destination, ttl, 0x10, true, null, payload));
  }

  @Test
  void aBulkTransferTellsHowItGetsOn() throws IOException {
    int states = 3_000;
    PfsyncNode a = onA().bulkPace(1).start();
    for (int i = 1; i <= states; i++) {
      a.insert(States.tcp(i, A));
    }
    net.advance(A_WHILE);
    List<BulkProgress> told = new ArrayList<>();
    PfsyncNode b = onB().onBulkProgress(told::add).start();
    net.advance(Duration.ofMinutes(1));
    assertThat(tableB.size()).isEqualTo(states);
    assertThat(told.get(0).phase()).isEqualTo(BulkProgress.Phase.REQUESTED);
    assertThat(told.get(1).phase()).isEqualTo(BulkProgress.Phase.RUNNING);
    assertThat(told.get(told.size() - 1).phase()).isEqualTo(BulkProgress.Phase.DONE);
    assertThat(told.get(told.size() - 1).states()).isEqualTo(states);
    List<Long> running =
        told.stream()
            .filter(progress -> progress.phase() == BulkProgress.Phase.RUNNING)
            .map(BulkProgress::states)
            .toList();
    assertThat(running).as("several times while it runs, not at each packet").hasSizeBetween(3, 40);
    assertThat(running).isSorted().doesNotHaveDuplicates();
    int heard = told.size();
    net.advance(Duration.ofMinutes(5));
    assertThat(told).as("nothing more of what is over").hasSize(heard);

    b.resync();
    net.advance(Duration.ofMinutes(1));
    assertThat(told).hasSizeGreaterThan(heard);
    assertThat(told.get(heard).phase()).isEqualTo(BulkProgress.Phase.REQUESTED);
    assertThat(told.get(told.size() - 1).expected()).hasValue(states);
  }
}
