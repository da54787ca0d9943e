package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;

/**
 * What a pfSense primary sends: the sections of the chosen areas, rewritten for the other node.
 * Confined to one thread. Source: spec sections 7.1 to 7.4.
 */
final class PfSensePrimary {
  private static final String IP_LITERAL = "[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*";

  private final Fields sections;
  private final Set<SyncArea> areas;
  private final boolean exact;
  private final Map<String, ConfigNode> call = new LinkedHashMap<>();
  private final List<Outgoing.Withheld> withheld = new ArrayList<>();

  private PfSensePrimary(ConfigTree config, SyncScope scope, Behaviour behaviour) {
    this.sections = config.sections();
    this.areas = scope.areas();
    this.exact = behaviour == Behaviour.LIKE_THE_PRODUCT;
  }

  /**
   * The sections to send, in the product's order.
   *
   * @throws IllegalArgumentException naming what would harm the peer and how to correct it
   */
  static Outgoing outgoing(ConfigTree config, SyncScope scope, Behaviour behaviour) {
    PfSensePrimary primary = new PfSensePrimary(config, scope, behaviour);
    primary.build();
    scope.sections().forEach(primary::packagePath);
    primary.administrator();
    return new Outgoing(primary.call, primary.withheld);
  }

  private void build() {
    send(SyncArea.RULES, "filter", node -> filtered(node, "filter", "rule"));
    send(SyncArea.NAT, "nat", this::nat);
    send(SyncArea.ALIASES, "aliases", node -> filtered(node, "aliases", "alias"));
    if (areas.contains(SyncArea.DHCP) && isTable("dhcpd")) {
      dhcp(sections.at("dhcpd").fields());
      ifTable(SyncArea.DHCP, "kea");
    }
    if (isTable("dhcpdv6")) {
      ifTable(SyncArea.DHCPV6, "dhcpdv6");
      ifTable(SyncArea.DHCPV6, "kea6");
    }
    ifTable(SyncArea.DHCP_RELAY, "dhcrelay");
    ifTable(SyncArea.DHCPV6_RELAY, "dhcrelay6");
    whole(SyncArea.WAKE_ON_LAN, "wol");
    whole(SyncArea.SHAPER, "shaper");
    whole(SyncArea.LIMITERS, "dnshaper");
    send(SyncArea.STATIC_ROUTES, "staticroutes", PfSensePrimary::routes);
    whole(SyncArea.STATIC_ROUTES, "gateways");
    send(SyncArea.VIRTUAL_IPS, "virtualip", this::virtualIps);
    send(SyncArea.IPSEC, "ipsec", node -> filtered(node, "ipsec", "tunnel"));
    whole(SyncArea.OPENVPN, "openvpn");
    for (String section : SyncArea.CERTIFICATES.sections(ConfigFormat.pfSense())) {
      whole(SyncArea.CERTIFICATES, section);
      whole(SyncArea.OPENVPN, section);
    }
    system();
    ifTable(SyncArea.DNS, "dnsmasq");
    call.computeIfPresent("dnsmasq", (name, node) -> filtered(node, "dnsmasq", "hosts"));
    ifTable(SyncArea.DNS, "unbound");
    whole(SyncArea.RULES, "schedules");
    whole(SyncArea.SCHEDULES, "schedules");
    whole(SyncArea.CAPTIVE_PORTAL, "captiveportal");
    ifTable(SyncArea.CAPTIVE_PORTAL, "voucher");
    call.computeIfPresent("kea", (name, node) -> kea(node.fields()));
    call.computeIfPresent("kea6", (name, node) -> kea(node.fields()));
  }

  private void send(SyncArea area, String section, UnaryOperator<ConfigNode> rewrite) {
    if (areas.contains(area)) {
      ConfigNode node = sections.at(section);
      call.put(section, rewrite.apply(node.isBlank() ? Fields.NONE : node));
    }
  }

  private void whole(SyncArea area, String section) {
    send(area, section, node -> node);
  }

  /** Sections whose absence the product does not send: the peer keeps its copy. */
  private void ifTable(SyncArea area, String section) {
    if (areas.contains(area) && isTable(section)) {
      call.put(section, sections.at(section));
    }
  }

  private boolean isTable(String section) {
    return sections.get(section) instanceof Fields;
  }

  private void system() {
    Fields system = sections.at("system").fields();
    Fields sent = Fields.NONE;
    if (areas.contains(SyncArea.USERS)) {
      for (String key : List.of("user", "nextuid", "group", "nextgid")) {
        ConfigNode node = system.get(key);
        if (node == null) {
          throw new IllegalArgumentException(
              "system/" + key + " is missing: add it, or leave out " + SyncArea.USERS);
        }
        sent = sent.with(key, node);
      }
    }
    if (areas.contains(SyncArea.AUTH_SERVERS)) {
      ConfigNode servers = system.get("authserver");
      sent = sent.with("authserver", servers == null ? Fields.NONE : servers);
    }
    if (!sent.isEmptyTable()) {
      call.put("system", sent);
    }
  }

  /** Drops marked entries. As the product does it, the others keep their numbers. */
  private ConfigNode filtered(ConfigNode node, String path, String list) {
    if (!(node instanceof Fields fields) || !(fields.get(list) instanceof Items items)) {
      return node;
    }
    Map<String, ConfigNode> kept = new LinkedHashMap<>();
    int first = items.list().size();
    for (int i = 0; i < items.list().size(); i++) {
      Fields entry = items.list().get(i).fields();
      if (entry.get("nosync") != null) {
        withhold(path + "/" + list + label(entry, i), "nosync");
      } else {
        first = Math.min(first, i);
        kept.put(Integer.toString(i), items.list().get(i));
      }
    }
    if (kept.size() == items.list().size()) {
      return node;
    }
    // On the wire numbers from 0 or from 1 without a gap are an array, all others are names.
    boolean array = kept.isEmpty() || (first <= 1 && isRun(kept, first));
    return fields.with(
        list, exact && !array ? new Fields(kept) : new Items(List.copyOf(kept.values())));
  }

