package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

  private final Deadlines deadlines = new Deadlines();
  private final List<Integer> ran = new ArrayList<>();

  @Test
  void runsWhatIsDueInTheOrderOfTheInstants() {
    for (int i : new int[] {3, 1, 2, 5, 4}) {
      deadlines.set(deadlines.slot((now, late) -> ran.add(i)), 10L * i);
    }
    deadlines.run(9, 0);
    assertThat(ran).isEmpty();
    deadlines.run(30, 0);
    assertThat(ran).containsExactly(1, 2, 3);
    assertThat(deadlines.firstNanos()).isEqualTo(40);
  }

  @Test
  void ataskThatIsDueAgainAtOnceHasItsTurnOnce() {
    Deadlines.Slot[] slot = new Deadlines.Slot[1];
    slot[0] =
        deadlines.slot(
            (now, late) -> {
              ran.add(1);
              deadlines.set(slot[0], now);
            });
    deadlines.set(slot[0], 5);
    deadlines.run(10, 0);
    assertThat(ran).hasSize(1);
    assertThat(deadlines.firstNanos()).isEqualTo(10);
  }

  @Test
  void agreesWithASortedListAcrossTheOverflowOfTheClock() {
    long seed = 20261121;
    Random random = new Random(seed);
    long origin = Long.MAX_VALUE - 5_000;
    List<Deadlines.Slot> slots = new ArrayList<>();
    Long[] at = new Long[64];
    for (int i = 0; i < at.length; i++) {
      int id = i;
      slots.add(
          deadlines.slot(
              (now, late) -> {
                ran.add(id);
                at[id] = null;
              }));
    }
    long now = origin;
    for (int step = 0; step < 20_000; step++) {
      int id = random.nextInt(at.length);
      if (random.nextInt(4) == 0) {
        deadlines.clear(slots.get(id));
        at[id] = null;
      } else {
        at[id] = now + random.nextInt(1_000);
        deadlines.set(slots.get(id), at[id]);
      }
      Long first = null;
      for (Long candidate : at) {
        if (candidate != null && (first == null || candidate - first < 0)) {
          first = candidate;
        }
      }
      assertThat(deadlines.isEmpty()).as("seed %d step %d", seed, step).isEqualTo(first == null);
      if (first != null) {
        assertThat(deadlines.firstNanos()).as("seed %d step %d", seed, step).isEqualTo(first);
      }
      now += random.nextInt(20);
      ran.clear();
      deadlines.run(now, 0);
      for (Long candidate : at) {
        assertThat(candidate == null || candidate - now > 0)
            .as("seed %d step %d", seed, step)
            .isTrue();
      }
    }
    assertThat(now).as("the clock has overflowed").isNegative();
  }
}
