package org.pfha.net.pcap;

import java.util.Arrays;

/**
 * What stands before the IP header in a record, by LINKTYPE number.
 *
 * <pre>
 *   1    Ethernet          6 + 6 MACs, then a type; VLAN tags push the type 4 bytes on
 *   0    BSD null          address family in the order of the machine that wrote the file
 *   108  OpenBSD loop      address family in network order
 *   12, 14, 101, 228, 229  the IP header itself
 *   113  Linux cooked      type at 14 of 16
 *   276  Linux cooked v2   type at 0 of 20
 *   117  pflog             length of the header at 0, without padding; family at 1
 *   246, 18, 121  pfsync   no IP at all: the packet header of pfsync (spec pfsync 1)
 * </pre>
 */
final class LinkLayer {

  static final int NULL = 0;
  static final int ETHERNET = 1;
  static final int RAW = 101;
  static final int LOOP = 108;
  static final int LINUX_COOKED = 113;
  static final int PFLOG = 117;
  static final int LINUX_COOKED_2 = 276;

  private static final byte[] NOT_IP = {};
  private static final int IPV4 = 0x0800;
  private static final int IPV6 = 0x86dd;

  private LinkLayer() {}

  static boolean isKnown(int linkType) {
    return isRaw(linkType)
        || isPfsync(linkType)
        || switch (linkType) {
          case NULL, ETHERNET, LOOP, LINUX_COOKED, PFLOG, LINUX_COOKED_2 -> true;
          default -> false;
        };
  }

  static boolean isPfsync(int linkType) {
    return linkType == 246 || linkType == 18 || linkType == 121;
  }

  private static boolean isRaw(int linkType) {
    return linkType == RAW
        || linkType == 12
        || linkType == 14
        || linkType == 228
        || linkType == 229;
  }

  /** The IP packet in a record, or no bytes if it holds another kind. */
  static byte[] ip(int linkType, byte[] frame) {
    if (isRaw(linkType)) {
      return frame;
    }
    return switch (linkType) {
      case ETHERNET -> typed(frame, 12, 14);
      case LINUX_COOKED -> typed(frame, 14, 16);
      case LINUX_COOKED_2 -> typed(frame, 0, 20);
      case NULL -> family(frame, 0) || family(frame, 3) ? from(frame, 4) : NOT_IP;
      case LOOP -> family(frame, 3) ? from(frame, 4) : NOT_IP;
      case PFLOG -> family(frame, 1) ? from(frame, (frame[0] & 0xff) + 3 & ~3) : NOT_IP;
      default -> NOT_IP;
    };
  }

  private static byte[] typed(byte[] frame, int typeAt, int payloadAt) {
    int at = typeAt;
    int payload = payloadAt;
    while (payload <= frame.length) {
      int type = (frame[at] & 0xff) << 8 | (frame[at + 1] & 0xff);
      if (type == IPV4 || type == IPV6) {
        return from(frame, payload);
      }
      if (type != 0x8100 && type != 0x88a8 && type != 0x9100) {
        break;
      }
      at = payload + 2;
      payload += 4;
    }
    return NOT_IP;
  }

  /** Whether a byte is one of the numbers that BSDs give to IPv4 and IPv6. */
  private static boolean family(byte[] frame, int at) {
    if (at >= frame.length) {
      return false;
    }
    return switch (frame[at]) {
      case 2, 10, 24, 28, 30 -> true;
      default -> false;
    };
  }

  private static byte[] from(byte[] frame, int offset) {
    return offset < frame.length ? Arrays.copyOfRange(frame, offset, frame.length) : NOT_IP;
  }
}
