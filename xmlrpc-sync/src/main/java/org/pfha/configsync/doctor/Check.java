package org.pfha.configsync.doctor;

import static org.pfha.configsync.doctor.Severity.ERROR;
import static org.pfha.configsync.doctor.Severity.NOTE;
import static org.pfha.configsync.doctor.Severity.WARNING;

/** The rules, each with why it matters and how to mend what breaks it. Immutable. */
public enum Check {
  // Virtual addresses
  /** Two virtual routers of one id on one segment. */
  VHID_DUPLICATE(
      ERROR,
      "both answer with the same virtual MAC, and the nodes reject each other's adverts",
      "give one of them another VHID, on both nodes"),
  /** A virtual router with the id of a VRRP router on its segment. */
  VHID_VRRP(
      ERROR,
      "VRRP uses the same virtual MAC and protocol number: switches and nodes mix the two up",
      "give the virtual address another VHID, on both nodes"),
  /** A VHID that does not exist. */
  VHID_INVALID(ERROR, "the kernel takes 1 to 255 only", "choose one from 1 to 255"),
  /** A virtual address whose interface has no address of its own there. */
  VIP_NOT_IN_SUBNET(
      ERROR,
      "the node has no address of its own in that subnet to advertise and answer from as BACKUP",
      "give the interface of each node its own address in the virtual address's subnet"),
  /** A virtual address whose mask is not its interface's. */
  VIP_MASK(
      ERROR,
      "routes of two lengths for one subnet: whoever is MASTER reaches other hosts than the BACKUP",
      "give the virtual address the prefix length of its interface"),
  /** An address that two have. */
  ADDRESS_CLASH(
      ERROR,
      "two owners of one address answer ARP at the same time",
      "give each node, and the virtual address, an address of its own"),
  /** A subnet without room for two nodes and a virtual address. */
  SUBNET_TOO_SMALL(
      ERROR,
      "a subnet with CARP needs three addresses: one for each node, one that is shared",
      "use a /29 or larger"),
  /** Nodes whose interfaces are in different subnets. */
  SUBNET_DIFFERS(
      ERROR,
      "nodes in different subnets do not hear each other, and both become MASTER",
      "put both nodes' interfaces into the same subnet, with the same prefix length"),
  /** An interface with virtual addresses whose own address is not fixed. */
  DYNAMIC_ADDRESS(
      ERROR,
      "a lease or prefix belongs to one node: after a failover the other has another one, or none",
      "configure a fixed address of each family, or remove the family or the virtual address"),
  /** A virtual address on a bridged interface. */
  VIP_ON_BRIDGE(
      ERROR,
      "bridging makes a loop of two nodes, or shows one virtual MAC at two ports",
      "take the interface out of the bridge, or the virtual address off it"),
  /** A virtual address on an interface that is not there or not enabled. */
  VIP_INTERFACE_DISABLED(
      ERROR,
      "its virtual routers stay in INIT and demote all others by 240",
      "enable the interface, or remove its virtual addresses"),
  /** An alias on a virtual address that does not exist. */
  ALIAS_PARENT(
      ERROR,
      "it is configured on no node, or on both at once",
      "choose an existing CARP address as its interface"),
  /** Aliases that stand on each other in a circle. */
  ALIAS_CYCLE(
      ERROR,
      "a receiving node recurses without end after it has stored them",
      "let the alias stand on a CARP address"),
  /** A virtual router without password. */
  PASSWORD_MISSING(
      ERROR,
      "anybody on the segment can take the address over",
      "set the same password on both nodes"),
  /** Passwords of one virtual router that differ. */
  PASSWORD_DIFFERS(
      ERROR,
      "the nodes reject each other's adverts, and both become MASTER",
      "set the same password on both nodes"),
  /** A password longer than what is used of it. */
  PASSWORD_TOO_LONG(
      WARNING,
      "ifconfig uses the first 19 bytes only, netlink 20: releases disagree about the rest",
      "choose a password of at most 19 bytes, on both nodes"),
  /** No skew. */
  SKEW_MISSING(
      ERROR,
      "config sync adds 100 to a skew that is there only: without one both nodes advertise alike",
      "set the primary's advskew to 0"),
  /** A secondary that is as good as the primary. */
  SKEW_ORDER(
      ERROR,
      "the node with the lower skew becomes MASTER, and of two equal ones either",
      "give the primary 0, the secondary 100"),
  /** Base intervals that differ. */
  BASE_DIFFERS(
      ERROR,
      "the base counts before the skew: the node with the lower one is always MASTER",
      "set the same advbase on both nodes"),
  /** A virtual router that only one node has. */
  VIP_MISSING(
      ERROR,
      "nobody takes it over when its node dies",
      "configure it on both nodes, or let config sync do it"),
  /** A virtual router with different addresses on the two nodes. */
  ADDRESSES_DIFFER(
      ERROR,
      "the address list is part of the HMAC: the nodes reject each other's adverts, both are MASTER",
      "configure the same addresses and aliases for the VHID on both nodes"),
  /** An address of kind "other" on the secondary only. */
  OTHER_VIP_LOST(
      WARNING,
      "config sync replaces the secondary's virtual addresses, those of kind \"other\" included",
      "configure it on the primary"),
  /** Many virtual routers on one segment. */
  HEARTBEATS(
      WARNING,
      "each of them is an advert a second and an election of its own: some fail over, some do not",
      "keep one CARP address per segment, and stack the others on it as IP aliases"),
  /** A unicast peer whose last octet makes FreeBSD 14 take it for a group. */
  UNICAST_PEER(
      ERROR,
      "FreeBSD 14 sends adverts for peers whose last octet is 224 to 239 to a meaningless MAC",
      "give the peer another address, or use multicast"),

