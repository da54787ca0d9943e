package org.pfha.carp.engine;

import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpKeyring;

/**
 * Whose rules a virtual router follows where implementations differ (spec carp 6–11). The wire
 * format is the same everywhere. Immutable.
 *
 * <pre>
 *                      advbase  skew sent    demotion   ties              goodbye  announced with
 *   FREEBSD_13         1–255    to 240 (1)   skew       both yield        none     advert 1
 *   FREEBSD_14, _15    1–255    0–240        skew       both yield        none     advert 1
 *   OPENBSD            0–255    0–254        byte 4     both yield        255/255  adverts 1, 3
 *   UCARP              0–255    0–255        240 (2)    lower address     none     adverts 1, 3
 *   PFHA               1–255    0–240        skew       yield, then lower 255/255  adverts 1, 2, 3
 *   PFHA_SUBSECOND     0–255    as PFHA
 *
 *   (1) a negative sum stays negative and is sent modulo 256    (2) when sends fail or demoted
 * </pre>
 */
public enum CarpProfile {
  /** FreeBSD 13: tests the TTL first, never recovers from send errors, lets sums be negative. */
  FREEBSD_13(
      0b001,
      Trait.NEGATIVE_SKEW,
      Trait.NEVER_RECOVERS_SENDING,
      Trait.UNKNOWN_LINK_IS_DOWN,
      Trait.RESTARTS_ON_ADDRESS_CHANGE),
  /** FreeBSD 14: unicast peers; on little-endian machines no TTL test of IPv4 groups. */
  FREEBSD_14(0b001, Trait.UNKNOWN_LINK_IS_DOWN, Trait.RESTARTS_ON_ADDRESS_CHANGE),
  /** FreeBSD 15, that is main of 2025: knows VRRPv3, sums IPv4 adverts to their end. */
  FREEBSD_15(0b001, Trait.UNKNOWN_LINK_IS_DOWN, Trait.RESTARTS_ON_ADDRESS_CHANGE),
  /** OpenBSD: demotion in byte 4, one repeated counter, bow-out, intervals below a second. */
  OPENBSD(
      0b101,
      Trait.DEMOTES_IN_BYTE_4,
      Trait.REPEATS_COUNTER,
      Trait.BOWS_OUT,
      Trait.SUBSECOND,
      Trait.RESTARTS_ON_ADDRESS_CHANGE),
  /** UCarp: one IPv4 address, ties broken by address, intervals below a second. */
  UCARP(
      0b101,
      Trait.DECIDES_TIES,
      Trait.LAST_ADVERT_BEFORE_YIELDING,
      Trait.ANNOUNCES_FIRST,
      Trait.SUBSECOND,
      Trait.SINGLE_ADDRESS,
      Trait.RESTARTS_ON_ADDRESS_CHANGE),
  /**
   * This library's own: FreeBSD's rules, so that any kernel can be the peer, with what no receiver
   * minds (spec carp 19): goodbyes sent and heeded, repeated announcements, ties that end, failed
   * sends that are forgotten in INIT. A MASTER whose address list changes stays MASTER, since
   * nobody who shares its lists can have become one meanwhile: stepping down would only leave the
   * addresses to nobody for a while.
   */
  PFHA(
      0b111,
      Trait.BOWS_OUT,
      Trait.STEPS_DOWN_ALOUD,
      Trait.HEEDS_BOW_OUT,
      Trait.YIELDS_AFTER_SILENCE,
      Trait.YIELDS_THEN_DECIDES_TIES,
      Trait.FORGETS_SEND_ERRORS),
  /**
   * {@link #PFHA} with advbase 0 and intervals of advskew/256 s. For peers of the same profile or
   * OpenBSD; FreeBSD takes an advbase of 0 but cannot send one.
   */
  PFHA_SUBSECOND(
      0b111,
      Trait.BOWS_OUT,
      Trait.STEPS_DOWN_ALOUD,
      Trait.HEEDS_BOW_OUT,
      Trait.YIELDS_AFTER_SILENCE,
      Trait.YIELDS_THEN_DECIDES_TIES,
      Trait.FORGETS_SEND_ERRORS,
      Trait.SUBSECOND);

