package org.pfha.pfsync;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * What a pair of firewalls has to tell each other. Immutable.
 *
 * @param connectionsPerSecond new connections
 * @param updatesPerSecond states that see traffic in a second, once each: pfsync tells of a state
 *     once a second at most
 * @param statesPerConnection 2 on a firewall that forwards, one in and one out; 1 on a host
 * @param forwardedBitsPerSecond throughput of the firewall, 0 if not known
 */
public record SyncLoad(
    long connectionsPerSecond,
    long updatesPerSecond,
    int statesPerConnection,
    long forwardedBitsPerSecond) {

  private static final long MOST = 1_000_000_000L;

  /** Checks the ranges. */
  public SyncLoad {
    checkRate("connections per second", connectionsPerSecond);
    checkRate("updates per second", updatesPerSecond);
    checkArgument(
        statesPerConnection == 1 || statesPerConnection == 2,
        "%s states per connection are neither 1 nor 2",
        statesPerConnection);
    checkArgument(
        forwardedBitsPerSecond >= 0, "throughput of %s bit/s is negative", forwardedBitsPerSecond);
  }

  private static void checkRate(String what, long rate) {
    checkArgument(rate >= 0 && rate <= MOST, "%s %s are not between 0 and 10^9", rate, what);
  }

  /**
   * The load of a firewall that forwards.
   *
   * @param connectionsPerSecond new connections
   * @param updatesPerSecond states that see traffic in a second
   * @return a load with two states a connection
   */
  public static SyncLoad forwarding(long connectionsPerSecond, long updatesPerSecond) {
    return new SyncLoad(connectionsPerSecond, updatesPerSecond, 2, 0);
  }

  /**
   * With a throughput.
   *
   * @param bitsPerSecond forwarded
   * @return the same load otherwise
   */
  public SyncLoad throughput(long bitsPerSecond) {
    return new SyncLoad(connectionsPerSecond, updatesPerSecond, statesPerConnection, bitsPerSecond);
  }
}
