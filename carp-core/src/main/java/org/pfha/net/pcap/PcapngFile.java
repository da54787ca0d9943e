package org.pfha.net.pcap;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.net.pcap.PcapReader.End;

/**
 * The pcapng format: a sequence of blocks, of which those that hold no packet and describe no
 * interface are stepped over. A new section forgets the interfaces and may have another byte order.
 *
 * <pre>
 *   block      0 type  4 total length  8 body …  padded to 4  total length again
 *   section    0 0x0a0d0d0a  8 0x1a2b3c4d  12 version  16 section length  24 options
 *   interface  0 1  8 link type  10 reserved  12 snaplen  16 options
 *   packet     0 6  8 interface  12 time high  16 time low  20 captured  24 original  28 bytes, options
 *   simple     0 3  8 original  12 bytes
 *   old packet 0 2  8 interface 10 drops  12 time high  16 time low  20 captured  24 original  28 bytes
 *   option     0 code  2 length  4 value, padded to 4
 * </pre>
 */
final class PcapngFile implements CaptureFile {

  static final int SECTION = 0x0a0d0d0a;

  private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
  private static final int INTERFACE = 1;
  private static final int OLD_PACKET = 2;
  private static final int SIMPLE_PACKET = 3;
  private static final int PACKET = 6;
  private static final int SMALLEST_BLOCK = 12;
  private static final int SMALLEST_SECTION = 28;
  private static final int SMALLEST_INTERFACE = 20;
  private static final int SMALLEST_SIMPLE = 16;
  private static final int SMALLEST_PACKET = 32;
  private static final int PACKET_BYTES = 28;
  private static final int SIMPLE_BYTES = 12;
  private static final int OPTION_HEADER = 4;
  private static final int OPTION_NAME = 2;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_OFFSET = 14;
  private static final int MOST_INTERFACES = 4096;
  private static final int LONGEST_NAME = 64;

  /** Longest block that is held in memory: a packet with its options. */
  private static final int LONGEST_BLOCK = PcapReader.LONGEST + (1 << 16);

  private record Known(CaptureInterface link, int snaplen, PcapngTime time) {}

  private final CaptureInput in;
  private final List<Known> interfaces = new ArrayList<>();
  private ByteOrder order = ByteOrder.BIG_ENDIAN;
  private End end = End.NOT_YET;
  private long lastNanos;

  PcapngFile(CaptureInput in) {
    this.in = in;
  }

  @Override
  public End end() {
    return end;
  }

  @Override
  public @Nullable PcapRecord next() throws IOException {
    while (end == End.NOT_YET && in.has(SMALLEST_BLOCK)) {
      // A section's type reads the same in both orders, and its magic tells which it is.
      boolean section = in.i32(0, ByteOrder.BIG_ENDIAN) == SECTION;
      ByteOrder blockOrder = section ? sectionOrder() : order;
      if (blockOrder == null) {
        end = End.BAD_BLOCK;
        return null;
      }
      int type = in.i32(0, blockOrder);
      long length = in.u32(4, blockOrder);
      boolean held = section || type == INTERFACE || isPacket(type);
      if (length < smallest(type) || length % 4 != 0) {
        end = End.BAD_BLOCK;
      } else if (!held) {
        in.skip(length);
      } else if (length > LONGEST_BLOCK) {
        end = isPacket(type) ? End.OVERSIZED_RECORD : End.BAD_BLOCK;
      } else if (!in.has((int) length)) {
        return null;
      } else if (in.u32((int) length - 4, blockOrder) != length) {
        end = End.BAD_BLOCK;
      } else {
        order = blockOrder;
        PcapRecord record = block(type, (int) length);
        in.skip(length);
        if (record != null) {
          return record;
        }
      }
    }
    return null;
  }

