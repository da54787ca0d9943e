package org.pfha.configsync.doctor;

import com.google.common.net.InetAddresses;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;

/** What virtual addresses need, on one node and between the two. */
final class AddressRules {

  /** More virtual routers than this on one segment are better stacked. */
  static final int MOST_HEARTBEATS = 8;

  private static final int LONGEST_PASSWORD = 19;
  private static final int SMALLEST_V4 = 29;
  private static final String VIRTUAL_MAC = "00:00:5e:00:01:";

  private final Examination examination;
  private final Findings findings;

  AddressRules(Examination examination, Findings findings) {
    this.examination = examination;
    this.findings = findings;
  }

  void run() {
    for (HaNode node : examination.nodes()) {
      ids(node);
      vrrp(node);
      node.carps().forEach(vip -> carp(node, vip));
      node.vips().forEach(vip -> stacking(node, vip));
      interfaces(node);
      clashes(node);
    }
    examination.both(this::pair);
  }

  private void ids(HaNode node) {
    Map<String, String> bridged = node.bridged();
    Map<String, Set<String>> routers = new LinkedHashMap<>();
    Map<String, Integer> entries = new HashMap<>();
    for (Vip vip : node.carps()) {
      if (vip.vhid() < 1 || vip.vhid() > 255) {
        add(node, Check.VHID_INVALID, vip.path(), "its VHID is no number from 1 to 255");
        continue;
      }
      String segment = bridged.getOrDefault(vip.on(), vip.on());
      routers.computeIfAbsent(segment, any -> new TreeSet<>()).add(vip.router());
      if (entries.merge(segment + " " + vip.vhid(), 1, Integer::sum) == 2) {
        add(
            node,
            Check.VHID_DUPLICATE,
            vip.path(),
            "VHID %d twice on %s".formatted(vip.vhid(), segment));
      }
    }
    routers.forEach(
        (segment, some) -> {
          if (some.size() > MOST_HEARTBEATS) {
            add(
                node,
                Check.HEARTBEATS,
                "virtualip[%s]".formatted(segment),
                "%d virtual routers on one segment".formatted(some.size()));
          }
        });
  }

  /** VRRP is known of from the operator, and from addresses reserved for its virtual MAC. */
  private void vrrp(HaNode node) {
    Map<String, Set<Integer>> ids = new HashMap<>();
    examination.vrrp().forEach((nic, some) -> ids.put(nic, new TreeSet<>(some)));
    node.tree()
        .section("dhcpd")
        .fields()
        .map()
        .forEach(
            (nic, server) -> {
              for (ConfigNode map : HaNode.list(server, "staticmap")) {
                String mac = HaNode.text(map.fields(), "mac").toLowerCase(Locale.ROOT);
                if (mac.matches(VIRTUAL_MAC + "[0-9a-f]{2}")) {
                  int id = Integer.parseInt(mac.substring(VIRTUAL_MAC.length()), 16);
                  ids.computeIfAbsent(nic, any -> new TreeSet<>()).add(id);
                }
              }
            });
    for (Vip vip : node.carps()) {
      if (ids.getOrDefault(vip.on(), Set.of()).contains(vip.vhid())) {
        add(
            node,
            Check.VHID_VRRP,
            vip.path(),
            "VRRP uses id %d on %s".formatted(vip.vhid(), vip.on()));
      }
    }
  }

  private void carp(HaNode node, Vip vip) {
    if (vip.password().isEmpty()) {
      add(node, Check.PASSWORD_MISSING, vip.path(), "no password");
    } else if (vip.password().getBytes(StandardCharsets.UTF_8).length > LONGEST_PASSWORD) {
      add(node, Check.PASSWORD_TOO_LONG, vip.path(), "longer than 19 bytes");
    }
    if (vip.advskew().isEmpty()) {
      add(node, Check.SKEW_MISSING, vip.path(), "advskew is empty");
    }
    for (String peer : HaNode.words(new ConfigNode.Text(vip.peer()))) {
      int last = peer.lastIndexOf('.') + 1;
      String octet = peer.substring(last);
      if (last > 0 && octet.matches("22[4-9]|23\\d")) {
        add(node, Check.UNICAST_PEER, vip.path(), "peer " + peer);
      }
    }
    Nic nic = node.nic(vip.on());
    if (nic == null || !nic.enabled()) {
      String what = nic == null ? "there is no interface %s" : "interface %s is not enabled";
      add(node, Check.VIP_INTERFACE_DISABLED, vip.path(), what.formatted(vip.on()));
      return;
    }
    if (node.bridged().containsKey(nic.name())) {
      add(
          node,
          Check.VIP_ON_BRIDGE,
          vip.path(),
          "%s is in %s".formatted(nic.name(), node.bridged().get(nic.name())));
    }
    subnet(node, vip, nic);
  }

