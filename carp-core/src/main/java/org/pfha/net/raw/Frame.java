package org.pfha.net.raw;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.pfha.net.MacAddress;

/**
 * Ethernet frames around IP packets.
 *
 * <pre>
 *   0 destination 6   6 source 6   12 type 2   14 payload
 * </pre>
 */
final class Frame {

  static final int HEADER = 14;

  static final int IPV4 = 0x0800;
  static final int ARP = 0x0806;
  static final int IPV6 = 0x86dd;

  private static final long BROADCAST = 0xffff_ffff_ffffL;
  private static final long IPV4_GROUPS = 0x0100_5e00_0000L;
  private static final long IPV6_GROUPS = 0x3333_0000_0000L;

  private Frame() {}

  static byte[] of(MacAddress destination, MacAddress source, int etherType, byte[] payload) {
    return ByteBuffer.allocate(HEADER + payload.length)
        .put(destination.toBytes())
        .put(source.toBytes())
        .putShort((short) etherType)
        .put(payload)
        .array();
  }

  static int etherType(InetAddress destination) {
    return destination.getAddress().length == 4 ? IPV4 : IPV6;
  }

  static boolean isToGroup(InetAddress destination) {
    return destination.isMulticastAddress() || isBroadcast(destination.getAddress());
  }

  private static boolean isBroadcast(byte[] address) {
    return address.length == 4 && ByteBuffer.wrap(address).getInt() == -1;
  }

  /** The low 23 bits of an IPv4 group, the low 32 of an IPv6 group (RFC 1112, RFC 2464). */
  static MacAddress groupMac(InetAddress group) {
    byte[] address = group.getAddress();
    long low = ByteBuffer.wrap(address).getInt(address.length - 4) & 0xffff_ffffL;
    return new MacAddress(
        isBroadcast(address)
            ? BROADCAST
            : address.length == 4 ? IPV4_GROUPS | (low & 0x7f_ffff) : IPV6_GROUPS | low);
  }
}
