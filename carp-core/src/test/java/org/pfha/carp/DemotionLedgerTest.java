package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DemotionLedgerTest {

  private final DemotionLedger ledger = new DemotionLedger();

  @Test
  void theSumIsThatOfThePenaltiesInForce() {
    Demotion bulk = ledger.demote("pfsync", "bulk update pending", 240);
    ledger.demote("operator", "prefer this node", -10);
    assertThat(ledger.total()).isEqualTo(230);
    assertThat(ledger.entries())
        .extracting(DemotionLedger.Entry::owner)
        .containsExactly("pfsync", "operator");

    bulk.close();
    bulk.close();
    assertThat(ledger.total()).as("nothing is taken back twice").isEqualTo(-10);
  }

  @Test
  void equalPenaltiesAreStillTwo() {
    Demotion first = ledger.demote("pfsync", "bulk", 240);
    ledger.demote("pfsync", "bulk", 240);
    first.close();
    assertThat(ledger.total()).isEqualTo(240);

    ledger.clear("pfsync");
    assertThat(ledger.entries()).isEmpty();
  }

  @Test
  void theSumDoesNotOverflow() {
    ledger.demote("a", "much", Integer.MAX_VALUE);
    ledger.demote("b", "more", Integer.MAX_VALUE);
    assertThat(ledger.total()).isEqualTo(Integer.MAX_VALUE);
  }
}
