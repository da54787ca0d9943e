package org.pfha.pf;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import org.junit.jupiter.api.Test;

/** States as people and programs read them. */
class StateTextTest {

  private static StateKey key(String one, int port, String other, int otherPort) {
    return StateKey.of(
        InetAddresses.forString(one), port, InetAddresses.forString(other), otherPort);
  }

  private static PfStateBuilder state(StateKey key, int proto) {
    return PfState.builder(0x0123_4567_89ab_cdefL, 0xcafe, key, proto).ifname("em0");
  }

  @Test
  void inboundTheResponderStandsLeft() {
    PfState state =
        state(key("192.0.2.10", 50_001, "198.51.100.20", 443), PfState.TCP)
            .direction(PfState.IN)
            .src(StatePeer.of(4))
            .dst(StatePeer.of(9))
            .build();
    assertThat(StateText.line(state))
        .isEqualTo("em0 tcp 198.51.100.20:443 <- 192.0.2.10:50001       FIN_WAIT_2:ESTABLISHED");
  }

  @Test
  void outboundTheInitiatorStandsLeftAndATranslatedAddressInParentheses() {
    PfState state =
        state(key("198.51.100.20", 443, "203.0.113.1", 61_000), PfState.TCP)
            .stack(key("198.51.100.20", 443, "10.0.0.20", 50_002))
            .direction(PfState.OUT)
            .src(StatePeer.of(2))
            .dst(StatePeer.of(0))
            .build();
    assertThat(StateText.line(state))
        .isEqualTo(
            "em0 tcp 203.0.113.1:61000 (10.0.0.20:50002) -> 198.51.100.20:443"
                + "       SYN_SENT:CLOSED");
  }

  @Test
  void ipv6HasItsPortInBrackets() {
    PfState state =
        state(key("2001:db8:1::53", 53, "2001:db8::5", 40_000), 17)
            .ifname("all")
            .direction(PfState.OUT)
            .src(StatePeer.of(1))
            .dst(StatePeer.of(0))
            .build();
    assertThat(StateText.line(state))
        .isEqualTo("all udp 2001:db8::5[40000] -> 2001:db8:1::53[53]       SINGLE:NO_TRAFFIC");
  }

  @Test
  void numbersWithoutANameStayNumbers() {
    PfState ping =
        state(key("192.0.2.1", 77, "192.0.2.2", 77), 1)
            .direction(PfState.IN)
            .src(StatePeer.of(1))
            .dst(StatePeer.of(2))
            .build();
    assertThat(StateText.line(ping)).endsWith("192.0.2.2:77 <- 192.0.2.1:77       2:1");
    PfState odd =
        state(key("192.0.2.1", 0, "192.0.2.2", 0), 253)
            .direction(PfState.IN)
            .src(StatePeer.of(200))
            .dst(StatePeer.of(0))
            .build();
    assertThat(StateText.line(odd))
        .isEqualTo("em0 253 192.0.2.2 <- 192.0.2.1       NO_TRAFFIC:200");
  }

  @Test
  void jsonKeepsIdsWholeAndEscapesWhatCameFromTheNetwork() {
    PfState state =
        state(key("192.0.2.10", 50_001, "198.51.100.20", 443), PfState.TCP)
            .ifname("e\"m\n0")
            .direction(PfState.IN)
            .src(new StatePeer(4, -1, 5, 0, 65_535, 1460, 7, null))
            .bytes(-1, 3)
            .tag("ü")
            .build();
    assertThat(StateText.json(state))
        .startsWith(
            "{\"id\":\"0123456789abcdef\",\"creatorId\":\"0000cafe\",\"ifname\":\"e\\\"m\\u000a0\"")
        .contains(
            "\"direction\":\"in\"",
            "\"wire\":{\"af\":\"inet\",\"addresses\":[\"192.0.2.10\",\"198.51.100.20\"],"
                + "\"ports\":[50001,443]}",
            "\"seqlo\":4294967295",
            "\"bytes\":[18446744073709551615,3]",
            "\"tag\":\"\\u00fc\"")
        .doesNotContain("\"stack\"", "\"route\"", "\"rule\"")
        .endsWith("}");
  }
}
