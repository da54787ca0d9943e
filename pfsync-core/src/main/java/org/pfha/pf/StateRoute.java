package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where route-to, reply-to or dup-to send the packets of a state (spec pfsync 5.2–5.4). Immutable.
 *
 * @param kind {@link #ROUTE_TO}, {@link #DUP_TO}, {@link #REPLY_TO} …, 0–255; 0 in format 1301,
 *     which carries the address only
 * @param ifname interface the packets leave by, or empty
 * @param address next hop, of any family, or null
 */
public record StateRoute(int kind, String ifname, @Nullable InetAddress address) {

  /** Packets go where the routing table says. */
  public static final StateRoute NONE = new StateRoute(0, "", null);

  /** Kind: past the routing table. */
  public static final int FAST_ROUTE = 1;

  /** Kind: packets in the direction of the first one go this way. */
  public static final int ROUTE_TO = 2;

  /** Kind: a copy goes this way. */
  public static final int DUP_TO = 3;

  /** Kind: packets in the opposite direction go this way. */
  public static final int REPLY_TO = 4;

  /** Checks the ranges. */
  public StateRoute {
    checkArgument(kind >= 0 && kind <= 255, "kind of route %s is not a byte", kind);
    PfState.checkName("route interface", ifname, PfState.MAX_IFNAME);
  }

  /**
   * The family of the next hop, {@code rt_af} of format 1500.
   *
   * @return {@link StateKey#INET}, {@link StateKey#INET6} or 0 without a next hop
   */
  public int family() {
    if (address == null) {
      return 0;
    }
    return address instanceof java.net.Inet4Address ? StateKey.INET : StateKey.INET6;
  }
}
