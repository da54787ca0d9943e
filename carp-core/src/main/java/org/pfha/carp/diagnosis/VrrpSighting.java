package org.pfha.carp.diagnosis;

import org.jspecify.annotations.Nullable;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;

/**
 * A VRRP advertisement among the packets of protocol 112 (spec carp 1, 14.1). Immutable.
 *
 * <pre>
 *   v2  0 21  1 VRID  2 priority  3 count  4 auth type  5 interval  6 sum  8 addresses  auth data 8
 *   v3  0 31  1 VRID  2 priority  3 count  4 interval               6 sum  8 addresses
 * </pre>
 *
 * @param version 2 or 3
 * @param vrid 0–255
 * @param priority 0–255
 * @param addresses how many
 */
record VrrpSighting(int version, int vrid, int priority, int addresses) {

  private static final int HEADER = 8;
  private static final int VERSION_2_ADVERTISEMENT = 0x21;
  private static final int VERSION_3_ADVERTISEMENT = 0x31;
  private static final int AUTHENTICATION_LENGTH = 8;
  private static final int MOST_AUTH_TYPE = 2;

  /**
   * Looks at a packet that is no advert of CARP.
   *
   * @return null unless length, count and checksum are those of VRRP
   */
  static @Nullable VrrpSighting of(IpPacket packet) {
    byte[] bytes = packet.array();
    int at = packet.payloadOffset();
    int length = packet.payloadLength();
    if (length < HEADER) {
      return null;
    }
    int first = bytes[at] & 0xff;
    int count = bytes[at + 3] & 0xff;
    int list = count * (packet.isIpv6() ? 16 : 4);
    boolean fits =
        switch (first) {
          case VERSION_2_ADVERTISEMENT ->
              !packet.isIpv6()
                  && bytes[at + 4] >= 0
                  && bytes[at + 4] <= MOST_AUTH_TYPE
                  && length == HEADER + list + AUTHENTICATION_LENGTH
                  && InternetChecksum.of(bytes, at, length) == 0;
          case VERSION_3_ADVERTISEMENT ->
              length >= HEADER + list && InternetChecksum.finish(version3Sum(packet)) == 0;
          default -> false;
        };
    return fits && count > 0
        ? new VrrpSighting(first >> 4, bytes[at + 1] & 0xff, bytes[at + 2] & 0xff, count)
        : null;
  }

  /** Both addresses, the length and the protocol are summed too, for IPv4 as well. */
  private static long version3Sum(IpPacket packet) {
    int addresses = packet.isIpv6() ? 32 : 8;
    int source = packet.packetOffset() + (packet.isIpv6() ? 8 : 12);
    return InternetChecksum.sum(packet.array(), source, addresses)
        + InternetChecksum.sum(packet.array(), packet.payloadOffset(), packet.payloadLength())
        + packet.payloadLength()
        + packet.protocol();
  }
}
