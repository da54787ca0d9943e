package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StateKey;

/** The parts that C structures are made of. Buffers are in the order of this machine. */
final class Struct {

  /** More than a table, or all source nodes, of any kernel. */
  static final int MOST_BYTES = 1 << 28;

  private Struct() {}

  static ByteBuffer of(KernelLayout layout) {
    return of(layout.size());
  }

  static ByteBuffer of(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
  }

  static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  /** A number that fills the array; 0 if the kernel says less. */
  static int number(byte[] bytes) {
    return bytes.length < Integer.BYTES ? 0 : wrap(bytes).getInt();
  }

  static int u8(ByteBuffer in, int at) {
    return in.get(at) & 0xff;
  }

  static long u32(ByteBuffer in, int at) {
    return in.getInt(at) & 0xffff_ffffL;
  }

  /** A short in network order, such as a port. */
  static int port(ByteBuffer in, int at) {
    return u8(in, at) << 8 | u8(in, at + 1);
  }

  static void putPort(ByteBuffer out, int at, int port) {
    out.put(at, (byte) (port >> 8)).put(at + 1, (byte) port);
  }

  /** An int in network order, such as a host id. */
  static int netInt(ByteBuffer in, int at) {
    return port(in, at) << 16 | port(in, at + 2);
  }

  static void putNetInt(ByteBuffer out, int at, int value) {
    putPort(out, at, value >>> 16);
    putPort(out, at + 2, value);
  }

  /** A long in network order, such as the id of a state. */
  static long netLong(ByteBuffer in, int at) {
    return (long) netInt(in, at) << 32 | (netInt(in, at + 4) & 0xffff_ffffL);
  }

  static void putNetLong(ByteBuffer out, int at, long value) {
    putNetInt(out, at, (int) (value >>> 32));
    putNetInt(out, at + 4, (int) value);
  }

  /** The number this machine reads where the network's bytes of an int stand. */
  static long rawWord(int value) {
    return (ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Integer.reverseBytes(value))
        & 0xffff_ffffL;
  }

  /** The number this machine reads where the network's bytes of a long stand. */
  static long rawWord(long value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
  }

  /** The number this machine reads where the network's bytes of a port stand. */
  static long rawPort(int port) {
    return rawWord(port << 16) & 0xffff;
  }

  static String string(ByteBuffer in, int at, int size) {
    int length = 0;
    while (length < size && in.get(at + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    in.get(at, bytes);
    return new String(bytes, UTF_8);
  }

  /** Writes a text that {@link #checkText} accepts; what is behind it has to be zero. */
  static void putString(ByteBuffer out, int at, String text) {
    out.put(at, text.getBytes(UTF_8));
  }

  static String checkText(String what, String text, int size) {
    checkArgument(
        text.getBytes(UTF_8).length < size && text.indexOf(0) < 0,
        "%s '%s' is longer than %s bytes or has a NUL in it",
        what,
        text,
        size - 1);
    return text;
  }

  static long[] longs(ByteBuffer in, int at, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = in.getLong(at + 8 * i);
    }
    return values;
  }

  static void putLongs(ByteBuffer out, int at, List<Long> values) {
    for (int i = 0; i < values.size(); i++) {
      out.putLong(at + 8 * i, values.get(i));
    }
  }

  static InetAddress address(ByteBuffer in, int at, int family) {
    byte[] slot = new byte[Layouts.ADDRESS];
    in.get(at, slot);
    return StateKey.toAddress(family, slot);
  }

  /** Null stands for an address of zeros. */
  static void putAddress(ByteBuffer out, int at, @Nullable InetAddress address) {
    if (address != null) {
      out.put(at, address.getAddress());
    }
  }

  static int family(InetAddress address) {
    return address instanceof Inet4Address ? StateKey.INET : StateKey.INET6;
  }

  /** The mask of a prefix, as the 16 bytes of an address. */
  static byte[] mask(int prefix) {
    byte[] mask = new byte[Layouts.ADDRESS];
    for (int bit = 0; bit < prefix; bit++) {
      mask[bit >> 3] |= (byte) (0x80 >> (bit & 7));
    }
    return mask;
  }
}
