package org.pfha.carp.engine;

/**
 * One test of the receive path. A profile is an order of them, because the first that fails is what
 * is counted (spec carp 6).
 */
enum ReceiveStep {
  /** There is a virtual router on this link at all. */
  INTERFACE,
  /** The same, but asked only for IPv6. */
  INTERFACE_OF_IPV6,
  /** The source is none of the link's own addresses. */
  FOREIGN_SOURCE,
  /** TTL or hop limit is 255. */
  TTL,
  /** The same, but not asked of a virtual router with unicast peers. */
  TTL_OF_GROUP,
  /** The same, with FreeBSD 14's mistake about which IPv4 addresses are groups. */
  TTL_OF_FREEBSD_14,
  /** At least 36 bytes. */
  LENGTH,
  /** The same, and a VRRPv3 advert is named by its version. */
  LENGTH_OR_VRRP,
  /** FreeBSD 15: 8 bytes, version 2 or 3, then 36 bytes of version 2. */
  LENGTH_BY_VERSION,
  /** The sum over 36 bytes. */
  CHECKSUM,
  /** FreeBSD 15: IPv4 up to the end; not yet of VRRP. */
  CHECKSUM_TO_THE_END,
  /** The vhid is configured, with an address of the family. */
  VHID,
  /** The same, after FreeBSD's guard against looped packets of vhid 0. */
  VHID_OR_LOOP,
  /** The same, and OpenBSD wants unicast where it has a unicast peer. */
  VHID_OF_PEER,
  /** Version 2. */
  VERSION,
  /** HMAC. */
  HMAC,
  /** OpenBSD: not the own counter. */
  COOKIE,
  /** An advertisement. */
  TYPE,
  /** Sent to the group or to this host, as configured. */
  DESTINATION,
  /** In strict mode: nothing odd. */
  STRICT,
  /** Not the own last advert coming back. */
  ECHO;

  private static final ReceiveStep[] FREEBSD_13 = {
    INTERFACE_OF_IPV6, TTL, LENGTH, CHECKSUM, VHID_OR_LOOP, VERSION, HMAC
  };
  private static final ReceiveStep[] FREEBSD_14 = {
    INTERFACE_OF_IPV6, LENGTH, CHECKSUM, VHID_OR_LOOP, VERSION, TTL_OF_FREEBSD_14, HMAC
  };
  private static final ReceiveStep[] FREEBSD_15 = {
    INTERFACE_OF_IPV6,
    LENGTH_BY_VERSION,
    CHECKSUM_TO_THE_END,
    VHID_OR_LOOP,
    VERSION,
    TTL_OF_GROUP,
    HMAC
  };
  private static final ReceiveStep[] OPENBSD = {
    INTERFACE, TTL, LENGTH, CHECKSUM, VHID_OF_PEER, VERSION, HMAC, COOKIE
  };
  private static final ReceiveStep[] UCARP = {
    FOREIGN_SOURCE, LENGTH, TTL, VERSION, VHID, DESTINATION, CHECKSUM, HMAC
  };
  // FreeBSD 13's, then the tests no kernel makes, so that a packet with several faults is counted
  // as the kernel would
  private static final ReceiveStep[] PFHA = {
    INTERFACE_OF_IPV6,
    TTL_OF_GROUP,
    LENGTH_OR_VRRP,
    CHECKSUM,
    VHID,
    VERSION,
    HMAC,
    TYPE,
    DESTINATION,
    STRICT,
    ECHO
  };

  /** The order of a profile; not to be changed. */
  static ReceiveStep[] of(CarpProfile profile) {
    return switch (profile) {
      case FREEBSD_13 -> FREEBSD_13;
      case FREEBSD_14 -> FREEBSD_14;
      case FREEBSD_15 -> FREEBSD_15;
      case OPENBSD -> OPENBSD;
      case UCARP -> UCARP;
      case PFHA, PFHA_SUBSECOND -> PFHA;
    };
  }
}
