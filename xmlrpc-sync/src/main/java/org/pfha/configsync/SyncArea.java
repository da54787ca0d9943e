package org.pfha.configsync;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;

/**
 * What can be synchronised, by the names of the products' own settings pages. Some areas exist in
 * one product only. The order is that of OPNsense's plug-ins, in which it sends. Source: spec
 * section 7.1.
 */
public enum SyncArea {
  /**
   * Users and groups. pfSense keeps the secondary's accounts with a uid below 2000, OPNsense
   * replaces root as well.
   */
  USERS("synchronizeusers", "system", "users", "system/user system/group"),
  /** Authentication servers. */
  AUTH_SERVERS("synchronizeauthservers", "system", "authservers", "system/authserver"),
  /** Certificates, authorities, revocation lists. */
  CERTIFICATES("synchronizecerts", "cert ca crl", "certs", "cert ca crl"),
  /** Virtual addresses: CARP, and aliases that belong to it. */
  VIRTUAL_IPS("synchronizevirtualip", "virtualip", "virtualip", "virtualip"),
  /** Static routes and gateways. */
  STATIC_ROUTES(
      "synchronizestaticroutes",
      "staticroutes gateways",
      "staticroutes",
      "staticroutes gateways OPNsense/Gateways"),
  /** System log, OPNsense only. */
  SYSLOG("", "", "syslog-ng", "OPNsense/Syslog syslog"),
  /** Periodic jobs, OPNsense only. */
  CRON("", "", "cron", "OPNsense/cron"),
  /** Kernel settings, OPNsense only. */
  SYSCTL("", "", "sysctl", "sysctl"),
  /** The web interface with its port and certificate, OPNsense only. */
  WEB_GUI("", "", "webgui", "system/webgui"),
  /** DHCP relay; OPNsense's covers IPv6. */
  DHCP_RELAY("synchronizedhcrelay", "dhcrelay", "dhcrelay", "dhcrelay dhcrelay6 OPNsense/DHCRelay"),
  /** DNS forwarder; pfSense's covers the resolver. */
  DNS("synchronizednsforwarder", "dnsmasq unbound", "dnsforwarder", "dnsmasq"),
  /** Host discovery, OPNsense only. */
  HOSTWATCH("", "", "hostwatch", "OPNsense/Hostwatch"),
  /** Traffic shaper; pfSense's covers queues only. */
  SHAPER("synchronizetrafficshaper", "shaper", "shaper", "OPNsense/TrafficShaper"),
  /** Captive portal zones and vouchers. */
  CAPTIVE_PORTAL(
      "synchronizecaptiveportal",
      "captiveportal voucher",
      "captiveportal",
      "OPNsense/captiveportal"),
  /** IPsec. */
  IPSEC("synchronizeipsec", "ipsec", "ipsec", "ipsec OPNsense/IPsec OPNsense/Swanctl"),
  /** DHCP server; pfSense's covers IPv4 only, with both back ends. */
  DHCP("synchronizedhcpd", "dhcpd kea", "kea", "OPNsense/Kea"),
  /** Service monitoring, OPNsense only. */
  MONIT("", "", "monit", "OPNsense/monit"),
  /** NetFlow, OPNsense only; its id is a slip of the product's. */
  NETFLOW("", "", "syslog", "OPNsense/Netflow"),
  /** Time servers, OPNsense only. */
  NTP("", "", "ntpd", "ntpd system/timeservers"),
  /** OpenDNS, OPNsense only. */
  OPENDNS("", "", "opendns", "opendns"),
  /** Secure shell, OPNsense only. */
  SSH("", "", "ssh", "system/ssh"),
  /** OpenVPN; pfSense's covers the certificates it needs. */
  OPENVPN("synchronizeopenvpn", "openvpn cert ca crl", "openvpn", "openvpn OPNsense/OpenVPN"),
  /** Interface groups, OPNsense only. */
  INTERFACE_GROUPS("", "", "ifgroups", "ifgroups/ifgroupentry"),
  /** Firewall rules; pfSense's covers the schedules they refer to. */
  RULES("synchronizerules", "filter schedules", "rules", "filter OPNsense/Firewall/Filter/rules"),
  /** Firewall schedules. */
  SCHEDULES("synchronizeschedules", "schedules", "schedules", "schedules"),
  /** Firewall categories, OPNsense only. */
  CATEGORIES("", "", "categories", "OPNsense/Firewall/Category"),
  /** Templates of the log view, OPNsense only. */
  LOG_TEMPLATES("", "", "lvtemplate", "OPNsense/Firewall/Lvtemplate"),
  /** Firewall aliases. */
  ALIASES("synchronizealiases", "aliases", "aliases", "aliases OPNsense/Firewall/Alias"),
  /** Network address translation. */
  NAT(
      "synchronizenat",
      "nat",
      "nat",
      "nat OPNsense/Firewall/Filter/snatrules OPNsense/Firewall/Filter/npt"
          + " OPNsense/Firewall/Filter/onetoone"),
  /** Router advertisements, OPNsense only. */
  ROUTER_ADVERTISEMENTS("", "", "radvd", "OPNsense/radvd"),
  /** Intrusion detection, OPNsense only. */
  INTRUSION_DETECTION("", "", "suricata", "OPNsense/IDS"),
  /** DNS resolver, OPNsense only: in pfSense it goes with {@link #DNS}. */
  DNS_RESOLVER("", "", "dnsresolver", "unbound OPNsense/unboundplus"),
  /** WireGuard, OPNsense only. */
  WIREGUARD("", "", "wireguard", "OPNsense/wireguard"),
  /** DHCP server for IPv6 with both back ends, pfSense only. */
  DHCPV6("synchronizekea6", "dhcpdv6 kea6", "", ""),
  /** DHCPv6 relay, pfSense only. */
  DHCPV6_RELAY("synchronizedhcrelay6", "dhcrelay6", "", ""),
  /** Wake-on-LAN entries, pfSense only. */
  WAKE_ON_LAN("synchronizewol", "wol", "", ""),
  /** Traffic shaper limiters, pfSense only. */
  LIMITERS("synchronizetrafficshaperlimiter", "dnshaper", "", "");

