package org.pfha.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.pfha.cluster.ClusterTest;
import org.pfha.cluster.Scenario;
import org.pfha.cluster.Simulation;

/** Config sync beside CARP and pfsync, while the cluster breaks. */
class ConfigSyncClusterTest {

  private static final Logger NODES = Logger.getLogger("org.pfha");

  @BeforeAll
  static void quietly() {
    NODES.setLevel(Level.OFF);
  }

  @AfterAll
  static void loudly() {
    NODES.setLevel(null);
  }

  @ClusterTest(seeds = 12)
  void rulesConvergeAndLocalSettingsStay(Scenario scenario) {
    ConfigFirmware firmware = new ConfigFirmware();
    new Simulation().firmware(firmware).invariants(List.of(firmware)).verify(scenario);
    assertThat(firmware.pushes()).isPositive();
    assertThat(firmware.isConverged()).isTrue();
  }
}
