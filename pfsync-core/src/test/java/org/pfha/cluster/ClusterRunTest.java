package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.net.sim.SimFaults;
import org.pfha.pf.PfState;

/** Whole pairs under random faults; and proof that the invariants can fail. */
class ClusterRunTest {

  private static final int SEEDS = Integer.getInteger("pfha.cluster.seeds", 100);

  @Test
  void noInvariantIsViolatedWhateverTheSeed() {
    for (long seed = 1; seed <= SEEDS; seed++) {
      ClusterRun run = new ClusterRun(seed);
      List<Violation> violations = run.run(25);
      assertThat(violations).as("seed %s\n%s", seed, String.join("\n", run.timeline())).isEmpty();
    }
  }

  @Test
  void oneSeedRepeatsTheSameTimeline() {
    ClusterRun first = new ClusterRun(7);
    ClusterRun second = new ClusterRun(7);
    first.run(25);
    second.run(25);
    assertThat(second.timeline()).isEqualTo(first.timeline()).hasSizeGreaterThan(20);
  }

  @Test
  void differentPasswordsViolateAtMostOneMaster() {
    SimCluster cluster =
        SimCluster.builder(1)
            .firewall("fw-a", 0, "one")
            .firewall("fw-b", 100, "other")
            .virtualAddress("lan", "em0", 1, "10.0.0.1/24")
            .build();
    cluster.start();
    cluster.run(Duration.ofMinutes(3));
    assertThat(cluster.violations())
        .extracting(Violation::invariant)
        .containsExactly("at-most-one-master");
  }

  @Test
  void aMasterThatIsMutedForeverViolatesNothingSinceTheOtherTakesOver() {
    SimCluster cluster = pair();
    cluster.start();
    settle(cluster);
    cluster.crash(cluster.firewall("fw-a"));
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.firewall("fw-b").role(1)).isEqualTo(Role.MASTER);
    assertThat(cluster.violations()).isEmpty();
  }

  @Test
  void firewallsThatNeverBecomeMasterViolateSomeMaster() {
    SimCluster cluster = pair();
    cluster.start();
    settle(cluster);
    for (SimFirewall firewall : cluster.firewalls()) {
      firewall.host().linkDown("em0");
    }
    cluster.run(Duration.ofMinutes(1));
    assertThat(cluster.violations())
        .extracting(Violation::invariant)
        .containsExactly("some-master");
  }

  @Test
  void aStateThatVanishesViolatesNoStateLost() {
    SimCluster cluster = pair();
    cluster.start();
    settle(cluster);
    SimFirewall master = cluster.firewall("fw-a");
    PfState state = master.open(ClusterRun.connection(1));
    cluster.run(Duration.ofSeconds(3));
    SimFirewall peer = cluster.firewall("fw-b");
    assertThat(peer.table().get(state.id(), state.creatorId())).isNotNull();
    peer.table().remove(state.id(), state.creatorId());
    cluster.run(Duration.ofSeconds(3));
    assertThat(cluster.violations())
        .extracting(Violation::invariant)
        .containsExactly("no-state-lost");
  }

  @Test
  void statesSurviveTheLossOfTheirCreator() {
    SimCluster cluster = pair();
    cluster.faults(SimFaults.NONE.withLoss(0.02));
    cluster.start();
    settle(cluster);
    SimFirewall master = cluster.firewall("fw-a");
    for (int i = 0; i < 500; i++) {
      master.open(ClusterRun.connection(i));
    }
    cluster.faults(SimFaults.NONE);
    master.pfsync().resync();
    cluster.firewall("fw-b").pfsync().resync();
    cluster.run(Duration.ofSeconds(3));
    cluster.crash(master);
    cluster.run(Duration.ofSeconds(10));
    assertThat(cluster.firewall("fw-b").table().size()).isEqualTo(500);
    cluster.restart(master);
    cluster.run(Duration.ofSeconds(30));
    assertThat(master.table().size()).isEqualTo(500);
    assertThat(master.role(1)).isEqualTo(Role.MASTER);
    assertThat(master.carp().demotion().total()).isZero();
    assertThat(cluster.violations()).isEmpty();
  }

  @Test
  void aPeerThatIsAliveOnTheSyncLinkAndSilentElsewhereIsFiltered() {
    SimCluster cluster = pair();
    cluster.start();
    settle(cluster);
    SimFirewall master = cluster.firewall("fw-a");
    SimFirewall backup = cluster.firewall("fw-b");
    cluster.network().segment("lan").lossOneWay(master.host(), backup.host(), 1);
    for (int i = 0; i < 10; i++) {
      master.open(ClusterRun.connection(i));
      cluster.run(Duration.ofSeconds(1));
    }

    assertThat(backup.role(1)).isEqualTo(Role.MASTER);
    assertThat(backup.carp().explain("em0", 1).describe())
        .contains("is alive on the sync link")
        .contains("multicast is filtered between the nodes");
    assertThat(master.carp().explain("em0", 1).describe()).contains("ALARM: split brain");
  }

  private static SimCluster pair() {
    return SimCluster.builder(1)
        .firewall("fw-a", 0, "shared")
        .firewall("fw-b", 100, "shared")
        .virtualAddress("lan", "em0", 1, "10.0.0.1/24")
        .build();
  }

  private static void settle(SimCluster cluster) {
    assertThat(
            cluster.runUntil(
                () -> cluster.firewall("fw-a").role(1) == Role.MASTER, Duration.ofMinutes(1)))
        .isTrue();
  }
}