  private @Nullable ByteOrder sectionOrder() {
    if (in.i32(8, ByteOrder.BIG_ENDIAN) == BYTE_ORDER_MAGIC) {
      return ByteOrder.BIG_ENDIAN;
    }
    return in.i32(8, ByteOrder.LITTLE_ENDIAN) == BYTE_ORDER_MAGIC ? ByteOrder.LITTLE_ENDIAN : null;
  }

  private static boolean isPacket(int type) {
    return type == PACKET || type == SIMPLE_PACKET || type == OLD_PACKET;
  }

  private static int smallest(int type) {
    return switch (type) {
      case SECTION -> SMALLEST_SECTION;
      case INTERFACE -> SMALLEST_INTERFACE;
      case SIMPLE_PACKET -> SMALLEST_SIMPLE;
      case PACKET, OLD_PACKET -> SMALLEST_PACKET;
      default -> SMALLEST_BLOCK;
    };
  }

  private @Nullable PcapRecord block(int type, int length) {
    switch (type) {
      case SECTION -> interfaces.clear();
      case INTERFACE -> describeInterface(length);
      case SIMPLE_PACKET -> {
        return simple(length);
      }
      case PACKET -> {
        return packet(in.i32(8, order), length);
      }
      default -> {
        return packet(in.u16(8, order), length);
      }
    }
    return null;
  }

  private void describeInterface(int length) {
    if (interfaces.size() == MOST_INTERFACES) {
      end = End.BAD_BLOCK;
      return;
    }
    String name = "";
    int resolution = PcapngTime.MICROSECONDS;
    long offsetSeconds = 0;
    int at = 16;
    int last = length - 4;
    while (at + OPTION_HEADER <= last) {
      int code = in.u16(at, order);
      int size = in.u16(at + 2, order);
      int value = at + OPTION_HEADER;
      if (code == 0 || value + size > last) {
        break;
      }
      if (code == OPTION_NAME) {
        name = text(value, Math.min(size, LONGEST_NAME));
      } else if (code == OPTION_RESOLUTION && size >= 1) {
        resolution = in.u8(value);
      } else if (code == OPTION_OFFSET && size >= Long.BYTES) {
        boolean big = order == ByteOrder.BIG_ENDIAN;
        long high = in.u32(big ? value : value + 4, order);
        offsetSeconds = high << 32 | in.u32(big ? value + 4 : value, order);
      }
      at = value + (size + 3 & ~3);
    }
    CaptureInterface link = new CaptureInterface(interfaces.size(), name, in.u16(8, order));
    interfaces.add(new Known(link, in.i32(12, order), new PcapngTime(resolution, offsetSeconds)));
  }

  /** Names go to terminals: nothing but letters that can be seen. */
  private String text(int at, int size) {
    String text = new String(in.copy(at, size), StandardCharsets.UTF_8);
    return text.replaceAll("\\p{C}", "").strip();
  }

  private @Nullable PcapRecord packet(int number, int length) {
    long captured = in.u32(20, order);
    if (number < 0 || number >= interfaces.size() || captured > length - SMALLEST_PACKET) {
      end = End.BAD_BLOCK;
      return null;
    }
    Known known = interfaces.get(number);
    lastNanos = known.time.nanos(in.u32(12, order) << 32 | in.u32(16, order));
    return record(PACKET_BYTES, (int) captured, in.i32(24, order), known);
  }

  /** It has no time of its own, and is of the first interface. */
  private @Nullable PcapRecord simple(int length) {
    if (interfaces.isEmpty()) {
      end = End.BAD_BLOCK;
      return null;
    }
    Known known = interfaces.get(0);
    long captured = Math.min(in.u32(8, order), length - SMALLEST_SIMPLE);
    if (known.snaplen > 0) {
      captured = Math.min(captured, known.snaplen);
    }
    return record(SIMPLE_BYTES, (int) captured, in.i32(8, order), known);
  }

  private PcapRecord record(int at, int captured, int original, Known known) {
    return PcapRecord.of(lastNanos, original, in.copy(at, captured), known.link);
  }
}
