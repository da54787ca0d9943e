package org.pfha.configsync.doctor;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.doctor.PlannedSegment.Addresses;
import org.pfha.configsync.doctor.PlannedSegment.Kind;

/**
 * Describes what a plan is to be made for. Networks are given in the order of their interfaces; the
 * first WAN becomes {@code wan}, the first inside network {@code lan}, the sync network {@code
 * opt1}. A second network of the other family may follow a comma: {@code
 * 10.20.0.0/24,2001:db8:20::/64}. Confined to one thread.
 */
public final class HaPlanBuilder {

  private static final int NODES_AND_SHARED = 3;
  private static final int NARROWEST_SYNC = 30;
  private static final int WIDEST_SYNC = 24;
  private static final List<String> SYNC_BLOCKS = List.of("172.31", "192.168", "10.255");
  private static final Splitter COMMA = Splitter.on(',').trimResults();

  private record Wanted(Kind kind, String label, String networks, String gateway) {}

  private final String primary;
  private final String secondary;
  private final List<Wanted> wanted = new ArrayList<>();
  private final Map<String, String> devices = new HashMap<>();
  private final Map<String, Set<Integer>> avoided = new HashMap<>();
  private final Set<String> dhcp = new HashSet<>();
  private final Set<InetAddress> reserved = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  HaPlanBuilder(String primary, String secondary) {
    this.primary = primary;
    this.secondary = secondary;
  }

  /**
   * A network towards a provider.
   *
   * @param label what people call it
   * @param networks one of each family at most, IPv4 first
   * @param gateway the provider's IPv4 address there
   * @return this
   */
  public HaPlanBuilder wan(String label, String networks, String gateway) {
    wanted.add(new Wanted(Kind.WAN, label, networks, gateway));
    return this;
  }

  /**
   * An inside network with private addresses.
   *
   * @param label what people call it
   * @param networks one of each family at most, IPv4 first
   * @return this
   */
  public HaPlanBuilder lan(String label, String networks) {
    wanted.add(new Wanted(Kind.LAN, label, networks, ""));
    return this;
  }

  /**
   * An inside network with private addresses that is kept out of the other inside networks.
   *
   * @param label what people call it
   * @param networks one of each family at most, IPv4 first
   * @return this
   */
  public HaPlanBuilder dmz(String label, String networks) {
    wanted.add(new Wanted(Kind.DMZ, label, networks, ""));
    return this;
  }

  /**
   * An inside network with public addresses, which the provider routes to the shared address of the
   * first WAN; they are not translated.
   *
   * @param label what people call it
   * @param networks one of each family at most, IPv4 first
   * @return this
   */
  public HaPlanBuilder routed(String label, String networks) {
    wanted.add(new Wanted(Kind.ROUTED, label, networks, ""));
    return this;
  }

  /**
   * The network between the nodes; without it, a /30 that overlaps no other is chosen.
   *
   * @param network IPv4, /30 to /24
   * @return this
   */
  public HaPlanBuilder sync(String network) {
    wanted.add(new Wanted(Kind.SYNC, "SYNC", network, ""));
    return this;
  }

  /**
   * The device of a network on both nodes; without it, {@code igb0} and so on in order.
   *
   * @param label of the network
   * @param device such as {@code ix1} or {@code igb1.30}
   * @return this
   */
  public HaPlanBuilder device(String label, String device) {
    devices.put(label, device);
    return this;
  }

  /**
   * Lets the nodes serve addresses to clients.
   *
   * @param label of an inside network
   * @return this
   */
  public HaPlanBuilder dhcp(String label) {
    dhcp.add(label);
    return this;
  }

  /**
   * An id that is taken on a segment already, such as by the provider's VRRP.
   *
   * @param label of the network
   * @param vhid 1–255
   * @return this
   */
  public HaPlanBuilder avoid(String label, int vhid) {
    avoided.computeIfAbsent(label, any -> new TreeSet<>()).add(vhid);
    return this;
  }

  /**
   * An address that somebody has already.
   *
   * @param address in one of the networks
   * @return this
   */
  public HaPlanBuilder reserve(String address) {
    if (InetAddresses.isInetAddress(address)) {
      reserved.add(InetAddresses.forString(address));
    } else {
      problems.add("reserved address '%s' is none; give one such as 192.0.2.1".formatted(address));
    }
    return this;
  }