  private final String flag;
  private final String id;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> sections;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> paths;

  SyncArea(String flag, String sections, String id, String paths) {
    this.flag = flag;
    this.sections = words(sections);
    this.id = id;
    this.paths = words(paths);
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  /**
   * What this area covers in a product's configuration.
   *
   * @param product pfSense or OPNsense
   * @return for pfSense names of sections, of {@code system} only the keys of this area; for
   *     OPNsense paths with {@code /}; none when the product does not have the area
   */
  public List<String> sections(ConfigFormat product) {
    return product == ConfigFormat.opnSense() ? paths : sections;
  }

  /**
   * Every area.
   *
   * @return all of them
   */
  public static Set<SyncArea> all() {
    return Collections.unmodifiableSet(EnumSet.allOf(SyncArea.class));
  }

  /**
   * The areas switched on in a configuration's own {@code hasync} section.
   *
   * @param config the primary's configuration
   * @return for pfSense areas whose flag is set to anything but empty and {@code 0}; for OPNsense
   *     those whose id is in {@code syncitems}
   */
  public static Set<SyncArea> enabledIn(ConfigTree config) {
    ConfigNode.Fields hasync = config.section("hasync").fields();
    boolean opnSense = config.root().equals(ConfigFormat.opnSense().root());
    List<String> items = List.of(hasync.at("syncitems").text().split(",", -1));
    Set<SyncArea> areas = EnumSet.noneOf(SyncArea.class);
    for (SyncArea area : values()) {
      String value = area.flag.isEmpty() ? "" : hasync.at(area.flag).text();
      boolean set = !value.isEmpty() && !value.equals("0");
      if (opnSense ? !area.id.isEmpty() && items.contains(area.id) : set) {
        areas.add(area);
      }
    }
    return Collections.unmodifiableSet(areas);
  }
}
