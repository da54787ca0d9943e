package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Seen;

/** How long a host is without protection after its node was started. */
@NeedsLab
class StartTest {

  /** advbase 0, advskew 1: a node that waits for hardly anything before its first advert. */
  private static final Carp ALONE = new Carp(3, "alone", "10.66.0.103", 0, 1);

  private static final long MASTER_DOWN = 3L * 1_000_000_000L / 256;

  @Test
  void theFirstAdvertComesBehindTheMasterDownTimeAndSoon() throws IOException {
    try (Pair pair = new Pair()) {
      long exec = nanos(Instant.now());
      new NodeSettings(pair.a).carp(ALONE, "pfha-subsecond").start(Programs.SMALL);
      Seen first = pair.await(Pair.advertOf(pair.a, 3), Pair.SLACK.multipliedBy(3));
      long took = first.atNanos() - exec;
      System.out.printf(
          "exec to first advert: %d ms, %d ms of them the master-down time%n",
          took / 1_000_000, MASTER_DOWN / 1_000_000);
      assertThat(took).isGreaterThan(MASTER_DOWN).isLessThan(Pair.SLACK.toNanos() * 3);
    }
  }

  private static long nanos(Instant instant) {
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }
}