  private void subnet(HaNode node, Vip vip, Nic nic) {
    Subnet shared = vip.subnet();
    if (shared == null) {
      add(node, Check.VIP_NOT_IN_SUBNET, vip.path(), "it has no address");
      return;
    }
    Subnet own = nic.subnet(shared.isIpv6());
    if (own == null) {
      if (!nic.isDynamic(shared.isIpv6())) {
        add(
            node,
            Check.VIP_NOT_IN_SUBNET,
            vip.path(),
            "%s has no IPv%d address".formatted(nic.name(), shared.isIpv6() ? 6 : 4));
      }
    } else if (!own.contains(shared.address())) {
      add(
          node,
          Check.VIP_NOT_IN_SUBNET,
          vip.path(),
          "%s is not in %s of %s".formatted(vip.address(), own.network(), nic.name()));
    } else if (own.bits() != shared.bits()) {
      add(
          node,
          Check.VIP_MASK,
          vip.path(),
          "/%d, but %s has /%d".formatted(shared.bits(), nic.name(), own.bits()));
    }
  }

  private void stacking(HaNode node, Vip vip) {
    if (!node.isStacked(vip) || node.carpOf(vip).isPresent()) {
      return;
    }
    Set<Vip> seen = new LinkedHashSet<>();
    Optional<Vip> at = Optional.of(vip);
    while (at.isPresent() && seen.add(at.get())) {
      at = node.parent(at.get());
    }
    if (at.isPresent()) {
      add(node, Check.ALIAS_CYCLE, "virtualip", "aliases stand on each other: " + names(seen));
    } else {
      add(
          node,
          Check.ALIAS_PARENT,
          vip.path(),
          "it stands on %s, which is no CARP address".formatted(vip.on()));
    }
  }

  private static String names(Set<Vip> some) {
    return String.join(", ", some.stream().map(Vip::address).sorted().toList());
  }

  private void interfaces(HaNode node) {
    for (Nic nic : node.nics().values()) {
      if (node.carpsOn(nic.name()).isEmpty()) {
        continue;
      }
      for (boolean ipv6 : new boolean[] {false, true}) {
        if (nic.isDynamic(ipv6)) {
          add(
              node,
              Check.DYNAMIC_ADDRESS,
              nic.path(),
              "IPv%d is %s".formatted(ipv6 ? 6 : 4, ipv6 ? nic.kind6() : nic.kind4()));
        }
      }
      Subnet own = nic.v4();
      if (own != null && own.bits() > SMALLEST_V4) {
        add(
            node,
            Check.SUBNET_TOO_SMALL,
            nic.path(),
            "%s has room for %d hosts".formatted(own.network(), own.hosts()));
      }
    }
  }

  private void clashes(HaNode node) {
    Set<String> virtual = new LinkedHashSet<>();
    for (Vip vip : node.vips()) {
      if (vip.subnet() == null) {
        continue;
      }
      boolean own = examination.nodes().stream().anyMatch(each -> each.isOwn(vip.address()));
      if (own) {
        add(
            node,
            Check.ADDRESS_CLASH,
            vip.path(),
            "%s is a node's own address".formatted(vip.address()));
      }
      if (vip.mode().equals("carp") || vip.mode().equals("ipalias")) {
        if (!virtual.add(vip.address())) {
          add(
              node,
              Check.ADDRESS_CLASH,
              vip.path(),
              "%s is virtual twice".formatted(vip.address()));
        }
      }
    }
  }

  // --- between the nodes

