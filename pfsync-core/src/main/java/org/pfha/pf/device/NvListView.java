package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkState;
import static org.pfha.pf.device.NvListPacker.BIG_ENDIAN;
import static org.pfha.pf.device.NvListPacker.DATA_SIZE_OFFSET;
import static org.pfha.pf.device.NvListPacker.DESCRIPTORS_OFFSET;
import static org.pfha.pf.device.NvListPacker.END_OF_LIST;
import static org.pfha.pf.device.NvListPacker.FLAGS_OFFSET;
import static org.pfha.pf.device.NvListPacker.HEADER;
import static org.pfha.pf.device.NvListPacker.ITEMS_OFFSET;
import static org.pfha.pf.device.NvListPacker.MAGIC;
import static org.pfha.pf.device.NvListPacker.MARKER;
import static org.pfha.pf.device.NvListPacker.NAME_SIZE_OFFSET;
import static org.pfha.pf.device.NvListPacker.NEXT_ELEMENT;
import static org.pfha.pf.device.NvListPacker.PAIR_HEADER;
import static org.pfha.pf.device.NvListPacker.SIZE_OFFSET;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that may be a packed nvlist. Strict: refuses what the kernel never writes, such as a wrong
 * nested size, also where the reference library does not look (spec pf-ioctl 6.3). Memory is
 * bounded by the bytes given, depth by 256 lists. Confined to one thread.
 */
public final class NvListView {

  private static final int TOP = -1;

  private byte[] bytes = new byte[0];
  private int start;
  private int end;

  private ByteBuffer in = ByteBuffer.wrap(bytes);
  private int at;
  private NvReject reject = NvReject.TRUNCATED;
  private @Nullable NvList value;

  /** Made over no bytes. */
  public NvListView() {}

  /**
   * Puts this view over bytes.
   *
   * @param array that holds them
   * @param offset of the first, in bytes
   * @param length in bytes
   * @return this
   */
  public NvListView wrap(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    bytes = array;
    start = offset;
    end = offset + length;
    value = null;
    return this;
  }

