package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.pfha.carp.engine.Role;
import org.pfha.cluster.Fault.Kind;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.PfsyncProfile;

/**
 * What the simulation found wrong with the library, each as the smallest scenario that shows it.
 */
@ExtendWith(Quietly.class)
class FoundBySimulationTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  /**
   * A demoted node's master-down timer ran out together with that of the winner of a tie. The loser
   * of the tie heard the demoted one, preempted it, and so made the winner yield: every three
   * seconds, for ever. (seed 1550)
   */
  @Test
  void aDemotedNodeKeepsNoTwoEqualOnesFlapping() {
    Scenario equals =
        Scenario.pair(1)
            .withNodes(
                IntStream.range(0, 4)
                    .mapToObj(i -> new NodePlan("fw-" + i, 0, PfsyncProfile.FREEBSD_14, 1_000))
                    .toList())
            .withFaults(
                List.of(
                    Fault.ofNode(Kind.DEMOTION, SECOND, Duration.ofSeconds(50), 0),
                    Fault.ofNode(Kind.LINK_DOWN, SECOND, Duration.ofSeconds(20), 1)));
    assertThat(new Simulation().run(equals).violations()).isEmpty();
    assertThat(new Simulation().run(Scenario.of(1550)).violations()).isEmpty();
  }

  /**
   * The loser of a tie that heard a slower node's advert beside the winner's waited no longer than
   * the winner: all timed out together and yielded together, every three seconds, for ever.
   */
  @Test
  void aSlowerNodesAdvertDoesNotShortenTheWaitOfTheLoserOfATie() {
    for (int seed : new int[] {15828, 73440, 85762}) {
      assertThat(new Simulation().run(Scenario.of(seed)).violations()).as("%d", seed).isEmpty();
    }
  }

  /**
   * A MASTER that could not send because its link had gone stayed demoted for it when the link was
   * back: as BACKUP it sends nothing that could have shown that it is well. (seed 73222)
   */
  @Test
  void whoCouldNotSendIsNotDemotedForItOnceItsLinkIsBack() {
    assertThat(new Simulation().run(Scenario.of(73222)).violations()).isEmpty();
  }

  /**
   * The rules' own fault: an advert that was sent while a segment was slow, and arrived when it no
   * longer was, counted as nobody's. (seed 210945)
   */
  @Test
  void whatWasSentBeforeADelayEndedMayStillArrive() {
    assertThat(new Simulation().run(Scenario.of(210945)).violations()).isEmpty();
  }

  /** A peer that missed the removal gave the state back with the next bulk transfer. */
  @Test
  void aKilledConnectionDoesNotComeBackWithABulkTransfer() {
    Cluster cluster = running();
    StateId id = open(cluster, 1);
    Fault cut = Fault.ofSegment(Kind.PARTITION, SECOND, SECOND, 2, 0);
    cluster.begin(cut);
    assertThat(cluster.node("fw-a").remove(id)).isTrue();
    cluster.run(Duration.ofSeconds(5));
    assertThat(holds(cluster.node("fw-b"), id)).isTrue();
    cluster.end(cut);
    cluster.node("fw-a").pfsync().resync();
    cluster.run(Duration.ofSeconds(5));
    assertThat(holds(cluster.node("fw-a"), id)).isFalse();
    assertThat(holds(cluster.node("fw-b"), id)).as("is told once more").isFalse();
    assertThat(cluster.violations()).isEmpty();
  }

  /** A full update that was overtaken by the removal inserted the state again. (seed 14) */
  @Test
  void anUpdateThatIsOvertakenByTheRemovalInsertsNothing() {
    assertThat(new Simulation().run(Scenario.of(14)).violations()).isEmpty();
  }

  /**
   * A state expired at one node while the other's bulk transfer was under way: the one took it
   * back, the other had just been told to remove it, and they disagreed from then on. (seed 1241)
   */
  @Test
  void aStateThatExpiresDuringABulkTransferIsGoneAtBoth() {
    assertThat(new Simulation().run(Scenario.of(1241)).violations()).isEmpty();
  }

  /**
   * Refusing what has just expired would lose connections that are alive at the peer. (seed 1670)
   */
  @Test
  void aStateThatExpiredHereBecauseItsUpdatesWereLostComesBackFromThePeer() {
    assertThat(new Simulation().run(Scenario.of(1670)).violations()).isEmpty();
    assertThat(new Simulation().run(Scenario.of(685)).violations()).isEmpty();
  }

  private static Cluster running() {
    Cluster cluster = new Cluster(Scenario.pair(1), Firmware.PLAIN, List.of(), null);
    cluster.start();
    cluster.run(Duration.ofSeconds(10));
    assertThat(cluster.node("fw-a").role(1)).isEqualTo(Role.MASTER);
    return cluster;
  }

  private static StateId open(Cluster cluster, int number) {
    PfState state = cluster.node("fw-a").open(Traffic.established(number));
    assertThat(state).isNotNull();
    cluster.run(Duration.ofSeconds(3));
    assertThat(holds(cluster.node("fw-b"), state.stateId())).isTrue();
    return state.stateId();
  }

  private static boolean holds(ClusterNode node, StateId id) {
    return node.table().get(id.id(), id.creatorId()) != null;
  }
}
