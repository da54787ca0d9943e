package org.pfha.examples.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.InternetChecksum;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.pfsync.wire.PfsyncTransport;

/**
 * Makes whole IP packets of protocol 112 and 240 of what was captured: puts fragments together,
 * takes IPv6 extension headers away, and says what was unusual. Confined to one thread.
 */
final class Datagrams {

  /** What is unusual about the IP packet. */
  enum Flaw {
    /** The capture holds less of it than was sent. */
    CUT_OFF("cut off by the capture", false),
    /** The IP header makes no sense. */
    BAD_HEADER("hdrops: its IP header makes no sense", true),
    /** The IPv4 header checksum is wrong; senders whose card fills it in are captured before. */
    BAD_IP_CHECKSUM("IP header checksum wrong, or left to the sender's card", false),
    /** It came in fragments. */
    FRAGMENTED("came in fragments", false),
    /** IPv6 extension headers, behind which no receiver looks. */
    EXTENSION_HEADERS("behind IPv6 extension headers, where receivers do not look", true);

    private final String text;
    private final boolean fatal;

    Flaw(String text, boolean fatal) {
      this.text = text;
      this.fatal = fatal;
    }

    String text() {
      return text;
    }

    /** Whether a receiver never sees it. */
    boolean isFatal() {
      return fatal;
    }
  }

  /**
   * A packet whose header is in order.
   *
   * @param bytes header and payload, without fragmentation and extension headers
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Datagram(byte[] bytes, Set<Flaw> flaws) {}

  private record Key(List<Byte> header) {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Part(long atNanos, int offset, byte[] bytes, boolean last) {}

  private static final int MOST_PENDING = 64;
  private static final int MOST_PARTS = 128;

  /** As long as hosts wait for the rest, too. */
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private static final int LARGEST = 0xffff;
  private static final int V4_HEADER = 20;
  private static final int V6_HEADER = 40;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int MOST_EXTENSIONS = 16;
  private static final int HOP_BY_HOP = 0;
  private static final int ROUTING = 43;
  private static final int FRAGMENT = 44;
  private static final int AUTHENTICATION = 51;
  private static final int DESTINATION = 60;

  private final Map<Key, List<Part>> pending = new LinkedHashMap<>();
  private long nowNanos;

  /** The packet in a record; null if it is of another kind, or not whole yet. */
  @Nullable Datagram take(PcapRecord record) {
    byte[] ip = record.ip();
    nowNanos = record.atNanos();
    if (ip.length == 0) {
      return null;
    }
    return switch (ip[0] >> 4 & 0x0f) {
      case 4 -> ip.length < V4_HEADER ? null : v4(ip);
      case 6 -> ip.length < V6_HEADER ? null : v6(ip, EnumSet.noneOf(Flaw.class));
      default -> null;
    };
  }

  private static boolean isOurs(int protocol) {
    return protocol == CarpView.PROTOCOL || protocol == PfsyncTransport.PROTOCOL;
  }

  private @Nullable Datagram v4(byte[] ip) {
    if (!isOurs(ip[9] & 0xff)) {
      return null;
    }
    Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
    int header = 4 * (ip[0] & 0x0f);
    int total = u16(ip, 2) == 0 ? Math.min(ip.length, LARGEST) : u16(ip, 2);
    if (header < V4_HEADER || header > total || header > ip.length) {
      flaws.add(Flaw.BAD_HEADER);
      header = V4_HEADER;
      total = Math.max(total, V4_HEADER);
    } else if (InternetChecksum.of(ip, 0, header) != 0) {
      flaws.add(Flaw.BAD_IP_CHECKSUM);
    }
    if (total > ip.length) {
      flaws.add(Flaw.CUT_OFF);
      total = ip.length;
    }
    byte[] packet = Arrays.copyOf(ip, total);
    int fragment = u16(ip, 6);
    int offset = (fragment & 0x1fff) * 8;
    boolean more = (fragment & MORE_FRAGMENTS) != 0;
    if (offset > 0 || more) {
      byte[] id = {ip[4], ip[5], ip[9]};
      byte[] whole = together(key(packet, 12, 20, id), packet, header, offset, !more);
      if (whole == null) {
        return null;
      }
      packet = whole;
      flaws.add(Flaw.FRAGMENTED);
    }
    packet[0] = (byte) (0x40 | header / 4);
    put(packet, 2, packet.length);
    put(packet, 6, fragment & 0x4000);
    put(packet, 10, 0);
    put(packet, 10, InternetChecksum.of(packet, 0, header));
    return new Datagram(packet, flaws);
  }

