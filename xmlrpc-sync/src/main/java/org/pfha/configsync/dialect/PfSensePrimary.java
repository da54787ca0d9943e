package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;

/**
 * What a pfSense primary sends: the sections of the chosen areas, rewritten for the other node.
 * Thread-safe. Source: spec sections 7.1 to 7.4.
 */
public final class PfSensePrimary {
  private static final String IP_LITERAL = "[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*";

  private final Fields sections;
  private final Set<SyncArea> areas;
  private final Map<String, ConfigNode> call = new LinkedHashMap<>();

  private PfSensePrimary(ConfigTree config, Set<SyncArea> areas) {
    this.sections = config.sections();
    this.areas = areas;
  }

  /**
   * The sections to send.
   *
   * @param config the primary's configuration, not changed
   * @param areas what to send
   * @return section to content, in the product's order
   * @throws IllegalArgumentException naming what would harm the peer and how to correct it
   */
  public static Map<String, ConfigNode> sections(ConfigTree config, Set<SyncArea> areas) {
    PfSensePrimary primary = new PfSensePrimary(config, areas);
    primary.build();
    return primary.call;
  }

  private void build() {
    send(SyncArea.RULES, "filter", node -> filtered(node, "rule"));
    send(SyncArea.NAT, "nat", PfSensePrimary::nat);
    send(SyncArea.ALIASES, "aliases", node -> filtered(node, "alias"));
    if (areas.contains(SyncArea.DHCP) && isTable("dhcpd")) {
      call.put("dhcpd", dhcp(sections.at("dhcpd").fields()));
      ifTable(SyncArea.DHCP, "kea");
    }
    ifTable(SyncArea.DHCPV6, "dhcpdv6");
    ifTable(SyncArea.DHCPV6, "kea6");
    ifTable(SyncArea.DHCP_RELAY, "dhcrelay");
    ifTable(SyncArea.DHCPV6_RELAY, "dhcrelay6");
    whole(SyncArea.WAKE_ON_LAN, "wol");
    whole(SyncArea.SHAPER, "shaper");
    whole(SyncArea.LIMITERS, "dnshaper");
    whole(SyncArea.STATIC_ROUTES, "staticroutes");
    whole(SyncArea.STATIC_ROUTES, "gateways");
    send(SyncArea.VIRTUAL_IPS, "virtualip", PfSensePrimary::virtualIps);
    send(SyncArea.IPSEC, "ipsec", node -> filtered(node, "tunnel"));
    whole(SyncArea.OPENVPN, "openvpn");
    for (String section : SyncArea.CERTIFICATES.sections()) {
      whole(SyncArea.CERTIFICATES, section);
      whole(SyncArea.OPENVPN, section);
    }
    system();
    ifTable(SyncArea.DNS, "dnsmasq");
    call.computeIfPresent("dnsmasq", (name, node) -> filtered(node, "hosts"));
    ifTable(SyncArea.DNS, "unbound");
    whole(SyncArea.RULES, "schedules");
    whole(SyncArea.SCHEDULES, "schedules");
    whole(SyncArea.CAPTIVE_PORTAL, "captiveportal");
    ifTable(SyncArea.CAPTIVE_PORTAL, "voucher");
    call.computeIfPresent("kea", (name, node) -> kea(node.fields()));
    call.computeIfPresent("kea6", (name, node) -> kea(node.fields()));
  }

  private interface Rewrite {
    ConfigNode of(ConfigNode node);
  }

  private void send(SyncArea area, String section, Rewrite rewrite) {
    if (areas.contains(area)) {
      ConfigNode node = sections.get(section);
      call.put(section, rewrite.of(node == null ? Fields.NONE : node));
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

  private static ConfigNode filtered(ConfigNode node, String list) {
    if (!(node instanceof Fields fields) || !(fields.get(list) instanceof Items items)) {
      return node;
    }
    return fields.with(list, keep(items, item -> item.fields().get("nosync") == null));
  }

  private static Items keep(Items items, Predicate<ConfigNode> wanted) {
    return new Items(items.list().stream().filter(wanted).toList());
  }

  private static ConfigNode nat(ConfigNode node) {
    ConfigNode nat = filtered(node, "rule");
    return nat instanceof Fields fields && fields.get("outbound") instanceof Fields outbound
        ? fields.with("outbound", filtered(outbound, "rule"))
        : nat;
  }

  private Fields dhcp(Fields dhcpd) {
    Fields sent = dhcpd;
    for (Map.Entry<String, ConfigNode> scope : dhcpd.map().entrySet()) {
      Fields lan = scope.getValue().fields();
      if (lan.at("failover_peerip").text().isEmpty()) {
        continue;
      }
      ConfigNode own = sections.at("interfaces").fields().at(scope.getKey()).fields().get("ipaddr");
      if (own == null) {
        continue;
      }
      if (!own.text().matches(IP_LITERAL)) {
        throw new IllegalArgumentException(
            "dhcpd/"
                + scope.getKey()
                + " has a failover peer, but interfaces/"
                + scope.getKey()
                + "/ipaddr is no address: give the interface a fixed address, or leave out "
                + SyncArea.DHCP);
      }
      sent = sent.with(scope.getKey(), lan.with("failover_peerip", own));
    }
    return sent;
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

  private static ConfigNode virtualIps(ConfigNode node) {
    List<ConfigNode> sent = new ArrayList<>();
    for (ConfigNode entry : node.fields().at("vip").items()) {
      Fields vip = entry.fields();
      String mode = vip.at("mode").text();
      if ((mode.equals("ipalias") || mode.equals("proxyarp")) && !PfSenseSecondary.isShared(vip)) {
        continue;
      }
      vip = raised(vip, "advskew", 100);
      sent.add(raised(vip, "advbase", 0));
    }
    return Fields.NONE.with("vip", new Items(sent));
  }

  private static Fields raised(Fields vip, String key, int by) {
    String text = vip.at(key).text();
    if (text.isEmpty()) {
      return vip;
    }
    if (!text.matches("\\d{1,3}")) {
      throw new IllegalArgumentException(
          "virtual address " + vip.at("subnet").text() + ": " + key + " must be 0 to 254");
    }
    return vip.with(key, new Text(Integer.toString(Math.min(254, Integer.parseInt(text) + by))));
  }
}
