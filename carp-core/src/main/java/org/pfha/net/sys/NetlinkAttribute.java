package org.pfha.net.sys;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One netlink attribute (spec pf-ioctl 10). Immutable, as long as nobody writes to the value.
 *
 * <pre>
 *   0 length, header included  2 type, bit 15 nested, bit 14 network order  4 value, padded to 4
 * </pre>
 *
 * @param type 0–0x3fff, without the two flags
 * @param value without padding, at most 65,531 bytes
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of a message, never compared
public record NetlinkAttribute(int type, byte[] value) {

  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;

  /** Checks the ranges. */
  public NetlinkAttribute {
    if (type < 0 || type > TYPE_MASK || value.length > 0xffff - HEADER) {
      throw new IllegalArgumentException(
          "attribute type %d or length %d is out of range".formatted(type, value.length));
    }
  }

  /**
   * An attribute of one byte.
   *
   * @param type 0–0x3fff
   * @param value its low 8 bits count
   * @return the attribute
   */
  public static NetlinkAttribute u8(int type, int value) {
    return new NetlinkAttribute(type, new byte[] {(byte) value});
  }

  /**
   * An attribute of two bytes, native order.
   *
   * @param type 0–0x3fff
   * @param value its low 16 bits count
   * @return the attribute
   */
  public static NetlinkAttribute u16(int type, int value) {
    return new NetlinkAttribute(type, room(Short.BYTES).putShort((short) value).array());
  }

  /**
   * An attribute of four bytes, native order.
   *
   * @param type 0–0x3fff
   * @param value signed or unsigned
   * @return the attribute
   */
  public static NetlinkAttribute u32(int type, int value) {
    return new NetlinkAttribute(type, room(Integer.BYTES).putInt(value).array());
  }

  /**
   * An attribute of eight bytes, native order.
   *
   * @param type 0–0x3fff
   * @param value signed or unsigned
   * @return the attribute
   */
  public static NetlinkAttribute u64(int type, long value) {
    return new NetlinkAttribute(type, room(Long.BYTES).putLong(value).array());
  }

  /**
   * A string with its NUL.
   *
   * @param type 0–0x3fff
   * @param value to be written as UTF-8
   * @return the attribute
   */
  public static NetlinkAttribute text(int type, String value) {
    return new NetlinkAttribute(type, (value + '\0').getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Attributes within one, without the nested flag, as FreeBSD writes them.
   *
   * @param type 0–0x3fff
   * @param value in order
   * @return the attribute
   */
  public static NetlinkAttribute nested(int type, List<NetlinkAttribute> value) {
    return new NetlinkAttribute(type, toBytes(value));
  }

  private static ByteBuffer room(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  /**
   * Reads a run of attributes, such as the value of a nested one.
   *
   * @param bytes any bytes
   * @return the whole attributes before the first that is malformed
   */
  public static List<NetlinkAttribute> parse(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    List<NetlinkAttribute> attributes = new ArrayList<>();
    int at = 0;
    while (bytes.length - at >= HEADER) {
      int length = in.getShort(at) & 0xffff;
      if (length < HEADER || length > bytes.length - at) {
        break;
      }
      int type = in.getShort(at + 2) & TYPE_MASK;
      attributes.add(
          new NetlinkAttribute(type, Arrays.copyOfRange(bytes, at + HEADER, at + length)));
      at += length + 3 & ~3;
    }
    return attributes;
  }

  /**
   * Writes a run of attributes, padding included.
   *
   * @param attributes in order
   * @return their bytes
   */
  public static byte[] toBytes(List<NetlinkAttribute> attributes) {
    int size = attributes.stream().mapToInt(each -> HEADER + each.value.length + 3 & ~3).sum();
    ByteBuffer out = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
    for (NetlinkAttribute each : attributes) {
      out.putShort((short) (HEADER + each.value.length)).putShort((short) each.type);
      out.put(each.value).position(out.position() + 3 & ~3);
    }
    return out.array();
  }
}
