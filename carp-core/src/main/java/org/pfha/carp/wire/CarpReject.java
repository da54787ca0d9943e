package org.pfha.carp.wire;

/**
 * Why a packet of protocol 112 was not believed; one counter each, under the kernel's name where
 * the kernel has one (spec carp 6, 17.1). Immutable.
 */
public enum CarpReject {
  /** Not rejected. */
  NONE("accept"),
  /** IPv6 packet on an interface without virtual routers. */
  BADIF("badif"),
  /** TTL or hop limit is not 255: forged, or it crossed a router. */
  BADTTL("badttl"),
  /** The IP header itself is broken or cut off. */
  HDROPS("hdrops"),
  /** The IP header is broken, and the profile's kernel would drop it before CARP sees it. */
  IP_LAYER("ip-layer"),
  /** Checksum of the advert or of the IPv4 header. */
  BADSUM("badsum"),
  /** Neither CARP version 2, nor sent by one who speaks it. */
  BADVER("badver"),
  /** Shorter than an advert; in strict mode, followed by other bytes than zeros. */
  BADLEN("badlen"),
  /** The HMAC is not that of our password, vhid and addresses. */
  BADAUTH("badauth"),
  /** A vhid that is not configured here, or has no address of this family. */
  BADVHID("badvhid"),
  /** Not a group or address this virtual router listens to; unknown to the kernel. */
  BADDST("baddst"),
  /** Not an advertisement; unknown to the kernel. */
  BADTYPE("badtype"),
  /** VRRP: the list of addresses is not the configured one; the kernel's counter stays 0. */
  BADADDRS("badaddrs"),
  /** In strict mode: authlen is not 7; unknown to the kernel. */
  BADAUTHLEN("badauthlen"),
  /** An own advert echoed by the network; unknown to the kernel. */
  OWN_ADDRESS("own-address"),
  /** An advert that is too old, where dropping those was asked for; unknown to the kernel. */
  REPLAY("replay");

  private final String counter;

  CarpReject(String counter) {
    this.counter = counter;
  }

  /**
   * The counter's name.
   *
   * @return such as {@code badauth}
   */
  public String counter() {
    return counter;
  }

  @Override
  public String toString() {
    return counter;
  }
}