  private @Nullable Datagram v6(byte[] ip, Set<Flaw> flaws) {
    int total = V6_HEADER + u16(ip, 4);
    if (total > ip.length) {
      flaws.add(Flaw.CUT_OFF);
      total = ip.length;
    }
    int protocol = ip[6] & 0xff;
    int at = V6_HEADER;
    for (int i = 0; i < MOST_EXTENSIONS && !isOurs(protocol) && at + 8 <= total; i++) {
      int next = ip[at] & 0xff;
      switch (protocol) {
        case HOP_BY_HOP, ROUTING, DESTINATION -> at += 8 * (1 + (ip[at + 1] & 0xff));
        case AUTHENTICATION -> at += 4 * (2 + (ip[at + 1] & 0xff));
        case FRAGMENT -> {
          return isOurs(next) || next == DESTINATION ? fragment(ip, at, total, flaws) : null;
        }
        default -> {
          return null;
        }
      }
      protocol = next;
      flaws.add(Flaw.EXTENSION_HEADERS);
    }
    if (!isOurs(protocol) || at > total) {
      return null;
    }
    return new Datagram(packet6(ip, protocol, Arrays.copyOfRange(ip, at, total)), flaws);
  }

  private @Nullable Datagram fragment(byte[] ip, int at, int total, Set<Flaw> flaws) {
    int fragment = u16(ip, at + 2);
    byte[] front = packet6(ip, ip[at] & 0xff, Arrays.copyOfRange(ip, at + 8, total));
    Key key = key(ip, 8, 40, Arrays.copyOfRange(ip, at + 4, at + 8));
    byte[] whole = together(key, front, V6_HEADER, fragment & 0xfff8, (fragment & 1) == 0);
    if (whole == null) {
      return null;
    }
    put(whole, 4, whole.length - V6_HEADER);
    flaws.add(Flaw.FRAGMENTED);
    return v6(whole, flaws);
  }

  private static byte[] packet6(byte[] ip, int protocol, byte[] payload) {
    byte[] packet = Arrays.copyOf(ip, V6_HEADER + payload.length);
    System.arraycopy(payload, 0, packet, V6_HEADER, payload.length);
    packet[6] = (byte) protocol;
    put(packet, 4, payload.length);
    return packet;
  }

  private static Key key(byte[] ip, int from, int to, byte[] id) {
    List<Byte> bytes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      bytes.add(ip[i]);
    }
    for (byte b : id) {
      bytes.add(b);
    }
    return new Key(bytes);
  }

  /** The header of this fragment with everybody's payload, when nothing is missing any more. */
  private byte @Nullable [] together(Key key, byte[] packet, int header, int offset, boolean last) {
    List<Part> parts = pending.computeIfAbsent(key, any -> new ArrayList<>());
    parts.removeIf(part -> nowNanos - part.atNanos > PATIENCE_NANOS);
    byte[] payload = Arrays.copyOfRange(packet, header, packet.length);
    parts.add(new Part(nowNanos, offset, payload, last));
    parts.sort(Comparator.comparingInt(Part::offset));
    if (pending.size() > MOST_PENDING) {
      pending.remove(pending.keySet().iterator().next());
    }
    if (parts.size() > MOST_PARTS || size(parts) > 2 * LARGEST) {
      pending.remove(key);
      return null;
    }
    int end = 0;
    for (Part part : parts) {
      if (part.offset > end) {
        return null;
      }
      end = Math.max(end, part.offset + part.bytes.length);
      if (part.last) {
        pending.remove(key);
        return end + header > LARGEST ? null : joined(packet, header, parts, end);
      }
    }
    return null;
  }

  private static int size(List<Part> parts) {
    return parts.stream().mapToInt(part -> part.bytes.length).sum();
  }

  private static byte[] joined(byte[] packet, int header, List<Part> parts, int length) {
    byte[] whole = Arrays.copyOf(Arrays.copyOf(packet, header), header + length);
    for (Part part : parts) { // somebody may have sent what is behind the last one
      int bytes = Math.min(part.bytes.length, length - part.offset);
      if (bytes > 0) {
        System.arraycopy(part.bytes, 0, whole, header + part.offset, bytes);
      }
    }
    return whole;
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  private static void put(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }
}
