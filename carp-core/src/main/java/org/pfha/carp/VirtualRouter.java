package org.pfha.carp;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.VrrpParameters;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.net.LinkAddress;

/**
 * The configuration of one vhid on one interface. Each method returns a changed copy; mistakes are
 * reported by {@link CarpNodeBuilder#start}, all at once. Immutable.
 */
public final class VirtualRouter {

  private static final int UNSET = -1;
  private static final long CENTISECOND = 10_000_000;

  private final String link;
  private final Settings settings; // never written to once it is in here

  private VirtualRouter(String link, Settings settings) {
    this.link = link;
    this.settings = settings;
  }

  /** What can be set, with the defaults. */
  private static final class Settings implements Cloneable {
    private int vhid = UNSET;
    private byte @Nullable [] key;
    private List<String> addresses = List.of();
    private List<String> peers = List.of();
    private CarpProfile profile = CarpProfile.PFHA;
    private int advbase = 1;
    private int advskew;
    private int deadRatio = 3;
    private @Nullable Boolean preempt;
    private Duration preemptDelay = Duration.ZERO;
    private boolean strict;
    private @Nullable String group;
    private @Nullable VrrpProfile vrrp;
    private int priority = 100;
    private Duration interval = Duration.ofSeconds(1);

    @Override
    public Settings clone() {
      try {
        return (Settings) super.clone();
      } catch (CloneNotSupportedException impossible) {
        throw new AssertionError(impossible);
      }
    }
  }

  private VirtualRouter with(Consumer<Settings> change) {
    Settings changed = settings.clone();
    change.accept(changed);
    return new VirtualRouter(link, changed);
  }

  /**
   * A virtual router with advbase 1 and advskew 0, as the kernel's default is.
   *
   * @param link the interface that adverts are exchanged on, such as {@code em1}
   * @return vhid, password and address are still to be given
   */
  public static VirtualRouter onInterface(String link) {
    return new VirtualRouter(link, new Settings());
  }

  /**
   * The number that distinguishes virtual routers of a segment.
   *
   * @param value 1–255, the same on every node
   * @return a changed copy
   */
  public VirtualRouter vhid(int value) {
    return with(s -> s.vhid = value);
  }

