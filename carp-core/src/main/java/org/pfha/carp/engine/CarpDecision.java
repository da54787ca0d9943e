package org.pfha.carp.engine;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * A decision of a {@link CarpEngine}. Immutable.
 *
 * @param atNanos when the cause arose
 * @param event the cause
 * @param before the role before
 * @param after the role after
 * @param rule the rule applied
 * @param own what this node compared with
 * @param heard the advert that was the cause, or null
 * @param timers the armed deadlines afterwards
 */
public record CarpDecision(
    long atNanos,
    ElectionEvent event,
    Role before,
    Role after,
    RoleReason rule,
    Own own,
    @Nullable Heard heard,
    Timers timers)
    implements Decision {

  /**
   * This node's values. Immutable.
   *
   * @param advbase seconds
   * @param effectiveSkew what is advertised and compared, in 1/256 s
   * @param advskew what is configured, in 1/256 s
   * @param demotion sum of the node's penalties
   */
  public record Own(int advbase, int effectiveSkew, int advskew, int demotion) {

    @Override
    public String toString() {
      return "%d/%d (advskew %d, demotion %+d)"
          .formatted(advbase, effectiveSkew, advskew, demotion);
    }
  }

  /**
   * An advert's values. Immutable.
   *
   * @param advbase seconds
   * @param advskew in 1/256 s
   * @param demote byte 4, OpenBSD's demotion count
   * @param source who sent it; its family is the advert's
   */
  public record Heard(int advbase, int advskew, int demote, InetAddress source) {

    static @Nullable Heard of(@Nullable CarpView advert, @Nullable IpPacket packet) {
      return advert == null || packet == null
          ? null
          : new Heard(advert.advbase(), advert.advskew(), advert.demote(), packet.source());
    }

    @Override
    public String toString() {
      return "%d/%d%s from %s"
          .formatted(
              advbase, advskew, demote == 0 ? "" : " demoted " + demote, source.getHostAddress());
    }
  }

  @Override
  public @Nullable InetAddress heardFrom() {
    return heard == null ? null : heard.source;
  }

  /** Such as {@code BACKUP stays: master is slower, preempt is off; heard 1/100 from …}. */
  @Override
  public String toString() {
    return "%s (%s): %s%s; own %s"
        .formatted(
            before == after ? before + " stays" : before + " -> " + after,
            event,
            rule,
            heard == null ? "" : "; heard " + heard,
            own);
  }
}
