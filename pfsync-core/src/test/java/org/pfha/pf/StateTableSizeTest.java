package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What a state costs: its share of all arrays, indexes included. */
class StateTableSizeTest {

  private static final int STATES = 200_000;
  private static final int CREATOR = 0xc0ffee;

  /** Of these the fewest fit: each has two keys, hence three entries in the indexes. */
  private static StateDraft translated(StateDraft draft, byte[] keys, int number) {
    keys[0] = 10;
    keys[1] = (byte) (number >>> 16);
    keys[2] = (byte) (number >>> 8);
    keys[3] = (byte) number;
    keys[36] = (byte) 198;
    System.arraycopy(keys, 1, keys, 37, 3);
    return draft
        .clear()
        .id(number, CREATOR)
        .ifname("all")
        .protos(6, 6)
        .keys(keys, 0, 36, StateKey.INET, StateKey.INET)
        .direction(PfState.OUT)
        .timeout(2);
  }

  @Test
  void aStateOfFormat1301TakesNoMoreThan363Bytes() {
    StateTable table = StateTable.withLimit(STATES);
    StateDraft draft = table.draft();
    byte[] keys = new byte[72];
    for (int i = 1; i <= STATES; i++) {
      table.insert(translated(draft, keys, i), 0, row -> {});
      if (i >= 20_000) {
        assertThat(table.bytes() / i).as("%s states", i).isLessThanOrEqualTo(363 + slack(i));
      }
    }
    assertThat(table.size()).isEqualTo(STATES);
    assertThat(table.bytes() / STATES).isLessThanOrEqualTo(363);
  }

  @Test
  void aStateOfFormat1500TakesNoMoreThan540Bytes() {
    StateTable table = StateTable.withLimit(STATES);
    StateDraft draft = table.draft();
    byte[] keys = new byte[72];
    byte[] tag = new byte[64];
    tag[0] = 'x';
    for (int i = 1; i <= STATES; i++) {
      translated(draft, keys, i).originalIfname("em0").tag(tag, 0).routingTables(1, -1);
      table.insert(draft, 0, row -> {});
    }
    assertThat(table.size()).isEqualTo(STATES);
    assertThat(table.bytes() / STATES).isLessThanOrEqualTo(540);
  }

  @Test
  void whatIsExpectedHasRoomInTheIndexFromTheStart() {
    int states = 7 * ((1 << Slab.CHUNK_SHIFT) - 1); // whole arrays
    StateTable table = StateTable.builder(STATES).expecting(states).build();
    long index = table.bytes();
    assertThat(index).isBetween(50L * states, 56L * states);
    StateDraft draft = table.draft();
    byte[] keys = new byte[72];
    for (int i = 1; i <= states; i++) {
      table.insert(translated(draft, keys, i), 0, row -> {});
    }
    long rows = (long) states * Row.SIZE;
    assertThat(table.bytes() - index).isBetween(rows, rows + rows / 100);
    assertThatThrownBy(() -> StateTable.builder(10).expecting(11).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("11 expected states are not between 0 and the limit of 10");
  }

  /** The last array is not full yet. */
  private static int slack(int states) {
    return (1 << Slab.CHUNK_SHIFT) * Row.SIZE / states;
  }
}