  /**
   * The shared secret, the same on every node.
   *
   * @param value 1–20 bytes of UTF-8; {@code ifconfig} peers can have 19 at most
   * @return a changed copy
   */
  public VirtualRouter password(String value) {
    return with(s -> s.key = value.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * No secret: anybody on the segment can become MASTER. Interoperates with a kernel's vhid that
   * never got a password.
   *
   * @return a changed copy
   */
  public VirtualRouter withoutPassword() {
    return with(s -> s.key = new byte[0]);
  }

  /**
   * One more virtual address. Every node must have the same ones, since the HMAC covers them.
   *
   * @param value such as {@code 192.0.2.1/24} or {@code 2001:db8::1/64}
   * @return a changed copy
   */
  public VirtualRouter address(String value) {
    return with(
        s -> {
          List<String> more = new ArrayList<>(s.addresses);
          more.add(value);
          s.addresses = List.copyOf(more);
        });
  }

  /**
   * An IP alias stacked on the virtual router: an address of the same vhid. It is in the HMAC of
   * every node, follows the role and is announced with it, and has no heartbeat of its own; on the
   * wire and in a kernel peer it is one more {@link #address}.
   *
   * @param value such as {@code 192.0.2.80/24}
   * @return a changed copy
   */
  public VirtualRouter alias(String value) {
    return address(value);
  }

  /**
   * One virtual address less.
   *
   * @param value as it was given, or without the prefix length
   * @return a changed copy
   * @throws IllegalArgumentException if it is not there
   */
  public VirtualRouter withoutAddress(String value) {
    return with(
        s -> {
          List<String> fewer = new ArrayList<>(s.addresses);
          checkArgument(
              fewer.removeIf(
                  address ->
                      address.equals(value)
                          || address.substring(0, Math.max(0, address.indexOf('/'))).equals(value)),
              "%s has no address %s; it has %s",
              this,
              value,
              s.addresses);
          s.addresses = List.copyOf(fewer);
        });
  }

  /**
   * The base interval between adverts; failover takes three of them.
   *
   * @param seconds 1–255, default 1; 0 with a profile that allows it
   * @return a changed copy
   */
  public VirtualRouter advbase(int seconds) {
    return with(s -> s.advbase = seconds);
  }

  /**
   * How much slower than its peers this node advertises; the fastest is MASTER.
   *
   * @param value 0–254, in 1/256 s, default 0; more than 240 is advertised as 240
   * @return a changed copy
   */
  public VirtualRouter advskew(int value) {
    return with(s -> s.advskew = value);
  }

  /**
   * How many base intervals of silence mean that the master is gone.
   *
   * @param value 2–255, default 3, which is the only one that kernels have
   * @return a changed copy
   */
  public VirtualRouter deadRatio(int value) {
    return with(s -> s.deadRatio = value);
  }

  /**
   * Whose rules it follows where implementations differ.
   *
   * @param value default {@link CarpProfile#PFHA}, whose peer any kernel can be
   * @return a changed copy
   */
  public VirtualRouter profile(CarpProfile value) {
    return with(s -> s.profile = value);
  }

  /**
   * Fails over in less than a second: adverts every advskew/256 s, the profile {@link
   * CarpProfile#PFHA_SUBSECOND} on every node. FreeBSD cannot be a peer.
   *
   * @param skew 1–254, in 1/256 s; the fastest is MASTER
   * @return a changed copy
   */
  public VirtualRouter subsecond(int skew) {
    return profile(CarpProfile.PFHA_SUBSECOND).advbase(0).advskew(skew);
  }

  /**
   * One more peer that adverts are sent to and taken from, instead of the multicast group of its
   * family. FreeBSD 14 and later can be one. Another multicast group is the only peer of its
   * family, and all nodes need it.
   *
   * @param address IPv4 or IPv6, never looked up
   * @return a changed copy
   */
  public VirtualRouter peer(String address) {
    return with(
        s -> {
          List<String> more = new ArrayList<>(s.peers);
          more.add(address);
          s.peers = List.copyOf(more);
        });
  }

  /**
   * Whether it takes over from a living MASTER that is worse.
   *
   * @param value default {@link CarpNodeBuilder#preempt}
   * @return a changed copy
   */
  public VirtualRouter preempt(boolean value) {
    return with(s -> s.preempt = value);
  }

  /**
   * Lets a node that has just started, or whose link has just come up, get ready before it takes
   * over from a living MASTER.
   *
   * @param value default none
   * @return a changed copy
   */
  public VirtualRouter preemptDelay(Duration value) {
    return with(s -> s.preemptDelay = value);
  }

  /**
   * Drops adverts with an odd authlen or with bytes behind them, which every implementation accepts
   * and no honest one sends.
   *
   * @param value default false: they are believed and counted
   * @return a changed copy
   */
  public VirtualRouter strict(boolean value) {
    return with(s -> s.strict = value);
  }

  /**
   * Makes it fail over together with the other members of a group on this node: as soon as one of
   * them cannot be MASTER here, or lost its role to a better node, all of them are demoted by 240
   * until none is MASTER; by 120 while this node holds the member that was added first, so that two
   * nodes which each hold a part do not wait for each other. A kernel peer needs to know nothing of
   * it but to preempt.
   *
   * @param name of the group
   * @return a changed copy
   */
  public VirtualRouter group(String name) {
    return with(s -> s.group = name);
  }

  /**
   * Speaks VRRPv3 instead of CARP: no password, one family, {@link #priority} and {@link #interval}
   * instead of advbase and advskew.
   *
   * @param value whose rules
   * @return a changed copy
   */
  public VirtualRouter vrrp(VrrpProfile value) {
    return with(s -> s.vrrp = value);
  }

  /**
   * Who is MASTER in VRRP: the highest.
   *
   * @param value 1–255, default 100; 255 is the owner of the addresses
   * @return a changed copy
   */
  public VirtualRouter priority(int value) {
    return with(s -> s.priority = value);
  }

  /**
   * The time between two adverts of VRRP.
   *
   * @param value 10 ms–40.95 s in steps of 10 ms, default 1 s
   * @return a changed copy
   */
  public VirtualRouter interval(Duration value) {
    return with(s -> s.interval = value);
  }

  /**
   * Its interface.
   *
   * @return such as {@code em1}
   */
  public String link() {
    return link;
  }

  /**
   * Its number.
   *
   * @return as it was set, or −1 if it was not
   */
  public int vhid() {
    return settings.vhid;
  }

  @Nullable String group() {
    return settings.group;
  }

  List<LinkAddress> linkAddresses() {
    return settings.addresses.stream().map(LinkAddress::parse).toList();
  }

  boolean isVrrp() {
    return settings.vrrp != null;
  }

  /**
   * What is wrong with it by itself, each with what to do; whether its interface exists is for the
   * node to say.
   *
   * @return empty if a node can be started with it
   */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    boolean hasVhid = settings.vhid >= 1 && settings.vhid <= 255;
    if (!hasVhid) {
      problems.add(
          settings.vhid == UNSET
              ? this + " has no vhid; give one between 1 and 255"
              : "%s has vhid %d; it must be between 1 and 255".formatted(this, settings.vhid));
    }
    keyProblems(problems);
    if (settings.addresses.isEmpty()) {
      problems.add(this + " has no address; give one, like 192.0.2.1/24");
    }
    List<InetAddress> addresses = parsed(settings.addresses, false, problems);
    List<InetAddress> peers = parsed(settings.peers, true, problems);
    if (isVrrp() && Loop.nanos(settings.interval) % CENTISECOND != 0) {
      problems.add(this + " has the interval " + settings.interval + "; its unit is 10 ms");
    }
    if (isVrrp() && !peers.isEmpty()) {
      problems.add(this + " has peers; VRRP here is multicast only");
    }
    try {
      int vhid = hasVhid ? settings.vhid : 1; // that is said already
      if (!isVrrp()) {
        carp(vhid, false, addresses, peers);
      } else if (!addresses.isEmpty()) {
        vrrp(vhid, false, addresses);
      }
    } catch (IllegalArgumentException e) {
      problems.add(this + ": " + e.getMessage());
    }
    return problems;
  }

  private void keyProblems(List<String> problems) {
    byte[] key = settings.key;
    if (isVrrp()) {
      if (key != null) {
        problems.add(this + " has a password; VRRPv3 has none");
      }
    } else if (key == null) {
      problems.add(this + " has no password; give one, or say withoutPassword()");
    } else if (key.length > CarpAuthenticator.KEY_LENGTH) {
      problems.add(
          this + " has a password of " + key.length + " bytes; CARP has room for 20, ifconfig 19");
    } else if (key.length > 0 && key[0] == 0) {
      problems.add(this + " has a password that begins with a zero byte; kernels refuse those");
    }
  }

  private List<InetAddress> parsed(List<String> texts, boolean groups, List<String> problems) {
    Set<InetAddress> parsed = new LinkedHashSet<>();
    for (String text : texts) {
      try {
        InetAddress address = LinkAddress.parse(text).address();
        if (address.isAnyLocalAddress() || (address.isMulticastAddress() && !groups)) {
          problems.add(this + " has the address " + text + "; it must be one host's");
        } else if (!parsed.add(address)) {
          problems.add(this + " has the address " + text + " twice; remove one");
        }
      } catch (IllegalArgumentException e) {
        problems.add(this + ": " + e.getMessage());
      }
    }
    return List.copyOf(parsed);
  }

  CarpParameters carp(boolean preempt) {
    return carp(settings.vhid, preempt, inet(settings.addresses), inet(settings.peers));
  }

  private CarpParameters carp(
      int vhid, boolean preempt, List<InetAddress> addresses, List<InetAddress> peers) {
    return CarpParameters.of(vhid, addresses)
        .with(settings.profile, settings.advbase, settings.advskew, settings.deadRatio)
        .withPreempt(preempt, Loop.nanos(settings.preemptDelay))
        .withPeers(peers);
  }

  VrrpParameters vrrp(boolean preempt) {
    return vrrp(settings.vhid, preempt, inet(settings.addresses));
  }

  private VrrpParameters vrrp(int vrid, boolean preempt, List<InetAddress> addresses) {
    long centis = Loop.nanos(settings.interval) / CENTISECOND;
    return new VrrpParameters(
        settings.vrrp == null ? VrrpProfile.RFC_9568 : settings.vrrp,
        vrid,
        settings.priority,
        (int) Math.min(Integer.MAX_VALUE, centis),
        preempt,
        Loop.nanos(settings.preemptDelay),
        addresses);
  }

  boolean preempts(boolean unlessSaidOtherwise) {
    return settings.preempt == null ? unlessSaidOtherwise : settings.preempt;
  }

  Duration preemptDelay() {
    return settings.preemptDelay;
  }

  boolean isStrict() {
    return settings.strict;
  }

  List<InetAddress> inetAddresses() {
    return inet(settings.addresses);
  }

  CarpProfile profile() {
    return settings.profile;
  }

  /** Its key; that of a virtual router without one is empty. */
  byte[] key() {
    return settings.key == null ? new byte[0] : settings.key;
  }

  VirtualRouter withKey(byte[] key) {
    return with(s -> s.key = key);
  }

  CarpKeyring keyring(byte[] key) {
    return settings.profile.keyring(key, settings.vhid, inet(settings.addresses));
  }

  private boolean isIpv6() {
    return inet(settings.addresses).stream().anyMatch(Advertiser::isIpv6);
  }

  /** Whether it can become another one while it runs. */
  boolean isSameElection(VirtualRouter other) {
    return link.equals(other.link)
        && settings.vhid == other.settings.vhid
        && settings.vrrp == other.settings.vrrp
        && (isVrrp() ? isIpv6() == other.isIpv6() : settings.profile == other.settings.profile)
        && Objects.equals(settings.group, other.settings.group);
  }

  private static List<InetAddress> inet(List<String> texts) {
    return texts.stream().map(text -> LinkAddress.parse(text).address()).toList();
  }

  /** Never contains the password. */
  @Override
  public String toString() {
    return "virtual router " + (settings.vhid == UNSET ? "?" : settings.vhid) + "@" + link;
  }
}
