package org.pfha.pf.device;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes nvlists (spec pf-ioctl 6). A header's size is all that follows up to the end of the whole,
 * parents included, which is why the whole is measured first.
 *
 * <pre>
 * list   0 magic 0x6c  1 version 0  2 flags  3 descriptors (8)  11 size (8)
 * pair   0 type  1 name size, NUL included (2)  3 data size (8)  11 items (8)  19 name  data
 * list array: data size 0, each element a list and a pair of type 254; nested list: ends by 255
 * </pre>
 */
final class NvListPacker {

  static final int HEADER = 19;
  static final int MAGIC = 0x6c;
  static final int FLAGS_OFFSET = 2;
  static final int DESCRIPTORS_OFFSET = 3;
  static final int SIZE_OFFSET = 11;
  static final int BIG_ENDIAN = 0x80;

  static final int PAIR_HEADER = 19;
  static final int NAME_SIZE_OFFSET = 1;
  static final int DATA_SIZE_OFFSET = 3;
  static final int ITEMS_OFFSET = 11;
  static final int NEXT_ELEMENT = 254;
  static final int END_OF_LIST = 255;

  /** A pair with the empty name and no data. */
  static final int MARKER = PAIR_HEADER + 1;

  private final ByteBuffer out;
  private final int orderFlag;

  private NvListPacker(int size, ByteOrder order) {
    this.out = ByteBuffer.allocate(size).order(order);
    this.orderFlag = order == ByteOrder.BIG_ENDIAN ? BIG_ENDIAN : 0;
  }

  static byte[] pack(NvList list, ByteOrder order) {
    NvListPacker packer = new NvListPacker(Math.toIntExact(size(list)), order);
    packer.list(list);
    return packer.out.array();
  }

  private static long size(NvList list) {
    long size = HEADER;
    for (NvPair pair : list.pairs()) {
      size += PAIR_HEADER + pair.nameBytes().length + 1 + dataSize(pair);
    }
    return size;
  }

  private static long dataSize(NvPair pair) {
    return switch (pair.type()) {
      case NULL -> 0;
      case BOOL -> 1;
      case NUMBER -> Long.BYTES;
      case TEXT -> ((byte[]) pair.raw()).length + 1L;
      case BINARY -> ((byte[]) pair.raw()).length;
      case BOOLS -> ((boolean[]) pair.raw()).length;
      case NUMBERS -> (long) Long.BYTES * ((long[]) pair.raw()).length;
      case TEXTS -> {
        long size = 0;
        for (byte[] text : (byte[][]) pair.raw()) {
          size += text.length + 1;
        }
        yield size;
      }
      case LIST -> size((NvList) pair.raw()) + MARKER;
      case LISTS -> pair.lists().stream().mapToLong(list -> size(list) + MARKER).sum();
    };
  }

  private void list(NvList list) {
    out.put((byte) MAGIC).put((byte) 0).put((byte) (list.flags() | orderFlag));
    out.putLong(0).putLong(out.remaining() - Long.BYTES);
    list.pairs().forEach(this::pair);
  }

  private void pair(NvPair pair) {
    int header = out.position();
    pairHeader(pair.type().code, pair.nameBytes(), items(pair));
    int data = out.position();
    switch (pair.type()) {
      case NULL -> {}
      case BOOL -> bool((Boolean) pair.raw());
      case NUMBER -> out.putLong((Long) pair.raw());
      case TEXT -> text((byte[]) pair.raw());
      case BINARY -> out.put((byte[]) pair.raw());
      case BOOLS -> {
        for (boolean value : (boolean[]) pair.raw()) {
          bool(value);
        }
      }
      case NUMBERS -> {
        for (long value : (long[]) pair.raw()) {
          out.putLong(value);
        }
      }
      case TEXTS -> {
        for (byte[] text : (byte[][]) pair.raw()) {
          text(text);
        }
      }
      case LIST -> list((NvList) pair.raw());
      case LISTS -> lists(pair.lists());
    }
    long size = pair.type() == NvType.LISTS ? 0 : out.position() - data;
    out.putLong(header + DATA_SIZE_OFFSET, size);
    if (pair.type() == NvType.LIST) {
      pairHeader(END_OF_LIST, new byte[0], 0);
    }
  }

  private void pairHeader(int type, byte[] name, long items) {
    out.put((byte) type).putShort((short) (name.length + 1)).putLong(0).putLong(items);
    text(name);
  }

  private static long items(NvPair pair) {
    return switch (pair.type()) {
      case BOOLS -> ((boolean[]) pair.raw()).length;
      case NUMBERS -> ((long[]) pair.raw()).length;
      case TEXTS -> ((byte[][]) pair.raw()).length;
      case LISTS -> pair.lists().size();
      default -> 0;
    };
  }

  private void lists(List<NvList> lists) {
    for (NvList list : lists) {
      list(list);
      pairHeader(NEXT_ELEMENT, new byte[0], 0);
    }
  }

  private void bool(boolean value) {
    out.put((byte) (value ? 1 : 0));
  }

  private void text(byte[] text) {
    out.put(text).put((byte) 0);
  }
}
