package org.pfha.carp.kernel;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;

/**
 * One virtual host of the kernel (spec carp 12). Its passphrase is never read. Immutable.
 *
 * @param ifname the parent interface, up to 15 characters
 * @param vhid 1–255
 * @param role what the kernel is to it
 * @param protocol what it speaks
 * @param advbase seconds between advertisements, 1–255; 1 for VRRP
 * @param advskew 1/256 s added to them, 0–254; 0 for VRRP
 * @param peer where advertisements go by IPv4, 224.0.0.18 being the group; null if the kernel does
 *     not tell: before release 14, and for VRRP
 * @param peer6 where they go by IPv6, ff02::12 being the group; null if the kernel does not tell
 * @param priority of VRRP, 1–254; 0 for CARP
 * @param interval between advertisements of VRRP in 1/100 s, 1–4095; 0 for CARP
 */
public record KernelVhid(
    String ifname,
    int vhid,
    Role role,
    Protocol protocol,
    int advbase,
    int advskew,
    @Nullable Inet4Address peer,
    @Nullable Inet6Address peer6,
    int priority,
    int interval) {

  private static final int MAX_IFNAME = 15;
  private static final int MAX_VHID = 255;
  private static final int MAX_ADVBASE = 255;
  private static final int MAX_ADVSKEW = 254;
  private static final int MAX_PRIORITY = 254;
  private static final int MAX_INTERVAL = 4095;

  /** What a virtual host speaks. */
  public enum Protocol {
    /** CARP version 2. */
    CARP,
    /** VRRP version 3, from release 15. */
    VRRP
  }

  /** Checks everything. */
  public KernelVhid {
    List<String> problems = new ArrayList<>();
    if (ifname.isEmpty() || ifname.length() > MAX_IFNAME || ifname.indexOf('\0') >= 0) {
      problems.add("interface '%s' does not have 1 to 15 characters".formatted(ifname));
    }
    check(problems, "vhid", vhid, 1, MAX_VHID);
    check(problems, "advbase", advbase, 1, MAX_ADVBASE);
    check(problems, "advskew", advskew, 0, MAX_ADVSKEW);
    boolean vrrp = protocol == Protocol.VRRP;
    check(problems, "priority", priority, vrrp ? 1 : 0, vrrp ? MAX_PRIORITY : 0);
    check(problems, "interval", interval, vrrp ? 1 : 0, vrrp ? MAX_INTERVAL : 0);
    checkArgument(problems.isEmpty(), "%s", String.join("; ", problems));
  }

  private static void check(List<String> problems, String what, int value, int min, int max) {
    if (value < min || value > max) {
      problems.add("%s %d is not between %d and %d".formatted(what, value, min, max));
    }
  }

  /**
   * A virtual host of CARP to be created, that advertises every second to the multicast groups.
   *
   * @param ifname the parent interface
   * @param vhid 1–255
   * @return a description
   */
  public static KernelVhid carp(String ifname, int vhid) {
    return new KernelVhid(ifname, vhid, Role.INIT, Protocol.CARP, 1, 0, null, null, 0, 0);
  }

  /**
   * A virtual router of VRRP to be created, from release 15.
   *
   * @param ifname the parent interface
   * @param vhid 1–255
   * @param priority 1–254
   * @param interval 1/100 s, 1–4095
   * @return a description
   */
  public static KernelVhid vrrp(String ifname, int vhid, int priority, int interval) {
    return new KernelVhid(
        ifname, vhid, Role.INIT, Protocol.VRRP, 1, 0, null, null, priority, interval);
  }

  /**
   * The same with other times.
   *
   * @param base seconds, 1–255
   * @param skew 1/256 s, 0–254
   * @return a description
   */
  public KernelVhid withAdvertisement(int base, int skew) {
    return new KernelVhid(
        ifname, vhid, role, protocol, base, skew, peer, peer6, priority, interval);
  }

  /**
   * The same with other peers.
   *
   * @param v4 where advertisements go by IPv4; null to leave it
   * @param v6 where advertisements go by IPv6; null to leave it
   * @return a description
   */
  public KernelVhid withPeers(@Nullable Inet4Address v4, @Nullable Inet6Address v6) {
    return new KernelVhid(
        ifname,
        vhid,
        role,
        protocol,
        advbase,
        advskew,
        v4 == null ? peer : v4,
        v6 == null ? peer6 : v6,
        priority,
        interval);
  }

  /**
   * The same with another standing in VRRP.
   *
   * @param newPriority 1–254
   * @param newInterval 1/100 s, 1–4095
   * @return a description
   */
  public KernelVhid withPriority(int newPriority, int newInterval) {
    return new KernelVhid(
        ifname, vhid, role, protocol, advbase, advskew, peer, peer6, newPriority, newInterval);
  }
}
