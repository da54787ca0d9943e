package org.pfha.carp;

/**
 * What a node thinks of one of its probes; as an event: it has just changed its mind. Immutable.
 *
 * @param name the probe's
 * @param healthy false once it failed as often in a row as its schedule says
 * @param streak how many answers in a row were like the last one, 0 before the first
 * @param detail why the last call failed; empty if it did not
 * @param atNanos when this was so, on the loop's clock
 */
public record ProbeStatus(String name, boolean healthy, int streak, String detail, long atNanos)
    implements CarpEvent {

  @Override
  public String toString() {
    return "probe %s is %s (%d in a row%s)"
        .formatted(name, healthy ? "up" : "down", streak, detail.isEmpty() ? "" : ": " + detail);
  }
}
