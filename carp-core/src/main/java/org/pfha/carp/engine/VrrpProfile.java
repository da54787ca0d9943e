package org.pfha.carp.engine;

/** Whose rules a VRRPv3 virtual router follows (spec carp 14). Immutable. */
public enum VrrpProfile {
  /** The standard; another list of addresses is noted and accepted. */
  RFC_9568,
  /**
   * keepalived: as the standard, but adverts of another list of addresses are dropped, and the
   * owner of the addresses waits for its timer at the start like everybody.
   */
  KEEPALIVED,
  /**
   * The VRRPv3 mode of FreeBSD 15: type, number of addresses and reserved bits are not looked at,
   * nobody resigns, interval and priority are joined by "or".
   */
  FREEBSD_15
}
