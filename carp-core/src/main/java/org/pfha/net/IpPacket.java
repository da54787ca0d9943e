package org.pfha.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A view over one received IP packet, header included, with where and when it arrived.
 *
 * <pre>
 *   IPv4  0 ver/IHL  1 TOS   2 total length  4 id  6 flags/offset  8 TTL  9 proto  10 sum  12 src  16 dst
 *   IPv6  0 ver/class/flow   4 payload length  6 next header  7 hop limit  8 src  24 dst
 * </pre>
 *
 * <p>{@link #wrap} it around bytes, {@link #check} once; when that returned {@link Check#OK} the
 * accessors cannot fail. One instance can be wrapped again and again without allocation. IPv6
 * extension headers are not followed: neither CARP nor pfsync is ever behind one. Confined to one
 * thread.
 */
public final class IpPacket {

  /** What the IP layer itself thinks of a packet. */
  public enum Check {
    /** A whole packet. */
    OK,
    /** Fewer bytes than an IP header, or fewer than it promises. */
    TRUNCATED,
    /** Neither version 4 nor 6. */
    BAD_VERSION,
    /** An IPv4 header shorter than 20 bytes, or longer than the packet. */
    BAD_HEADER_LENGTH,
    /** The IPv4 header checksum is wrong. */
    BAD_HEADER_CHECKSUM,
    /** A fragment; the system should have put it together. */
    FRAGMENT
  }

  private static final int V4_HEADER = 20;
  private static final int V4_TOTAL_LENGTH_OFFSET = 2;
  private static final int V4_FRAGMENT_OFFSET = 6;
  private static final int V4_TTL_OFFSET = 8;
  private static final int V4_PROTOCOL_OFFSET = 9;
  private static final int V4_SOURCE_OFFSET = 12;
  private static final int V4_DESTINATION_OFFSET = 16;
  private static final int V6_HEADER = 40;
  private static final int V6_PAYLOAD_LENGTH_OFFSET = 4;
  private static final int V6_NEXT_HEADER_OFFSET = 6;
  private static final int V6_HOP_LIMIT_OFFSET = 7;
  private static final int V6_SOURCE_OFFSET = 8;
  private static final int V6_DESTINATION_OFFSET = 24;
  private static final int FRAGMENT_BITS = 0x3fff; // more-fragments and offset

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private int offset;
  private int available;
  private String link = "";
  private long arrivalNanos;

  private boolean ipv6;
  private int headerLength;
  private int totalLength;

  /** A view over nothing, to be wrapped. */
  public IpPacket() {}

  /**
   * Looks at other bytes.
   *
   * @param bytes the packet is in here; not copied
   * @param offset of the first byte of the IP header
   * @param length bytes captured; those behind the packet's own length (Ethernet padding) are
   *     ignored
   * @param link name of the interface it arrived on
   * @param arrivalNanos when it arrived, on the clock of the event loop that delivers it
   * @return this
   */
  public IpPacket wrap(byte[] bytes, int offset, int length, String link, long arrivalNanos) {
    this.bytes = bytes;
    this.offset = offset;
    this.available = length;
    this.link = link;
    this.arrivalNanos = arrivalNanos;
    this.headerLength = 0;
    this.totalLength = 0;
    return this;
  }

  /**
   * Checks the IP header. Must be called, and must return {@link Check#OK}, before any accessor of
   * the header or the payload.
   *
   * @return what is wrong with it, if anything
   */
  public Check check() {
    if (available < 1) {
      return Check.TRUNCATED;
    }
    return switch ((bytes[offset] & 0xf0) >> 4) {
      case 4 -> checkV4();
      case 6 -> checkV6();
      default -> Check.BAD_VERSION;
    };
  }

  private Check checkV4() {
    ipv6 = false;
    if (available < V4_HEADER) {
      return Check.TRUNCATED;
    }
    int ihl = 4 * (bytes[offset] & 0x0f);
    int total = u16(V4_TOTAL_LENGTH_OFFSET);
    if (ihl < V4_HEADER || ihl > total) {
      return Check.BAD_HEADER_LENGTH;
    }
    if (total > available) {
      return Check.TRUNCATED;
    }
    if (InternetChecksum.of(bytes, offset, ihl) != 0) {
      return Check.BAD_HEADER_CHECKSUM;
    }
    if ((u16(V4_FRAGMENT_OFFSET) & FRAGMENT_BITS) != 0) {
      return Check.FRAGMENT;
    }
    headerLength = ihl;
    totalLength = total;
    return Check.OK;
  }

  private Check checkV6() {
    ipv6 = true;
    if (available < V6_HEADER) {
      return Check.TRUNCATED;
    }
    int total = V6_HEADER + u16(V6_PAYLOAD_LENGTH_OFFSET);
    if (total > available) {
      return Check.TRUNCATED;
    }
    headerLength = V6_HEADER;
    totalLength = total;
    return Check.OK;
  }

  /**
   * The interface it arrived on.
   *
   * @return the link's name
   */
  public String link() {
    return link;
  }

  /**
   * When it arrived, not when it is processed.
   *
   * @return nanoseconds on the delivering loop's clock
   */
  public long arrivalNanos() {
    return arrivalNanos;
  }

  /**
   * The family.
   *
   * @return true for IPv6, false for IPv4
   */
  public boolean isIpv6() {
    return ipv6;
  }

  /**
   * The protocol number (IPv6: of the first next header).
   *
   * @return 0–255
   */
  public int protocol() {
    return u8(ipv6 ? V6_NEXT_HEADER_OFFSET : V4_PROTOCOL_OFFSET);
  }

  /**
   * TTL or hop limit as received.
   *
   * @return 0–255
   */
  public int ttl() {
    return u8(ipv6 ? V6_HOP_LIMIT_OFFSET : V4_TTL_OFFSET);
  }

  /**
   * TOS byte or traffic class.
   *
   * @return 0–255
   */
  public int trafficClass() {
    return ipv6 ? u16(0) >> 4 & 0xff : u8(1);
  }

  /**
   * The bytes this view looks at; read only.
   *
   * @return the array given to {@link #wrap}
   */
  public byte[] array() {
    return bytes;
  }

  /**
   * Where the IP header begins in {@link #array}.
   *
   * @return an index
   */
  public int packetOffset() {
    return offset;
  }

  /**
   * Header and payload.
   *
   * @return bytes, by the IP header's own length
   */
  public int packetLength() {
    return totalLength;
  }

  /**
   * Where the payload begins in {@link #array}.
   *
   * @return an index
   */
  public int payloadOffset() {
    return offset + headerLength;
  }

  /**
   * The payload's size by the IP header's own length, link-layer padding excluded.
   *
   * @return bytes
   */
  public int payloadLength() {
    return totalLength - headerLength;
  }

  /**
   * The source address. Allocates; on a hot path use {@link #isFrom}.
   *
   * @return IPv4 or IPv6
   */
  public InetAddress source() {
    return address(sourceOffset());
  }

  /**
   * Copies the source address without allocating.
   *
   * @param to 16 bytes; what is behind an IPv4 address stays as it is
   * @return 4 or 16, the number of bytes copied
   */
  public int copySource(byte[] to) {
    System.arraycopy(bytes, offset + sourceOffset(), to, 0, addressLength());
    return addressLength();
  }

  /**
   * The destination address. Allocates; on a hot path use {@link #isTo}.
   *
   * @return IPv4 or IPv6
   */
  public InetAddress destination() {
    return address(destinationOffset());
  }

  /**
   * Compares the source without allocating.
   *
   * @param address 4 or 16 bytes in network order
   * @return true if it is the source
   */
  public boolean isFrom(byte[] address) {
    return matches(sourceOffset(), address);
  }

  /**
   * One octet of the source, for comparing addresses without allocating.
   *
   * @param index 0–3, or 0–15 of an IPv6 address
   * @return 0–255
   */
  public int sourceOctet(int index) {
    return u8(sourceOffset() + index);
  }

  /**
   * Compares the destination without allocating.
   *
   * @param address 4 or 16 bytes in network order
   * @return true if it is the destination
   */
  public boolean isTo(byte[] address) {
    return matches(destinationOffset(), address);
  }

  /**
   * Whether it was sent to a group, without allocating.
   *
   * @return true if the destination is a multicast address
   */
  public boolean isToMulticast() {
    int first = u8(destinationOffset());
    return ipv6 ? first == 0xff : (first & 0xf0) == 0xe0;
  }

  /**
   * What a pseudo header adds to a checksum for the two addresses.
   *
   * @return the unfolded sum of source and destination, see {@link InternetChecksum#sum}
   */
  public long addressSum() {
    return InternetChecksum.sum(bytes, offset + sourceOffset(), 2 * addressLength());
  }

  /**
   * The packet's own bytes.
   *
   * @return a copy, header included
   */
  public byte[] copy() {
    return Arrays.copyOfRange(bytes, offset, offset + totalLength);
  }

  private int sourceOffset() {
    return ipv6 ? V6_SOURCE_OFFSET : V4_SOURCE_OFFSET;
  }

  private int destinationOffset() {
    return ipv6 ? V6_DESTINATION_OFFSET : V4_DESTINATION_OFFSET;
  }

  private int addressLength() {
    return ipv6 ? 16 : 4;
  }

  private boolean matches(int field, byte[] address) {
    int at = offset + field;
    int length = addressLength();
    return Arrays.equals(bytes, at, at + length, address, 0, address.length);
  }

  private InetAddress address(int field) {
    int at = offset + field;
    byte[] address = Arrays.copyOfRange(bytes, at, at + addressLength());
    try {
      return address.length == 4
          ? InetAddress.getByAddress(address)
          : Inet6Address.getByAddress(null, address, -1); // also when it is an IPv4-mapped one
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  private int u8(int field) {
    return bytes[offset + field] & 0xff;
  }

  private int u16(int field) {
    return (short) SHORT.get(bytes, offset + field) & 0xffff;
  }

  @Override
  public String toString() {
    return headerLength == 0
        ? "IpPacket[unchecked, " + available + " bytes on " + link + "]"
        : "IpPacket[%s > %s proto %d ttl %d, %d bytes on %s]"
            .formatted(
                source().getHostAddress(),
                destination().getHostAddress(),
                protocol(),
                ttl(),
                totalLength,
                link);
  }
}
