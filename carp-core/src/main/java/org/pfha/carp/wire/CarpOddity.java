package org.pfha.carp.wire;

/**
 * What is strange about an advert that is believed all the same, because peers may send it so (spec
 * carp 19); one counter each. Immutable.
 */
public enum CarpOddity {
  /** authlen is not 7, which no implementation looks at. */
  AUTHLEN("odd authlen"),
  /** Bytes behind the advert that are not zero. */
  TRAILING_BYTES("trailing bytes"),
  /** Byte 4, OpenBSD's demotion count, is not 0, and the profile is not OpenBSD's. */
  DEMOTE_BYTE("demotion in byte 4"),
  /** Signed with a password that is accepted while the password is being changed. */
  OTHER_PASSWORD("other password"),
  /** The addresses are hashed in another way that is accepted. */
  OTHER_HASHING("other way of hashing"),
  /** VRRP: the reserved bits before the interval are not 0. */
  RESERVED_BITS("reserved bits"),
  /** VRRP: the list of addresses is not the configured one. */
  OTHER_ADDRESSES("other addresses");

  private final String words;

  CarpOddity(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
