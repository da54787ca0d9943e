package org.pfha.carp.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.pfha.net.InternetChecksum;

/**
 * A view over a CARP version 2 advertisement, 36 bytes behind the IP header (spec carp 1).
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+---------------+---------------+
 *   | ver 2 | type 1|     vhid      |    advskew    |   authlen 7   |
 *   +-------+-------+---------------+---------------+---------------+
 *   | 0 or demotion |    advbase    |           checksum            |
 *   +---------------+---------------+-------------------------------+
 *   |                      counter, high word first                 |
 *   |                                                               |
 *   +---------------------------------------------------------------+
 *   |                       HMAC-SHA1, 20 bytes                     |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>{@link #wrap} it, {@link #check} once; when that returned {@link CarpReject#NONE} no accessor
 * can fail. Nothing allocates except {@link #advert} and {@link #hmac}. Confined to one thread.
 */
public final class CarpView {

  /** An advert's size in bytes. */
  public static final int LENGTH = 36;

  /** The IP protocol number, shared with VRRP. */
  public static final int PROTOCOL = 112;

  static final int VERSION = 2;
  static final int ADVERTISEMENT = 1;
  static final int AUTH_WORDS = 7;

  static final int VERSION_TYPE_OFFSET = 0;
  static final int VHID_OFFSET = 1;
  static final int ADVSKEW_OFFSET = 2;
  static final int AUTHLEN_OFFSET = 3;
  static final int DEMOTE_OFFSET = 4;
  static final int ADVBASE_OFFSET = 5;
  static final int CHECKSUM_OFFSET = 6;
  static final int COUNTER_OFFSET = 8;
  static final int HMAC_OFFSET = 16;
  static final int HMAC_LENGTH = 20;

  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes = new byte[0];
  private int offset;
  private int length;

  /** A view over nothing, to be wrapped. */
  public CarpView() {}

  /**
   * Looks at other bytes.
   *
   * @param bytes the advert is in here; not copied
   * @param offset of its first byte
   * @param length bytes behind the IP header; those beyond {@link #LENGTH} are ignored
   * @return this
   */
  public CarpView wrap(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    return this;
  }

  /**
   * Everything that can be said without knowing the receiver's configuration, in the order of
   * {@link #checkFrame} and {@link #checkKind}.
   *
   * @return what is wrong with it, if anything
   */
  public CarpReject check() {
    CarpReject frame = checkFrame();
    return frame == CarpReject.NONE ? checkKind() : frame;
  }

  /**
   * Length and checksum, which kernels test before they look for the vhid. A VRRPv3 advert is
   * shorter than ours and is named by its version.
   *
   * @return {@link CarpReject#BADLEN}, {@link CarpReject#BADVER}, {@link CarpReject#BADSUM} or
   *     {@link CarpReject#NONE}
   */
  public CarpReject checkFrame() {
    if (isShort()) {
      return length >= VrrpView.HEADER_LENGTH && version() == VrrpView.VERSION
          ? CarpReject.BADVER
          : CarpReject.BADLEN;
    }
    return isChecksumRight() ? CarpReject.NONE : CarpReject.BADSUM;
  }

  /**
   * Whether it is too short to be an advert.
   *
   * @return true below {@link #LENGTH}: then only the bytes that are there can be read
   */
  public boolean isShort() {
    return length < LENGTH;
  }

  /**
   * Whether the checksum over the {@link #LENGTH} bytes is right. Not to be asked if {@link
   * #isShort}.
   *
   * @return true if it is
   */
  public boolean isChecksumRight() {
    return InternetChecksum.of(bytes, offset, LENGTH) == 0;
  }

  /**
   * Version and type, which are tested after the vhid. Only valid after {@link #checkFrame}.
   *
   * @return {@link CarpReject#BADVER}, {@link CarpReject#BADTYPE} or {@link CarpReject#NONE}
   */
  public CarpReject checkKind() {
    if (version() != VERSION) {
      return CarpReject.BADVER;
    }
    return type() == ADVERTISEMENT ? CarpReject.NONE : CarpReject.BADTYPE;
  }

