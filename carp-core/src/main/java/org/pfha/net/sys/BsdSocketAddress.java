package org.pfha.net.sys;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.pfha.net.MacAddress;

/**
 * A socket address as FreeBSD lays it out: its length, its family, and what the family makes of the
 * rest (spec pf-ioctl 11). Immutable.
 *
 * <pre>
 *   sockaddr_in  16   0 length  1 family 2   2 port 2  4 address 4
 *   sockaddr_in6 28   0 length  1 family 28  2 port 2  4 flow 4  8 address 16  24 scope 4 (host)
 *   sockaddr_dl  54   0 length  1 family 18  2 index 2 (host)  4 type 1  5 name length 1
 *                     6 address length 1  8 name, then address
 * </pre>
 */
public sealed interface BsdSocketAddress {

  /**
   * IPv4.
   *
   * @param address any
   * @param port 0–65535
   */
  record Inet(Inet4Address address, int port) implements BsdSocketAddress {

    /** Checks the port. */
    public Inet {
      checkPort(port);
    }

    @Override
    public byte[] toBytes() {
      return buffer(SIZE_IN, AF_INET)
          .putShort(2, (short) port)
          .put(4, address.getAddress())
          .array();
    }
  }

  /**
   * IPv6.
   *
   * @param address any, without a scope of its own
   * @param port 0–65535
   * @param flow unsigned 32 bits
   * @param scope index of the interface of a link-local address, else 0
   */
  record Inet6(Inet6Address address, int port, int flow, int scope) implements BsdSocketAddress {

    /** Checks the port. */
    public Inet6 {
      checkPort(port);
    }

    @Override
    public byte[] toBytes() {
      return buffer(SIZE_IN6, AF_INET6)
          .putShort(2, (short) port)
          .putInt(4, flow)
          .put(8, address.getAddress())
          .order(ByteOrder.nativeOrder())
          .putInt(24, scope)
          .array();
    }
  }

  /**
   * An interface.
   *
   * @param name of the interface, one byte each character
   * @param mac its address
   * @param index 0–65535
   * @param type such as 6 for Ethernet
   */
  record Link(String name, MacAddress mac, int index, int type) implements BsdSocketAddress {

    /** Checks the ranges. */
    public Link {
      checkArgument(
          name.length() <= SIZE_DL - LINK_DATA - LINK_ADDRESS,
          "interface name '%s' does not fit",
          name);
      checkArgument(index >= 0 && index <= 0xffff, "index %s is not 16 bits", index);
      checkArgument(type >= 0 && type <= 0xff, "type %s is not a byte", type);
    }

    @Override
    public byte[] toBytes() {
      return buffer(SIZE_DL, AF_LINK)
          .put(4, (byte) type)
          .put(5, (byte) name.length())
          .put(6, (byte) LINK_ADDRESS)
          .put(LINK_DATA, name.getBytes(ISO_8859_1))
          .put(LINK_DATA + name.length(), mac.toBytes())
          .order(ByteOrder.nativeOrder())
          .putShort(2, (short) index)
          .array();
    }
  }

  /** FreeBSD's number of IPv4. */
  int AF_INET = 2;

  /** FreeBSD's number of interfaces. */
  int AF_LINK = 18;

  /** FreeBSD's number of IPv6. */
  int AF_INET6 = 28;

  /** Size of an IPv4 address. */
  int SIZE_IN = 16;

  /** Size of an IPv6 address. */
  int SIZE_IN6 = 28;

  /** Size of an interface's address. */
  int SIZE_DL = 54;

  /** Where the name of an interface begins. */
  int LINK_DATA = 8;

  /** Length of the address of an interface. */
  int LINK_ADDRESS = 6;

  /**
   * The structure.
   *
   * @return as many bytes as the family has
   */
  byte[] toBytes();

  /**
   * Reads a structure.
   *
   * @param bytes the structure
   * @return the address
   * @throws IllegalArgumentException if length, family and bytes do not agree, or an interface has
   *     no address of six bytes
   */
  static BsdSocketAddress ofBytes(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    int family = bytes.length < 2 ? -1 : in.get(1) & 0xff;
    int size = family == AF_INET ? SIZE_IN : family == AF_INET6 ? SIZE_IN6 : SIZE_DL;
    checkArgument(
        (family == AF_INET || family == AF_INET6 || family == AF_LINK)
            && bytes.length == size
            && in.get(0) == size,
        "%s bytes of family %s are no socket address",
        bytes.length,
        family);
    ByteBuffer host = in.duplicate().order(ByteOrder.nativeOrder());
    int port = in.getShort(2) & 0xffff;
    return switch (family) {
      case AF_INET -> new Inet((Inet4Address) address(in, 4, 4), port);
      case AF_INET6 ->
          new Inet6((Inet6Address) address(in, 8, 16), port, in.getInt(4), host.getInt(24));
      default -> link(bytes, in, host.getShort(2) & 0xffff);
    };
  }

  private static Link link(byte[] bytes, ByteBuffer in, int index) {
    int nameLength = in.get(5) & 0xff;
    checkArgument(
        in.get(6) == LINK_ADDRESS && nameLength <= SIZE_DL - LINK_DATA - LINK_ADDRESS,
        "an interface with a name of %s and an address of %s bytes",
        nameLength,
        in.get(6));
    byte[] name = new byte[nameLength];
    in.get(LINK_DATA, name);
    return new Link(
        new String(name, ISO_8859_1),
        MacAddress.at(bytes, LINK_DATA + nameLength),
        index,
        in.get(4) & 0xff);
  }

  private static InetAddress address(ByteBuffer in, int at, int size) {
    byte[] bytes = new byte[size];
    in.get(at, bytes);
    try {
      return size == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  private static ByteBuffer buffer(int size, int family) {
    return ByteBuffer.allocate(size).put(0, (byte) size).put(1, (byte) family);
  }

  private static void checkPort(int port) {
    checkArgument(port >= 0 && port <= 0xffff, "port %s is not between 0 and 65535", port);
  }
}
