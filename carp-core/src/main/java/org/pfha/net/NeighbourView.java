package org.pfha.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A view over one received Ethernet frame in which somebody says where an address answers: an ARP
 * request or reply (RFC 826) or a neighbour advertisement (RFC 4861, 4.4).
 *
 * <pre>
 *   Ethernet  0 destination  6 source  12 type
 *   ARP       0 hw type 1  2 proto 0800  4 len 6  5 len 4  6 op  8 MAC  14 IP  18 MAC  24 IP
 *   IPv6      6 next header 58  7 hop limit 255  8 src  24 dst
 *   NA        0 type 136  1 code 0  2 sum  4 flags  8 target  24 options: type, length/8, MAC
 * </pre>
 *
 * <p>{@link #wrap} it, {@link #check} once; when that returned {@link Check#OK} no accessor can
 * fail. One instance can be wrapped again and again without allocation. Confined to one thread.
 */
public final class NeighbourView {

  /** What a frame says about an address, if anything. */
  public enum Check {
    /** Somebody claims an address. */
    OK,
    /** Neither ARP nor a neighbour advertisement; a tagged frame is of another link. */
    OTHER,
    /** Shorter than it has to be. */
    TRUNCATED,
    /** ARP of other than Ethernet and IPv4, or neither request nor reply. */
    BAD_ARP,
    /** A neighbour advertisement that crossed a router: hop limit is not 255. */
    BAD_HOP_LIMIT,
    /** The checksum of the neighbour advertisement is wrong. */
    BAD_CHECKSUM,
    /** An option of the neighbour advertisement has no length, or leaves the message. */
    BAD_OPTION,
    /** Only asks, as a probe for duplicates does; or the address can be nobody's. */
    NO_CLAIM
  }

  /** In which words the address was claimed. */
  public enum Kind {
    /** An ARP request; gratuitous if it asks for the address it is sent from. */
    ARP_REQUEST("ARP request"),
    /** An ARP reply. */
    ARP_REPLY("ARP reply"),
    /** A neighbour advertisement. */
    NEIGHBOUR_ADVERTISEMENT("neighbour advertisement");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }

  private static final int ETHERNET_HEADER = 14;
  private static final int ETHERNET_SOURCE_OFFSET = 6;
  private static final int ETHERNET_TYPE_OFFSET = 12;
  private static final int TYPE_ARP = 0x0806;
  private static final int TYPE_IPV6 = 0x86dd;

  private static final int ARP = ETHERNET_HEADER;
  private static final int ARP_LENGTH = 28;
  private static final long ARP_ETHERNET_IPV4 = 0x0001_0800_0604_0000L;
  private static final int ARP_OPERATION_OFFSET = ARP + 6;
  private static final int ARP_SENDER_MAC_OFFSET = ARP + 8;
  private static final int ARP_SENDER_IP_OFFSET = ARP + 14;

  private static final int IPV6 = ETHERNET_HEADER;
  private static final int IPV6_HEADER = 40;
  private static final int IPV6_LENGTH_OFFSET = IPV6 + 4;
  private static final int IPV6_NEXT_HEADER_OFFSET = IPV6 + 6;
  private static final int IPV6_HOP_LIMIT_OFFSET = IPV6 + 7;
  private static final int IPV6_SOURCE_OFFSET = IPV6 + 8;
  private static final int ICMPV6 = 58;

  private static final int NA = IPV6 + IPV6_HEADER;
  private static final int NA_LENGTH = 24;
  private static final int NA_TYPE = 136;
  private static final int NA_TARGET_OFFSET = NA + 8;
  private static final int NA_OPTIONS_OFFSET = NA + NA_LENGTH;
  private static final int TARGET_LINK_LAYER_ADDRESS = 2;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private int offset;
  private int length;
  private String link = "";
  private long arrivalNanos;

  private Kind kind = Kind.ARP_REQUEST;
  private int macOffset;
  private int addressOffset;

  /** A view over nothing, to be wrapped. */
  public NeighbourView() {}

  /**
   * Looks at another frame.
   *
   * @param bytes the frame is in here; not copied
   * @param offset of the first byte of the Ethernet header
   * @param length bytes captured; padding at the end is ignored
   * @param link name of the interface it arrived on
   * @param arrivalNanos when it arrived, on the clock of the event loop that delivers it
   * @return this
   */
  public NeighbourView wrap(byte[] bytes, int offset, int length, String link, long arrivalNanos) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.link = link;
    this.arrivalNanos = arrivalNanos;
    return this;
  }

  /**
   * Finds out whether it claims an address. Must be called, and must return {@link Check#OK},
   * before any accessor but {@link #link} and {@link #arrivalNanos}.
   *
   * @return what it is otherwise
   */
  public Check check() {
    if (length < ETHERNET_HEADER) {
      return Check.TRUNCATED;
    }
    return switch (u16(ETHERNET_TYPE_OFFSET)) {
      case TYPE_ARP -> checkArp();
      case TYPE_IPV6 -> checkIpv6();
      default -> Check.OTHER;
    };
  }

  private Check checkArp() {
    if (length < ARP + ARP_LENGTH) {
      return Check.TRUNCATED;
    }
    int operation = u16(ARP_OPERATION_OFFSET);
    if (((long) LONG.get(bytes, offset + ARP) & ~0xffffL) != ARP_ETHERNET_IPV4
        || operation < 1
        || operation > 2) {
      return Check.BAD_ARP;
    }
    kind = operation == 1 ? Kind.ARP_REQUEST : Kind.ARP_REPLY;
    macOffset = ARP_SENDER_MAC_OFFSET;
    addressOffset = ARP_SENDER_IP_OFFSET;
    return claim(0xe0);
  }

  private Check checkIpv6() {
    if (length < NA + 1) {
      return length < NA ? Check.TRUNCATED : Check.OTHER;
    }
    if (u8(IPV6_NEXT_HEADER_OFFSET) != ICMPV6 || u8(NA) != NA_TYPE) {
      return Check.OTHER;
    }
    int message = u16(IPV6_LENGTH_OFFSET);
    if (message < NA_LENGTH || NA + message > length) {
      return Check.TRUNCATED;
    }
    if (u8(IPV6_HOP_LIMIT_OFFSET) != 255) {
      return Check.BAD_HOP_LIMIT;
    }
    // The pseudo-header: both addresses, the length, the next header (RFC 8200, 8.1).
    long sum = InternetChecksum.sum(bytes, offset + IPV6_SOURCE_OFFSET, 32 + message);
    if (InternetChecksum.finish(sum + message + ICMPV6) != 0) {
      return Check.BAD_CHECKSUM;
    }
    kind = Kind.NEIGHBOUR_ADVERTISEMENT;
    macOffset = ETHERNET_SOURCE_OFFSET; // unless an option says otherwise
    addressOffset = NA_TARGET_OFFSET;
    return checkOptions(NA + message) ? claim(0xff) : Check.BAD_OPTION;
  }

  private boolean checkOptions(int end) {
    for (int at = NA_OPTIONS_OFFSET; at < end; ) {
      int size = at + 1 < end ? 8 * u8(at + 1) : 0;
      if (size == 0 || at + size > end) {
        return false;
      }
      if (u8(at) == TARGET_LINK_LAYER_ADDRESS) {
        macOffset = at + 2;
      }
      at += size;
    }
    return true;
  }

  /** Zero asks only, and a group is nobody's. */
  private Check claim(int group) {
    boolean unspecified = true;
    for (int i = 0; i < addressLength(); i++) {
      unspecified &= u8(addressOffset + i) == 0;
    }
    return unspecified || u8(addressOffset) >= group ? Check.NO_CLAIM : Check.OK;
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
   * In which words the address is claimed.
   *
   * @return ARP request or reply, or neighbour advertisement
   */
  public Kind kind() {
    return kind;
  }

  /**
   * Where the address is said to answer.
   *
   * @return the sender's hardware address of ARP; for a neighbour advertisement the target
   *     link-layer address, or without that option the frame's source
   */
  public MacAddress mac() {
    return MacAddress.at(bytes, offset + macOffset);
  }

  /**
   * The interface that sent the frame, which need not be the one that is advertised.
   *
   * @return source of the Ethernet header
   */
  public MacAddress ethernetSource() {
    return MacAddress.at(bytes, offset + ETHERNET_SOURCE_OFFSET);
  }

  /**
   * The claimed address. Allocates; on a hot path use {@link #isAbout}.
   *
   * @return IPv4 or IPv6
   */
  public InetAddress address() {
    int at = offset + addressOffset;
    byte[] claimed = Arrays.copyOfRange(bytes, at, at + addressLength());
    try {
      return claimed.length == 4
          ? InetAddress.getByAddress(claimed)
          : Inet6Address.getByAddress(null, claimed, -1); // also when it is an IPv4-mapped one
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /**
   * Compares the claimed address without allocating.
   *
   * @param address 4 or 16 bytes in network order
   * @return true if it is the claimed one
   */
  public boolean isAbout(byte[] address) {
    int at = offset + addressOffset;
    return Arrays.equals(bytes, at, at + addressLength(), address, 0, address.length);
  }

  private int addressLength() {
    return kind == Kind.NEIGHBOUR_ADVERTISEMENT ? 16 : 4;
  }

  private int u8(int field) {
    return bytes[offset + field] & 0xff;
  }

  private int u16(int field) {
    return (short) SHORT.get(bytes, offset + field) & 0xffff;
  }

  @Override
  public String toString() {
    return "NeighbourView[" + length + " bytes on " + link + "]";
  }
}
