package org.pfha.carp.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pfha.net.InternetChecksum;
import org.pfha.net.IpPacket;

/**
 * A view over a VRRP advertisement, which shares protocol number and groups with CARP (RFC 9568
 * 5.2, spec carp 14.1). Version 3 is spoken; version 2 is recognised and can be read.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------+-------+---------------+---------------+---------------+
 *   |version| type 1|      vrid     |    priority   |     count     |
 *   +-------+-------+---------------+---------------+---------------+
 *   | 0     | interval in 1/100 s   |           checksum            |  version 3
 *   +-------+-------+---------------+                               |
 *   |   auth type   | interval in s |                               |  version 2
 *   +---------------+---------------+-------------------------------+
 *   |              count addresses, 4 or 16 bytes each              |
 *   +---------------------------------------------------------------+
 *   |           authentication data, 8 bytes, version 2             |
 *   +---------------------------------------------------------------+
 * </pre>
 *
 * <p>{@link #wrap} it, {@link #check} once; when that returned {@link CarpReject#NONE} no accessor
 * can fail. Nothing allocates except {@link #addresses}, {@link #authData} and {@link #advert}.
 * Confined to one thread.
 */
public final class VrrpView {

  /** Bytes before the addresses. */
  public static final int HEADER_LENGTH = 8;

  static final int VERSION = 3;
  static final int ADVERTISEMENT = 1;
  static final int VERSION_TYPE_OFFSET = 0;
  static final int VRID_OFFSET = 1;
  static final int PRIORITY_OFFSET = 2;
  static final int COUNT_OFFSET = 3;
  static final int INTERVAL_OFFSET = 4;
  static final int AUTH_TYPE_OFFSET = 4;
  static final int INTERVAL_SECONDS_OFFSET = 5;
  static final int CHECKSUM_OFFSET = 6;
  static final int ADDRESSES_OFFSET = 8;

  private static final int VERSION_2 = 2;
  private static final int AUTH_DATA_LENGTH = 8;
  private static final int INTERVAL_MASK = 0x0fff;

  private byte[] bytes = new byte[0];
  private int offset;
  private int length;
  private boolean ipv6;
  private long addressSum; // of the IP header's source and destination

  /** A view over nothing, to be wrapped. */
  public VrrpView() {}

  /**
   * Looks at another packet.
   *
   * @param packet whose {@link IpPacket#check} found nothing; not copied
   * @return this
   */
  public VrrpView wrap(IpPacket packet) {
    bytes = packet.array();
    offset = packet.payloadOffset();
    length = packet.payloadLength();
    ipv6 = packet.isIpv6();
    addressSum = packet.addressSum();
    return this;
  }

  /**
   * Whether there is enough of it to be read: a header, of a version that exists.
   *
   * @return {@link CarpReject#BADLEN}, {@link CarpReject#BADVER} or {@link CarpReject#NONE}
   */
  public CarpReject check() {
    if (length < HEADER_LENGTH) {
      return CarpReject.BADLEN;
    }
    boolean known = version() == VERSION || (version() == VERSION_2 && !ipv6);
    return known ? CarpReject.NONE : CarpReject.BADVER;
  }

  /**
   * Whether it is really VRRP of either version, and not CARP: version 2 of both looks the same
   * from outside, but VRRP's has the length that its count says, which CARP's fixed 36 bytes with 7
   * in this place never have.
   *
   * @return true if version, type, length and checksum are those of VRRP
   */
  public boolean isVrrp() {
    return check() == CarpReject.NONE
        && type() == ADVERTISEMENT
        && count() > 0
        && hasAllAddresses()
        && (version() == VERSION || length == expectedLength())
        && isChecksumRight();
  }

  /**
   * The protocol version.
   *
   * @return 0–15; 2 or 3 after {@link #check}
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
  public int vrid() {
    return u8(VRID_OFFSET);
  }

  /**
   * The sender's priority.
   *
   * @return 0–255; 0 resigns
   */
  public int priority() {
    return u8(PRIORITY_OFFSET);
  }

  /**
   * How many addresses the sender says that follow.
   *
   * @return 0–255
   */
  public int count() {
    return u8(COUNT_OFFSET);
  }