  /** What a profile does that FreeBSD 14 does not, or the other way round. */
  enum Trait {
    /** Skew plus demotion may be below zero. */
    NEGATIVE_SKEW,
    /** A demotion for send errors is never taken back. */
    NEVER_RECOVERS_SENDING,
    /**
     * Who becomes INIT begins anew: a BACKUP sends nothing that could take the demotion back, and
     * would keep it until nobody else is left.
     */
    FORGETS_SEND_ERRORS,
    /** A link that does not report its state counts as down. */
    UNKNOWN_LINK_IS_DOWN,
    /** A changed address list makes it INIT and then BACKUP. */
    RESTARTS_ON_ADDRESS_CHANGE,
    /** Demotion is a count of its own and does not touch the skew. */
    DEMOTES_IN_BYTE_4,
    /** One random counter for a lifetime. */
    REPEATS_COUNTER,
    /** A MASTER that ends or is disabled sends 255/255. */
    BOWS_OUT,
    /** So does one that is asked to be BACKUP. */
    STEPS_DOWN_ALOUD,
    /** 255/255 from a master means that it is gone, whatever the own advbase. */
    HEEDS_BOW_OUT,
    /** advbase 0 is allowed. */
    SUBSECOND,
    /** Of two equal masters only the one of the higher address yields. */
    DECIDES_TIES,
    /** Both yield, and the one of the higher address waits an interval longer. */
    YIELDS_THEN_DECIDES_TIES,
    /** One more advert is sent before yielding. */
    LAST_ADVERT_BEFORE_YIELDING,
    /**
     * A MASTER that was silent for so long that another one took over, and that may not preempt,
     * lets the other one be: its states are newer, and the addresses need not move twice.
     */
    YIELDS_AFTER_SILENCE,
    /** A new master announces its address before it advertises. */
    ANNOUNCES_FIRST,
    /** One IPv4 address. */
    SINGLE_ADDRESS
  }

  private static final int USUAL_DEAD_RATIO = 3;

  private final int announcements;
  private final ImmutableSet<Trait> traits;

  CarpProfile(int announcements, Trait... traits) {
    this.announcements = announcements;
    this.traits = Sets.immutableEnumSet(List.of(traits));
  }

  boolean has(Trait trait) {
    return traits.contains(trait);
  }

  /** Bit n: a new master announces its addresses with its advert n + 1. */
  int announcements() {
    return announcements;
  }

  /** Adverts in a row that fail, or go out again, before that counts. */
  int sendResultsInARow(int nodes) {
    return this == OPENBSD ? 3 * nodes : 3;
  }

  /** Whether a MASTER tells its peers of a changed demotion before its next advert is due. */
  boolean advertisesDemotionAtOnce(int before, int after) {
    return switch (this) {
      case OPENBSD -> before <= 0 && after > 0;
      case UCARP -> false;
      default -> true;
    };
  }

  /** What is added to the demotion when they fail; UCarp raises its skew instead. */
  int sendErrorDemotion() {
    return switch (this) {
      case OPENBSD -> 1;
      case UCARP -> 0;
      default -> 240;
    };
  }

  /**
   * The HMACs of a virtual router: the one that this profile's implementation sends, and those that
   * it believes.
   *
   * @param key the password's bytes, at most {@link CarpAuthenticator#KEY_LENGTH}
   * @param vhid 1–255
   * @param addresses of both families
   * @return a new keyring
   */
  public CarpKeyring keyring(byte[] key, int vhid, Collection<? extends InetAddress> addresses) {
    CarpAuthenticator all = CarpAuthenticator.of(key, vhid, addresses);
    return this == OPENBSD
        ? CarpKeyring.of(CarpAuthenticator.openBsd(key, vhid, addresses, null)).accepting(all)
        : CarpKeyring.of(all);
  }

  /**
   * What is wrong with a configuration under this profile (spec carp 7.2).
   *
   * @param advbase seconds
   * @param advskew in 1/256 s
   * @param deadRatio base intervals of silence after which a master counts as gone
   * @return each problem with the offending value and what to do; empty if there is none
   */
  public List<String> problems(int advbase, int advskew, int deadRatio) {
    List<String> problems = new ArrayList<>();
    int lowest = has(Trait.SUBSECOND) ? 0 : 1;
    int highestSkew = this == UCARP ? 255 : 254;
    if (advbase < lowest || advbase > 255) {
      problems.add(
          "advbase %d is not between %d and 255%s"
              .formatted(
                  advbase,
                  lowest,
                  advbase == 0 ? "; the profile PFHA_SUBSECOND allows intervals below 1 s" : ""));
    }
    if (advskew < 0 || advskew > highestSkew) {
      problems.add("advskew %d is not between 0 and %d".formatted(advskew, highestSkew));
    }
    if (advbase == 0 && advskew == 0 && has(Trait.SUBSECOND) && this != OPENBSD) {
      problems.add("advbase 0 needs an advskew above 0, which is the interval in 1/256 s");
    }
    int shortest = this == UCARP ? 1 : 2;
    if (traits.contains(Trait.UNKNOWN_LINK_IS_DOWN) || this == OPENBSD) {
      if (deadRatio != USUAL_DEAD_RATIO) {
        problems.add("dead ratio %d is not 3; %s has no other".formatted(deadRatio, this));
      }
    } else if (deadRatio < shortest || deadRatio > 255) {
      problems.add("dead ratio %d is not between %d and 255".formatted(deadRatio, shortest));
    }
    return problems;
  }
}
