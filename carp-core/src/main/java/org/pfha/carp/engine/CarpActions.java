package org.pfha.carp.engine;

import java.net.InetAddress;
import org.pfha.carp.wire.CarpAdvert;

/** What a {@link CarpEngine} wants done, in this order. Owned and implemented by its caller. */
public interface CarpActions {

  /**
   * Send an advert now.
   *
   * @param advert what it says
   * @param ipv6 over IPv6 to ff02::12, otherwise over IPv4 to 224.0.0.18
   */
  void sendAdvert(CarpAdvert advert, boolean ipv6);

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
}
