package org.pfha.carp.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * How one virtual router is configured. Immutable.
 *
 * @param vhid 1–255
 * @param advbase 1–255 s
 * @param advskew 0–254, in 1/256 s; what is sent is cut to {@link CarpEngine#MAX_SKEW}
 * @param preempt whether a better BACKUP takes over from a live MASTER
 * @param addresses the virtual addresses, IPv4 first
 */
public record CarpParameters(
    int vhid, int advbase, int advskew, boolean preempt, List<InetAddress> addresses) {

  /** Checks the ranges and puts the IPv4 addresses first. */
  public CarpParameters {
    checkArgument(vhid >= 1 && vhid <= 255, "vhid %s is not between 1 and 255", vhid);
    checkArgument(advbase >= 1 && advbase <= 255, "advbase %s is not between 1 and 255", advbase);
    checkArgument(advskew >= 0 && advskew <= 254, "advskew %s is not between 0 and 254", advskew);
    List<InetAddress> sorted = new ArrayList<>();
    addresses.stream().filter(Inet4Address.class::isInstance).forEach(sorted::add);
    addresses.stream().filter(Inet6Address.class::isInstance).forEach(sorted::add);
    addresses = List.copyOf(sorted);
  }

  /**
   * Whether it has addresses of a family.
   *
   * @param ipv6 the family
   * @return true if there is at least one
   */
  public boolean has(boolean ipv6) {
    return addresses.stream().anyMatch(address -> address instanceof Inet6Address == ipv6);
  }

  /**
   * How long a BACKUP waits for the master; demotion does not lengthen it (spec carp 7.3).
   *
   * @return 3·advbase + advskew/256 s, in nanoseconds cut to microseconds
   */
  public long masterDownNanos() {
    return 3 * 1_000_000_000L * advbase + skewNanos(advskew);
  }

  /**
   * How long a MASTER waits between two adverts.
   *
   * @param skew the skew that rules, configured or effective
   * @return advbase + skew/256 s, in nanoseconds cut to microseconds
   */
  public long advertIntervalNanos(int skew) {
    return 1_000_000_000L * advbase + skewNanos(skew);
  }

  private static long skewNanos(int skew) {
    return skew * 1_000_000L / 256 * 1000;
  }
}
