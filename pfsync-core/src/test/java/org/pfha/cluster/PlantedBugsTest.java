package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation is worth something: it finds each mistake that is made on purpose. */
@ExtendWith(Quietly.class)
class PlantedBugsTest {

  private static final long QUICK_SET = 2_000;

  @ParameterizedTest
  @EnumSource
  void isFoundWithinTheQuickSet(PlantedBug bug) {
    Simulation simulation = new Simulation().firmware(bug);
    long seed = 1;
    Outcome outcome = simulation.run(Scenario.of(seed));
    while (outcome.isFine() && seed < QUICK_SET) {
      outcome = simulation.run(Scenario.of(++seed));
    }
    assertThat(outcome.violations()).as("%s in %s seeds", bug, seed).isNotEmpty();
    assertThat(outcome.violations().get(0).name())
        .as("%s", outcome.violations())
        .isIn(bug.foundBy().stream().map(Rule::text).toList());
    assertThat(new Simulation().run(Scenario.of(seed)).violations())
        .as("seed %s without the bug", seed)
        .isEmpty();
    System.out.println(bug + " is found with seed " + seed + ": " + outcome.violations().get(0));
  }
}
