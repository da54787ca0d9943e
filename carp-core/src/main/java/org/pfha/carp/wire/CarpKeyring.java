package org.pfha.carp.wire;

import java.util.ArrayList;
import java.util.List;

/**
 * The HMACs that a virtual router believes, and the one that it sends with. To change a password
 * without a moment of two masters, first every node accepts both, then every node sends the new
 * one, then the old one is forgotten.
 *
 * <p>Everything is computed beforehand: a good advert of the sending key costs one HMAC and no
 * allocation, a bad one as many HMACs as there are keys. Confined to one thread.
 */
public final class CarpKeyring {

  /** By which key an advert is authentic. */
  public enum Match {
    /** By none. */
    NONE,
    /** By the one that is sent with. */
    SENDING,
    /** By another password, accepted for a while. */
    OTHER_PASSWORD,
    /** By another way of hashing the same password and addresses. */
    OTHER_HASHING
  }

  private record Accepted(CarpAuthenticator key, Match match, boolean expires, long untilNanos) {}

  private final CarpAuthenticator sending;
  private final Accepted[] others;

  private CarpKeyring(CarpAuthenticator sending, Accepted[] others) {
    this.sending = sending;
    this.others = others;
  }

  /**
   * A single key.
   *
   * @param key adverts are sent with and believed by
   * @return a keyring
   */
  public static CarpKeyring of(CarpAuthenticator key) {
    return new CarpKeyring(key, new Accepted[0]);
  }

  /**
   * Also believes adverts that hash the addresses in another way, such as OpenBSD's.
   *
   * @param key of the same password
   * @return a changed copy
   */
  public CarpKeyring accepting(CarpAuthenticator key) {
    return with(new Accepted(key, Match.OTHER_HASHING, false, 0));
  }

  /**
   * Also believes adverts of another password, for a while.
   *
   * @param key of the password before or after
   * @param untilNanos when it is no longer believed, on the clock of {@link #verify}
   * @return a changed copy
   */
  public CarpKeyring accepting(CarpAuthenticator key, long untilNanos) {
    return with(new Accepted(key, Match.OTHER_PASSWORD, true, untilNanos));
  }

  private CarpKeyring with(Accepted added) {
    List<Accepted> more = new ArrayList<>(List.of(others));
    more.add(added);
    return new CarpKeyring(sending, more.toArray(Accepted[]::new));
  }

  /**
   * The key that adverts are sent with.
   *
   * @return one
   */
  public CarpAuthenticator sending() {
    return sending;
  }

  /**
   * Looks for the key of an advert.
   *
   * @param advert a view whose {@link CarpView#checkFrame} found nothing
   * @param now nanoseconds
   * @return by which key it is authentic
   */
  public Match verify(CarpView advert, long now) {
    if (sending.verify(advert)) {
      return Match.SENDING;
    }
    for (Accepted other : others) {
      boolean expired = other.expires && other.untilNanos - now <= 0;
      if (!expired && other.key.verify(advert)) {
        return other.match;
      }
    }
    return Match.NONE;
  }

  /** Says nothing about the keys. */
  @Override
  public String toString() {
    return "CarpKeyring[" + (1 + others.length) + " keys]";
  }
}
