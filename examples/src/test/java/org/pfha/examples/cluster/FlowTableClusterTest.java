package org.pfha.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.pfha.cluster.ClusterNode;
import org.pfha.cluster.ClusterTest;
import org.pfha.cluster.Fault;
import org.pfha.cluster.Outcome;
import org.pfha.cluster.Scenario;
import org.pfha.cluster.Simulation;

/** How a user tests a data plane of one's own in a cluster that breaks. */
class FlowTableClusterTest {

  private static final Logger NODES = Logger.getLogger("org.pfha");
  private static final List<String> SEEN = new ArrayList<>();
  private static long connections;

  @BeforeAll
  static void quietly() {
    NODES.setLevel(Level.OFF);
  }

  @AfterAll
  static void loudly() {
    NODES.setLevel(null);
    assertThat(SEEN).hasSize(60).doesNotHaveDuplicates();
    assertThat(connections).isGreaterThan(60 * 50);
  }

  @ClusterTest(seeds = 60)
  void theDataPlaneKnowsWhatTheTableKnows(Scenario scenario) {
    FlowFirmware firmware = new FlowFirmware();
    Scenario own = scenario.withTraffic(scenario.length(), 0).withFaults(withoutBursts(scenario));
    Outcome outcome = new Simulation().firmware(firmware).invariants(List.of(firmware)).verify(own);
    connections += outcome.connections(); // none where kernels' equal masters flap
    SEEN.add("seed " + scenario.seed());
  }

  @Test
  void aDataPlaneThatTakesNothingIsFound() {
    FlowFirmware firmware =
        new FlowFirmware() {
          @Override
          public void booted(ClusterNode node) {
            super.booted(node);
            table(node).stopTaking();
          }
        };
    assertThatThrownBy(
            () ->
                new Simulation()
                    .firmware(firmware)
                    .invariants(List.of(firmware))
                    .verify(Scenario.pair(1)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("flows-follow-states: fw-b has ");
  }

  /** The kit's own connections would pass by this data plane. */
  private static List<Fault> withoutBursts(Scenario scenario) {
    return scenario.faults().stream().filter(fault -> fault.kind() != Fault.Kind.OVERFLOW).toList();
  }
}
