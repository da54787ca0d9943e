package org.pfha.carp.engine;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.pfha.net.IpPacket;

/**
 * Who of equal masters gives way: the ones of the higher addresses (spec carp 7.4, 19.7).
 *
 * <p>Masters whose adverts cross all yield. From then on, for one interval, every equal advert of
 * the family that was heard first belongs to the same tie; whoever hears a lower address than its
 * own in it has lost, and waits an interval longer than the others. So the lowest comes first, and
 * the others hear it.
 */
final class Tie {

  private final boolean lastOctetFirst;
  private final byte[][] sources = {{}, {}}; // own, IPv4 and IPv6
  private final Timer window = new Timer();
  private boolean ipv6;
  private boolean lost;

  /**
   * Without known addresses.
   *
   * @param lastOctetFirst as UCarp compares on the machines that exist
   */
  Tie(boolean lastOctetFirst) {
    this.lastOctetFirst = lastOctetFirst;
  }

  void source(InetAddress address) {
    sources[address instanceof Inet6Address ? 1 : 0] = address.getAddress();
  }

  boolean knowsSource(boolean ofIpv6) {
    return sources[ofIpv6 ? 1 : 0].length > 0;
  }

  /** Whether this node's address is above the sender's. */
  boolean isAbove(IpPacket packet) {
    byte[] own = sources[packet.isIpv6() ? 1 : 0];
    byte[] other = packet.source().getAddress();
    for (int i = 0; i < own.length && own.length == other.length; i++) {
      int at = lastOctetFirst ? own.length - 1 - i : i;
      if (own[at] != other[at]) {
        return (own[at] & 0xff) > (other[at] & 0xff);
      }
    }
    return false;
  }

  /** A MASTER yields to an equal one. */
  void begin(IpPacket packet, long endNanos) {
    ipv6 = packet.isIpv6();
    lost = isAbove(packet);
    window.arm(endNanos);
  }

  /** A BACKUP hears an equal one; returns whether it has to be patient. */
  boolean isLost(IpPacket packet) {
    if (window.due(packet.arrivalNanos())) {
      window.cancel();
    }
    if (!window.armed()) {
      return false;
    }
    lost |= packet.isIpv6() == ipv6 && isAbove(packet);
    return lost;
  }
}