  // The nodes
  /** Nodes of one name. */
  HOSTNAME_SAME(
      WARNING,
      "logs, notifications and certificates do not tell the nodes apart",
      "give each node a name of its own"),
  /** A node named after a state. */
  HOSTNAME_ROLE(
      WARNING,
      "master and backup are states that change with every failover, not names of nodes",
      "name nodes by what does not change, such as fw1 and fw2"),
  /** Configuration revisions that differ. */
  VERSION_DIFFERS(
      ERROR, "config sync refuses to work between different revisions", "upgrade the older node"),
  /** Interfaces that are not assigned alike. */
  INTERFACE_ASSIGNMENT(
      ERROR,
      "rules, addresses and states name interfaces by their internal names: they would be applied"
          + " to another network",
      "assign the same networks in the same order on both nodes"),
  /** Interfaces on different devices. */
  INTERFACE_DEVICE(
      WARNING,
      "states bound to an interface carry its device's name: the other node drops them",
      "use the same devices on both nodes, or a lagg of the same name over them"),
  /** The GUI's certificate is past its end. */
  CERTIFICATE_EXPIRED(
      WARNING, "a verifying peer refuses config sync", "renew the certificate of the web GUI"),
  /** The GUI's certificate is not valid yet. */
  CERTIFICATE_NOT_YET_VALID(
      WARNING,
      "a verifying peer refuses config sync; the clock may be wrong",
      "set the clock, or issue the certificate again"),
  /** The GUI's certificate ends soon. */
  CERTIFICATE_EXPIRES_SOON(
      NOTE, "a verifying peer will refuse config sync then", "renew it in time"),
  /** The GUI's certificate is not there. */
  CERTIFICATE_MISSING(
      ERROR,
      "the web GUI, and with it config sync, does not start with a certificate that is not there",
      "choose an existing certificate for the web GUI"),
  /** The secondary's GUI certificate, which config sync will remove. */
  CERTIFICATE_REPLACED(
      ERROR,
      "config sync replaces the secondary's certificates by the primary's: that of its GUI is gone",
      "import the secondary's GUI certificate on the primary too, or do not synchronise them"),
  /** No time source. */
  CLOCK(
      WARNING,
      "DHCP failover, certificates, schedules and logs need clocks that agree",
      "configure the same time servers on both nodes"),
  /** Time zones that differ. */
  TIMEZONE(
      WARNING,
      "schedules are applied at different times, and logs do not fit together",
      "set the same time zone on both nodes"),
  /** State limits that differ. */
  STATE_LIMIT_DIFFERS(
      WARNING,
      "the node with the lower limit refuses states that the other has",
      "set the same limit on both nodes"),
  /** A state limit below what is expected. */
  STATE_LIMIT_LOW(
      ERROR,
      "new connections are refused when the table is full, and imports fail",
      "raise the limit above the expected number, on both nodes"),
  /** Maintenance mode left on. */
  MAINTENANCE(
      WARNING,
      "the node advertises a skew of 254: it will not become MASTER while the other lives",
      "leave maintenance mode when the work is done"),
  /** A demotion that outlives restarts. */
  DEMOTION(
      WARNING,
      "a demoted node does not take over as configured",
      "remove the tunable; a demotion is for a moment"),
  /** CARP switched off. */
  CARP_DISABLED(ERROR, "every virtual router stays in INIT", "set net.inet.carp.allow to 1"),
  /** Preemption switched off. */
  PREEMPT_OFF(
      WARNING,
      "one interface fails over and the others stay: traffic goes out of one node and back to the"
          + " other",
      "set net.inet.carp.preempt to 1 on both nodes"),
  /** A management service on a virtual address. */
  MANAGEMENT_IS_VIP(
      WARNING,
      "the BACKUP cannot be reached or heard at that address, when it matters most",
      "bind management to the node's own address"),

