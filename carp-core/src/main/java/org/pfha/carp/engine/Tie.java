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
 * the others hear it. A BACKUP of equal value that hears the adverts cross would time out together
 * with them, and is bound by the same rule. Allocates nothing.
 */
final class Tie {

  private final boolean lastOctetFirst;
  private final Family v4 = new Family();
  private final Family v6 = new Family();
  private final Timer window = new Timer();
  private boolean ipv6;
  private boolean lost;

  /** What is known of one family. */
  private static final class Family {
    private byte[] source = {}; // own
    private final Timer crossing = new Timer(); // another equal advert until then is another's
    private boolean wasAbove;
  }

  /**
   * Without known addresses.
   *
   * @param lastOctetFirst as UCarp compares on the machines that exist
   */
  Tie(boolean lastOctetFirst) {
    this.lastOctetFirst = lastOctetFirst;
  }

  private Family family(boolean ofIpv6) {
    return ofIpv6 ? v6 : v4;
  }

  void source(InetAddress address) {
    family(address instanceof Inet6Address).source = address.getAddress();
  }

  boolean knowsSource(boolean ofIpv6) {
    return family(ofIpv6).source.length > 0;
  }

  /** Whether this node's address is above the sender's. */
  boolean isAbove(IpPacket packet) {
    byte[] own = family(packet.isIpv6()).source;
    for (int i = 0; i < own.length; i++) {
      int at = lastOctetFirst ? own.length - 1 - i : i;
      int difference = (own[at] & 0xff) - packet.sourceOctet(at);
      if (difference != 0) {
        return difference > 0;
      }
    }
    return false;
  }

  /** A MASTER yields to an equal one; returns whether it has to be patient. */
  boolean begin(IpPacket packet, long intervalNanos) {
    ipv6 = packet.isIpv6();
    lost = isAbove(packet);
    window.arm(packet.arrivalNanos() + intervalNanos);
    return lost;
  }

  /** A BACKUP hears an equal one; returns whether it has to be patient. */
  boolean hear(IpPacket packet, long intervalNanos) {
    long at = packet.arrivalNanos();
    Family family = family(packet.isIpv6());
    boolean above = isAbove(packet);
    boolean crosses = family.crossing.armed() && !family.crossing.due(at);
    if (window.due(at)) {
      window.cancel();
    }
    if (!window.armed() && crosses) {
      ipv6 = packet.isIpv6();
      lost = family.wasAbove;
      window.arm(at + intervalNanos);
    }
    lost |= packet.isIpv6() == ipv6 && above;
    family.crossing.arm(at + intervalNanos / 2);
    family.wasAbove = above;
    return window.armed() && lost;
  }
}
