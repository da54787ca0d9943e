package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Decision;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.net.LinkAddress;

/** "Why am I BACKUP?" */
class ExplanationTest {

  private final SimPair pair = new SimPair();

  private RoleReason rule(CarpNode node) {
    return node.explain("em1", 1).lastDecision().map(Decision::rule).orElseThrow();
  }

  @Test
  void becauseTheMasterIsBetter() throws IOException {
    pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    CarpExplanation why = secondary.explain("em1", 1);
    assertThat(why.role()).isEqualTo(BACKUP);
    assertThat(why.lastDecision().orElseThrow().rule()).isEqualTo(RoleReason.MASTER_IS_BETTER);
    assertThat(why.lastHeard().source()).isEqualTo(LinkAddress.parse("192.0.2.2").address());
    assertThat(why.lastHeard().said()).isEqualTo("1/0");
    assertThat(why.lastHeard().ago()).isBetween(Duration.ofMillis(499), Duration.ofMillis(501));
    assertThat(why.describe())
        .startsWith("1@em1 is BACKUP since 10.500 s: initialization complete")
        .contains(
            "last rule applied: master is at least as frequent",
            "own: 1/100 (advskew 100)",
            "heard: 1/0 from 192.0.2.2, 0.49",
            "becomes MASTER unless an advert arrives in 2.890 s",
            "demotion 0");
  }

  @Test
  void becausePreemptIsOff() throws IOException {
    SimPair.node(pair.b, router(100)).start();
    pair.settle();
    CarpNode better = SimPair.node(pair.a, router(0)).preempt(false).start();
    pair.settle();

    assertThat(rule(better)).isEqualTo(RoleReason.PREEMPT_IS_OFF);
  }

  @Test
  void becauseItIsDemoted() throws IOException {
    CarpNode primary = pair.primary();
    pair.secondary();
    pair.settle();
    primary.demotion().demote("pfsync@em2", "waiting for a bulk update", 240);
    pair.settle();

    assertThat(rule(primary)).isEqualTo(RoleReason.DEMOTED);
    assertThat(primary.explain("em1", 1).describe())
        .contains("own: 1/240 (advskew 0)")
        .contains("demotion 240\n    +240 pfsync@em2: waiting for a bulk update");
  }

  @Test
  void becauseItsInterfaceIsDown() throws IOException {
    CarpNode primary = pair.primary();
    pair.a.linkDown("em1");
    pair.soon();

    assertThat(primary.explain("em1", 1).describe())
        .startsWith("1@em1 is INIT since")
        .contains("hardware interface down", "its interface is down", "heard: nothing");
  }

  @Test
  void whyTheOtherOneIsNotBelieved() throws IOException {
    CarpNode primary = pair.primary();
    SimPair.node(pair.b, router(100).password("other")).start();
    pair.settle();

    assertThat(primary.explain("em1", 1).describe())
        .contains("last reject: badauth from 192.0.2.3 (vhid 1, 1/100, counter ");
  }

  @Test
  void everyRoleChangeIsACausalRecordAndTheSameSuppressedOneIsKeptOnce() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.advance(Duration.ofMinutes(10));
    int quiet = secondary.explain("em1", 1).decisions().size();
    assertThat(quiet).isLessThan(5);
    primary.close();
    pair.settle();

    CarpExplanation why = secondary.explain("em1", 1);
    assertThat(why.role()).isEqualTo(MASTER);
    assertThat(why.decisions())
        .filteredOn(decision -> decision.before() != decision.after())
        .extracting(Decision::rule)
        .containsExactly(RoleReason.INITIALIZATION_COMPLETE, RoleReason.PREEMPTING);
    assertThat(pair.eventsOfA(DecisionMade.class)).isNotEmpty();
  }

  @Test
  void recordsAreBounded() throws IOException {
    CarpNode primary = pair.primary();
    for (int i = 0; i < 200; i++) {
      primary.request("em1", 1, i % 2 == 0 ? MASTER : BACKUP);
    }
    assertThat(primary.explain("em1", 1).decisions()).hasSize(64);
  }

  @Test
  void itIsDataTooAndSaysNothingSecret() throws IOException {
    pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    SimPair.sendFrom(pair.a, new CarpAdvert(1, 0, 0, 0, 7), "guessed", 255);
    pair.soon();

    String json = secondary.explain("em1", 1).toJson();
    StatisticsTest.assertIsJson(json);
    assertThat(json)
        .contains("\"role\":\"BACKUP\"", "\"rule\":\"master is at least as frequent\"")
        .contains("\"last_reject\":{\"reason\":\"badauth\"")
        .doesNotContain(SimPair.PASSWORD);
  }

  @Test
  void onlyOfWhatThereIs() throws IOException {
    CarpNode primary = pair.primary();
    assertThatThrownBy(() -> primary.explain("em1", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2@em1");
    assertThat(primary.explain("em1", 1).lastHeard()).isNull();
  }
}
