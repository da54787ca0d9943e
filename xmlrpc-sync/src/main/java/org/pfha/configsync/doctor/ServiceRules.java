package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.HaNode.isSet;
import static org.pfha.configsync.doctor.HaNode.text;

import com.google.common.base.Splitter;
import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;

/** Services that must move with the virtual addresses. */
final class ServiceRules {

  private static final Splitter BAR = Splitter.on('|');

  private final Examination examination;
  private final Findings findings;

  ServiceRules(Examination examination, Findings findings) {
    this.examination = examination;
    this.findings = findings;
  }

  void run() {
    for (HaNode node : examination.nodes()) {
      outboundNat(node);
      node.tree()
          .section("dhcpd")
          .fields()
          .map()
          .forEach((nic, server) -> dhcp(node, nic, server.fields()));
      resolver(node, "unbound", "active_interface");
      resolver(node, "dnsmasq", "interface");
      ipsec(node);
      openVpn(node);
      policyRouting(node);
    }
  }

  // --- outbound NAT

  private void outboundNat(HaNode node) {
    Fields outbound = node.tree().section("nat").fields().at("outbound").fields();
    String mode = text(outbound, "mode").isEmpty() ? "automatic" : text(outbound, "mode");
    List<Nic> wans =
        node.wans().stream().filter(nic -> !node.carpsOn(nic.name()).isEmpty()).toList();
    if (wans.isEmpty() || mode.equals("disabled")) {
      return;
    }
    if (mode.equals("automatic")) {
      add(
          node,
          Check.NAT_NOT_VIP,
          "nat/outbound/mode",
          "automatic outbound NAT translates to the interface's own address");
      return;
    }
    List<ConfigNode> rules = HaNode.list(outbound, "rule");
    for (Nic wan : wans) {
      boolean any = false;
      int number = 0;
      for (ConfigNode each : rules) {
        Fields rule = each.fields();
        number++;
        if (text(rule, "interface").equals(wan.name())
            && !isSet(rule, "disabled")
            && !isSet(rule, "nonat")
            && !isOfFirewall(rule)) {
          any = true;
          target(node, wan, rule, number);
        }
      }
      if (!any && mode.equals("hybrid")) {
        add(
            node,
            Check.NAT_NOT_VIP,
            "nat/outbound",
            "hybrid without a rule on %s: the automatic ones apply".formatted(wan.name()));
      }
    }
  }

  /** The firewall's own connections may have its own address. */
  private static boolean isOfFirewall(Fields rule) {
    String source = text(rule.at("source").fields(), "network");
    return source.equals("(self)") || source.startsWith("127.") || source.equals("::1/128");
  }

  private void target(HaNode node, Nic wan, Fields rule, int number) {
    String target = text(rule, "target");
    boolean own = target.isEmpty() || target.equals(wan.name() + "ip") || isNodes(target);
    if (own) {
      add(
          node,
          Check.NAT_NOT_VIP,
          "nat/outbound/rule[%d]".formatted(number),
          "translates to %s".formatted(target.isEmpty() ? "the interface's address" : target));
    }
  }

  private boolean isNodes(String address) {
    return examination.nodes().stream().anyMatch(node -> node.isOwn(address));
  }

  // --- DHCP and DNS

  private void dhcp(HaNode node, String name, Fields server) {
    Nic nic = node.nic(name);
    if (nic == null || !isSet(server, "enable") || node.carpsOn(name).isEmpty()) {
      return;
    }
    String path = "dhcpd/" + name;
    String gateway = text(server, "gateway");
    if (gateway.isEmpty() || isNodes(gateway)) {
      add(
          node,
          Check.DHCP_GATEWAY,
          path + "/gateway",
          gateway.isEmpty() ? "empty: the interface's own address" : gateway);
    }
    List<String> servers = HaNode.words(server.at("dnsserver"));
    if (servers.isEmpty() || servers.stream().anyMatch(this::isNodes)) {
      add(
          node,
          Check.DHCP_DNS,
          path + "/dnsserver",
          servers.isEmpty() ? "empty: the interface's own address" : String.join(" ", servers));
    }
    boolean kea =
        text(node.tree().sections(), "dhcpbackend").equals("kea")
            || text(node.tree().section("kea").fields(), "dhcpbackend").equals("kea");
    if (kea) {
      kea(node, name);
    } else {
      failover(node, nic, server, path);
    }
  }

