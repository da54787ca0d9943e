package org.pfha.carp.engine;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.pfha.carp.engine.CarpProfile.Trait;
import org.pfha.net.LinkAddress;

/**
 * How one virtual router is configured; begin with {@link #of}. Immutable.
 *
 * @param profile whose rules it follows
 * @param vhid 1–255
 * @param advbase seconds, 1–255; 0 where the profile allows intervals of advskew/256 s
 * @param advskew 0–254, in 1/256 s; UCarp has 255
 * @param deadRatio base intervals of silence after which a master counts as gone, 3 in kernels
 * @param preempt whether a better BACKUP takes over from a live MASTER
 * @param preemptDelayNanos how long after it became BACKUP it does not yet do so
 * @param vhidsOfInterface how many vhids share an OpenBSD carp interface (spec carp 15.2), 1–32
 * @param peers whom adverts are sent to and expected from instead of the group 224.0.0.18 or
 *     ff02::12: unicast addresses, or one other group, of any family
 * @param addresses the virtual addresses, IPv4 first
 */
public record CarpParameters(
    CarpProfile profile,
    int vhid,
    int advbase,
    int advskew,
    int deadRatio,
    boolean preempt,
    long preemptDelayNanos,
    int vhidsOfInterface,
    List<InetAddress> peers,
    List<InetAddress> addresses) {

  private static final long SECOND = 1_000_000_000L;
  private static final List<InetAddress> GROUP_V4 =
      List.of(LinkAddress.parse("224.0.0.18").address());
  private static final List<InetAddress> GROUP_V6 =
      List.of(LinkAddress.parse("ff02::12").address());

  /**
   * Checks the ranges and puts the IPv4 addresses first.
   *
   * @throws IllegalArgumentException naming everything that is wrong
   */
  public CarpParameters {
    List<String> problems = new ArrayList<>(profile.problems(advbase, advskew, deadRatio));
    if (vhid < 1 || vhid > 255) {
      problems.add("vhid %d is not between 1 and 255".formatted(vhid));
    }
    if (preemptDelayNanos < 0) {
      problems.add("a preempt delay of %d ns is negative".formatted(preemptDelayNanos));
    }
    if (vhidsOfInterface < 1 || vhidsOfInterface > 32) {
      problems.add("%d vhids of one interface; there can be 1 to 32".formatted(vhidsOfInterface));
    }
    addresses = inOrder(addresses);
    peers = List.copyOf(peers);
    if (profile.has(Trait.SINGLE_ADDRESS)
        && (addresses.size() > 1 || addresses.stream().anyMatch(Inet6Address.class::isInstance))) {
      problems.add("%s has one IPv4 address, not %s".formatted(profile, addresses));
    }
    for (InetAddress peer : peers) {
      boolean ipv6 = peer instanceof Inet6Address;
      long same = peers.stream().filter(each -> each instanceof Inet6Address == ipv6).count();
      if (peer.isMulticastAddress() && same > 1) {
        problems.add(
            "the group %s is not its family's only peer; decide on the group or on hosts"
                .formatted(peer.getHostAddress()));
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
  }

  /**
   * The usual values: profile {@link CarpProfile#PFHA}, advbase 1, advskew 0, dead ratio 3, no
   * preempt, multicast.
   *
   * @param vhid 1–255
   * @param addresses the virtual addresses, in any order
   * @return to be changed by the {@code with…} methods
   */
  public static CarpParameters of(int vhid, List<InetAddress> addresses) {
    return new CarpParameters(CarpProfile.PFHA, vhid, 1, 0, 3, false, 0, 1, List.of(), addresses);
  }

  /**
   * Other rules and intervals, which limit each other.
   *
   * @param rules whose
   * @param base the new advbase
   * @param skew the new advskew
   * @param ratio the new dead ratio
   * @return a changed copy
   */
  public CarpParameters with(CarpProfile rules, int base, int skew, int ratio) {
    return new CarpParameters(
        rules,
        vhid,
        base,
        skew,
        ratio,
        preempt,
        preemptDelayNanos,
        vhidsOfInterface,
        peers,
        addresses);
  }

  /**
   * Other rules.
   *
   * @param rules whose
   * @return a changed copy
   */
  public CarpParameters withProfile(CarpProfile rules) {
    return with(rules, advbase, advskew, deadRatio);
  }

  /**
   * Another interval.
   *
   * @param base the new advbase
   * @param skew the new advskew
   * @return a changed copy
   */
  public CarpParameters withInterval(int base, int skew) {
    return with(profile, base, skew, deadRatio);
  }

  /**
   * Another preempt rule.
   *
   * @param on whether a better BACKUP takes over
   * @param delayNanos how long after it became BACKUP it does not
   * @return a changed copy
   */
  public CarpParameters withPreempt(boolean on, long delayNanos) {
    return new CarpParameters(
        profile,
        vhid,
        advbase,
        advskew,
        deadRatio,
        on,
        delayNanos,
        vhidsOfInterface,
        peers,
        addresses);
  }

  /**
   * Another number of vhids that share the interface.
   *
   * @param vhids 1–32
   * @return a changed copy
   */
  public CarpParameters withVhidsOfInterface(int vhids) {
    return new CarpParameters(
        profile,
        vhid,
        advbase,
        advskew,
        deadRatio,
        preempt,
        preemptDelayNanos,
        vhids,
        peers,
        addresses);
  }

  /**
   * Other peers.
   *
   * @param others unicast addresses or another group; none for the usual group
   * @return a changed copy
   */
  public CarpParameters withPeers(List<InetAddress> others) {
    return new CarpParameters(
        profile,
        vhid,
        advbase,
        advskew,
        deadRatio,
        preempt,
        preemptDelayNanos,
        vhidsOfInterface,
        others,
        addresses);
  }

  /**
   * Other virtual addresses.
   *
   * @param others in any order
   * @return a changed copy
   */
  public CarpParameters withAddresses(List<InetAddress> others) {
    return new CarpParameters(
        profile,
        vhid,
        advbase,
        advskew,
        deadRatio,
        preempt,
        preemptDelayNanos,
        vhidsOfInterface,
        peers,
        others);
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
   * Where adverts of a family go.
   *
   * @param ipv6 the family
   * @return the peers of this family, or its group if there are none
   */
  public List<InetAddress> destinations(boolean ipv6) {
    List<InetAddress> those =
        peers.stream().filter(peer -> peer instanceof Inet6Address == ipv6).toList();
    return those.isEmpty() ? (ipv6 ? GROUP_V6 : GROUP_V4) : those;
  }

  /**
   * How long a BACKUP waits for the master; demotion does not lengthen it (spec carp 7.3).
   *
   * @return deadRatio·advbase + advskew/256 s, with advbase 0 deadRatio·advskew/256 s (except
   *     UCarp's), in nanoseconds cut to microseconds
   */
  public long masterDownNanos() {
    return advbase == 0 && profile != CarpProfile.UCARP
        ? skewNanos(deadRatio * Math.max(1, advskew))
        : deadRatio * SECOND * advbase + skewNanos(advskew);
  }

  /**
   * How long a MASTER waits between two adverts.
   *
   * @param skew the skew that rules, configured or effective
   * @return advbase + skew/256 s, at least 1/256 s, in nanoseconds cut to microseconds
   */
  public long advertIntervalNanos(int skew) {
    return SECOND * advbase + skewNanos(advbase == 0 ? Math.max(1, skew) : skew);
  }

  private static long skewNanos(int skew) {
    return skew * 1_000_000L / 256 * 1000;
  }

  /** IPv4 first, each family as it was given. */
  static List<InetAddress> inOrder(List<InetAddress> addresses) {
    List<InetAddress> sorted = new ArrayList<>();
    addresses.stream().filter(Inet4Address.class::isInstance).forEach(sorted::add);
    addresses.stream().filter(Inet6Address.class::isInstance).forEach(sorted::add);
    return List.copyOf(sorted);
  }
}
