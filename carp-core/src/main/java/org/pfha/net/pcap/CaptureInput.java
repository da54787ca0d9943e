package org.pfha.net.pcap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The bytes of a file that may still be growing: nothing is consumed before all of it is there, so
 * that reading can go on where it stopped. Confined to one thread.
 */
final class CaptureInput {

  private final InputStream in;
  private byte[] buffer = new byte[1 << 16];
  private int start;
  private int end;
  private long toSkip;

  CaptureInput(InputStream in) {
    this.in = in;
  }

  /** Reads on until this many bytes are there; false if the file ends before them. */
  boolean has(int length) throws IOException {
    if (!skipped()) {
      return false;
    }
    if (start + length > buffer.length) {
      byte[] target = length > buffer.length ? new byte[2 * length] : buffer;
      System.arraycopy(buffer, start, target, 0, end - start);
      buffer = target;
      end -= start;
      start = 0;
    }
    while (end - start < length) {
      int read = in.read(buffer, end, buffer.length - end);
      if (read <= 0) {
        return false;
      }
      end += read;
    }
    return true;
  }

  /** Steps over bytes that are not there yet, perhaps. */
  void skip(long length) {
    toSkip += length;
  }

  private boolean skipped() throws IOException {
    while (toSkip > 0) {
      if (start == end) {
        start = 0;
        end = Math.max(0, in.read(buffer, 0, buffer.length));
        if (end == 0) {
          return false;
        }
      }
      int step = (int) Math.min(toSkip, end - start);
      start += step;
      toSkip -= step;
    }
    return true;
  }

  /** Whether nothing is left that was read or promised. */
  boolean isEmpty() {
    return start == end && toSkip == 0;
  }

  byte[] take(int length) {
    byte[] taken = copy(0, length);
    start += length;
    return taken;
  }

  byte[] copy(int offset, int length) {
    return Arrays.copyOfRange(buffer, start + offset, start + offset + length);
  }

  int u8(int offset) {
    return buffer[start + offset] & 0xff;
  }

  int u16(int offset, ByteOrder order) {
    return order == ByteOrder.BIG_ENDIAN
        ? u8(offset) << 8 | u8(offset + 1)
        : u8(offset + 1) << 8 | u8(offset);
  }

  int i32(int offset, ByteOrder order) {
    int first = u16(offset, order);
    int second = u16(offset + 2, order);
    return order == ByteOrder.BIG_ENDIAN ? first << 16 | second : second << 16 | first;
  }

  long u32(int offset, ByteOrder order) {
    return i32(offset, order) & 0xffff_ffffL;
  }

  void close() throws IOException {
    in.close();
  }
}