  // pfsync and config sync
  /** State synchronisation is off. */
  PFSYNC_OFF(
      ERROR,
      "every connection is lost at a failover",
      "enable state synchronisation on both nodes"),
  /** State synchronisation over an interface that is not there. */
  PFSYNC_INTERFACE(
      ERROR,
      "every connection is lost at a failover",
      "choose the sync interface, enabled, on both"),
  /** A peer that is not the other node. */
  PFSYNC_PEER(
      ERROR,
      "states go to nobody, or to another host",
      "set the peer to the other node's address on the sync interface"),
  /** One host id for both nodes. */
  PFSYNC_HOST_ID(
      ERROR,
      "states of both nodes have the same creator: clearing one's clears the other's",
      "give each node a host id of its own, or none"),
  /** Releases that speak different formats. */
  PFSYNC_FORMAT(
      ERROR,
      "an older release drops the states of a newer one",
      "choose the older format on both nodes"),
  /** A sync interface that does something else. */
  SYNC_SHARED(
      WARNING,
      "anybody on that segment can forge states, and load there loses them",
      "give synchronisation an interface, or at least a VLAN, of its own"),
  /** A gateway on the sync interface. */
  SYNC_GATEWAY(
      ERROR,
      "with a gateway it is a WAN: replies and outbound NAT go there",
      "remove the gateway from the sync interface"),
  /** A sync network that overlaps another one. */
  SYNC_OVERLAP(
      ERROR,
      "sync traffic leaves by the wrong interface",
      "choose a network for synchronisation that is used nowhere else"),
  /** A sync network of unusual size. */
  SYNC_MASK(
      WARNING,
      "two nodes need a /30; beyond a /24 it is a mistake, or somebody else's network",
      "use a /30 to /24"),
  /** Sync addresses that do not reach each other. */
  SYNC_SUBNET(
      ERROR,
      "neither states nor configuration reach the other node",
      "put both sync interfaces into one subnet"),
  /** No rule passes pfsync. */
  RULE_PFSYNC(
      ERROR,
      "pf drops what the other node sends: every connection is lost at a failover",
      "add a rule on the sync interface that passes protocol pfsync from its network"),
  /** No rule passes the GUI's port. */
  RULE_GUI(
      ERROR,
      "config sync cannot reach the secondary",
      "add a rule on the sync interface that passes TCP to this firewall's GUI port"),
  /** The primary synchronises nothing. */
  TARGET_MISSING(
      WARNING,
      "the secondary keeps old rules, and applies them when it takes over",
      "set the config sync target on the primary"),
  /** The secondary has a target. */
  TARGET_ON_SECONDARY(
      ERROR,
      "the secondary overwrites the primary, or both go round in circles",
      "remove the config sync target from the secondary"),
  /** A target that is not the other node. */
  TARGET_WRONG(
      ERROR,
      "the configuration goes to nobody, or to another host",
      "set the target to the other node's own address on the sync interface"),
  /** A target that is a virtual address. */
  TARGET_IS_VIP(
      ERROR,
      "the MASTER answers there: the primary sends its configuration to itself",
      "set the target to the other node's own address on the sync interface"),
  /** No area is chosen. */
  AREAS_NONE(WARNING, "config sync has nothing to do", "choose what is to be synchronised"),
  /** GUI ports that differ. */
  GUI_PORT(
      ERROR,
      "the primary calls the secondary at its own port: it does not answer there",
      "set the same GUI port on both nodes"),
  /** GUI protocols that differ. */
  GUI_PROTOCOL(
      ERROR,
      "the primary calls the secondary by its own protocol",
      "set the same GUI protocol on both nodes"),
  /** Config sync in the clear. */
  GUI_PLAIN(
      WARNING,
      "passwords and the whole configuration cross the sync network in the clear",
      "use HTTPS for the web GUI on both nodes"),
  /** An account that does not exist. */
  ACCOUNT_MISSING(ERROR, "the secondary refuses config sync", "create the account on both nodes"),
  /** An account that may not. */
  ACCOUNT_PRIVILEGE(
      ERROR,
      "the secondary refuses config sync: membership in admins is not enough",
      "give the account itself the privilege for config sync"),
  /** An account that is switched off. */
  ACCOUNT_DISABLED(ERROR, "the secondary refuses config sync", "enable the account on both nodes"),
  /** No password for config sync. */
  ACCOUNT_PASSWORD(
      ERROR, "the secondary refuses config sync", "set the password of the sync account"),
  /** An account that config sync will lock out. */
  ACCOUNT_LOCKOUT(
      WARNING,
      "users are synchronised and the account's password differs: after one sync it is refused",
      "set the same password on both nodes"),
  /** A number without which users cannot be sent. */
  NEXT_UID(
      ERROR,
      "without nextuid and nextgid the whole call cannot be encoded, and nothing is synchronised",
      "save a user and a group on the primary, which sets them"),

