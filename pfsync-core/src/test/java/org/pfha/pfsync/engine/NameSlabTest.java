package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.pf.StateId;

/** The slab against maps and lists that do the same. */
class NameSlabTest {

  private static final int CAPACITY = 37;
  private static final int LISTS = 3;

  private final NameSlab slab = new NameSlab(CAPACITY, LISTS);
  private final Map<StateId, Integer> where = new HashMap<>();
  private final List<List<StateId>> lists = new ArrayList<>();

  @Test
  void itDoesWhatMapsAndListsDo() {
    long seed = 37;
    Random random = new Random(seed);
    clear();
    for (int step = 0; step < 200_000; step++) {
      // Few names and few ids, so that they meet in the index again and again.
      StateId name = new StateId(random.nextInt(12) * 0x1_0000_0000L, random.nextInt(5));
      if (random.nextInt(5_000) == 0) {
        clear();
      } else if (where.containsKey(name)) {
        slab.remove(slab.find(name.id(), name.creatorId()));
        lists.get(where.remove(name)).remove(name);
      } else if (where.size() < CAPACITY) {
        int list = random.nextInt(LISTS);
        slab.add(name.id(), name.creatorId(), list);
        where.put(name, list);
        lists.get(list).add(name);
      }
      if (step % 7 == 0) {
        compare("seed " + seed + " step " + step);
      }
    }
  }

  private void clear() {
    slab.clear();
    where.clear();
    lists.clear();
    for (int i = 0; i < LISTS; i++) {
      lists.add(new ArrayList<>());
    }
  }

  private void compare(String when) {
    assertThat(slab.isEmpty()).as(when).isEqualTo(where.isEmpty());
    assertThat(slab.isFull()).as(when).isEqualTo(where.size() == CAPACITY);
    for (int list = 0; list < LISTS; list++) {
      List<StateId> names = new ArrayList<>();
      for (int slot = slab.head(list); slot != NameSlab.NONE; slot = slab.next(slot)) {
        names.add(new StateId(slab.id(slot), slab.creatorId(slot)));
        assertThat(slab.list(slot)).as(when).isEqualTo(list);
      }
      assertThat(names).as(when).isEqualTo(lists.get(list));
      assertThat(slab.size(list)).as(when).isEqualTo(names.size());
    }
    for (int id = 0; id < 12; id++) {
      for (int creatorId = 0; creatorId < 5; creatorId++) {
        StateId name = new StateId(id * 0x1_0000_0000L, creatorId);
        assertThat(slab.find(name.id(), name.creatorId()) != NameSlab.NONE)
            .as(when)
            .isEqualTo(where.containsKey(name));
      }
    }
  }

  @Test
  void aNameCountsFromNothingEachTimeItIsAdded() {
    int slot = slab.add(1, 2, 0);
    assertThat(slab.count(slot)).isEqualTo(1);
    assertThat(slab.count(slot)).isEqualTo(2);
    slab.remove(slot);
    assertThat(slab.count(slab.add(1, 2, 0))).isEqualTo(1);
  }
}
