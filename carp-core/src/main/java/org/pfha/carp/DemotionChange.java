package org.pfha.carp;

import java.util.Locale;

/**
 * A {@link DemotionLedger} has changed. Immutable.
 *
 * @param kind how
 * @param entry the penalty
 * @param total the node's sum afterwards, penalties of groups left out
 */
public record DemotionChange(Kind kind, DemotionLedger.Entry entry, int total)
    implements CarpEvent {

  /** How a ledger changes. */
  public enum Kind {
    /** Somebody imposed a penalty. */
    IMPOSED,
    /** Its owner took it back. */
    TAKEN_BACK,
    /** It ended by itself. */
    EXPIRED,
    /** Somebody cleared all of its owner's. */
    CLEARED
  }

  @Override
  public String toString() {
    String words = kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    return "demotion %s: %s, total %d".formatted(words, entry, total);
  }
}
