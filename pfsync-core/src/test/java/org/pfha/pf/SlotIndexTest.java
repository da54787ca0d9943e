package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index finds what is in it, whatever the tags. */
class SlotIndexTest {

  private static final long MEGABYTE = 1 << 20;

  private record Entry(int tag, int row) {}

  private final SlotIndex index = new SlotIndex(0);
  private final List<Entry> entries = new ArrayList<>();

  private void add(int tag, int row) {
    index.add(tag, row);
    entries.add(new Entry(tag, row));
  }

  private void remove(int number) {
    Entry gone = entries.remove(number);
    index.remove(gone.tag, gone.row);
    assertThat(holds(gone)).isFalse();
  }

  private boolean holds(Entry entry) {
    long[] slots = index.slots();
    for (int at = SlotIndex.home(entry.tag, slots); slots[at] != 0; at++) {
      if (SlotIndex.hasTag(slots[at], entry.tag) && SlotIndex.row(slots[at]) == entry.row) {
        return true;
      }
    }
    return false;
  }

  @Test
  void whatIsAddedIsFoundUntilItIsRemoved() {
    long seed = 64;
    Random random = new Random(seed);
    for (int step = 0; step < 60_000; step++) {
      if (random.nextInt(5) < 3 || entries.isEmpty()) {
        // A few neighbouring tags among many: clusters where they hurt most.
        int tag = random.nextInt(4) == 0 ? 0x03ff_fff0 + random.nextInt(16) : random.nextInt();
        add(tag, step);
      } else {
        remove(random.nextInt(entries.size()));
      }
      if (step % 5_000 == 0) {
        assertThat(entries).as("seed %d step %d", seed, step).allMatch(this::holds);
      }
    }
    assertThat(entries).as("seed %d", seed).allMatch(this::holds);
  }

  @Test
  void equalTagsAtTheEndOfASegmentCostNoMoreThanTheirSlots() {
    for (int row = 0; row < 5_000; row++) {
      add(0xffff_ffff, row);
    }
    assertThat(index.bytes()).isLessThan(MEGABYTE);
    assertThat(entries.subList(0, 100)).allMatch(this::holds);
    while (entries.size() > 4_500) {
      remove(entries.size() / 2);
    }
    assertThat(entries.subList(0, 100)).allMatch(this::holds);
  }

  @Test
  void aSlotMayBeAddedToWhereASearchEnded() {
    long[] slots = index.slots();
    int end = SlotIndex.home(7, slots);
    index.add(7, 1, end);
    assertThat(holds(new Entry(7, 1))).isTrue();
    assertThat(SlotIndex.row(slots[end])).isEqualTo(1);
  }
}
