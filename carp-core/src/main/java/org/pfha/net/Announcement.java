package org.pfha.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * What tells a segment that an address now answers at a MAC (spec carp 10): a gratuitous ARP
 * request, or an unsolicited neighbour advertisement to all nodes. Immutable, as long as nobody
 * writes to the payload.
 *
 * <pre>
 *   ARP  0 hw type 1  2 proto 0800  4 len 6  5 len 4  6 op 1  8 MAC  14 IP  18 zero  24 IP
 *   NA   0 type 136  1 code 0  2 sum  4 override  8 target  24 option 2  25 len 1  26 MAC
 * </pre>
 *
 * @param etherType {@code 0x0806}, or {@code 0x86dd} for an IPv6 packet
 * @param destination MAC it goes to: broadcast, or that of all IPv6 nodes
 * @param payload the ARP request, or a whole IPv6 packet
 */
@SuppressWarnings("ArrayRecordComponent") // a hand-over of bytes, never compared
public record Announcement(int etherType, MacAddress destination, byte[] payload) {

  /** EtherType of ARP. */
  public static final int ARP = 0x0806;

  /** EtherType of IPv6. */
  public static final int IPV6 = 0x86dd;

  private static final int IPV4 = 0x0800;
  private static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);
  private static final MacAddress ALL_NODES_MAC = new MacAddress(0x3333_0000_0001L);
  private static final byte[] ALL_NODES = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };
  private static final int NA_LENGTH = 32;
  private static final int ICMPV6 = 58;

  /**
   * Announces an address.
   *
   * @param address IPv4 or IPv6
   * @param mac where it answers now
   * @return the frame's parts
   */
  public static Announcement of(InetAddress address, MacAddress mac) {
    return address instanceof Inet6Address
        ? new Announcement(IPV6, ALL_NODES_MAC, neighbourAdvertisement(address, mac))
        : new Announcement(ARP, BROADCAST, gratuitousArp(address, mac));
  }

  private static byte[] gratuitousArp(InetAddress address, MacAddress mac) {
    return ByteBuffer.allocate(28)
        .putShort((short) 1)
        .putShort((short) IPV4)
        .put((byte) 6)
        .put((byte) 4)
        .putShort((short) 1)
        .put(mac.toBytes())
        .put(address.getAddress())
        .put(new byte[6])
        .put(address.getAddress())
        .array();
  }

  private static byte[] neighbourAdvertisement(InetAddress address, MacAddress mac) {
    byte[] bytes =
        ByteBuffer.allocate(40 + NA_LENGTH)
            .putInt(6 << 28)
            .putShort((short) NA_LENGTH)
            .put((byte) ICMPV6)
            .put((byte) 255)
            .put(address.getAddress())
            .put(ALL_NODES)
            .put((byte) 136)
            .put((byte) 0)
            .putShort((short) 0)
            .putInt(0x2000_0000)
            .put(address.getAddress())
            .put((byte) 2)
            .put((byte) 1)
            .put(mac.toBytes())
            .array();
    // The pseudo-header: both addresses, the length, the next header (RFC 8200, 8.1).
    long sum = InternetChecksum.sum(bytes, 8, 32 + NA_LENGTH) + NA_LENGTH + ICMPV6;
    int checksum = InternetChecksum.finish(sum);
    bytes[42] = (byte) (checksum >> 8);
    bytes[43] = (byte) checksum;
    return bytes;
  }
}