  /**
   * The protocol version.
   *
   * @return 0–15; 2 in an advert of CARP
   */
  public int version() {
    return u8(VERSION_TYPE_OFFSET) >> 4;
  }

  /**
   * The message type.
   *
   * @return 0–15; 1 is an advertisement
   */
  public int type() {
    return u8(VERSION_TYPE_OFFSET) & 0x0f;
  }

  /**
   * Which virtual router.
   *
   * @return 0–255
   */
  public int vhid() {
    return u8(VHID_OFFSET);
  }

  /**
   * The sender's effective skew, demotion included.
   *
   * @return 0–255, in 1/256 s
   */
  public int advskew() {
    return u8(ADVSKEW_OFFSET);
  }

  /**
   * Length of counter and HMAC as the sender states it; peers ignore it.
   *
   * @return 0–255, in 32-bit words; 7 from everybody
   */
  public int authlen() {
    return u8(AUTHLEN_OFFSET);
  }

  /**
   * The demotion count of an OpenBSD sender, otherwise 0.
   *
   * @return 0–255
   */
  public int demote() {
    return u8(DEMOTE_OFFSET);
  }

  /**
   * The sender's base interval.
   *
   * @return 0–255, in seconds
   */
  public int advbase() {
    return u8(ADVBASE_OFFSET);
  }

  /**
   * Whether the sender says that it is going away (spec carp 11).
   *
   * @return true for an advbase and an advskew of 255
   */
  public boolean isBowOut() {
    return advbase() == CarpAdvert.BOW_OUT && advskew() == CarpAdvert.BOW_OUT;
  }

  /**
   * The checksum as received.
   *
   * @return 0–0xffff
   */
  public int checksum() {
    return u8(CHECKSUM_OFFSET) << 8 | u8(CHECKSUM_OFFSET + 1);
  }

  /**
   * The hashed counter.
   *
   * @return 64 unsigned bits
   */
  public long counter() {
    return (long) LONG.get(bytes, offset + COUNTER_OFFSET);
  }

  /**
   * The sender's HMAC.
   *
   * @return a copy of the 20 bytes
   */
  public byte[] hmac() {
    int from = offset + HMAC_OFFSET;
    return Arrays.copyOfRange(bytes, from, from + HMAC_LENGTH);
  }

  /**
   * The beginning of the sender's HMAC, for telling adverts apart without allocating.
   *
   * @return its first 8 bytes
   */
  public long hmacPrefix() {
    return (long) LONG.get(bytes, offset + HMAC_OFFSET);
  }

  /**
   * Whether its bytes are exactly these.
   *
   * @param advert {@link #LENGTH} bytes
   * @return true if every byte is equal
   */
  public boolean isSameAs(byte[] advert) {
    return Arrays.equals(bytes, offset, offset + LENGTH, advert, 0, advert.length);
  }

  /**
   * Whether its counter is that of another advert.
   *
   * @param advert {@link #LENGTH} bytes
   * @return true if the 8 bytes are equal
   */
  public boolean hasCounterOf(byte[] advert) {
    return counter() == (long) LONG.get(advert, COUNTER_OFFSET);
  }

  /**
   * Whether bytes other than zeros follow the advert.
   *
   * @return true if there are some within the length given to {@link #wrap}
   */
  public boolean hasTrailingData() {
    for (int i = LENGTH; i < length; i++) {
      if (bytes[offset + i] != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the checksum over everything up to the end is right, trailing bytes included, as
   * FreeBSD 15 sums an IPv4 packet.
   *
   * @return true if it is
   */
  public boolean isChecksumRightToTheEnd() {
    return InternetChecksum.of(bytes, offset, length) == 0;
  }

  /**
   * What it says, without checksum and HMAC.
   *
   * @return the value
   */
  public CarpAdvert advert() {
    return new CarpAdvert(vhid(), advbase(), advskew(), demote(), counter());
  }

  byte[] bytes() {
    return bytes;
  }

  int offset() {
    return offset;
  }

  private int u8(int field) {
    return bytes[offset + field] & 0xff;
  }

  @Override
  public String toString() {
    return length < LENGTH ? "CarpView[" + length + " bytes]" : "CarpView[" + advert() + "]";
  }
}
