package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.Plant.FW1;
import static org.pfha.configsync.doctor.Plant.plant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Mistakes in the configurations of a pair. */
final class ConfigPlants {

  private ConfigPlants() {}

  static List<Plant> all() {
    return Stream.of(addresses(), nodes(), sync(), services()).flatMap(List::stream).toList();
  }

  private static final String LAN_VIP = "<subnet>10.20.0.1</subnet>\n\t\t</vip>";

  private static String vip(String nic, int vhid, String skew, String bits, String address) {
    return ("<vip><mode>carp</mode><interface>%s</interface><vhid>%d</vhid><advskew>%s</advskew>"
            + "<advbase>1</advbase><password>p</password><uniqid>x%d%s</uniqid>"
            + "<subnet_bits>%s</subnet_bits><subnet>%s</subnet></vip>")
        .formatted(nic, vhid, skew, vhid, nic, bits, address);
  }

  private static List<Plant> addresses() {
    List<Plant> plants = new ArrayList<>();
    plants.add(
        plant(Check.VHID_DUPLICATE, Side.BOTH, "21 twice on the LAN")
            .a(LAN_VIP, LAN_VIP + vip("lan", 21, "0", "24", "10.20.0.5"))
            .b(LAN_VIP, LAN_VIP + vip("lan", 21, "100", "24", "10.20.0.5")));
    plants.add(
        plant(Check.VHID_VRRP, Side.BOTH, "the provider's VRRP")
            .with(doctor -> doctor.withVrrp("wan", 11).withVrrp("wan", 12).withVrrp("lan", 11)));
    plants.add(
        plant(Check.VHID_VRRP, Side.BOTH, "a reserved address for a virtual MAC")
            .both("02:00:00:00:01:10", "00:00:5e:00:01:15"));
    plants.add(
        plant(Check.VHID_INVALID, Side.BOTH, "vhid 300")
            .both("<vhid>31</vhid>", "<vhid>300</vhid>"));
    plants.add(
        plant(Check.VIP_NOT_IN_SUBNET, Side.BOTH, "another network")
            .both("<subnet>203.0.113.1</subnet>", "<subnet>192.0.2.1</subnet>")
            .both("<target>203.0.113.1</target>", "<target>192.0.2.1</target>")
            .both("|203.0.113.1<", "|192.0.2.1<"));
    plants.add(
        plant(Check.VIP_NOT_IN_SUBNET, Side.BOTH, "no IPv6 on the DMZ")
            .a(LAN_VIP, LAN_VIP + vip("opt2", 32, "0", "64", "2001:db8:30::1"))
            .b(LAN_VIP, LAN_VIP + vip("opt2", 32, "100", "64", "2001:db8:30::1")));
    plants.add(
        plant(Check.VIP_MASK, Side.A, "a /32")
            .a(
                "<subnet_bits>24</subnet_bits>\n\t\t\t<subnet>10.30.0.1",
                "<subnet_bits>32</subnet_bits>\n\t\t\t<subnet>10.30.0.1"));
    plants.add(
        plant(Check.ADDRESS_CLASH, Side.BOTH, "both nodes have one address")
            .b("<ipaddr>10.30.0.3</ipaddr>", "<ipaddr>10.30.0.2</ipaddr>"));
    plants.add(
        plant(Check.ADDRESS_CLASH, Side.BOTH, "the virtual address is the primary's own")
            .both("<subnet>10.30.0.1</subnet>", "<subnet>10.30.0.2</subnet>"));
    plants.add(
        plant(Check.SUBNET_TOO_SMALL, Side.BOTH, "a /30 on WAN2")
            .both("<subnet>28</subnet>", "<subnet>30</subnet>")
            .both("<subnet_bits>28</subnet_bits>", "<subnet_bits>30</subnet_bits>"));
    plants.add(
        plant(Check.SUBNET_DIFFERS, Side.BOTH, "the DMZ is a /24 and a /25")
            .b(
                "<ipaddr>10.30.0.3</ipaddr>\n\t\t\t<subnet>24",
                "<ipaddr>10.30.0.3</ipaddr>\n\t\t\t<subnet>25")
            .b(
                "<subnet_bits>24</subnet_bits>\n\t\t\t<subnet>10.30.0.1",
                "<subnet_bits>25</subnet_bits>\n\t\t\t<subnet>10.30.0.1"));
    for (String kind : List.of("dhcp6", "track6", "slaac")) {
      plants.add(
          plant(Check.DYNAMIC_ADDRESS, Side.A, kind + " on the DMZ")
              .a(
                  "<ipaddr>10.30.0.2</ipaddr>",
                  "<ipaddr>10.30.0.2</ipaddr><ipaddrv6>%s</ipaddrv6>".formatted(kind)));
    }
    plants.add(
        plant(Check.DYNAMIC_ADDRESS, Side.BOTH, "dhcp on WAN2")
            .a("<ipaddr>203.0.113.2</ipaddr>", "<ipaddr>dhcp</ipaddr>")
            .b("<ipaddr>203.0.113.3</ipaddr>", "<ipaddr>dhcp</ipaddr>"));
    plants.add(
        plant(Check.VIP_ON_BRIDGE, Side.A, "the DMZ is bridged")
            .a(
                "<dhcpbackend>",
                "<bridges><bridged><members>opt2,opt9</members><bridgeif>bridge0</bridgeif>"
                    + "</bridged></bridges><dhcpbackend>"));
    plants.add(
        plant(Check.VIP_INTERFACE_DISABLED, Side.B, "the DMZ is off")
            .b("<opt2>\n\t\t\t<enable></enable>", "<opt2>"));
    plants.add(
        plant(Check.ALIAS_PARENT, Side.BOTH, "it stands on nothing")
            .both("<descr><![CDATA[mail, on", "<vhid></vhid><descr><![CDATA[mail, on")
            .both(
                "<interface>_vip65b00000000a1</interface>\n\t\t\t<uniqid>65b00000000a6",
                "<interface>_vipgone</interface>\n\t\t\t<uniqid>65b00000000a6"));
    plants.add(
        plant(Check.ALIAS_CYCLE, Side.BOTH, "two aliases")
            .both(
                LAN_VIP,
                LAN_VIP
                    + "<vip><mode>ipalias</mode><interface>_vipc2</interface><uniqid>c1</uniqid>"
                    + "<subnet>10.20.0.7</subnet><subnet_bits>24</subnet_bits></vip>"
                    + "<vip><mode>ipalias</mode><interface>_vipc1</interface><uniqid>c2</uniqid>"
                    + "<subnet>10.20.0.8</subnet><subnet_bits>24</subnet_bits></vip>"));
    plants.add(
        plant(Check.PASSWORD_MISSING, Side.A, "on the primary")
            .a("<password><![CDATA[sample-dmz]]></password>", "<password></password>"));
    plants.add(
        plant(Check.PASSWORD_DIFFERS, Side.BOTH, "on the DMZ").b("sample-dmz", "other-secret"));
    plants.add(
        plant(Check.PASSWORD_TOO_LONG, Side.BOTH, "20 bytes")
            .both("sample-dmz", "12345678901234567890"));
    plants.add(
        plant(Check.SKEW_MISSING, Side.A, "on the DMZ")
            .a(
                "<vhid>31</vhid>\n\t\t\t<advskew>0</advskew>",
                "<vhid>31</vhid>\n\t\t\t<advskew></advskew>"));
    plants.add(
        plant(Check.SKEW_ORDER, Side.BOTH, "equal")
            .b("<vhid>31</vhid>\n\t\t\t<advskew>100<", "<vhid>31</vhid>\n\t\t\t<advskew>0<"));
    plants.add(
        plant(Check.BASE_DIFFERS, Side.BOTH, "2 on the secondary")
            .b(
                "<vhid>31</vhid>\n\t\t\t<advskew>100</advskew>\n\t\t\t<advbase>1",
                "<vhid>31</vhid>\n\t\t\t<advskew>100</advskew>\n\t\t\t<advbase>2"));
    plants.add(
        plant(Check.VIP_MISSING, Side.B, "one more on the primary")
            .a(LAN_VIP, LAN_VIP + vip("lan", 23, "0", "24", "10.20.0.9")));
    plants.add(
        plant(Check.VIP_MISSING, Side.A, "one more on the secondary")
            .b(LAN_VIP, LAN_VIP + vip("lan", 23, "100", "24", "10.20.0.9")));
    plants.add(
        plant(Check.ADDRESSES_DIFFER, Side.BOTH, "another alias")
            .b("<subnet>198.51.100.4</subnet>", "<subnet>198.51.100.5</subnet>")
            .b("<target>198.51.100.4</target>", "<target>198.51.100.1</target>"));
    plants.add(
        plant(Check.OTHER_VIP_LOST, Side.B, "an address of kind other")
            .b(
                LAN_VIP,
                LAN_VIP
                    + "<vip><mode>other</mode><interface>wan</interface><uniqid>o</uniqid>"
                    + "<subnet>192.0.2.64</subnet><subnet_bits>28</subnet_bits></vip>"));
    plants.add(
        plant(Check.HEARTBEATS, Side.BOTH, "nine on the LAN")
            .a(LAN_VIP, LAN_VIP + many("0"))
            .b(LAN_VIP, LAN_VIP + many("100")));
    plants.add(
        plant(Check.UNICAST_PEER, Side.A, "a peer ending in 231")
            .a(
                "<vhid>31</vhid>",
                "<vhid>31</vhid><carp_mode>ucast</carp_mode><carp_peer>10.30.0.231</carp_peer>"));
    return plants;
  }

