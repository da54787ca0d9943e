package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A run of netlink attributes, looked up by type; of repeated ones the first counts. What is behind
 * a malformed attribute does not exist. Immutable, as long as nobody writes to the bytes.
 */
public final class NetlinkAttributes {

  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;
  private static final NetlinkAttributes NONE = new NetlinkAttributes(new byte[0], 0, 0);

  private final byte[] bytes;
  private final ByteBuffer in;
  private final int from;
  private final int to;

  private NetlinkAttributes(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    this.from = from;
    this.to = to;
  }

  /**
   * A view of bytes.
   *
   * @param bytes any bytes
   * @param from offset of the first
   * @param to offset behind the last
   * @return the view
   */
  public static NetlinkAttributes of(byte[] bytes, int from, int to) {
    Objects.checkFromToIndex(from, to, bytes.length);
    return new NetlinkAttributes(bytes, from, to);
  }

  /**
   * Whether nothing is malformed or cut off, on this level.
   *
   * @return false if there is something behind the last attribute
   */
  public boolean isWhole() {
    int at = from;
    while (isAttribute(at)) {
      at = next(at);
    }
    return at >= to;
  }

  /**
   * An integer of 1, 2, 4 or 8 bytes in native order.
   *
   * @param type 0–0x3fff
   * @return its value, unsigned, or empty if there is none of such a size
   */
  public OptionalLong number(int type) {
    int at = find(type);
    if (at < 0) {
      return OptionalLong.empty();
    }
    int value = at + HEADER;
    return switch (length(at) - HEADER) {
      case Byte.BYTES -> OptionalLong.of(in.get(value) & 0xffL);
      case Short.BYTES -> OptionalLong.of(in.getShort(value) & 0xffffL);
      case Integer.BYTES -> OptionalLong.of(in.getInt(value) & 0xffff_ffffL);
      case Long.BYTES -> OptionalLong.of(in.getLong(value));
      default -> OptionalLong.empty();
    };
  }

  /**
   * A number that may be left out.
   *
   * @param type 0–0x3fff
   * @param otherwise if there is none
   * @return as {@link #number(int)}
   */
  public long number(int type, long otherwise) {
    return number(type).orElse(otherwise);
  }

  /**
   * A string.
   *
   * @param type 0–0x3fff
   * @return up to its NUL or its end, as UTF-8
   */
  public Optional<String> text(int type) {
    int at = find(type);
    if (at < 0) {
      return Optional.empty();
    }
    int end = at + HEADER;
    while (end < at + length(at) && bytes[end] != 0) {
      end++;
    }
    return Optional.of(new String(bytes, at + HEADER, end - at - HEADER, StandardCharsets.UTF_8));
  }

  /**
   * Bytes.
   *
   * @param type 0–0x3fff
   * @return a copy of the value, or nothing if there is no such attribute
   */
  public byte[] bytes(int type) {
    int at = find(type);
    return at < 0 ? NONE.bytes : Arrays.copyOfRange(bytes, at + HEADER, at + length(at));
  }

  /**
   * Attributes within one.
   *
   * @param type 0–0x3fff
   * @return none if there is no such attribute
   */
  public NetlinkAttributes nested(int type) {
    int at = find(type);
    return at < 0 ? NONE : value(at);
  }

  /**
   * Attributes within each of a type.
   *
   * @param type 0–0x3fff
   * @return in order
   */
  public List<NetlinkAttributes> eachNested(int type) {
    List<NetlinkAttributes> all = new ArrayList<>();
    for (int at = from; isAttribute(at); at = next(at)) {
      if (type(at) == type) {
        all.add(value(at));
      }
    }
    return all;
  }

  /**
   * Attributes within each, whatever its type: lists number their elements, or do not.
   *
   * @return in order
   */
  public List<NetlinkAttributes> eachNested() {
    List<NetlinkAttributes> all = new ArrayList<>();
    for (int at = from; isAttribute(at); at = next(at)) {
      all.add(value(at));
    }
    return all;
  }

  /**
   * Each value of eight bytes, as arrays of counters are written.
   *
   * @return in order, unsigned
   */
  public long[] longs() {
    List<Long> all = new ArrayList<>();
    for (int at = from; isAttribute(at); at = next(at)) {
      if (length(at) == HEADER + Long.BYTES) {
        all.add(in.getLong(at + HEADER));
      }
    }
    return all.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Whether there is an attribute.
   *
   * @param type 0–0x3fff
   * @return true if there is one, of any size
   */
  public boolean has(int type) {
    return find(type) >= 0;
  }

  private int find(int type) {
    for (int at = from; isAttribute(at); at = next(at)) {
      if (type(at) == type) {
        return at;
      }
    }
    return -1;
  }

  private boolean isAttribute(int at) {
    return to - at >= HEADER && length(at) >= HEADER && length(at) <= to - at;
  }

  private int length(int at) {
    return in.getShort(at) & 0xffff;
  }

  private int type(int at) {
    return in.getShort(at + Short.BYTES) & TYPE_MASK;
  }

  private int next(int at) {
    return at + (length(at) + 3 & ~3);
  }

  private NetlinkAttributes value(int at) {
    return new NetlinkAttributes(bytes, at + HEADER, at + length(at));
  }
}
