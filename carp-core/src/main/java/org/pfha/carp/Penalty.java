package org.pfha.carp;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the ledger that its owner turns on and off, and that is off for good once it was
 * ended, whoever turns it on at the same time. Thread-safe.
 *
 * <p>Who clears it from the ledger is obeyed until its owner has turned it off.
 */
final class Penalty {

  private final DemotionLedger ledger;
  private final String owner;
  private final @Nullable String group;
  private DemotionLedger.@Nullable Entry entry;
  private boolean ended;

  Penalty(DemotionLedger ledger, String owner, @Nullable String group) {
    this.ledger = ledger;
    this.owner = owner;
    this.group = group;
  }

  /**
   * Turns it on, or changes it.
   *
   * @param amount in 1/256 s of advskew; 0 turns it off
   * @param reason why
   */
  synchronized void set(int amount, String reason) {
    boolean same = amount == (entry == null ? 0 : entry.amount());
    if (!same && !(ended && amount != 0)) {
      entry = ledger.replace(entry, owner, group, amount, reason);
    }
  }

  synchronized void end() {
    ended = true;
    set(0, "");
  }
}
