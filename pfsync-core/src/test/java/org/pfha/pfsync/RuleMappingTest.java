package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;

/** Nodes whose rulesets are not equal: what becomes of the rule numbers in states. */
class RuleMappingTest {

  private static final byte[] OLD = ruleset(1);
  private static final byte[] NEW = ruleset(2);

  private static byte[] ruleset(int number) {
    byte[] md5 = new byte[16];
    Arrays.fill(md5, (byte) number);
    return md5;
  }

  private static PfState state(int number, int rule) {
    return States.tcp(number, 0xa).toBuilder().rule(rule).build();
  }

  /** Sends states of rules 3, 4 and 5 from a node of the old ruleset; their rules afterwards. */
  private static int[] rulesAfterTransfer(byte[] sendersRuleset) throws IOException {
    SimNetwork net = new SimNetwork(1);
    SimSegment sync = net.segment("sync");
    SimHost left = net.host("left");
    SimHost right = net.host("right");
    left.attach(sync, "em9", "172.16.1.2/24");
    right.attach(sync, "em9", "172.16.1.3/24");
    StateTable received = StateTable.withLimit(100);
    try (PfsyncNode a =
            PfsyncNode.builder(left)
                .onInterface("em9")
                .table(StateTable.withLimit(100))
                .peer("172.16.1.3")
                .creatorId(0xa)
                .ruleset(sendersRuleset, 10)
                .start();
        PfsyncNode b =
            PfsyncNode.builder(right)
                .onInterface("em9")
                .table(received)
                .peer("172.16.1.2")
                .creatorId(0xb)
                .ruleset(NEW, 8)
                .rules(OLD, rule -> rule == 5 ? PfState.NONE : rule + 4)
                .start()) {
      net.advance(Duration.ofSeconds(3));
      a.insert(state(1, 3));
      a.insert(state(2, 4));
      a.insert(state(3, 5));
      net.advance(Duration.ofSeconds(3));
      assertThat(b.statistics().badact()).isZero();
    }
    return received.states().stream().mapToInt(PfState::rule).toArray();
  }

  @Test
  void numbersOfAKnownRulesetAreMappedToRulesThatExist() throws IOException {
    assertThat(rulesAfterTransfer(OLD)).containsExactly(7, PfState.NONE, PfState.NONE);
  }

  @Test
  void numbersOfTheOwnRulesetMeanThemselves() throws IOException {
    assertThat(rulesAfterTransfer(NEW)).containsExactly(3, 4, 5);
  }

  @Test
  void numbersOfAnyOtherRulesetMeanNothing() throws IOException {
    assertThat(rulesAfterTransfer(ruleset(9)))
        .containsExactly(PfState.NONE, PfState.NONE, PfState.NONE);
  }

  @Test
  void aChecksumOfTheWrongLengthIsNamed() throws IOException {
    SimHost host = new SimNetwork(1).host("left");
    assertThatThrownBy(
            () ->
                PfsyncNode.builder(host)
                    .onInterface("em9")
                    .table(StateTable.withLimit(100))
                    .rules(new byte[15], rule -> rule)
                    .start())
        .hasMessageContaining("15 bytes");
  }
}