  // Services
  /** Outbound NAT to an address of one node. */
  NAT_NOT_VIP(
      ERROR,
      "connections have the address of the node that died, and break",
      "translate to the CARP address of the WAN, by manual or hybrid outbound NAT rules"),
  /** DHCP clients get one node as gateway. */
  DHCP_GATEWAY(
      ERROR, "clients lose their gateway with the node", "hand out the CARP address as gateway"),
  /** DHCP clients get one node as DNS server. */
  DHCP_DNS(
      ERROR,
      "clients lose their DNS server with the node",
      "hand out the CARP address as DNS server"),
  /** Two DHCP servers that know nothing of each other. */
  DHCP_FAILOVER(
      ERROR,
      "both nodes lease the same addresses to different clients",
      "set up DHCP failover (Kea: high availability), or split the pool"),
  /** A failover peer that is not the other node. */
  DHCP_PEER(
      ERROR,
      "the DHCP servers do not find each other, and lease nothing new",
      "set the failover peer to the other node's own address on that interface"),
  /** A resolver that does not listen at the virtual address. */
  DNS_NOT_VIP(
      WARNING,
      "clients that ask the CARP address get no answer",
      "let the resolver listen on all interfaces, or on the CARP address too"),
  /** IPsec bound to one node. */
  IPSEC_NOT_VIP(
      ERROR,
      "the tunnel does not move with the addresses, and the remote end knows one node only",
      "choose the CARP address as the tunnel's interface"),
  /** OpenVPN bound to one node. */
  OPENVPN_NOT_VIP(
      ERROR,
      "it does not move with the addresses: both nodes run it, or the wrong one does",
      "choose the CARP address as its interface"),
  /** A gateway group that names one node. */
  GATEWAY_GROUP_NOT_VIP(
      WARNING,
      "what is bound to the group uses the node's own address, and does not move",
      "choose the CARP address for that gateway in the group"),
  /** Policy routing that catches local traffic. */
  POLICY_ROUTING(
      ERROR,
      "traffic to other local networks, to the CARP addresses and to the other node leaves by a WAN",
      "put a rule above it that passes to local networks with the default gateway"),

  // Live status
  /** A virtual router on an interface without link. */
  LIVE_NO_LINK(
      ERROR,
      "it demotes every virtual router of the node by 240",
      "connect the cable, or remove the virtual addresses from that interface"),
  /** A node that is demoted right now. */
  LIVE_DEMOTION(
      WARNING,
      "a demoted node does not take over as configured",
      "find out what demoted it, and take that back"),
  /** A node in maintenance right now. */
  LIVE_MAINTENANCE(
      WARNING,
      "the node will not become MASTER while the other lives",
      "leave maintenance when the work is done"),
  /** Both nodes are MASTER. */
  LIVE_TWO_MASTERS(
      ERROR,
      "both answer for the address: connections break at random",
      "see whether adverts pass between the nodes: switch, VLAN, password, address list"),
  /** No node is MASTER. */
  LIVE_NO_MASTER(
      ERROR, "nobody answers for the address", "see why: the explanation of each node tells"),
  /** Nodes share the work when one of them should have all of it. */
  LIVE_SPLIT_ROLES(
      WARNING,
      "traffic comes in by one node and leaves by the other",
      "see why one virtual router did not follow the others; preemption has to be on"),
  /** A running node that does not believe what it hears. */
  LIVE_DIAGNOSIS(
      ERROR,
      "the running node says that something is wrong on its segment",
      "do what its explanation says"),
  /** The state table is nearly full. */
  LIVE_STATES(
      WARNING,
      "new connections and imports fail when it is full",
      "raise the state limit on both nodes"),
  /** States of the peer are missing. */
  LIVE_BULK(
      WARNING,
      "until the bulk transfer is complete a failover loses connections",
      "wait; if it stays so, see whether pfsync passes between the nodes"),
  /** Clocks that differ. */
  LIVE_CLOCKS(
      WARNING,
      "DHCP failover, certificates, schedules and logs need clocks that agree",
      "configure the same time servers on both nodes");

  private final Severity severity;
  private final String why;
  private final String mend;

  Check(Severity severity, String why, String mend) {
    this.severity = severity;
    this.why = why;
    this.mend = mend;
  }

  /**
   * How bad it is to break the rule.
   *
   * @return of every finding
   */
  public Severity severity() {
    return severity;
  }

  /**
   * Why it breaks failover.
   *
   * @return for people
   */
  public String why() {
    return why;
  }

  /**
   * What to do.
   *
   * @return for people
   */
  public String mend() {
    return mend;
  }
}