  private static boolean isRun(Map<String, ConfigNode> kept, int first) {
    int expected = first;
    for (String key : kept.keySet()) {
      if (!key.equals(Integer.toString(expected++))) {
        return false;
      }
    }
    return true;
  }

  private static String label(Fields entry, int index) {
    for (String key : List.of("tracker", "name", "host")) {
      String text = entry.at(key).text();
      if (!text.isEmpty()) {
        return "[" + key + "=" + text + "]";
      }
    }
    return "[#" + (index + 1) + "]";
  }

  private void withhold(String path, String reason) {
    withheld.add(new Outgoing.Withheld(path, reason));
  }

  private ConfigNode nat(ConfigNode node) {
    ConfigNode nat = filtered(node, "nat", "rule");
    return nat instanceof Fields fields && fields.get("outbound") instanceof Fields outbound
        ? fields.with("outbound", filtered(outbound, "nat/outbound", "rule"))
        : nat;
  }

  private void dhcp(Fields dhcpd) {
    Map<String, ConfigNode> sent = new LinkedHashMap<>(dhcpd.map());
    for (Map.Entry<String, ConfigNode> scope : dhcpd.map().entrySet()) {
      Fields lan = scope.getValue().fields();
      if (lan.at("failover_peerip").text().isEmpty()) {
        continue;
      }
      String path = "interfaces/" + scope.getKey() + "/ipaddr";
      ConfigNode own = sections.at("interfaces").fields().at(scope.getKey()).fields().get("ipaddr");
      if (!exact && (own == null || !own.text().matches(IP_LITERAL))) {
        withhold(
            "dhcpd",
            scope.getKey()
                + " has a failover peer, but "
                + path
                + " is no address: give the interface a fixed address");
        return;
      }
      if (own != null) {
        sent.put(scope.getKey(), lan.with("failover_peerip", own));
      }
    }
    call.put("dhcpd", new Fields(sent));
  }

  private Fields kea(Fields kea) {
    Fields ha = kea.at("ha").fields();
    String role = ha.at("role").text();
    Fields sent =
        ha.with(
            "role",
            new Text(
                switch (role) {
                  case "", "primary" -> "standby";
                  case "standby" -> "primary";
                  default ->
                      throw new IllegalArgumentException(
                          "kea/ha/role must be primary or standby; correct it");
                }));
    sent = swap(sent, ha, "localip", "remoteip");
    sent = swap(sent, ha, "localport", "remoteport");
    String name = ha.at("localname").text().trim();
    ConfigNode host = sections.at("system").fields().at("hostname");
    return kea.with(
        "ha",
        sent.with("remotename", name.isEmpty() ? host : new Text(name))
            .without("localname", "tls", "mutualtls", "scertref", "ccertref"));
  }

  private static Fields swap(Fields into, Fields from, String a, String b) {
    Fields result = into;
    if (!from.at(b).text().isEmpty()) {
      result = result.with(a, from.at(b));
    }
    return from.at(a).text().isEmpty() ? result : result.with(b, from.at(a));
  }

  private ConfigNode virtualIps(ConfigNode node) {
    List<ConfigNode> sent = new ArrayList<>();
    for (Vip vip : Vip.in(node)) {
      if ((vip.is("ipalias") || vip.is("proxyarp")) && !vip.isShared()) {
        withhold(
            "virtualip/vip[uniqid=" + vip.text("uniqid") + "]",
            vip.text("mode") + " of this node alone");
      } else {
        sent.add(raised(raised(vip.entry(), "advskew", 100), "advbase", 0));
      }
    }
    return Fields.NONE.with("vip", new Items(sent));
  }

  /** An empty list, so that the removal of the last route arrives. */
  private static ConfigNode routes(ConfigNode node) {
    return node.isEmptyTable() ? Fields.NONE.with("route", new Items(List.of())) : node;
  }

  private static Fields raised(Fields vip, String key, int by) {
    String text = vip.at(key).text();
    if (text.isEmpty()) {
      return vip;
    }
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "virtual address " + vip.at("subnet").text() + ": " + key + " must be 0 to 254");
    }
    return vip.with(key, new Text(Integer.toString(Math.min(254, Integer.parseInt(text) + by))));
  }

  /** What a package wants sent: {@code installedpackages/name} or a whole section. */
  private void packagePath(String path) {
    List<String> names = List.of(path.split("/", -1));
    if (!names.stream().allMatch(ConfigFormat.pfSense()::isName)) {
      throw new IllegalArgumentException(
          "'" + path + "' is no path: write section or section/name, in lower case");
    }
    ConfigNode node = sections;
    for (String name : names) {
      ConfigNode child = node.fields().get(name);
      if (child == null) {
        return;
      }
      node = child;
    }
    Fields sent = placed(new Fields(call), names, 0, node);
    call.putAll(sent.map());
  }

  static Fields placed(Fields into, List<String> names, int at, ConfigNode node) {
    String name = names.get(at);
    return at == names.size() - 1
        ? into.with(name, node)
        : into.with(name, placed(into.at(name).fields(), names, at + 1, node));
  }

  private void administrator() {
    String flag = sections.at("hasync").fields().at("adminsync").text();
    if (!call.isEmpty() && !flag.isEmpty() && !flag.equals("0")) {
      call.put("hasync", Fields.NONE.with("adminsync", new Text("on")));
    }
  }
}