  private static String many(String skew) {
    return IntStream.range(100, 107)
        .mapToObj(i -> vip("lan", i, skew, "24", "10.20.0." + i))
        .collect(Collectors.joining());
  }

  private static List<Plant> nodes() {
    return List.of(
        plant(Check.HOSTNAME_SAME, Side.BOTH, "fw1 twice").b("<hostname>fw2<", "<hostname>fw1<"),
        plant(Check.HOSTNAME_ROLE, Side.A, "named master")
            .a("<hostname>fw1<", "<hostname>fw-master<"),
        plant(Check.HOSTNAME_ROLE, Side.B, "named backup")
            .b("<hostname>fw2<", "<hostname>Backup2<"),
        plant(Check.VERSION_DIFFERS, Side.BOTH, "an older secondary")
            .b("<version>24.5<", "<version>23.3<"),
        plant(Check.INTERFACE_ASSIGNMENT, Side.BOTH, "opt3 is something else")
            .b(
                "<![CDATA[WAN2]]></descr>\n\t\t\t<ipaddr>",
                "<![CDATA[GUESTS]]></descr>\n\t\t\t<ipaddr>"),
        plant(Check.INTERFACE_ASSIGNMENT, Side.B, "one more on the primary")
            .a("</opt3>", "</opt3><opt4><if>igb4</if><descr>GUESTS</descr></opt4>"),
        plant(Check.INTERFACE_ASSIGNMENT, Side.A, "one more on the secondary")
            .b("</opt3>", "</opt3><opt4><if>igb4</if><descr>GUESTS</descr></opt4>"),
        plant(Check.INTERFACE_DEVICE, Side.BOTH, "another card").b("<if>igb3</if>", "<if>ix0</if>"),
        plant(Check.CERTIFICATE_EXPIRED, Side.BOTH, "in 2050")
            .with(doctor -> doctor.at(Instant.parse("2050-01-01T00:00:00Z"))),
        plant(Check.CERTIFICATE_NOT_YET_VALID, Side.BOTH, "in 2020")
            .with(doctor -> doctor.at(Instant.parse("2020-01-01T00:00:00Z"))),
        plant(Check.CERTIFICATE_EXPIRES_SOON, Side.BOTH, "in December 2045")
            .with(doctor -> doctor.at(Instant.parse("2045-12-15T00:00:00Z"))),
        plant(Check.CERTIFICATE_MISSING, Side.B, "a reference to nothing")
            .b("<ssl-certref>65b0000000002<", "<ssl-certref>65b0000000009<"),
        plant(Check.CERTIFICATE_MISSING, Side.A, "not a certificate")
            .a(FW1.replaceAll("(?s).*fw1]]></descr>\n\t\t<crt>([^<]+)<.*", "$1"), "aW52ZW50ZWQ="),
        plant(Check.CERTIFICATE_REPLACED, Side.B, "the primary lacks it")
            .a("<refid>65b0000000002<", "<refid>65b0000000003<"),
        plant(Check.CLOCK, Side.B, "no time servers")
            .b("<timeservers>0.pool.ntp.example.test 1.pool.ntp.example.test<", "<timeservers><"),
        plant(Check.TIMEZONE, Side.BOTH, "another zone")
            .b("<timezone>Europe/Paris<", "<timezone>Etc/UTC<"),
        plant(Check.STATE_LIMIT_DIFFERS, Side.BOTH, "less on the secondary")
            .b("<maximumstates>1000000<", "<maximumstates>900000<"),
        plant(Check.STATE_LIMIT_LOW, Side.BOTH, "two million expected")
            .with(doctor -> doctor.expecting(2_000_000)),
        plant(Check.MAINTENANCE, Side.A, "left on")
            .a(
                "<dhcpbackend>",
                "<virtualip_carp_maintenancemode></virtualip_carp_maintenancemode><dhcpbackend>"),
        plant(Check.DEMOTION, Side.B, "a tunable")
            .b(
                "<tunable>net.inet.ip.redirect</tunable>\n\t\t\t<value>0<",
                "<tunable>net.inet.carp.demotion</tunable>\n\t\t\t<value>240<"),
        plant(Check.CARP_DISABLED, Side.B, "a tunable")
            .b("net.inet.ip.redirect", "net.inet.carp.allow"),
        plant(Check.PREEMPT_OFF, Side.A, "a tunable")
            .a("net.inet.ip.redirect", "net.inet.carp.preempt"),
        plant(Check.MANAGEMENT_IS_VIP, Side.BOTH, "SNMP at the shared address")
            .both("<bindip>lan<", "<bindip>_vip65b00000000a2<"),
        plant(Check.MANAGEMENT_IS_VIP, Side.A, "logs from the shared address")
            .a("<sourceip>lan<", "<sourceip>10.20.0.1<"));
  }

