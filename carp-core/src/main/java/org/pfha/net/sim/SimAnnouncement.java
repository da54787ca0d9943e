package org.pfha.net.sim;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.pfha.net.InternetChecksum;
import org.pfha.net.MacAddress;

/**
 * The frames that say where an address answers now (spec carp 10).
 *
 * <pre>
 *   ARP  0 hw type 1  2 proto 0800  4 len 6  5 len 4  6 op 1  8 MAC  14 IP  18 zero  24 IP
 *   NA   0 type 136  1 code 0  2 sum  4 override  8 target  24 option 2  25 len 1  26 MAC
 * </pre>
 */
final class SimAnnouncement {

  private static final byte[] ALL_NODES = {
    (byte) 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1
  };
  private static final int NA_LENGTH = 32;
  private static final int ICMPV6 = 58;

  private SimAnnouncement() {}

  static SimFrame frame(long now, SimPort port, InetAddress address, MacAddress mac) {
    boolean ipv6 = address instanceof Inet6Address;
    return new SimFrame(
        now,
        port.segment,
        port.host,
        mac,
        ipv6 ? new MacAddress(0x3333_0000_0001L) : SimHost.BROADCAST_MAC,
        ipv6 ? SimFrame.IPV6 : SimFrame.ARP,
        ipv6 ? neighbourAdvertisement(address, mac) : gratuitousArp(address, mac),
        address,
        mac);
  }

  private static byte[] gratuitousArp(InetAddress address, MacAddress mac) {
    return ByteBuffer.allocate(28)
        .putShort((short) 1)
        .putShort((short) SimFrame.IPV4)
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
