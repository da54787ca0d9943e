package org.pfha.net.raw;

import java.util.Locale;
import org.pfha.net.VipController;
import org.pfha.net.sys.SystemCallException;
import org.pfha.net.sys.SystemCalls;

/**
 * Virtual addresses on this host's interfaces.
 *
 * <p>On Linux an address has a lifetime: whatever becomes of the process, it is gone within two
 * seconds of the lifetime's end. FreeBSD has that for IPv6 only; there an rc.d script's poststop
 * removes what a killed process leaves.
 */
public final class HostAddresses {

  private HostAddresses() {}

  /**
   * Addresses on the interface itself, which answers at its own MAC; goes with a {@link
   * RawTransport} that uses no virtual MAC. An address is added with the whole prefix if the
   * interface has none of that subnet, and alone otherwise, so that neither's routes depend on the
   * other. The host's own connections do not begin at one, as far as that can be told.
   *
   * @return to be closed behind the nodes that use it
   * @throws RawException.NoPrivilege if the process may not do this
   * @throws RawException for another reason
   */
  public static VipController onInterface() throws RawException {
    return onInterface(SystemCalls.ofThisMachine());
  }

  static VipController onInterface(SystemCalls calls) throws RawException {
    try {
      return isLinux() ? LinuxAddresses.open(calls) : FreebsdAddresses.open(calls);
    } catch (SystemCallException e) {
      throw RawException.of("controlling addresses", e);
    }
  }

  /**
   * Addresses on a macvlan beside the interface, one for each vhid, which answers at the virtual
   * MAC; goes with a {@link RawTransportBuilder#virtualMac virtual MAC} transport. Linux only. The
   * macvlan is up while one of its addresses is held. So that the interface does not speak for it,
   * {@code arp_ignore} of the interface is set to 1 and {@code arp_announce} to 2; where {@code
   * net.ipv4.conf.all.rp_filter} is 1, strict, it must be set to 2 or 0 by whoever has set it.
   *
   * @return to be closed behind the nodes that use it
   * @throws RawException.NoPrivilege if the process may not do this
   * @throws RawException for another reason
   * @throws UnsupportedOperationException on FreeBSD
   */
  public static VipController onMacvlan() throws RawException {
    if (!isLinux()) {
      throw new UnsupportedOperationException("a macvlan is on Linux only");
    }
    try {
      return LinuxMacvlans.open(SystemCalls.ofThisMachine());
    } catch (SystemCallException e) {
      throw RawException.of("controlling addresses", e);
    }
  }

  private static boolean isLinux() {
    return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).equals("linux");
  }
}
