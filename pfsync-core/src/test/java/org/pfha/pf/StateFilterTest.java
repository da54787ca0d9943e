package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.net.InetAddresses;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.pf.StateTable.Insertion;

/** Each part of a filter narrows it, in both families, at either end and on either side. */
class StateFilterTest {

  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final long SECOND = 1_000_000_000L;

  private final StateTable table = StateTable.withLimit(100);

  /** 1: TCP in, 2: TCP out, translated, 3: UDP over IPv6, floating, of another creator. */
  StateFilterTest() {
    insert(
        PfState.builder(1, 7, key("192.0.2.10", 50_001, "198.51.100.20", 443), TCP)
            .ifname("em0")
            .direction(PfState.IN)
            .creation(100));
    insert(
        PfState.builder(2, 7, key("203.0.113.1", 61_000, "198.51.100.20", 22), TCP)
            .stack(key("10.0.0.20", 50_002, "198.51.100.20", 22))
            .ifname("em1")
            .direction(PfState.OUT)
            .creation(10));
    insert(
        PfState.builder(3, 8, key("2001:db8::5", 40_000, "2001:db8:1::53", 53), UDP)
            .ifname("all")
            .direction(PfState.OUT));
  }

  private static StateKey key(String one, int port, String other, int otherPort) {
    return StateKey.of(
        InetAddresses.forString(one), port, InetAddresses.forString(other), otherPort);
  }

  private void insert(PfStateBuilder state) {
    assertThat(table.insert(state.build(), 0)).isEqualTo(Insertion.INSERTED);
  }

  private List<Long> ids(StateFilter filter) {
    return table.states(filter).stream().map(PfState::id).toList();
  }

  @Test
  void nothingGivenMeansAll() {
    assertThat(ids(StateFilter.all())).containsExactly(1L, 2L, 3L);
  }

  @Test
  void interfaceCreatorProtocolAndDirection() {
    assertThat(ids(StateFilter.all().ifname("em0"))).containsExactly(1L);
    assertThat(ids(StateFilter.all().ifname("all"))).containsExactly(3L);
    assertThat(ids(StateFilter.all().ifname("em9"))).isEmpty();
    assertThat(ids(StateFilter.all().creator(8))).containsExactly(3L);
    assertThat(ids(StateFilter.all().proto(TCP))).containsExactly(1L, 2L);
    assertThat(ids(StateFilter.all().direction(PfState.OUT))).containsExactly(2L, 3L);
  }

  @Test
  void addressesOfBothFamiliesAtEitherEndAndSide() {
    assertThat(ids(StateFilter.all().address("192.0.2.10"))).containsExactly(1L);
    assertThat(ids(StateFilter.all().address("198.51.100.20"))).containsExactly(1L, 2L);
    assertThat(ids(StateFilter.all().address("10.0.0.20"))).containsExactly(2L);
    assertThat(ids(StateFilter.all().address("203.0.113.1"))).containsExactly(2L);
    assertThat(ids(StateFilter.all().address("2001:db8::5"))).containsExactly(3L);
    assertThat(ids(StateFilter.all().address("2001:db8::6"))).isEmpty();
  }

  @Test
  void prefixesOfEachLength() {
    assertThat(ids(StateFilter.all().address("192.0.2.0/24"))).containsExactly(1L);
    assertThat(ids(StateFilter.all().address("192.0.2.99/24"))).containsExactly(1L);
    assertThat(ids(StateFilter.all().address("192.0.2.8/30"))).containsExactly(1L);
    assertThat(ids(StateFilter.all().address("192.0.2.12/30"))).isEmpty();
    assertThat(ids(StateFilter.all().address("0.0.0.0/0"))).containsExactly(1L, 2L);
    assertThat(ids(StateFilter.all().address("::/0"))).containsExactly(3L);
    assertThat(ids(StateFilter.all().address("2001:db8::/48"))).containsExactly(3L);
    assertThat(ids(StateFilter.all().address("2001:db8:2::/48"))).isEmpty();
    assertThat(ids(StateFilter.all().address("2001:db8::4/126"))).containsExactly(3L);
    assertThat(ids(StateFilter.all().address("2001:db8::8/126"))).isEmpty();
  }

  @Test
  void portsAtEitherEndAndSide() {
    assertThat(ids(StateFilter.all().port(443))).containsExactly(1L);
    assertThat(ids(StateFilter.all().port(50_002))).containsExactly(2L);
    assertThat(ids(StateFilter.all().port(61_000))).containsExactly(2L);
    assertThat(ids(StateFilter.all().port(0))).isEmpty();
  }

  @Test
  void age() {
    StateFilter old = StateFilter.all().olderThan(50);
    assertThat(ids(old)).containsExactly(1L);
    int[] later = {0};
    table.forEach(old, 45 * SECOND, row -> later[0]++);
    assertThat(later[0]).isEqualTo(2);
  }

  @Test
  void partsAreJoinedByAnd() {
    StateFilter filter = StateFilter.all().proto(TCP).address("198.51.100.0/24");
    assertThat(ids(filter)).containsExactly(1L, 2L);
    assertThat(ids(filter.port(22))).containsExactly(2L);
    assertThat(ids(filter.port(22).ifname("em0"))).isEmpty();
    assertThat(table.removeAll(filter.port(22), 0, row -> assertThat(row.id()).isEqualTo(2)))
        .isEqualTo(1);
    assertThat(ids(StateFilter.all())).containsExactly(1L, 3L);
  }

  @Test
  void whatCannotMatchIsRefused() {
    StateFilter all = StateFilter.all();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.address("192.0.2.0/33"))
        .withMessageContaining("33");
    assertThatIllegalArgumentException().isThrownBy(() -> all.address("192.0.2.0/"));
    assertThatIllegalArgumentException().isThrownBy(() -> all.address("host"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.proto(256))
        .withMessageContaining("256");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.port(65_536))
        .withMessageContaining("65536");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> all.direction(3))
        .withMessageContaining("3");
  }
}
