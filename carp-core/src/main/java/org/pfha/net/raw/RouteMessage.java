package org.pfha.net.raw;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;

/**
 * What Linux's route netlink says about interfaces and addresses.
 *
 * <pre>
 *   ifinfomsg  0 family 1  2 type 2  4 index 4  8 flags 4  12 change 4  16 attributes
 *   ifaddrmsg  0 family 1  1 prefix length 1  2 flags 1  3 scope 1  4 index 4  8 attributes
 * </pre>
 */
final class RouteMessage {

  static final int NEW_LINK = 16;
  static final int DELETE_LINK = 17;
  static final int GET_LINK = 18;
  static final int NEW_ADDRESS = 20;
  static final int DELETE_ADDRESS = 21;
  static final int GET_ADDRESS = 22;

  static final int LINK_HEADER = 16;
  static final int ADDRESS_HEADER = 8;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;

  static final int IFLA_ADDRESS = 1;
  static final int IFLA_IFNAME = 3;
  static final int IFLA_MTU = 4;
  static final int IFA_ADDRESS = 1;
  static final int IFA_LOCAL = 2;
  static final int IFA_FLAGS = 8;
  static final int IFA_PROTO = 11;

  private static final int ARPHRD_ETHER = 1;
  private static final int UP_AND_RUNNING = 0x41;
  private static final int DAD_FAILED = 0x08;
  private static final int PERMANENT = 0x80;
  private static final MacAddress NO_MAC = new MacAddress(0);

  private RouteMessage() {}

  /** Where an address is, and which. */
  record Address(int index, LinkAddress address, int flags, int mark) {

    /** Whether it has no lifetime. */
    boolean isPermanent() {
      return (flags & PERMANENT) != 0;
    }

    /** Whether it is one of ours, as far as the kernel can tell. */
    boolean isMarked() {
      return mark == RouteControl.MARK;
    }
  }

  /** Reads a new or deleted interface; empty if it is not about one as a whole. */
  static Optional<Interface> link(NetlinkMessage message) {
    byte[] bytes = message.payload();
    if (bytes.length < LINK_HEADER || bytes[0] != 0) {
      return Optional.empty(); // of a family, such as a bridge's port
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    NetlinkAttributes attributes = NetlinkAttributes.of(bytes, LINK_HEADER, bytes.length);
    byte[] mac = attributes.bytes(IFLA_ADDRESS);
    boolean ethernet = in.getShort(2) == ARPHRD_ETHER && mac.length == 6;
    return attributes
        .text(IFLA_IFNAME)
        .map(
            name ->
                new Interface(
                    in.getInt(4),
                    ethernet,
                    new Link(
                        name,
                        (in.getInt(8) & UP_AND_RUNNING) == UP_AND_RUNNING,
                        (int) attributes.number(IFLA_MTU, 0),
                        ethernet ? MacAddress.at(mac, 0) : NO_MAC,
                        List.of())));
  }

  /** Reads a new or deleted address; null if it is none, or one that is a duplicate. */
  static @Nullable Address address(NetlinkMessage message) {
    byte[] bytes = message.payload();
    if (bytes.length < ADDRESS_HEADER) {
      return null;
    }
    int family = bytes[0];
    int size = family == AF_INET ? 4 : 16;
    NetlinkAttributes attributes = NetlinkAttributes.of(bytes, ADDRESS_HEADER, bytes.length);
    byte[] address = attributes.bytes(attributes.has(IFA_LOCAL) ? IFA_LOCAL : IFA_ADDRESS);
    int prefixLength = bytes[1] & 0xff;
    int flags = (int) attributes.number(IFA_FLAGS, bytes[2] & 0xff);
    if ((family != AF_INET && family != AF_INET6)
        || address.length != size
        || prefixLength > 8 * size
        || (flags & DAD_FAILED) != 0) {
      return null;
    }
    int index = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getInt(4);
    return new Address(
        index,
        new LinkAddress(address(address), prefixLength),
        flags,
        (int) attributes.number(IFA_PROTO, 0));
  }

  /** An address of the family that its length says, also when it is an IPv4-mapped one. */
  static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /** The header of a request about an interface, and its attributes. */
  static byte[] link(int index, int flags, int change, List<NetlinkAttribute> attributes) {
    byte[] body = NetlinkAttribute.toBytes(attributes);
    return ByteBuffer.allocate(LINK_HEADER + body.length)
        .order(ByteOrder.nativeOrder())
        .putInt(4, index)
        .putInt(8, flags)
        .putInt(12, change)
        .put(LINK_HEADER, body)
        .array();
  }

  /** The header of a request about an address, and its attributes. */
  static byte[] address(int index, LinkAddress address, List<NetlinkAttribute> attributes) {
    byte[] body = NetlinkAttribute.toBytes(attributes);
    boolean ipv6 = address.address().getAddress().length == 16;
    return ByteBuffer.allocate(ADDRESS_HEADER + body.length)
        .order(ByteOrder.nativeOrder())
        .put(0, (byte) (ipv6 ? AF_INET6 : AF_INET))
        .put(1, (byte) address.prefixLength())
        .putInt(4, index)
        .put(ADDRESS_HEADER, body)
        .array();
  }
}