  private void pair(HaNode a, HaNode b) {
    for (Nic nic : a.nics().values()) {
      Nic other = b.nic(nic.name());
      if (other == null) {
        continue;
      }
      for (boolean ipv6 : new boolean[] {false, true}) {
        addresses(a, nic, nic.subnet(ipv6), other.subnet(ipv6));
      }
    }
    Map<String, Vip> mine = routers(a);
    Map<String, Vip> theirs = routers(b);
    mine.forEach(
        (name, vip) -> {
          Vip other = theirs.remove(name);
          if (other == null) {
            findings.add(Check.VIP_MISSING, Side.B, vip.path(), "only A has it");
          } else {
            routers(a, vip, b, other);
          }
        });
    theirs
        .values()
        .forEach(vip -> findings.add(Check.VIP_MISSING, Side.A, vip.path(), "only B has it"));
    otherVips(a, b);
  }

  private static Map<String, Vip> routers(HaNode node) {
    Map<String, Vip> routers = new LinkedHashMap<>();
    node.carps().forEach(vip -> routers.putIfAbsent(vip.router(), vip));
    return routers;
  }

  private void addresses(HaNode a, Nic nic, @Nullable Subnet mine, @Nullable Subnet theirs) {
    if (mine == null || theirs == null) {
      return;
    }
    if (mine.address().equals(theirs.address())) {
      findings.add(
          Check.ADDRESS_CLASH,
          Side.BOTH,
          nic.path(),
          "both nodes have " + InetAddresses.toAddrString(mine.address()));
    } else if (!a.carpsOn(nic.name()).isEmpty() && !mine.isSameNetwork(theirs)) {
      findings.add(
          Check.SUBNET_DIFFERS,
          Side.BOTH,
          nic.path(),
          "A is in %s, B in %s".formatted(mine.network(), theirs.network()));
    }
  }

  private void routers(HaNode a, Vip vip, HaNode b, Vip other) {
    String path = vip.path();
    if (!vip.password().isEmpty()
        && !other.password().isEmpty()
        && !vip.password().equals(other.password())) {
      findings.add(Check.PASSWORD_DIFFERS, Side.BOTH, path, "the passwords are not the same");
    }
    if (vip.interval() >= 0 && other.interval() >= 0) {
      if (!vip.advbase().equals(other.advbase())) {
        findings.add(
            Check.BASE_DIFFERS,
            Side.BOTH,
            path,
            "advbase is %s on A, %s on B".formatted(vip.advbase(), other.advbase()));
      } else if (vip.interval() >= other.interval()) {
        findings.add(
            Check.SKEW_ORDER,
            Side.BOTH,
            path,
            "advskew is %s on A, %s on B".formatted(vip.advskew(), other.advskew()));
      }
    }
    Set<String> mine = addresses(a, vip);
    Set<String> theirs = addresses(b, other);
    if (!mine.equals(theirs)) {
      findings.add(
          Check.ADDRESSES_DIFFER,
          Side.BOTH,
          path,
          "A has %s, B has %s".formatted(String.join(" ", mine), String.join(" ", theirs)));
    }
  }

  private static Set<String> addresses(HaNode node, Vip router) {
    Set<String> addresses = new TreeSet<>();
    for (Vip vip : node.vips()) {
      Optional<Vip> carp = vip.isCarp() ? Optional.of(vip) : node.carpOf(vip);
      if (carp.isPresent() && carp.get().router().equals(router.router())) {
        addresses.add(vip.address());
      }
    }
    return addresses;
  }

  private void otherVips(HaNode a, HaNode b) {
    if (a.isOpnSense() || !HaNode.isSet(a.hasync(), "synchronizevirtualip")) {
      return;
    }
    List<String> kept =
        a.vips().stream().filter(vip -> vip.mode().equals("other")).map(Vip::address).toList();
    for (Vip vip : b.vips()) {
      if (vip.mode().equals("other") && !kept.contains(vip.address())) {
        findings.add(Check.OTHER_VIP_LOST, Side.B, vip.path(), "the primary does not have it");
      }
    }
  }

  private void add(HaNode node, Check check, String path, String detail) {
    findings.add(check, node.side(), path, detail);
  }
}
