package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** As many clusters under as many faults as a build has time for; more by {@code -Dseeds=…}. */
@ExtendWith(Quietly.class)
class QuickSetTest {

  private static final long SEEDS = Long.getLong("seeds", 2_000);
  private static final long FROM = Long.getLong("from", 1);

  @Test
  void noRuleIsBrokenWhateverTheSeed() throws InterruptedException {
    Simulation simulation = new Simulation();
    int threads = Runtime.getRuntime().availableProcessors();
    Campaign campaign = Campaign.run(simulation, FROM, SEEDS, threads, done -> {});
    System.out.println("quick set: " + campaign);

    assertThat(campaign.failures())
        .as(
            () ->
                campaign.failures().stream()
                    .limit(3)
                    .map(simulation::explain)
                    .collect(Collectors.joining("\n")))
        .isEmpty();
    assertThat(campaign.seeds()).isEqualTo(SEEDS);
    assertThat(campaign.roleChanges()).isGreaterThan(SEEDS);
    assertThat(campaign.connections()).isGreaterThan(SEEDS);
  }
}
