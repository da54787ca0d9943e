package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {

  private final Deadlines deadlines = new Deadlines();

  @Test
  void theEarliestComesFirstAndAMovedOneFindsItsNewPlace() {
    deadlines.set(0, 30);
    deadlines.set(1, 10);
    deadlines.set(200, 20);

    assertThat(deadlines.isDue(9)).isFalse();
    assertThat(deadlines.isDue(10)).isTrue();
    assertThat(deadlines.nextSlot()).isEqualTo(1);
    deadlines.set(1, 40);
    assertThat(deadlines.nextSlot()).isEqualTo(200);
    deadlines.clear(200);
    deadlines.clear(200);
    deadlines.clear(9_999);
    assertThat(deadlines.nextNanos()).isEqualTo(30);
    deadlines.clear(0);
    deadlines.clear(1);
    assertThat(deadlines.isEmpty()).isTrue();
    assertThat(deadlines.isDue(Long.MAX_VALUE)).isFalse();
    assertThatThrownBy(deadlines::nextSlot).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aThousandMovesAcrossTheOverflowOfTheClock(long seed) {
    Random dice = new Random(seed);
    Map<Integer, Long> model = new HashMap<>();
    long start = Long.MAX_VALUE - 5_000;
    for (int step = 0; step < 5_000; step++) {
      int slot = dice.nextInt(255);
      if (dice.nextInt(4) == 0) {
        model.remove(slot);
        deadlines.clear(slot);
      } else {
        long at = start + dice.nextInt(10_000);
        model.put(slot, at);
        deadlines.set(slot, at);
      }
      String where = "seed " + seed + ", step " + step;
      assertThat(deadlines.isEmpty()).as(where).isEqualTo(model.isEmpty());
      if (!model.isEmpty()) {
        long earliest = model.values().stream().reduce((a, b) -> a - b < 0 ? a : b).orElseThrow();
        assertThat(deadlines.nextNanos()).as(where).isEqualTo(earliest);
        assertThat(model).as(where).containsEntry(deadlines.nextSlot(), earliest);
      }
    }
  }
}
