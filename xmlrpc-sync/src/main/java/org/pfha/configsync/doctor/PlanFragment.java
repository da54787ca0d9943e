package org.pfha.configsync.doctor;

import com.google.common.net.InetAddresses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.doctor.PlannedSegment.Addresses;
import org.pfha.configsync.doctor.PlannedSegment.Kind;

/** One node's part of a plan, in pfSense's words. */
final class PlanFragment {

  private static final String GROUP = "WAN_Failover";
  private static final String LOCAL = "Local_Networks";
  private static final String PORT = "443";
  private static final int UNIQID_LENGTH = 13;
  private static final List<String> AREAS =
      List.of(
          "users",
          "authservers",
          "certs",
          "rules",
          "schedules",
          "aliases",
          "nat",
          "ipsec",
          "openvpn",
          "dhcpd",
          "staticroutes",
          "virtualip",
          "dnsforwarder");

  private final HaPlan plan;
  private final boolean isPrimary;
  private final Side side;
  private final PlanSecrets secrets;
  private int tracker = 1_800_000_000;

  PlanFragment(HaPlan plan, Side side, PlanSecrets secrets) {
    this.plan = plan;
    this.side = side;
    this.isPrimary = side != Side.B;
    this.secrets = secrets;
  }

  ConfigTree tree() {
    return new ConfigTree("pfsense", new Fields(sections()));
  }

  ConfigTree into(ConfigTree skeleton) {
    ConfigTree tree = skeleton;
    for (Map.Entry<String, ConfigNode> section : sections().entrySet()) {
      tree = tree.with(section.getKey(), section.getValue());
    }
    Fields system = skeleton.section("system").fields();
    return tree.with("system", system.with("hostname", new Text(plan.hostname(side))));
  }

  private Map<String, ConfigNode> sections() {
    Map<String, ConfigNode> sections = new LinkedHashMap<>();
    sections.put("interfaces", interfaces());
    sections.put("gateways", gateways());
    sections.put("virtualip", new Fields(Map.of("vip", new Items(vips()))));
    Map<String, ConfigNode> dhcpd = new LinkedHashMap<>();
    inside().stream()
        .filter(PlannedSegment::dhcp)
        .forEach(segment -> dhcpd.put(segment.nic(), dhcp(segment)));
    if (!dhcpd.isEmpty()) {
      sections.put("dhcpbackend", new Text("isc"));
      sections.put("dhcpd", new Fields(dhcpd));
    }
    sections.put("aliases", new Fields(Map.of("alias", new Items(List.of(localNetworks())))));
    sections.put("nat", new Fields(Map.of("outbound", outbound())));
    sections.put("filter", new Fields(Map.of("rule", new Items(rules()))));
    sections.put("hasync", hasync());
    return sections;
  }

  // --- building

