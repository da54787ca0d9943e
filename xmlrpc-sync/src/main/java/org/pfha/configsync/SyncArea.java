package org.pfha.configsync;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;

/**
 * What can be synchronised, by the names of the product's own settings page. Source: spec section
 * 7.1.
 */
public enum SyncArea {
  /** Users and groups. Accounts with a uid below 2000 stay as they are on the secondary. */
  USERS("synchronizeusers", "system"),
  /** Authentication servers. */
  AUTH_SERVERS("synchronizeauthservers", "system"),
  /** Certificates, authorities, revocation lists. */
  CERTIFICATES("synchronizecerts", "cert", "ca", "crl"),
  /** Firewall rules, and the schedules they refer to. */
  RULES("synchronizerules", "filter", "schedules"),
  /** Firewall schedules. */
  SCHEDULES("synchronizeschedules", "schedules"),
  /** Firewall aliases. */
  ALIASES("synchronizealiases", "aliases"),
  /** Network address translation. */
  NAT("synchronizenat", "nat"),
  /** IPsec. */
  IPSEC("synchronizeipsec", "ipsec"),
  /** OpenVPN and the certificates it needs. */
  OPENVPN("synchronizeopenvpn", "openvpn", "cert", "ca", "crl"),
  /** DHCP server for IPv4, both back ends. */
  DHCP("synchronizedhcpd", "dhcpd", "kea"),
  /** DHCP server for IPv6, both back ends. */
  DHCPV6("synchronizekea6", "dhcpdv6", "kea6"),
  /** DHCP relay. */
  DHCP_RELAY("synchronizedhcrelay", "dhcrelay"),
  /** DHCPv6 relay. */
  DHCPV6_RELAY("synchronizedhcrelay6", "dhcrelay6"),
  /** Wake-on-LAN entries. */
  WAKE_ON_LAN("synchronizewol", "wol"),
  /** Static routes and gateways. */
  STATIC_ROUTES("synchronizestaticroutes", "staticroutes", "gateways"),
  /** Virtual addresses: CARP, and aliases stacked on them. */
  VIRTUAL_IPS("synchronizevirtualip", "virtualip"),
  /** Traffic shaper queues. */
  SHAPER("synchronizetrafficshaper", "shaper"),
  /** Traffic shaper limiters. */
  LIMITERS("synchronizetrafficshaperlimiter", "dnshaper"),
  /** DNS forwarder and resolver. */
  DNS("synchronizednsforwarder", "dnsmasq", "unbound"),
  /** Captive portal zones and vouchers. */
  CAPTIVE_PORTAL("synchronizecaptiveportal", "captiveportal", "voucher");

  private final String flag;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<String> sections;

  SyncArea(String flag, String... sections) {
    this.flag = flag;
    this.sections = List.of(sections);
  }

  /**
   * The first-level elements of the configuration this area covers.
   *
   * @return their names; of {@code system} only the keys of this area
   */
  public List<String> sections() {
    return sections;
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
   * @return areas whose flag is set to anything but empty and {@code 0}
   */
  public static Set<SyncArea> enabledIn(ConfigTree config) {
    ConfigNode.Fields hasync = config.section("hasync").fields();
    Set<SyncArea> areas = EnumSet.noneOf(SyncArea.class);
    for (SyncArea area : values()) {
      String value = hasync.at(area.flag).text();
      if (!value.isEmpty() && !value.equals("0")) {
        areas.add(area);
      }
    }
    return Collections.unmodifiableSet(areas);
  }
}
