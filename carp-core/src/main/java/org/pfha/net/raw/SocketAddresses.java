package org.pfha.net.raw;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Socket addresses and option values as Linux lays them out (spec pf-ioctl 11).
 *
 * <pre>
 *   sockaddr_in  16   0 family 2   2 port 2   4 address 4
 *   sockaddr_in6 28   0 family 10  2 port 2   4 flow 4  8 address 16  24 scope 4
 *   sockaddr_ll  20   0 family 17  2 protocol 2 (network)  4 index 4  8 type 2  10 kind 1  11 length 1
 *   sockaddr_nl  12   0 family 16  4 port 4   8 groups 4
 *   ip_mreqn     12   0 group 4  4 address 4  8 index 4
 *   ipv6_mreq    20   0 group 16  16 index 4
 *   sock_fprog   16   0 count 2  8 pointer
 * </pre>
 */
final class SocketAddresses {

  static final int IN6 = 28;
  static final int IN6_ADDRESS_OFFSET = 8;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int AF_PACKET = 17;

  private SocketAddresses() {}

  static byte[] number(int value) {
    return room(Integer.BYTES).putInt(value).array();
  }

  static byte[] netlink(int groups) {
    return room(12).putShort((short) AF_NETLINK).putInt(8, groups).array();
  }

  static byte[] packet(int etherType, int index) {
    return packet(room(20), etherType, index).array();
  }

  static ByteBuffer packet(ByteBuffer room, int etherType, int index) {
    return room.putShort(0, (short) AF_PACKET)
        .put(2, (byte) (etherType >> 8))
        .put(3, (byte) etherType)
        .putInt(4, index);
  }

  /** Where to send a packet; an IPv6 address of the link needs the link. */
  static ByteBuffer destination(InetAddress address, int index) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      return direct(16).putShort(0, (short) AF_INET).put(4, bytes);
    }
    return direct(IN6)
        .putShort(0, (short) AF_INET6)
        .put(IN6_ADDRESS_OFFSET, bytes)
        .putInt(24, address.isLinkLocalAddress() || address.isMulticastAddress() ? index : 0);
  }

  static byte[] membership(InetAddress group, int index) {
    byte[] bytes = group.getAddress();
    return bytes.length == 4
        ? room(12).put(bytes).putInt(8, index).array()
        : room(20).put(bytes).putInt(16, index).array();
  }

  static byte[] filterProgram(int instructions) {
    return room(16).putShort((short) instructions).array();
  }

  private static ByteBuffer room(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
