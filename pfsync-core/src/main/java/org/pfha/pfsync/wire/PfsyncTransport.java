package org.pfha.pfsync.wire;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;
import org.pfha.net.OutboundPacket;

/**
 * How packets travel: the fields of the IP header (spec pfsync 1). Stateless, hence thread-safe.
 */
public final class PfsyncTransport {

  /** IP protocol number. */
  public static final int PROTOCOL = 240;

  /** TTL or hop limit of every packet; any other is refused. */
  public static final int TTL = 255;

  /** TOS byte of IPv4 packets; the traffic class of IPv6 packets is 0. */
  public static final int LOW_DELAY = 0x10;

  /** Where packets go by default. */
  public static final InetAddress GROUP = InetAddresses.forString("224.0.0.240");

  /** The IPv6 group, of link-local scope, which must be asked for. */
  public static final InetAddress GROUP6 = InetAddresses.forString("ff12::f0");

  private PfsyncTransport() {}

  /**
   * Puts a payload on its way, from the address that the link chooses.
   *
   * @param link name of the sync interface
   * @param destination a peer or a group
   * @param payload from the packet header to EOF; not copied
   * @return what to hand to the network
   */
  public static OutboundPacket packet(String link, InetAddress destination, byte[] payload) {
    boolean v4 = destination instanceof Inet4Address;
    return new OutboundPacket(
        link, PROTOCOL, null, destination, TTL, v4 ? LOW_DELAY : 0, v4, null, payload);
  }

  /**
   * Why a release cannot send to an address.
   *
   * @param destination a peer or a group
   * @param release the newest format of the sender
   * @return what is wrong and what to do, or null if it can
   */
  public static @Nullable String problem(InetAddress destination, StateFormat release) {
    String address = InetAddresses.toAddrString(destination);
    if (release == StateFormat.V1301 && destination instanceof Inet6Address) {
      return "FreeBSD 13 speaks pfsync over IPv4 only; give an IPv4 address instead of " + address;
    }
    if (destination.isAnyLocalAddress() || destination.isLoopbackAddress()) {
      return address + " reaches no other host; give a peer's address or a group";
    }
    if (destination.isMulticastAddress()
        && release == StateFormat.V1301
        && !destination.equals(GROUP)) {
      return "FreeBSD 13 joins no group but 224.0.0.240; use that instead of " + address;
    }
    return null;
  }
}
