package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Attack 23: however fast changes come, pushes keep their distance. All in virtual time. */
class PushScheduleTest {
  private static final long SECOND = 1_000_000_000L;
  private static final List<String> HERE = List.of();

  private final PushSchedule schedule =
      new PushSchedule(
          Duration.ofSeconds(1),
          Duration.ofSeconds(10),
          new RetryPolicy(9, Duration.ofSeconds(20), Duration.ofSeconds(60), 0, false),
          () -> 0);

  @Test
  void nothingIsDueBeforeTheFirstChange() {
    assertThat(schedule.dueIn(0)).isEqualTo(PushSchedule.NEVER);
  }

  @Test
  void changesThatComeTogetherArePushedTogether() {
    schedule.changed(HERE, 0);
    schedule.changed(List.of("x"), SECOND / 2);
    assertThat(schedule.dueIn(SECOND / 2)).isEqualTo(SECOND / 2);
    assertThat(schedule.begin(SECOND)).isEqualTo(new PushSchedule.Push(2, List.of("x"), false));
    assertThat(schedule.dueIn(SECOND)).isEqualTo(PushSchedule.NEVER);
    schedule.succeeded();
    assertThat(schedule.pending()).isZero();
    assertThat(schedule.dueIn(2 * SECOND)).isEqualTo(PushSchedule.NEVER);
  }

  @Test
  void whatChangesDuringAPushWaitsForTheNextOne() {
    schedule.changed(HERE, 0);
    schedule.begin(SECOND);
    schedule.changed(HERE, 2 * SECOND);
    assertThat(schedule.pending()).isEqualTo(2);
    schedule.succeeded();
    assertThat(schedule.pending()).isEqualTo(1);
    assertThat(schedule.dueIn(3 * SECOND)).isEqualTo(8 * SECOND);
  }

  @Test
  void aStormOfChangesNeverMakesPushesComeCloser() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    long now = 0;
    long last = Long.MIN_VALUE / 2;
    int pushes = 0;
    for (int i = 0; i < 100_000; i++) {
      schedule.changed(HERE, now);
      if (schedule.dueIn(now) == 0) {
        assertThat(now - last).as("seed " + seed).isGreaterThanOrEqualTo(10 * SECOND);
        last = now;
        pushes++;
        schedule.begin(now);
        schedule.succeeded();
      }
      now += random.nextInt(20_000_000);
    }
    // About 1000 s of changes; each burst reaches the peer although it never pauses.
    assertThat(pushes).as("seed " + seed).isBetween(90, 101);
  }

  @Test
  void failuresAreRepeatedLaterAndLater() {
    schedule.changed(HERE, 0);
    schedule.begin(SECOND);
    schedule.failed(2 * SECOND, true);
    assertThat(schedule.pending()).isEqualTo(1);
    assertThat(schedule.dueIn(2 * SECOND)).isEqualTo(20 * SECOND);
    schedule.begin(22 * SECOND);
    schedule.failed(23 * SECOND, true);
    assertThat(schedule.dueIn(23 * SECOND)).isEqualTo(40 * SECOND);
    schedule.begin(63 * SECOND);
    schedule.succeeded();
    schedule.changed(HERE, 100 * SECOND);
    assertThat(schedule.dueIn(100 * SECOND)).isEqualTo(SECOND);
  }

  @Test
  void whatAHumanMustCorrectIsNotRepeatedUntilSomethingHappens() {
    schedule.changed(HERE, 0);
    schedule.begin(SECOND);
    schedule.failed(2 * SECOND, false);
    assertThat(schedule.dueIn(1_000_000 * SECOND)).isEqualTo(PushSchedule.NEVER);
    assertThat(schedule.pending()).isEqualTo(1);
    schedule.request();
    assertThat(schedule.dueIn(3 * SECOND)).isZero();
  }

  @Test
  void aRequestComesAtOnceAndSendsEverything() {
    schedule.changed(HERE, 0);
    schedule.begin(SECOND);
    schedule.failed(SECOND, true);
    schedule.request();
    assertThat(schedule.dueIn(SECOND)).isZero();
    assertThat(schedule.begin(SECOND).always()).isTrue();
    schedule.failed(2 * SECOND, true);
    // Still everything, but at the pace of failures.
    assertThat(schedule.dueIn(2 * SECOND)).isEqualTo(40 * SECOND);
    assertThat(schedule.begin(42 * SECOND).always()).isTrue();
    schedule.succeeded();
    schedule.changed(HERE, 60 * SECOND);
    assertThat(schedule.begin(61 * SECOND).always()).isFalse();
  }

  @Test
  void pausedItOnlyCounts() {
    schedule.pause();
    schedule.changed(HERE, 0);
    schedule.request();
    assertThat(schedule.dueIn(100 * SECOND)).isEqualTo(PushSchedule.NEVER);
    assertThat(schedule.pending()).isEqualTo(1);
    schedule.resume();
    assertThat(schedule.dueIn(100 * SECOND)).isZero();
  }
}
