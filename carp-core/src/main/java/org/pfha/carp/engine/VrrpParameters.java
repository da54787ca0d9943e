package org.pfha.carp.engine;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * How one VRRPv3 virtual router is configured. Immutable.
 *
 * @param profile whose rules it follows
 * @param vrid 1–255
 * @param priority 1–255; 255 is the owner of the addresses
 * @param intervalCentis between two adverts, 1–4095, in 1/100 s
 * @param preempt whether a better BACKUP takes over from a live MASTER
 * @param preemptDelayNanos how long after it became BACKUP it does not yet do so
 * @param addresses 1–255 virtual addresses of one family, in the order in which they are sent
 */
public record VrrpParameters(
    VrrpProfile profile,
    int vrid,
    int priority,
    int intervalCentis,
    boolean preempt,
    long preemptDelayNanos,
    List<InetAddress> addresses) {

  /** The priority of the owner of the addresses. */
  public static final int OWNER = 255;

  private static final long CENTISECOND = 10_000_000L;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming everything that is wrong
   */
  public VrrpParameters {
    List<String> problems = new ArrayList<>();
    if (vrid < 1 || vrid > 255) {
      problems.add("VRID %d is not between 1 and 255".formatted(vrid));
    }
    if (priority < 1 || priority > OWNER) {
      problems.add("priority %d is not between 1 and 255".formatted(priority));
    }
    if (intervalCentis < 1 || intervalCentis > 4095) {
      problems.add("an interval of %d cs is not between 1 and 4095".formatted(intervalCentis));
    }
    if (preemptDelayNanos < 0) {
      problems.add("a preempt delay of %d ns is negative".formatted(preemptDelayNanos));
    }
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty() || addresses.size() > 255) {
      problems.add("%d addresses; there can be 1 to 255".formatted(addresses.size()));
    }
    if (addresses.stream().map(Object::getClass).distinct().count() > 1) {
      problems.add(
          "addresses of both families in VRID %d; use one virtual router for each: %s"
              .formatted(vrid, addresses));
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * The standard's defaults: priority 100, 1 s, preempt.
   *
   * @param vrid 1–255
   * @param addresses of one family
   * @return RFC 9568's
   */
  public static VrrpParameters of(int vrid, List<InetAddress> addresses) {
    return new VrrpParameters(VrrpProfile.RFC_9568, vrid, 100, 100, true, 0, addresses);
  }

  /**
   * The family of its addresses.
   *
   * @return true for IPv6
   */
  public boolean ipv6() {
    return addresses.get(0) instanceof Inet6Address;
  }

  /**
   * How long a MASTER waits between two adverts.
   *
   * @return nanoseconds
   */
  public long advertIntervalNanos() {
    return CENTISECOND * intervalCentis;
  }

  /**
   * How much longer a lower priority waits for a master.
   *
   * @param ownPriority the priority that rules
   * @param masterCentis the master's interval, in 1/100 s
   * @return (256 − priority)·interval/256 in nanoseconds; FreeBSD cuts it to whole 1/100 s
   */
  public long skewNanos(int ownPriority, int masterCentis) {
    long parts = (256L - ownPriority) * masterCentis;
    return profile == VrrpProfile.FREEBSD_15
        ? parts / 256 * CENTISECOND
        : parts * CENTISECOND / 256;
  }

  /**
   * How long a BACKUP waits for the master.
   *
   * @param ownPriority the priority that rules
   * @param masterCentis the master's interval, in 1/100 s
   * @return three intervals and the skew, in nanoseconds
   */
  public long masterDownNanos(int ownPriority, int masterCentis) {
    return 3 * CENTISECOND * masterCentis + skewNanos(ownPriority, masterCentis);
  }
}
