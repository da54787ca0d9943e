package org.pfha.net.sys;

import static com.google.common.base.Preconditions.checkArgument;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of one packet among those that a read from FreeBSD's BPF returns: {@code bpf_hdr}, in
 * the order of this machine (spec pf-ioctl 11.3). Immutable.
 *
 * <pre>
 *   0 seconds 8  8 microseconds 8  16 captured 4  20 length 4  24 header length 2
 * </pre>
 *
 * @param seconds wall clock
 * @param microseconds 0–999,999
 * @param captured bytes of the packet that follow the header
 * @param length bytes that the packet had
 * @param header bytes from the beginning of this header to the packet
 */
public record BpfRecord(long seconds, long microseconds, int captured, int length, int header) {

  /** Bytes that the fields take; the packet begins later or right there. */
  public static final int SIZE = 26;

  private static final int ALIGNMENT = 8;

  /** Checks that the header has its fields. */
  public BpfRecord {
    checkArgument(
        captured >= 0
            && header >= SIZE
            && header <= 0xffff
            && captured <= Integer.MAX_VALUE - header - ALIGNMENT, // so that there is a next one
        "a header of %s bytes before %s bytes",
        header,
        captured);
  }

  /**
   * Reads a header.
   *
   * @param bytes from the beginning of the header
   * @return the header
   * @throws IllegalArgumentException if the bytes are too few or the lengths impossible
   */
  public static BpfRecord ofBytes(byte[] bytes) {
    checkArgument(bytes.length >= SIZE, "%s bytes are no header", bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new BpfRecord(
        in.getLong(0), in.getLong(8), in.getInt(16), in.getInt(20), in.getShort(24) & 0xffff);
  }

  /**
   * The header.
   *
   * @return 26 bytes
   */
  public byte[] toBytes() {
    return ByteBuffer.allocate(SIZE)
        .order(ByteOrder.nativeOrder())
        .putLong(seconds)
        .putLong(microseconds)
        .putInt(captured)
        .putInt(length)
        .putShort((short) header)
        .array();
  }

  /**
   * Where the next header begins.
   *
   * @return bytes from the beginning of this one
   */
  public int next() {
    return header + captured + ALIGNMENT - 1 & -ALIGNMENT;
  }
}