  private void kea(HaNode node, String name) {
    Fields ha = node.tree().section("kea").fields().at("ha").fields();
    if ((!isSet(ha, "enable") || text(ha, "remoteip").isEmpty()) && !isSplit(name)) {
      add(node, Check.DHCP_FAILOVER, "kea/ha", "no high availability, and one pool on both nodes");
    } else if (isSet(ha, "enable") && node.isOwn(text(ha, "remoteip"))) {
      add(
          node,
          Check.DHCP_PEER,
          "kea/ha/remoteip",
          "%s is its own".formatted(text(ha, "remoteip")));
    }
  }

  private void failover(HaNode node, Nic nic, Fields server, String path) {
    String peer = text(server, "failover_peerip");
    if (peer.isEmpty()) {
      if (!isSplit(nic.name())) {
        add(
            node,
            Check.DHCP_FAILOVER,
            path + "/failover_peerip",
            "no failover peer, and one pool on both nodes");
      }
      return;
    }
    HaNode other = examination.other(node);
    Nic theirs = other == null ? null : other.nic(nic.name());
    boolean right =
        (theirs != null && theirs.v4() != null)
            ? peer.equals(InetAddresses.toAddrString(theirs.v4().address()))
            : InetAddresses.isInetAddress(peer) && !node.isOwn(peer) && !node.isMoving(peer);
    if (!right) {
      add(
          node,
          Check.DHCP_PEER,
          path + "/failover_peerip",
          "%s is not the other node's address on %s".formatted(peer, nic.name()));
    }
  }

  /** Whether the nodes lease from ranges that have nothing in common. */
  private boolean isSplit(String nic) {
    HaNode b = examination.b();
    if (b == null) {
      return false;
    }
    byte[][] mine = range(examination.a(), nic);
    byte[][] theirs = range(b, nic);
    return mine != null
        && theirs != null
        && (Arrays.compareUnsigned(mine[1], theirs[0]) < 0
            || Arrays.compareUnsigned(theirs[1], mine[0]) < 0);
  }

  private static byte @Nullable [][] range(HaNode node, String nic) {
    Fields range = node.tree().section("dhcpd").fields().at(nic).fields().at("range").fields();
    String from = text(range, "from");
    String to = text(range, "to");
    return InetAddresses.isInetAddress(from) && InetAddresses.isInetAddress(to)
        ? new byte[][] {
          InetAddresses.forString(from).getAddress(), InetAddresses.forString(to).getAddress()
        }
        : null;
  }

  private void resolver(HaNode node, String section, String key) {
    Fields fields = node.tree().section(section).fields();
    List<String> listening = HaNode.words(fields.at(key));
    if (!isSet(fields, "enable") || listening.isEmpty() || listening.contains("all")) {
      return;
    }
    for (Nic nic : node.nics().values()) {
      boolean local = nic.gateway().isEmpty() && listening.contains(nic.name());
      List<Vip> carps = node.carpsOn(nic.name());
      if (local && !carps.isEmpty() && carps.stream().noneMatch(vip -> isAmong(vip, listening))) {
        add(
            node,
            Check.DNS_NOT_VIP,
            section + "/" + key,
            "it listens on %s, but at none of its virtual addresses".formatted(nic.name()));
      }
    }
  }

  private static boolean isAmong(Vip vip, List<String> listening) {
    return listening.contains(Vip.STACKED + vip.uniqid()) || listening.contains(vip.address());
  }

  // --- VPNs

  private void ipsec(HaNode node) {
    for (ConfigNode each : HaNode.list(node.tree().section("ipsec"), "phase1")) {
      Fields tunnel = each.fields();
      if (!isSet(tunnel, "disabled")) {
        String path = "ipsec/phase1[%s]".formatted(text(tunnel, "ikeid"));
        bound(node, Check.IPSEC_NOT_VIP, path, text(tunnel, "interface"));
      }
    }
  }

  private void openVpn(HaNode node) {
    for (String kind : List.of("openvpn-server", "openvpn-client")) {
      for (ConfigNode each : HaNode.list(node.tree().section("openvpn"), kind)) {
        Fields end = each.fields();
        if (isSet(end, "disable")) {
          continue;
        }
        String path = "openvpn/%s[%s]".formatted(kind, text(end, "vpnid"));
        String nic = text(end, "interface");
        if (kind.equals("openvpn-client") && nic.equals("any")) {
          add(node, Check.OPENVPN_NOT_VIP, path, "a client on any interface runs on both nodes");
        } else {
          bound(node, Check.OPENVPN_NOT_VIP, path, nic);
        }
      }
    }
  }

