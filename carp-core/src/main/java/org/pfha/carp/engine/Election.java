package org.pfha.carp.engine;

import java.net.InetAddress;
import java.util.List;
import java.util.OptionalLong;

/**
 * The state machine of one virtual router, whichever protocol decides who is its master.
 *
 * <p>It is told events and the time, and appends what is to be done to {@link CarpActions}. Actions
 * must not call back. Time is nanoseconds of any monotonic clock, compared by differences. Whoever
 * calls {@link #tick} must first have delivered all adverts that arrived until then. Confined to
 * one thread.
 */
public sealed interface Election permits CarpEngine, VrrpEngine {

  /**
   * Which virtual router.
   *
   * @return vhid or VRID, 1–255
   */
  int vhid();

  /**
   * Its virtual addresses.
   *
   * @return IPv4 first
   */
  List<InetAddress> addresses();

  /**
   * The present role.
   *
   * @return INIT, BACKUP or MASTER
   */
  Role role();

  /**
   * Whether {@link #tick} wants to be called at all.
   *
   * @return true while a timer runs, which is exactly while it operates
   */
  boolean isWaiting();

  /**
   * When {@link #tick} wants to be called next.
   *
   * @return nanoseconds; without meaning unless {@link #isWaiting}
   */
  long deadlineNanos();

  /**
   * {@link #isWaiting} and {@link #deadlineNanos} in one.
   *
   * @return nanoseconds on the caller's clock, or empty while nothing is waited for
   */
  default OptionalLong nextDeadlineNanos() {
    return isWaiting() ? OptionalLong.of(deadlineNanos()) : OptionalLong.empty();
  }

  /**
   * The address adverts of its family are sent from. Used only to decide between equals.
   *
   * @param address IPv4 or IPv6
   */
  void source(InetAddress address);

  /**
   * The interface is up and has carrier: INIT becomes BACKUP.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void linkUp(long now, CarpActions actions);

  /**
   * The interface is down or has no carrier: everything becomes INIT, without a word on the wire.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void linkDown(long now, CarpActions actions);

  /**
   * Nobody can say whether there is carrier; the profile takes it for up or for down.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void linkUnknown(long now, CarpActions actions);

  /**
   * Takes part in the election, or does not; at first it does.
   *
   * @param on false: INIT, whatever the link does
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void enabled(boolean on, long now, CarpActions actions);

  /**
   * Somebody wants another role. Nothing happens in INIT, and nothing is remembered: a BACKUP takes
   * over again when nobody else advertises, a MASTER yields to a better one.
   *
   * @param wanted MASTER or BACKUP
   * @param now nanoseconds
   * @param actions takes what is to be done
   * @throws IllegalArgumentException if INIT is wanted; see {@link #enabled}
   */
  void request(Role wanted, long now, CarpActions actions);

  /**
   * The node's demotion has changed.
   *
   * @param total sum of all penalties, may be negative
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void demotion(int total, long now, CarpActions actions);

  /**
   * What became of an advert handed to {@link CarpActions}: one call for each.
   *
   * @param ok whether it went out
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void sendResult(boolean ok, long now, CarpActions actions);

  /**
   * Lets the timers that are due expire.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void tick(long now, CarpActions actions);

  /**
   * An orderly end: a MASTER says goodbye if its profile does, so that a peer takes over at once.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  void stop(long now, CarpActions actions);
}
