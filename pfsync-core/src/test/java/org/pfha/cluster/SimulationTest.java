package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.CarpStatistics;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpReject;
import org.pfha.cluster.Fault.Kind;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.PfsyncStatistics;

/** How scenarios run, what faults do, and that each rule can be broken. */
@ExtendWith(Quietly.class)
class SimulationTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @ParameterizedTest
  @ValueSource(longs = {7, 1604, 418})
  void aSeedAlwaysRunsTheSameWay(long seed) {
    List<String> first = new ArrayList<>();
    List<String> second = new ArrayList<>();
    new Simulation().timeline(first::add).run(Scenario.of(seed));
    new Simulation().timeline(second::add).run(Scenario.of(seed));
    assertThat(second).isEqualTo(first).hasSizeGreaterThan(50);
    assertThat(Scenario.of(seed)).isEqualTo(Scenario.of(seed)).isNotEqualTo(Scenario.of(seed + 1));
  }

  /** A kind of fault that nobody notices would prove nothing. */
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"ECHO", "DUPLICATION", "HOSTILE_HOST"})
  void everyKindOfFaultMakesADifference(Kind kind) {
    List<String> without = new ArrayList<>();
    List<String> with = new ArrayList<>();
    Scenario calm = Scenario.pair(3);
    Scenario disturbed = calm;
    for (int segment = 0; segment < 3; segment++) {
      List<Fault> faults = new ArrayList<>(disturbed.faults());
      faults.add(new Fault(kind, SECOND, Duration.ofSeconds(9), 0, segment, 0.9));
      disturbed = disturbed.withFaults(faults);
    }
    Outcome calmly = new Simulation().timeline(without::add).run(calm);
    Outcome outcome = new Simulation().timeline(with::add).run(disturbed);
    with.removeIf(line -> line.contains("begins: ") || line.contains("ends: "));
    assertThat(calmly.violations()).isEmpty();
    assertThat(outcome.violations()).isEmpty();
    assertThat(with).isNotEqualTo(without);
  }

  /** Nobody should notice more of these than the counters do. */
  @Test
  void aHostileHostIsCountedAndNothingElse() {
    for (double amount : new double[] {0.1, 0.6, 0.9}) {
      Cluster cluster = running(Scenario.pair(1));
      open(cluster.node("fw-a"));
      cluster.begin(new Fault(Kind.HOSTILE_HOST, SECOND, SECOND, 0, 0, amount));
      cluster.run(Duration.ofSeconds(20));
      PfsyncStatistics counted = cluster.node("fw-b").pfsync().statistics();
      assertThat(counted.badpeer()).isPositive();
      assertThat(counted.badver() + counted.hdrops() > 0).isEqualTo(amount < 0.4);
      assertThat(counted.badttl() > 0).isEqualTo(amount > 0.7);
      assertThat(cluster.node("fw-b").table().size()).isEqualTo(1);
      assertThat(cluster.violations()).isEmpty();
    }
  }

  @Test
  void echoesAreRefusedAndDuplicatesMeanNothing() {
    Cluster cluster = running(Scenario.pair(1));
    cluster.begin(Fault.ofSegment(Kind.ECHO, SECOND, SECOND, 0, 1));
    cluster.begin(Fault.ofSegment(Kind.DUPLICATION, SECOND, SECOND, 1, 1));
    cluster.run(Duration.ofSeconds(30));
    CarpStatistics master = cluster.node("fw-a").carp().statistics();
    assertThat(master.total().rejected(CarpReject.OWN_ADDRESS)).isGreaterThan(20);
    assertThat(cluster.node("fw-a").role(1)).isEqualTo(Role.MASTER);
    assertThat(cluster.violations()).isEmpty();
  }

  @Test
  void failuresShrinkToTheFaultsThatMatter() {
    long seed = 1;
    Simulation simulation = new Simulation().firmware(PlantedBug.OWN_ECHO_ACCEPTED);
    Outcome outcome = simulation.run(Scenario.of(seed));
    while (outcome.isFine()) {
      outcome = simulation.run(Scenario.of(++seed));
    }
    Scenario smallest = simulation.shrink(outcome);
    assertThat(smallest.faults()).extracting(Fault::kind).containsExactly(Kind.ECHO);
    assertThat(simulation.explain(outcome))
        .contains("seed " + seed + ": ")
        .contains("with echo at ")
        .contains("simulate --from " + seed + " --seeds 1 --timeline --faults ");
  }

  @Test
  void differentPasswordsMakeTwoMasters() {
    Firmware passwords =
        new Firmware() {
          @Override
          public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
            return planned.password("of " + node.name());
          }
        };
    assertThat(broken(Scenario.pair(1), passwords)).isEqualTo(Rule.AT_MOST_ONE_MASTER.text());
  }

  @Test
  void aNodeThatNeverTakesOverLeavesNoMaster() {
    Firmware slow =
        new Firmware() {
          @Override
          public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
            return node.number() == 1 ? planned.advbase(30) : planned;
          }
        };
    Scenario scenario =
        Scenario.pair(1)
            .withFaults(List.of(Fault.ofNode(Kind.CRASH, SECOND, Duration.ofSeconds(40), 0)));
    assertThat(broken(scenario, slow)).isEqualTo(Rule.SOME_MASTER.text());
  }

  @Test
  void aDemotedMasterThatStaysIsFound() {
    Firmware stubborn =
        new Firmware() {
          @Override
          public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
            return planned.preempt(false);
          }
        };
    Scenario scenario =
        Scenario.pair(1)
            .withFaults(List.of(Fault.ofNode(Kind.MAINTENANCE, SECOND, Duration.ofSeconds(40), 0)));
    assertThat(broken(scenario, stubborn)).isEqualTo(Rule.DEMOTED_YIELDS.text());
  }

  @Test
  void aStateThatVanishesIsFound() {
    Cluster cluster = running(Scenario.pair(1));
    ClusterNode master = cluster.node("fw-a");
    StateId id = open(master);
    cluster.run(Duration.ofSeconds(3));
    ClusterNode backup = cluster.node("fw-b");
    assertThat(backup.table().remove(id.id(), id.creatorId())).isNotNull();
    cluster.begin(Fault.ofNode(Kind.CRASH, SECOND, SECOND, 0));
    cluster.run(Duration.ofSeconds(3));
    assertThat(cluster.violations())
        .extracting(Violation::name)
        .containsExactly(Rule.STATE_SURVIVES.text());
  }

  @Test
  void aStateThatNobodyHasOpenedIsFound() {
    Cluster cluster = running(Scenario.pair(1));
    ClusterNode master = cluster.node("fw-a");
    master.pfsync().insert(Traffic.established(2).createdBy(1, 0x6666));
    cluster.run(Duration.ofSeconds(3));
    assertThat(cluster.violations())
        .extracting(Violation::name)
        .containsExactly(Rule.NO_INVENTED_STATE.text());
  }

  @Test
  void anInvariantOfOnesOwnIsChecked() {
    Invariant never =
        new Invariant() {
          @Override
          public String name() {
            return "never-fw-b";
          }

          @Override
          public String reason() {
            return "it has no battery";
          }

          @Override
          public Optional<String> check(Cluster cluster) {
            return cluster.node("fw-b").role(1) == Role.MASTER
                ? Optional.of("fw-b is MASTER")
                : Optional.empty();
          }
        };
    Scenario scenario =
        Scenario.pair(1)
            .withFaults(List.of(Fault.ofNode(Kind.PAUSE, SECOND, Duration.ofSeconds(8), 0)));
    Outcome outcome = new Simulation().invariants(List.of(never)).run(scenario);
    assertThat(outcome.violations())
        .singleElement()
        .hasToString(outcome.violations().get(0).toString())
        .extracting(Violation::name)
        .isEqualTo("never-fw-b");
  }

  private static String broken(Scenario scenario, Firmware firmware) {
    Outcome outcome = new Simulation().firmware(firmware).run(scenario);
    assertThat(outcome.violations()).hasSize(1);
    return outcome.violations().get(0).name();
  }

  private static Cluster running(Scenario scenario) {
    Cluster cluster = new Cluster(scenario, Firmware.PLAIN, List.of(), null);
    cluster.start();
    cluster.run(Duration.ofSeconds(10));
    assertThat(cluster.node("fw-a").role(1)).isEqualTo(Role.MASTER);
    return cluster;
  }

  private static StateId open(ClusterNode node) {
    PfState state = node.open(Traffic.established(1));
    assertThat(state).isNotNull();
    return state.stateId();
  }
}
