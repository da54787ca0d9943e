package org.pfha.pfsync.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Big-endian integers at any offset of a byte array. */
final class Wire {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int u16(byte[] bytes, int at) {
    return (short) SHORT.get(bytes, at) & 0xffff;
  }

  static int i32(byte[] bytes, int at) {
    return (int) INT.get(bytes, at);
  }

  static long u32(byte[] bytes, int at) {
    return i32(bytes, at) & 0xffff_ffffL;
  }

  static long i64(byte[] bytes, int at) {
    return (long) LONG.get(bytes, at);
  }

  static void put8(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
  }

  static void put16(byte[] bytes, int at, int value) {
    SHORT.set(bytes, at, (short) value);
  }

  static void put32(byte[] bytes, int at, int value) {
    INT.set(bytes, at, value);
  }

  static void put64(byte[] bytes, int at, long value) {
    LONG.set(bytes, at, value);
  }

  static boolean hasEnd(byte[] bytes, int at, int size) {
    for (int i = 0; i < size; i++) {
      if (bytes[at + i] == 0) {
        return true;
      }
    }
    return false;
  }

  /** NUL-terminated, of at most {@code size - 1} bytes: pf compares no further. */
  static String name(byte[] bytes, int at, int size) {
    int length = 0;
    while (length < size - 1 && bytes[at + length] != 0) {
      length++;
    }
    return new String(bytes, at, length, java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  /** Latin-1, without allocating. The rest of the field is expected to be zero already. */
  static void putName(byte[] bytes, int at, String name) {
    for (int i = 0; i < name.length(); i++) {
      bytes[at + i] = (byte) name.charAt(i);
    }
  }
}