  private static Fields fields(Object... namesAndValues) {
    Map<String, ConfigNode> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Object value = namesAndValues[i + 1];
      map.put(
          (String) namesAndValues[i],
          value instanceof ConfigNode node ? node : new Text(String.valueOf(value)));
    }
    return new Fields(map);
  }

  private List<PlannedSegment> of(Kind kind) {
    return plan.segments().stream().filter(segment -> segment.kind() == kind).toList();
  }

  private List<PlannedSegment> inside() {
    return plan.segments().stream().filter(PlannedSegment::isInside).toList();
  }

  private PlannedSegment sync() {
    return of(Kind.SYNC).get(0);
  }

  private String own(Addresses addresses) {
    return isPrimary ? addresses.primary() : addresses.secondary();
  }

  private String peer(Addresses addresses) {
    return isPrimary ? addresses.secondary() : addresses.primary();
  }

  private static String gatewayName(PlannedSegment wan) {
    return wan.label() + "_GW";
  }

  /** The same on both nodes, because config sync matches by it. */
  private static String uniqid(PlannedSegment segment, Addresses addresses) {
    String seed = segment.nic() + " " + addresses.virtual();
    return ConfigTree.digest(new Text(seed)).substring(0, UNIQID_LENGTH);
  }

  // --- sections

  private Fields interfaces() {
    Map<String, ConfigNode> nics = new LinkedHashMap<>();
    for (PlannedSegment segment : plan.segments()) {
      Fields nic =
          fields(
              "enable", "",
              "if", segment.device(),
              "descr", segment.label(),
              "ipaddr", own(segment.first()),
              "subnet", segment.first().subnet().bits());
      if (segment.addresses().size() > 1) {
        Addresses second = segment.addresses().get(1);
        nic = nic.with("ipaddrv6", new Text(own(second)));
        nic = nic.with("subnetv6", new Text(Integer.toString(second.subnet().bits())));
      }
      if (segment.kind() == Kind.WAN) {
        nic = nic.with("gateway", new Text(gatewayName(segment)));
      }
      nics.put(segment.nic(), nic);
    }
    return new Fields(nics);
  }

  private Fields gateways() {
    List<ConfigNode> items = new ArrayList<>();
    List<ConfigNode> tiers = new ArrayList<>();
    for (PlannedSegment wan : of(Kind.WAN)) {
      items.add(
          fields(
              "interface", wan.nic(),
              "gateway", wan.gateway(),
              "name", gatewayName(wan),
              "weight", 1,
              "ipprotocol", "inet"));
      tiers.add(
          new Text(
              "%s|%d|%s".formatted(gatewayName(wan), tiers.size() + 1, wan.first().virtual())));
    }
    Fields gateways = fields("gateway_item", new Items(items));
    if (!isMultiWan()) {
      return gateways.with("defaultgw4", new Text(gatewayName(of(Kind.WAN).get(0))));
    }
    Fields group = fields("name", GROUP, "item", new Items(tiers), "trigger", "downloss");
    return gateways
        .with("gateway_group", new Items(List.of(group)))
        .with("defaultgw4", new Text(GROUP));
  }

  private boolean isMultiWan() {
    return of(Kind.WAN).size() > 1;
  }

  private List<ConfigNode> vips() {
    List<ConfigNode> vips = new ArrayList<>();
    for (PlannedSegment segment : plan.segments()) {
      for (Addresses addresses : segment.addresses()) {
        if (addresses.vhid() == 0) {
          continue;
        }
        vips.add(
            fields(
                "mode", "carp",
                "interface", segment.nic(),
                "vhid", addresses.vhid(),
                "advskew", isPrimary ? HaPlan.PRIMARY_SKEW : HaPlan.SECONDARY_SKEW,
                "advbase", 1,
                "password", secrets.carp().password(segment.nic(), addresses.vhid()),
                "uniqid", uniqid(segment, addresses),
                "descr", segment.label() + " shared",
                "type", "single",
                "subnet_bits", addresses.subnet().bits(),
                "subnet", addresses.virtual()));
      }
    }
    return vips;
  }

  /** From the middle of the network to its last quarter. */
  private Fields dhcp(PlannedSegment segment) {
    Addresses addresses = segment.first();
    Subnet subnet = addresses.subnet();
    long hosts = subnet.hosts();
    String from = InetAddresses.toAddrString(subnet.at(Math.max(4, hosts / 2)));
    String to = InetAddresses.toAddrString(subnet.at(Math.max(4, hosts / 4 * 3)));
    return fields(
        "enable", "",
        "range", fields("from", from, "to", to),
        "gateway", addresses.virtual(),
        "dnsserver", new Items(List.of(new Text(addresses.virtual()))),
        "failover_peerip", peer(addresses));
  }

  private Fields localNetworks() {
    List<String> networks = new ArrayList<>();
    inside().forEach(segment -> segment.addresses().forEach(each -> networks.add(each.network())));
    return fields("name", LOCAL, "type", "network", "address", String.join(" ", networks));
  }

  /** Private networks leave with the shared address, public ones with their own. */
  private Fields outbound() {
    List<ConfigNode> rules = new ArrayList<>();
    for (PlannedSegment wan : of(Kind.WAN)) {
      for (PlannedSegment segment : inside()) {
        Fields rule =
            fields(
                "source", fields("network", segment.first().network()),
                "destination", fields("any", ""),
                "interface", wan.nic());
        boolean routed = segment.kind() == Kind.ROUTED;
        String descr = "%s to %s".formatted(segment.label(), wan.label());
        rules.add(
            (routed
                    ? rule.with("nonat", Text.EMPTY)
                    : rule.with("target", new Text(wan.first().virtual())))
                .with("descr", new Text(descr)));
      }
      rules.add(
          fields(
              "source", fields("network", "(self)"),
              "destination", fields("any", ""),
              "interface", wan.nic(),
              "target", "",
              "descr", "the firewall itself"));
    }
    // Nothing is left to automatic rules, which would translate public networks, too.
    return fields("mode", "advanced", "rule", new Items(rules));
  }

  private List<ConfigNode> rules() {
    List<ConfigNode> rules = new ArrayList<>();
    String sync = sync().nic();
    rules.add(rule("pass", sync, "pfsync", sync, fields("any", ""), "", "states"));
    Fields gui = fields("network", sync + "ip", "port", PORT);
    rules.add(rule("pass", sync, "tcp", sync, gui, "", "configuration sync"));
    inside().forEach(segment -> rules.addAll(rules(segment)));
    return rules;
  }

  private List<ConfigNode> rules(PlannedSegment segment) {
    String nic = segment.nic();
    boolean both = segment.addresses().size() > 1;
    String families = both ? "inet46" : "inet";
    Fields local = fields("address", LOCAL);
    List<Fields> rules = new ArrayList<>();
    if (segment.kind() == Kind.LAN) {
      rules.add(rule("pass", nic, "", nic, local, "", "local networks by the default gateway"));
    } else {
      Fields dns = fields("network", "(self)", "port", "53");
      rules.add(rule("pass", nic, "tcp/udp", nic, dns, "", "this resolver"));
      rules.add(rule("block", nic, "", nic, local, "", "not into local networks"));
    }
    List<ConfigNode> all = new ArrayList<>();
    rules.forEach(rule -> all.add(rule.with("ipprotocol", new Text(families))));
    Fields any = fields("any", "");
    String gateway = isMultiWan() ? GROUP : "";
    all.add(rule("pass", nic, "", nic, any, gateway, "to the Internet"));
    if (both) {
      Fields ipv6 = rule("pass", nic, "", nic, any, "", "to the Internet, IPv6");
      all.add(ipv6.with("ipprotocol", new Text("inet6")));
    }
    return all;
  }

  private Fields rule(
      String type,
      String nic,
      String protocol,
      String source,
      Fields destination,
      String gateway,
      String descr) {
    tracker++;
    Fields rule = fields("tracker", tracker, "type", type, "interface", nic, "ipprotocol", "inet");
    if (!protocol.isEmpty()) {
      rule = rule.with("protocol", new Text(protocol));
    }
    rule = rule.with("source", fields("network", source)).with("destination", destination);
    if (!gateway.isEmpty()) {
      rule = rule.with("gateway", new Text(gateway));
    }
    return rule.with("descr", new Text(descr));
  }

  private Fields hasync() {
    Addresses addresses = sync().first();
    Fields hasync =
        fields(
            "pfsyncenabled", "on",
            "pfsyncinterface", sync().nic(),
            "pfsyncpeerip", peer(addresses));
    if (!isPrimary) {
      return hasync;
    }
    hasync =
        hasync
            .with("synchronizetoip", new Text(peer(addresses)))
            .with("username", new Text("hasync"))
            .with("password", new Text(secrets.sync()));
    for (String area : AREAS) {
      hasync = hasync.with("synchronize" + area, new Text("on"));
    }
    return hasync;
  }
}