  private void bound(HaNode node, Check check, String path, String name) {
    if (node.nic(name) != null && !node.carpsOn(name).isEmpty()) {
      add(node, check, path, "bound to %s itself".formatted(name));
    } else {
      gatewayGroup(node, path, name);
    }
  }

  /** Items are {@code GATEWAY|tier|address}; the last names a virtual address, or nothing. */
  private void gatewayGroup(HaNode node, String user, String group) {
    Map<String, String> nicOf = new LinkedHashMap<>();
    ConfigNode gateways = node.tree().section("gateways");
    for (ConfigNode each : HaNode.list(gateways, "gateway_item")) {
      nicOf.put(text(each.fields(), "name"), text(each.fields(), "interface"));
    }
    for (ConfigNode each : HaNode.list(gateways, "gateway_group")) {
      if (!text(each.fields(), "name").equals(group)) {
        continue;
      }
      for (ConfigNode item : each.fields().at("item").items()) {
        List<String> parts = BAR.splitToList(item.text());
        String nic = nicOf.getOrDefault(parts.get(0), "");
        boolean moves = parts.size() > 2 && node.isMovingInterface(parts.get(2));
        if (!moves && !node.carpsOn(nic).isEmpty()) {
          add(
              node,
              Check.GATEWAY_GROUP_NOT_VIP,
              "gateways/gateway_group[%s]".formatted(group),
              "%s of it has the interface's address, and %s uses it".formatted(parts.get(0), user));
        }
      }
    }
  }

  // --- multi-WAN

  private void policyRouting(HaNode node) {
    List<Rule> rules = Rule.of(node);
    for (Nic nic : node.nics().values()) {
      if (!nic.gateway().isEmpty()) {
        continue;
      }
      List<Rule> above = new ArrayList<>();
      for (Rule rule : rules) {
        if (!rule.isOn(nic.name())) {
          continue;
        }
        if (rule.pass() && !rule.gateway().isEmpty() && rule.isToAny()) {
          Set<String> caught = caught(node, nic, rule, above);
          if (!caught.isEmpty()) {
            add(
                node,
                Check.POLICY_ROUTING,
                rule.path(),
                "sends traffic to %s to gateway %s"
                    .formatted(String.join(", ", caught), rule.gateway()));
          }
          break;
        }
        if (rule.gateway().isEmpty() && !rule.negated()) {
          above.add(rule);
        }
      }
    }
  }

  /**
   * Local networks that no rule above keeps from leaving: of the others all addresses, of the
   * interface's own this firewall's.
   */
  private static Set<String> caught(HaNode node, Nic from, Rule rule, List<Rule> above) {
    Set<String> caught = new LinkedHashSet<>();
    for (Nic nic : node.nics().values()) {
      Subnet subnet = nic.v4();
      boolean local = nic.enabled() && nic.gateway().isEmpty() && !isForSync(node, nic);
      if (!local || subnet == null) {
        continue;
      }
      boolean kept =
          nic.name().equals(from.name())
              ? above.stream()
                  .anyMatch(
                      each ->
                          each.isProtocol("tcp", "udp", "tcp/udp", "any")
                              && each.isTo(node, subnet.address()))
              : above.stream()
                  .anyMatch(
                      each ->
                          each.isProtocol(rule.protocol(), "any")
                              && each.isTo(node, subnet.at(1))
                              && each.isTo(node, subnet.at(subnet.hosts())));
      if (!kept) {
        caught.add(nic.name());
      }
    }
    return caught;
  }

  private static boolean isForSync(HaNode node, Nic nic) {
    String peer = text(node.hasync(), "pfsyncpeerip");
    Subnet subnet = nic.v4();
    return nic.name().equals(text(node.hasync(), "pfsyncinterface"))
        || (subnet != null
            && InetAddresses.isInetAddress(peer)
            && subnet.contains(InetAddresses.forString(peer)));
  }

  private void add(HaNode node, Check check, String path, String detail) {
    findings.add(check, node.side(), path, detail);
  }
}