  /**
   * Makes the plan.
   *
   * @return the plan
   * @throws IllegalArgumentException listing everything that is wrong
   */
  public HaPlan build() {
    names();
    count(Kind.WAN, 1, Integer.MAX_VALUE, "a plan needs a WAN");
    count(Kind.SYNC, 0, 1, "there is one sync network");
    if (wanted.stream().noneMatch(each -> isInside(each.kind))) {
      problems.add("a plan needs an inside network: LAN, DMZ or routed");
    }
    List<Wanted> complete = new ArrayList<>(wanted);
    if (complete.stream().noneMatch(each -> each.kind == Kind.SYNC)) {
      complete.add(new Wanted(Kind.SYNC, "SYNC", freeSync(), ""));
    }
    List<PlannedSegment> segments = new ArrayList<>();
    List<Subnet> all = new ArrayList<>();
    for (Wanted each : inOrder(complete)) {
      PlannedSegment segment = segment(each, segments, all);
      if (segment != null) {
        segments.add(segment);
      }
    }
    references(complete);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new HaPlan(primary, secondary, segments);
  }

  private static boolean isInside(Kind kind) {
    return kind != Kind.WAN && kind != Kind.SYNC;
  }

  private void names() {
    for (String name : List.of(primary, secondary)) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
        problems.add("'%s' is no host name; use letters, digits and hyphens".formatted(name));
      } else if (lower.contains("master") || lower.contains("backup")) {
        problems.add(
            "'%s' names a state, not a node; choose a name that stays true".formatted(name));
      }
    }
    if (primary.equalsIgnoreCase(secondary)) {
      problems.add("both nodes are named '%s'; give each its own name".formatted(primary));
    }
  }

  private void count(Kind kind, int least, int most, String problem) {
    long number = wanted.stream().filter(each -> each.kind == kind).count();
    if (number < least || number > most) {
      problems.add("%s, but %d are given".formatted(problem, number));
    }
  }

  /** What was said of networks that are not in the plan. */
  private void references(List<Wanted> complete) {
    Set<String> labels = new TreeSet<>();
    for (Wanted each : complete) {
      if (!each.label.matches("[A-Za-z0-9_]{1,22}")) {
        problems.add(
            "'%s' is no name for a network; use up to 22 letters, digits and _"
                .formatted(each.label));
      }
      if (!labels.add(each.label)) {
        problems.add("two networks are named '%s'".formatted(each.label));
      }
    }
    Set<String> mentioned = new TreeSet<>(devices.keySet());
    mentioned.addAll(avoided.keySet());
    mentioned.addAll(dhcp);
    mentioned.removeAll(labels);
    mentioned.forEach(
        label -> problems.add("no network is named '%s'; there are %s".formatted(label, labels)));
    for (Wanted each : complete) {
      if (dhcp.contains(each.label) && !isInside(each.kind)) {
        problems.add("%s is no inside network: no DHCP there".formatted(each.label));
      }
    }
  }

  /** wan, lan, opt1 (sync), then the others as they were given. */
  private static List<Wanted> inOrder(List<Wanted> some) {
    List<Wanted> order = new ArrayList<>();
    List<Wanted> rest = new ArrayList<>(some);
    for (Kind kind : List.of(Kind.WAN, Kind.LAN, Kind.SYNC)) {
      rest.stream().filter(each -> each.kind == kind).findFirst().ifPresent(order::add);
      rest.removeAll(order);
    }
    order.addAll(rest);
    return order;
  }

  private String freeSync() {
    for (String block : SYNC_BLOCKS) {
      for (int third = 255; third >= 0; third--) {
        String candidate = "%s.%d.0/30".formatted(block, third);
        if (isFree(candidate)) {
          return candidate;
        }
      }
    }
    problems.add("every private network is used; give a network for sync");
    return SYNC_BLOCKS.get(0) + ".255.0/30";
  }

  private boolean isFree(String candidate) {
    Subnet subnet = Subnet.of(candidate);
    return subnet != null
        && wanted.stream()
            .flatMap(each -> COMMA.splitToStream(each.networks))
            .map(Subnet::of)
            .noneMatch(other -> other != null && other.overlaps(subnet));
  }

  private @Nullable PlannedSegment segment(
      Wanted each, List<PlannedSegment> before, List<Subnet> all) {
    List<Addresses> addresses = new ArrayList<>();
    Set<Integer> vhids = new TreeSet<>(avoided.getOrDefault(each.label, Set.of()));
    for (String network : COMMA.split(each.networks)) {
      Subnet subnet = Subnet.of(network);
      if (subnet == null) {
        problems.add("%s: '%s' is no network such as 10.20.0.0/24".formatted(each.label, network));
        continue;
      }
      for (Subnet other : all) {
        if (other.overlaps(subnet)) {
          problems.add(
              "%s: %s overlaps %s".formatted(each.label, subnet.network(), other.network()));
        }
      }
      all.add(subnet);
      if (addresses.isEmpty() == subnet.isIpv6()) {
        problems.add("%s: give one IPv4 network, then one IPv6 network".formatted(each.label));
      }
      Addresses assigned = assign(each, subnet, vhids);
      if (assigned != null) {
        addresses.add(assigned);
      }
    }
    if (addresses.isEmpty()) {
      return null;
    }
    int index = before.size();
    String device = devices.getOrDefault(each.label, "igb" + index);
    return new PlannedSegment(
        nic(each, before),
        each.label,
        device,
        each.kind,
        each.gateway,
        dhcp.contains(each.label),
        addresses);
  }

  private static String nic(Wanted each, List<PlannedSegment> before) {
    boolean first = before.stream().noneMatch(other -> other.kind() == each.kind);
    if (first && each.kind == Kind.WAN) {
      return "wan";
    }
    boolean lan = before.stream().noneMatch(other -> other.nic().equals("lan"));
    if (lan && isInside(each.kind)) {
      return "lan";
    }
    long optional = before.stream().filter(other -> other.nic().startsWith("opt")).count();
    return "opt" + (optional + 1);
  }

  private @Nullable Addresses assign(Wanted each, Subnet subnet, Set<Integer> vhids) {
    boolean sync = each.kind == Kind.SYNC;
    Set<InetAddress> taken = new HashSet<>(reserved);
    if (each.kind == Kind.WAN && !subnet.isIpv6()) {
      if (InetAddresses.isInetAddress(each.gateway)
          && subnet.contains(InetAddresses.forString(each.gateway))) {
        taken.add(InetAddresses.forString(each.gateway));
      } else {
        problems.add(
            "%s: gateway '%s' is not in %s".formatted(each.label, each.gateway, subnet.network()));
      }
    }
    if (sync
        && (subnet.isIpv6() || subnet.bits() < WIDEST_SYNC || subnet.bits() > NARROWEST_SYNC)) {
      problems.add("%s is no IPv4 network of /30 to /24 for sync".formatted(subnet.network()));
      return null;
    }
    int needed = sync ? 2 : NODES_AND_SHARED;
    List<InetAddress> free = new ArrayList<>();
    long hosts = Math.min(subnet.hosts(), taken.size() + (long) NODES_AND_SHARED);
    for (long index = 1; index <= hosts && free.size() < needed; index++) {
      InetAddress address = subnet.at(index);
      if (!taken.contains(address)) {
        free.add(address);
      }
    }
    if (free.size() < needed || (!sync && subnet.hosts() < NODES_AND_SHARED)) {
      problems.add(
          "%s: %s has no %d free addresses; use a larger network"
              .formatted(each.label, subnet.network(), needed));
      return null;
    }
    List<String> texts = free.stream().map(InetAddresses::toAddrString).toList();
    if (sync) {
      return new Addresses(subnet.network(), "", texts.get(0), texts.get(1), 0);
    }
    byte[] octets = free.get(0).getAddress();
    int vhid = vhid(octets[octets.length - 1] & 0xff, vhids);
    vhids.add(vhid);
    return new Addresses(subnet.network(), texts.get(0), texts.get(1), texts.get(2), vhid);
  }

  /** The last octet, or the next number that is free on the segment. */
  private static int vhid(int octet, Set<Integer> taken) {
    int vhid = octet == 0 ? 1 : octet;
    for (int tries = 0; taken.contains(vhid) && tries < 255; tries++) {
      vhid = vhid % 255 + 1;
    }
    return vhid;
  }
}