  /**
   * The interval between adverts, reserved bits masked.
   *
   * @return 0–4095 in 1/100 s; of version 2 in whole seconds, expressed so
   */
  public int intervalCentis() {
    return version() == VERSION ? rawInterval() & INTERVAL_MASK : 100 * intervalSeconds();
  }

  /**
   * The interval as FreeBSD reads it, reserved bits included.
   *
   * @return 0–65535
   */
  public int rawInterval() {
    return u8(INTERVAL_OFFSET) << 8 | u8(INTERVAL_OFFSET + 1);
  }

  /**
   * The bits that ought to be zero.
   *
   * @return 0–15
   */
  public int reserved() {
    return u8(INTERVAL_OFFSET) >> 4;
  }

  /**
   * Version 2's interval.
   *
   * @return 0–255 s
   */
  public int intervalSeconds() {
    return u8(INTERVAL_SECONDS_OFFSET);
  }

  /**
   * Version 2's kind of authentication.
   *
   * @return 0 none, 1 a password in the clear
   */
  public int authType() {
    return u8(AUTH_TYPE_OFFSET);
  }

  /**
   * Version 2's authentication data.
   *
   * @return a copy of the last 8 bytes, or nothing if they are not there
   */
  public byte[] authData() {
    return version() == VERSION_2 && length >= expectedLength()
        ? Arrays.copyOfRange(
            bytes, offset + expectedLength() - AUTH_DATA_LENGTH, offset + expectedLength())
        : new byte[0];
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
   * Whether the checksum is right: over pseudo header and message in version 3, for IPv4 too; over
   * the message in version 2.
   *
   * @return true if it is
   */
  public boolean isChecksumRight() {
    long sum = InternetChecksum.sum(bytes, offset, length);
    long pseudoHeader = version() == VERSION ? addressSum + CarpView.PROTOCOL + length : 0;
    return InternetChecksum.finish(sum + pseudoHeader) == 0;
  }

  /**
   * Whether as many addresses follow as it says.
   *
   * @return false if it is too short
   */
  public boolean hasAllAddresses() {
    return length >= expectedLength();
  }

  private int expectedLength() {
    int authentication = version() == VERSION_2 ? AUTH_DATA_LENGTH : 0;
    return HEADER_LENGTH + count() * addressLength() + authentication;
  }

  /**
   * Whether its addresses are these, in this order or another.
   *
   * @param addresses each of 4 or 16 bytes, without duplicates
   * @return true if count and addresses agree
   */
  public boolean hasAddresses(byte[][] addresses) {
    if (count() != addresses.length || !hasAllAddresses()) {
      return false;
    }
    for (int i = 0; i < addresses.length; i++) {
      if (!isAddress(i, addresses[i]) && !hasAddress(addresses[i])) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAddress(byte[] address) {
    for (int i = 0; i < count(); i++) {
      if (isAddress(i, address)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAddress(int index, byte[] address) {
    int size = addressLength();
    int at = offset + ADDRESSES_OFFSET + index * size;
    return Arrays.equals(bytes, at, at + size, address, 0, address.length);
  }

  /**
   * Its addresses.
   *
   * @return as many as it says, or fewer if it is too short
   */
  public List<InetAddress> addresses() {
    int size = addressLength();
    int there = Math.min(count(), (length - HEADER_LENGTH) / size);
    List<InetAddress> addresses = new ArrayList<>(there);
    for (int i = 0; i < there; i++) {
      int at = offset + ADDRESSES_OFFSET + i * size;
      try {
        addresses.add(InetAddress.getByAddress(Arrays.copyOfRange(bytes, at, at + size)));
      } catch (UnknownHostException impossible) {
        throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
      }
    }
    return addresses;
  }

  /**
   * What it says, as version 3 says it.
   *
   * @return the value
   */
  public VrrpAdvert advert() {
    return new VrrpAdvert(
        vrid(), priority(), Math.min(intervalCentis(), INTERVAL_MASK), addresses());
  }

  private int addressLength() {
    return ipv6 ? 16 : 4;
  }

  private int u8(int field) {
    return bytes[offset + field] & 0xff;
  }

  @Override
  public String toString() {
    return length < HEADER_LENGTH
        ? "VrrpView[" + length + " bytes]"
        : "VrrpView[version " + version() + ", " + advert() + "]";
  }
}
