package org.pfha.configsync.dialect;

import java.util.Map;

/**
 * The sessions and vouchers of a captive portal, which two pfSense nodes exchange as they change;
 * given to {@code ConfigSecondary.Builder.part}. Values are those of {@link PhpData}. Thread-safe.
 * Source: spec section 10.2.
 */
public interface CaptivePortal {

  /**
   * Everything the peer needs to take over.
   *
   * @param zone its name
   * @return {@code connected_users}, {@code active_vouchers}, {@code expired_vouchers}, {@code
   *     usedmacs}, each an array
   */
  Map<String, Map<?, ?>> databases(String zone);

  /**
   * A user logged in at the peer.
   *
   * @param zone its name
   * @param user {@code clientip}, {@code clientmac}, {@code username}, {@code password}, {@code
   *     attributes}, {@code allow_time}, {@code authmethod}, {@code context}, {@code sessionid}
   * @return the session's id, empty when the user is not let in
   */
  String connect(String zone, Map<?, ?> user);

  /**
   * A user logged out at the peer, or was.
   *
   * @param zone its name
   * @param ended {@code sessionid}, {@code term_cause}, {@code stop_time}
   * @return whether there was such a session
   */
  boolean disconnect(String zone, Map<?, ?> ended);

  /**
   * Sessions ended without further notice.
   *
   * @param zone its name
   * @param entries ids of sessions
   * @return whether they are gone
   */
  boolean remove(String zone, Map<?, ?> entries);

  /**
   * Everyone is logged out.
   *
   * @param zone its name
   * @param arguments {@code term_cause}, {@code logout_reason}
   * @return whether it was done
   */
  boolean disconnectAll(String zone, Map<?, ?> arguments);

  /**
   * Vouchers were used.
   *
   * @param zone its name
   * @param arguments {@code active_and_used_vouchers_bitmasks}, {@code active_vouchers}
   */
  void writeVouchers(String zone, Map<?, ?> arguments);

  /**
   * Addresses that had their free time.
   *
   * @param zone its name
   * @param arguments {@code usedmacs}
   */
  void writeUsedMacs(String zone, Map<?, ?> arguments);
}
