package org.pfha.carp.engine;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A decision of a {@link VrrpEngine}. Immutable.
 *
 * @param atNanos when the cause arose
 * @param event the cause
 * @param before the role before
 * @param after the role after
 * @param rule the rule applied
 * @param priority this node's, as it is advertised
 * @param intervalCentis this node's configured interval, in 1/100 s
 * @param masterIntervalCentis the interval last learnt from a master, in 1/100 s
 * @param heard the advert that was the cause, or null
 * @param timers the armed deadlines afterwards
 */
public record VrrpDecision(
    long atNanos,
    ElectionEvent event,
    Role before,
    Role after,
    RoleReason rule,
    int priority,
    int intervalCentis,
    int masterIntervalCentis,
    @Nullable Heard heard,
    Timers timers)
    implements Decision {

  /**
   * An advert's values. Immutable.
   *
   * @param priority 0–255
   * @param intervalCentis in 1/100 s
   * @param source who sent it
   */
  public record Heard(int priority, int intervalCentis, InetAddress source) {

    @Override
    public String toString() {
      return "priority %d, %d cs from %s"
          .formatted(priority, intervalCentis, source.getHostAddress());
    }
  }

  @Override
  public @Nullable InetAddress heardFrom() {
    return heard == null ? null : heard.source;
  }

  @Override
  public String toString() {
    return "%s (%s): %s%s; own priority %d, %d cs, master's %d cs"
        .formatted(
            before == after ? before + " stays" : before + " -> " + after,
            event,
            rule,
            heard == null ? "" : "; heard " + heard,
            priority,
            intervalCentis,
            masterIntervalCentis);
  }
}