  private static List<Plant> sync() {
    return List.of(
        plant(Check.PFSYNC_OFF, Side.B, "on the secondary")
            .b("<pfsyncenabled>on</pfsyncenabled>", ""),
        plant(Check.PFSYNC_INTERFACE, Side.B, "an interface that is not there")
            .b("<pfsyncinterface>opt1<", "<pfsyncinterface>opt7<"),
        plant(Check.PFSYNC_PEER, Side.A, "itself")
            .a("<pfsyncpeerip>172.31.255.2<", "<pfsyncpeerip>172.31.255.1<"),
        plant(Check.PFSYNC_PEER, Side.B, "a third host")
            .b("<pfsyncpeerip>172.31.255.1<", "<pfsyncpeerip>172.31.255.9<"),
        plant(Check.PFSYNC_HOST_ID, Side.BOTH, "the same").b("<pfhostid>2<", "<pfhostid>1<"),
        plant(Check.PFSYNC_FORMAT, Side.BOTH, "an older one on one node")
            .a(
                "<pfhostid>1</pfhostid>",
                "<pfhostid>1</pfhostid><pfsyncversion>1400</pfsyncversion>")
            .b(
                "<pfhostid>2</pfhostid>",
                "<pfhostid>2</pfhostid><pfsyncversion>1301</pfsyncversion>"),
        plant(Check.SYNC_SHARED, Side.BOTH, "a virtual address there")
            .a("<subnet>30</subnet>", "<subnet>29</subnet>")
            .b("<subnet>30</subnet>", "<subnet>29</subnet>")
            .a(LAN_VIP, LAN_VIP + vip("opt1", 41, "0", "29", "172.31.255.3"))
            .b(LAN_VIP, LAN_VIP + vip("opt1", 41, "100", "29", "172.31.255.3")),
        plant(Check.SYNC_GATEWAY, Side.A, "on the primary")
            .a(
                "<ipaddr>172.31.255.1</ipaddr>",
                "<ipaddr>172.31.255.1</ipaddr><gateway>X</gateway>"),
        plant(Check.SYNC_OVERLAP, Side.B, "another interface in the same network")
            .both("</opt3>", "</opt3><opt4><if>igb4</if><descr>TEST</descr></opt4>")
            .b(
                "<descr>TEST</descr>",
                "<descr>TEST</descr><ipaddr>172.31.255.100</ipaddr><subnet>24</subnet>"),
        plant(Check.SYNC_MASK, Side.BOTH, "a /16")
            .both("<subnet>30</subnet>", "<subnet>16</subnet>"),
        plant(Check.SYNC_SUBNET, Side.BOTH, "another network")
            .b("<ipaddr>172.31.255.2<", "<ipaddr>172.31.254.2<")
            .a("<pfsyncpeerip>172.31.255.2<", "<pfsyncpeerip>172.31.254.2<")
            .a("<synchronizetoip>172.31.255.2<", "<synchronizetoip>172.31.254.2<")
            .both("<network>opt1</network>\n\t\t\t</source>", "<any></any>\n\t\t\t</source>"),
        plant(Check.RULE_PFSYNC, Side.B, "blocked on the secondary")
            .b(
                "<tracker>1700000101</tracker>\n\t\t\t<type>pass<",
                "<tracker>1700000101</tracker>\n\t\t\t<type>block<"),
        plant(Check.RULE_PFSYNC, Side.BOTH, "disabled")
            .both(
                "<tracker>1700000101</tracker>",
                "<tracker>1700000101</tracker><disabled></disabled>"),
        plant(Check.RULE_GUI, Side.BOTH, "another port")
            .both(
                "<port>443</port>\n\t\t\t</destination>", "<port>22</port>\n\t\t\t</destination>"),
        plant(Check.RULE_GUI, Side.BOTH, "a port that is none")
            .both("<port>443</port>\n\t\t\t<ssl", "<port>wan</port>\n\t\t\t<ssl")
            .both(
                "<port>443</port>\n\t\t\t</destination>",
                "<port>400-500</port>\n\t\t\t</destination>"),
        plant(Check.TARGET_MISSING, Side.A, "none on the primary")
            .a("<synchronizetoip>172.31.255.2<", "<synchronizetoip><"),
        plant(Check.TARGET_ON_SECONDARY, Side.B, "back to the primary")
            .b(
                "<pfhostid>2</pfhostid>",
                "<pfhostid>2</pfhostid><synchronizetoip>172.31.255.1</synchronizetoip>"),
        plant(Check.TARGET_WRONG, Side.A, "a third host")
            .a("<synchronizetoip>172.31.255.2<", "<synchronizetoip>10.20.0.77<"),
        plant(Check.TARGET_IS_VIP, Side.A, "the shared address")
            .a("<synchronizetoip>172.31.255.2<", "<synchronizetoip>10.20.0.1<"),
        plant(Check.AREAS_NONE, Side.A, "no flag set")
            .a(
                FW1.replaceAll("(?s).*(<synchronizeusers>.*</synchronizednsforwarder>).*", "$1"),
                ""),
        plant(Check.GUI_PORT, Side.BOTH, "8443 on the secondary")
            .b("<port>443</port>\n\t\t\t<ssl", "<port>8443</port>\n\t\t\t<ssl")
            .b("<port>443</port>\n\t\t\t</destination>", "<port>8443</port>\n\t\t\t</destination>"),
        plant(Check.GUI_PLAIN, Side.BOTH, "on both nodes")
            .both("<protocol>https<", "<protocol>http<"),
        plant(Check.ACCOUNT_MISSING, Side.B, "not on the secondary")
            .b("<name>hasync</name>", "<name>other</name>"),
        plant(Check.ACCOUNT_PRIVILEGE, Side.B, "not on the secondary")
            .b("<priv>system-xmlrpc-ha-sync</priv>", ""),
        plant(Check.ACCOUNT_DISABLED, Side.B, "on the secondary")
            .b("<name>hasync</name>", "<name>hasync</name><disabled></disabled>"),
        plant(Check.ACCOUNT_PASSWORD, Side.A, "empty")
            .a("<password><![CDATA[sample-sync-password]]></password>", "<password></password>"),
        plant(Check.ACCOUNT_LOCKOUT, Side.BOTH, "another hash")
            .b("inventedinventedinventedS", "inventedinventedinventedT"),
        plant(Check.NEXT_UID, Side.A, "missing").a("<nextuid>2001</nextuid>", ""));
  }

