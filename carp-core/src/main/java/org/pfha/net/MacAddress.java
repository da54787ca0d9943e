package org.pfha.net;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.HexFormat;

/**
 * A 48-bit Ethernet address. Immutable.
 *
 * @param bits the address, first byte in bits 47–40; bits 63–48 are zero
 */
public record MacAddress(long bits) {

  private static final long MASK = 0xffff_ffff_ffffL;
  private static final long VIRTUAL_PREFIX = 0x0000_5e00_0100L;

  /** Checks that no more than 48 bits are set. */
  public MacAddress {
    checkArgument((bits & ~MASK) == 0, "MAC address %s has more than 48 bits", bits);
  }

  /**
   * The virtual MAC of CARP and VRRP over IPv4, 00:00:5e:00:01:VHID (spec carp 2.4).
   *
   * @param vhid 1–255
   * @return the virtual MAC
   */
  public static MacAddress virtual(int vhid) {
    checkArgument(vhid >= 1 && vhid <= 255, "vhid %s is not between 1 and 255", vhid);
    return new MacAddress(VIRTUAL_PREFIX | vhid);
  }

  /**
   * Reads the six bytes of an address.
   *
   * @param bytes where they are
   * @param offset of the first
   * @return the address
   */
  public static MacAddress at(byte[] bytes, int offset) {
    long bits = 0;
    for (int i = 0; i < 6; i++) {
      bits = bits << 8 | (bytes[offset + i] & 0xff);
    }
    return new MacAddress(bits);
  }

  /**
   * The address as six bytes in network order.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    byte[] bytes = new byte[6];
    for (int i = 0; i < 6; i++) {
      bytes[i] = (byte) (bits >>> (40 - 8 * i));
    }
    return bytes;
  }

  @Override
  public String toString() {
    return HexFormat.ofDelimiter(":").formatHex(toBytes());
  }
}
