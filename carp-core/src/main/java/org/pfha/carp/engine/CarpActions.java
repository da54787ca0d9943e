package org.pfha.carp.engine;

import java.net.InetAddress;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.VrrpAdvert;

/**
 * What an {@link Election} wants done, in this order. Owned and implemented by its caller, on whose
 * thread it is called.
 */
public interface CarpActions {

  /**
   * Send an advert now, to every one of {@link CarpParameters#destinations}; then tell {@link
   * Election#sendResult}, but not from within this call.
   *
   * @param advert what it says
   * @param ipv6 the family
   */
  void sendAdvert(CarpAdvert advert, boolean ipv6);

  /**
   * Send an advert of VRRP now. A {@link VrrpEngine} wants this instead of the other.
   *
   * @param advert what it says
   * @param ipv6 over IPv6 to ff02::12, otherwise over IPv4 to 224.0.0.18
   */
  void sendAdvert(VrrpAdvert advert, boolean ipv6);

  /**
   * Tell the segment that an address is now at the virtual MAC.
   *
   * @param address one of the virtual router's
   */
  void announce(InetAddress address);

  /**
   * The role has changed.
   *
   * @param from the role before
   * @param to the role now
   * @param reason why
   * @param atNanos when the cause arose
   */
  void roleChanged(Role from, Role to, RoleReason reason, long atNanos);

  /**
   * Adverts cannot be sent, or can be again: this node has to be worth less (spec carp 9.2).
   *
   * @param amount what this virtual router adds to the node's demotion for it from now on, 0 for
   *     nothing; replaces the amount told before
   */
  void sendErrorDemotion(int amount);

  /**
   * Whether {@link #decided} is of interest; asked before a decision is put together.
   *
   * @return by default false
   */
  default boolean wantsDecisions() {
    return false;
  }

  /**
   * Why the role changed, or why an event changed nothing. The same suppressed decision is told
   * once, until another comes between.
   *
   * @param decision cause, values compared, rule applied, timers afterwards
   */
  default void decided(Decision decision) {}
}
