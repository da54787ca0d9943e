package org.pfha.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The one's complement checksum of RFC 1071. Thread-safe, allocates nothing. */
public final class InternetChecksum {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);

  private InternetChecksum() {}

  /**
   * The checksum of a run of bytes, as it goes into a header whose checksum field is zero. Over
   * bytes that already hold their checksum the result is 0.
   *
   * @param bytes where they are
   * @param offset of the first byte
   * @param length number of bytes; an odd last byte counts as the high half of a word
   * @return 0–0xffff
   */
  public static int of(byte[] bytes, int offset, int length) {
    return finish(sum(bytes, offset, length));
  }

  /**
   * The unfolded sum of a run of bytes, to be added to others and given to {@link #finish}.
   *
   * @param bytes where they are
   * @param offset of the first byte
   * @param length number of bytes; only the last part of a sum may be odd
   * @return the sum of its big-endian 16-bit words
   */
  public static long sum(byte[] bytes, int offset, int length) {
    long sum = 0;
    int end = offset + length;
    int i = offset;
    for (; i + 1 < end; i += 2) {
      sum += (short) SHORT.get(bytes, i) & 0xffff;
    }
    return i < end ? sum + ((bytes[i] & 0xff) << 8) : sum;
  }

  /**
   * Folds a sum and complements it.
   *
   * @param sum of 16-bit words, not negative
   * @return 0–0xffff
   */
  public static int finish(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) (~folded & 0xffff);
  }
}