  private static List<Plant> services() {
    return List.of(
        plant(Check.NAT_NOT_VIP, Side.BOTH, "automatic").both("<mode>hybrid<", "<mode>automatic<"),
        plant(Check.NAT_NOT_VIP, Side.BOTH, "the interface's address")
            .both("<target>198.51.100.4<", "<target><"),
        plant(Check.NAT_NOT_VIP, Side.BOTH, "the primary's address")
            .both("<target>198.51.100.4<", "<target>198.51.100.2<"),
        plant(Check.NAT_NOT_VIP, Side.BOTH, "no rule on WAN2")
            .both(
                "<interface>opt3</interface>\n\t\t\t\t<target>",
                "<interface>opt3</interface>\n\t\t\t\t<disabled></disabled><target>"),
        plant(Check.DHCP_GATEWAY, Side.BOTH, "empty")
            .both("<gateway>10.20.0.1</gateway>", "<gateway></gateway>"),
        plant(Check.DHCP_GATEWAY, Side.A, "the primary's own")
            .a("<gateway>10.20.0.1</gateway>", "<gateway>10.20.0.2</gateway>"),
        plant(Check.DHCP_DNS, Side.BOTH, "empty").both("<dnsserver>10.20.0.1</dnsserver>", ""),
        plant(Check.DHCP_DNS, Side.A, "the secondary's own beside it")
            .a(
                "<dnsserver>10.20.0.1</dnsserver>",
                "<dnsserver>10.20.0.1</dnsserver><dnsserver>10.20.0.3</dnsserver>"),
        plant(Check.DHCP_FAILOVER, Side.BOTH, "no peer")
            .a("<failover_peerip>10.20.0.3</failover_peerip>", "")
            .b("<failover_peerip>10.20.0.2</failover_peerip>", ""),
        plant(Check.DHCP_FAILOVER, Side.BOTH, "Kea without high availability")
            .both("<dhcpbackend>isc<", "<dhcpbackend>kea<"),
        plant(Check.DHCP_PEER, Side.A, "itself")
            .a("<failover_peerip>10.20.0.3<", "<failover_peerip>10.20.0.2<"),
        plant(Check.DNS_NOT_VIP, Side.BOTH, "the LAN's own address only")
            .both("lan,_vip65b00000000a2,", "lan,"),
        plant(Check.IPSEC_NOT_VIP, Side.BOTH, "bound to the WAN")
            .both(
                "<iketype>ikev2</iketype>\n\t\t\t<interface>_vip65b00000000a1<",
                "<iketype>ikev2</iketype>\n\t\t\t<interface>wan<"),
        plant(Check.OPENVPN_NOT_VIP, Side.BOTH, "bound to the WAN")
            .both(
                "<protocol>UDP4</protocol>\n\t\t\t<interface>_vip65b00000000a1<",
                "<protocol>UDP4</protocol>\n\t\t\t<interface>wan<"),
        plant(Check.OPENVPN_NOT_VIP, Side.BOTH, "a client on any")
            .both(
                "<protocol>UDP4</protocol>\n\t\t\t<interface>Failover<",
                "<protocol>UDP4</protocol>\n\t\t\t<interface>any<"),
        plant(Check.GATEWAY_GROUP_NOT_VIP, Side.BOTH, "the interface's address")
            .both("WAN2GW|2|203.0.113.1<", "WAN2GW|2|address<"),
        plant(Check.POLICY_ROUTING, Side.BOTH, "no rule for local networks")
            .both(
                "<tracker>1700000201</tracker>",
                "<tracker>1700000201</tracker><disabled></disabled>"),
        plant(Check.POLICY_ROUTING, Side.A, "the DMZ reaches the LAN by a WAN")
            .a(
                "<tracker>1700000302</tracker>",
                "<tracker>1700000302</tracker><disabled></disabled>"));
  }
}
