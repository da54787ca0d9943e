package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.pf.StateTable.Insertion;

/** State table overflow, of the table and of a creator's share, is told and not repeated. */
class StateTableLimitTest {

  private final List<Insertion> told = new ArrayList<>();
  private final StateTable table =
      StateTable.builder(2).creatorLimit(7, 1).onOverflow(told::add).build();

  @Test
  void aCreatorsOverflowDoesNotHideTheTables() {
    assertThat(table.insert(udp(1, 7), 0)).isEqualTo(Insertion.INSERTED);
    assertThat(table.insert(udp(2, 7), 0)).isEqualTo(Insertion.CREATOR_LIMIT);
    assertThat(table.insert(udp(3, 8), 0)).isEqualTo(Insertion.INSERTED);
    assertThat(table.insert(udp(4, 9), 0)).isEqualTo(Insertion.LIMIT);
    assertThat(told).containsExactly(Insertion.CREATOR_LIMIT, Insertion.LIMIT);
    assertThat(table.refused()).isEqualTo(2);
    assertThat(table.size()).isEqualTo(2);
  }

  @Test
  void itIsToldAgainOnlyAfterAStateHasGone() {
    table.insert(udp(1, 8), 0);
    table.insert(udp(2, 8), 0);
    table.insert(udp(3, 8), 0);
    table.insert(udp(4, 8), 0);
    assertThat(told).containsExactly(Insertion.LIMIT);
    assertThat(table.remove(1, 8)).isNotNull();
    assertThat(table.insert(udp(3, 8), 0)).isEqualTo(Insertion.INSERTED);
    table.insert(udp(4, 8), 0);
    assertThat(told).containsExactly(Insertion.LIMIT, Insertion.LIMIT);
  }

  private static PfState udp(int number, int creator) {
    StateKey key =
        StateKey.of(
            InetAddresses.forString("192.0.2.1"), number, InetAddresses.forString("2.0.0.1"), 53);
    return PfState.builder(number, creator, key, 17).build();
  }
}