  /**
   * Reads the bytes.
   *
   * @param flags that the list must have: {@link NvList#IGNORE_CASE}, {@link NvList#NO_UNIQUE},
   *     both or, as everything the kernel writes, 0
   * @return {@link NvReject#NONE}, or what is wrong
   */
  public NvReject check(int flags) {
    reject = NvReject.NONE;
    value = null;
    at = start;
    boolean big = end - start > FLAGS_OFFSET && (bytes[start + FLAGS_OFFSET] & BIG_ENDIAN) != 0;
    in = ByteBuffer.wrap(bytes).order(big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    NvList list = list(0, TOP);
    if (list != null && list.flags() != flags) {
      reject = NvReject.UNEXPECTED_FLAGS;
    } else {
      value = list;
    }
    return reject;
  }

  /**
   * What was read.
   *
   * @return the list
   * @throws IllegalStateException unless the last {@link #check} returned {@link NvReject#NONE}
   */
  public NvList value() {
    checkState(value != null, "check() has not accepted these bytes: %s", reject);
    return Objects.requireNonNull(value);
  }

  private @Nullable Object refuse(NvReject reason) {
    reject = reason;
    return null;
  }

  /** Reads a list and the marker that closes it. */
  private @Nullable NvList list(int depth, int closer) {
    NvReject header = depth > NvList.MAX_DEPTH ? NvReject.TOO_DEEP : checkHeader();
    if (header != NvReject.NONE) {
      reject = header;
      return null;
    }
    int flags = bytes[at + FLAGS_OFFSET] & (NvList.IGNORE_CASE | NvList.NO_UNIQUE);
    at += HEADER;
    List<NvPair> pairs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    while (at < end || closer != TOP) {
      NvReject fault = at == end ? NvReject.UNBALANCED : checkPairHeader();
      if (fault != NvReject.NONE) {
        reject = fault;
        return null;
      }
      int type = bytes[at] & 0xff;
      if (type >= NEXT_ELEMENT) {
        return close(type, closer) ? new NvList(flags, pairs) : null;
      }
      NvPair pair = pair(depth);
      if (pair == null) {
        return null;
      }
      if ((flags & NvList.NO_UNIQUE) == 0
          && !names.add(NvList.comparable(pair.nameBytes(), flags))) {
        reject = NvReject.DUPLICATE_NAME;
        return null;
      }
      pairs.add(pair);
    }
    return new NvList(flags, pairs);
  }

  private NvReject checkHeader() {
    if (end - at < HEADER) {
      return NvReject.TRUNCATED;
    }
    if (bytes[at] != MAGIC) {
      return NvReject.BAD_MAGIC;
    }
    if (bytes[at + 1] != 0) {
      return NvReject.BAD_VERSION;
    }
    int order = in.order() == ByteOrder.BIG_ENDIAN ? BIG_ENDIAN : 0;
    if ((bytes[at + FLAGS_OFFSET] & 0xff & ~(NvList.IGNORE_CASE | NvList.NO_UNIQUE)) != order) {
      return NvReject.BAD_FLAGS;
    }
    if (in.getLong(at + DESCRIPTORS_OFFSET) != 0) {
      return NvReject.DESCRIPTORS;
    }
    return in.getLong(at + SIZE_OFFSET) == end - at - HEADER ? NvReject.NONE : NvReject.BAD_SIZE;
  }

  /** Checks that header, name and data are all there. */
  private NvReject checkPairHeader() {
    if (end - at < PAIR_HEADER) {
      return NvReject.TRUNCATED;
    }
    int nameSize = nameSize();
    if (nameSize < 1 || nameSize > NvList.MAX_NAME) {
      return NvReject.BAD_NAME;
    }
    int name = at + PAIR_HEADER;
    if (nameSize > end - name) {
      return NvReject.TRUNCATED;
    }
    if (nul(name, name + nameSize) != name + nameSize - 1) {
      return NvReject.BAD_NAME;
    }
    return Long.compareUnsigned(in.getLong(at + DATA_SIZE_OFFSET), end - name - nameSize) > 0
        ? NvReject.TRUNCATED
        : NvReject.NONE;
  }

  private int nameSize() {
    return in.getShort(at + NAME_SIZE_OFFSET) & 0xffff;
  }

  /** Where the first NUL is, or the limit. */
  private int nul(int from, int limit) {
    int index = from;
    while (index < limit && bytes[index] != 0) {
      index++;
    }
    return index;
  }

  private boolean close(int type, int closer) {
    if (type != closer) {
      reject = NvReject.UNBALANCED;
    } else if (nameSize() != 1
        || in.getLong(at + DATA_SIZE_OFFSET) != 0
        || in.getLong(at + ITEMS_OFFSET) != 0) {
      reject = NvReject.BAD_VALUE;
    }
    at += MARKER;
    return reject == NvReject.NONE;
  }

  private @Nullable NvPair pair(int depth) {
    NvType type = NvType.of(bytes[at] & 0xff);
    if (type == null) {
      reject = NvReject.BAD_TYPE;
      return null;
    }
    int nameSize = nameSize();
    int size = (int) in.getLong(at + DATA_SIZE_OFFSET);
    long items = in.getLong(at + ITEMS_OFFSET);
    if (type.isArray() == (items == 0)) {
      reject = NvReject.BAD_ITEMS;
      return null;
    }
    int name = at + PAIR_HEADER;
    at = name + nameSize;
    byte[] nameBytes = Arrays.copyOfRange(bytes, name, at - 1);
    Object raw =
        switch (type) {
          case NULL -> size == 0 ? null : refuse(NvReject.BAD_VALUE);
          case LIST -> nested(size, depth);
          case LISTS -> lists(size, items, depth);
          default -> data(type, size, items);
        };
    return reject == NvReject.NONE ? new NvPair(nameBytes, type, raw) : null;
  }

  private @Nullable Object data(NvType type, int size, long items) {
    int data = at;
    at += size;
    return switch (type) {
      case BOOL -> size == 1 && isBool(data) ? bytes[data] == 1 : refuse(NvReject.BAD_VALUE);
      case NUMBER -> size == Long.BYTES ? in.getLong(data) : refuse(NvReject.BAD_VALUE);
      case TEXT ->
          size > 0 && nul(data, at) == at - 1
              ? Arrays.copyOfRange(bytes, data, at - 1)
              : refuse(NvReject.BAD_VALUE);
      case BINARY -> size > 0 ? Arrays.copyOfRange(bytes, data, at) : refuse(NvReject.BAD_VALUE);
      case BOOLS -> items == size ? bools(data, size) : refuse(NvReject.BAD_ITEMS);
      case NUMBERS ->
          size % Long.BYTES == 0 && items == size / Long.BYTES
              ? numbers(data, size / Long.BYTES)
              : refuse(NvReject.BAD_ITEMS);
      default -> texts(data, items);
    };
  }

  private @Nullable Object bools(int data, int count) {
    boolean[] values = new boolean[count];
    for (int i = 0; i < count; i++) {
      if (!isBool(data + i)) {
        return refuse(NvReject.BAD_VALUE);
      }
      values[i] = bytes[data + i] == 1;
    }
    return values;
  }

  private boolean isBool(int data) {
    return bytes[data] == 0 || bytes[data] == 1;
  }

  private long[] numbers(int data, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getLong(data + i * Long.BYTES);
    }
    return values;
  }

  /** Reads the texts between an offset and where the next pair begins. */
  private @Nullable Object texts(int data, long items) {
    List<byte[]> texts = new ArrayList<>();
    for (int from = data; from < at; ) {
      int nul = nul(from, at);
      if (nul == at) {
        return refuse(NvReject.BAD_VALUE);
      }
      texts.add(Arrays.copyOfRange(bytes, from, nul));
      from = nul + 1;
    }
    return texts.size() == items ? texts.toArray(byte[][]::new) : refuse(NvReject.BAD_ITEMS);
  }

  private @Nullable Object nested(int size, int depth) {
    int data = at;
    NvList list = list(depth + 1, END_OF_LIST);
    return list != null && at - MARKER - data != size ? refuse(NvReject.BAD_SIZE) : list;
  }

  private @Nullable Object lists(int size, long items, int depth) {
    if (size != 0) {
      return refuse(NvReject.BAD_SIZE);
    }
    if (Long.compareUnsigned(items, (end - at) / (HEADER + MARKER)) > 0) {
      return refuse(NvReject.BAD_ITEMS);
    }
    List<NvList> lists = new ArrayList<>();
    for (long i = 0; i < items; i++) {
      NvList list = list(depth + 1, NEXT_ELEMENT);
      if (list == null) {
        return null;
      }
      lists.add(list);
    }
    return List.copyOf(lists);
  }
}
