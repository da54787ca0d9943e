package org.pfha.examples.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.pfha.net.MacAddress;

/**
 * A frame that has left a host: who sent it is told by the cable it came in on, not by any address
 * in it. Immutable, as long as nobody writes to the bytes.
 *
 * @param host that sent it
 * @param atNanos when the switch took it, nanoseconds since 1970
 * @param kind what it is
 * @param address of adverts: where they come from; otherwise what it claims or answers for
 * @param payload of adverts and pfsync: what is behind the IP header; otherwise empty
 * @param frame all of it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a capture, never compared
public record Seen(
    String host, long atNanos, Kind kind, InetAddress address, byte[] payload, byte[] frame) {

  /** What a frame can be. */
  public enum Kind {
    /** CARP, or VRRPv2. */
    CARP,
    /** VRRPv3. */
    VRRP,
    /** pfsync. */
    PFSYNC,
    /** Gratuitous ARP or an unsolicited neighbour advertisement. */
    ANNOUNCEMENT,
    /** An ARP reply or a solicited neighbour advertisement. */
    ANSWER,
    /** An answer to a ping. */
    PONG,
    /** Something else. */
    OTHER
  }

  private static final int ETHERNET = 14;
  private static final int ARP_LENGTH = 28;
  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;
  private static final int CARP_PROTOCOL = 112;
  private static final int PFSYNC_PROTOCOL = 240;
  private static final byte[] NOTHING = {};

  /** Looks at a frame. */
  static Seen of(String host, long atNanos, byte[] frame) {
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    int type = frame.length < ETHERNET ? 0 : bytes.getShort(12) & 0xffff;
    int left = frame.length - ETHERNET;
    Parts parts;
    if (type == 0x0806 && left >= ARP_LENGTH) {
      parts = arp(bytes);
    } else if (type == 0x0800 && left >= V4_HEADER) {
      parts = ipv4(bytes);
    } else if (type == 0x86dd && left >= V6_HEADER) {
      parts = ipv6(bytes);
    } else {
      parts = new Parts(Kind.OTHER, new byte[4], NOTHING);
    }
    return new Seen(host, atNanos, parts.kind, address(parts.address), parts.payload, frame);
  }

  @SuppressWarnings("ArrayRecordComponent") // taken apart at once
  private record Parts(Kind kind, byte[] address, byte[] payload) {}

  private static Parts arp(ByteBuffer frame) {
    byte[] sender = bytes(frame, ETHERNET + 14, 4);
    boolean gratuitous = Arrays.equals(sender, bytes(frame, ETHERNET + 24, 4));
    boolean reply = frame.getShort(ETHERNET + 6) == 2;
    boolean probe = Arrays.equals(sender, new byte[4]);
    Kind kind =
        gratuitous && !probe ? Kind.ANNOUNCEMENT : reply && !probe ? Kind.ANSWER : Kind.OTHER;
    return new Parts(kind, sender, NOTHING);
  }

  private static Parts ipv4(ByteBuffer frame) {
    int begin = ETHERNET + 4 * (frame.get(ETHERNET) & 0xf);
    int end = Math.min(frame.limit(), ETHERNET + (frame.getShort(ETHERNET + 2) & 0xffff));
    byte[] payload = begin < end ? bytes(frame, begin, end - begin) : NOTHING;
    byte[] source = bytes(frame, ETHERNET + 12, 4);
    return ip(frame.get(ETHERNET + 9) & 0xff, source, payload);
  }

  private static Parts ipv6(ByteBuffer frame) {
    int begin = ETHERNET + V6_HEADER;
    int end = Math.min(frame.limit(), begin + (frame.getShort(ETHERNET + 4) & 0xffff));
    byte[] payload = bytes(frame, begin, end - begin);
    byte[] source = bytes(frame, ETHERNET + 8, 16);
    int next = frame.get(ETHERNET + 6) & 0xff;
    if (next == 58 && payload.length >= 24 && (payload[0] & 0xff) == 136) {
      boolean solicited = (payload[4] & 0x40) != 0;
      byte[] target = Arrays.copyOfRange(payload, 8, 24);
      return new Parts(solicited ? Kind.ANSWER : Kind.ANNOUNCEMENT, target, NOTHING);
    }
    return ip(next, source, payload);
  }

  private static Parts ip(int protocol, byte[] source, byte[] payload) {
    if (protocol == CARP_PROTOCOL && payload.length >= 8) {
      return new Parts(payload[0] >> 4 == 3 ? Kind.VRRP : Kind.CARP, source, payload);
    }
    if (protocol == PFSYNC_PROTOCOL) {
      return new Parts(Kind.PFSYNC, source, payload);
    }
    int echoReply = protocol == 1 ? 0 : protocol == 58 ? 129 : -1;
    boolean pong = payload.length > 0 && (payload[0] & 0xff) == echoReply;
    return new Parts(pong ? Kind.PONG : Kind.OTHER, source, NOTHING);
  }

  private static byte[] bytes(ByteBuffer frame, int from, int length) {
    byte[] bytes = new byte[length];
    frame.get(from, bytes);
    return bytes;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible); // 4 or 16 bytes
    }
  }

  /**
   * Whether it is an advert.
   *
   * @return of CARP or VRRP
   */
  public boolean isAdvert() {
    return kind == Kind.CARP || kind == Kind.VRRP;
  }

  /**
   * Whether it is an advert of one virtual router.
   *
   * @param vhid 1–255
   * @return of CARP or VRRP
   */
  public boolean isAdvertOf(int vhid) {
    return isAdvert() && (payload[1] & 0xff) == vhid;
  }

  /**
   * Whether it is of a kind and about an address.
   *
   * @param wanted the kind
   * @param about the address
   * @return both
   */
  public boolean is(Kind wanted, InetAddress about) {
    return kind == wanted && address.equals(about);
  }

  /**
   * The MAC that an announcement or an answer names for its address.
   *
   * @return the sender's hardware address of ARP, the link-layer option of a neighbour
   *     advertisement
   * @throws IllegalStateException if it is of another kind, or has no such option
   */
  public MacAddress claimedMac() {
    boolean arp = address.getAddress().length == 4;
    int at = arp ? ETHERNET + 8 : ETHERNET + V6_HEADER + 24 + 2;
    if ((kind != Kind.ANNOUNCEMENT && kind != Kind.ANSWER) || at + 6 > frame.length) {
      throw new IllegalStateException(this + " names no MAC");
    }
    return MacAddress.at(frame, at);
  }

  @Override
  public String toString() {
    return "%d.%09d %s %s %s"
        .formatted(
            atNanos / 1_000_000_000, atNanos % 1_000_000_000, host, kind, address.getHostAddress());
  }
}
