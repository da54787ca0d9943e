package org.pfha.pfsync.wire;

import org.pfha.pf.StateKey;

/**
 * Reads and writes the addresses and ports of a key, at any index of an array (spec pfsync 5.1).
 *
 * <pre>
 *  0 addr[0]  16 addr[1]  32 port[0]  34 port[1]   OpenBSD: 36 rdomain  38 af
 * </pre>
 *
 * <p>Nothing but {@link #read} allocates. Stateless, hence thread-safe.
 */
public final class KeyView {

  static final int ADDRESS_0_OFFSET = Structures.KEY.offset("addr[0]");
  static final int ADDRESS_1_OFFSET = Structures.KEY.offset("addr[1]");
  static final int PORT_0_OFFSET = Structures.KEY.offset("port[0]");
  static final int PORT_1_OFFSET = Structures.KEY.offset("port[1]");

  private KeyView() {}

  /**
   * First half of an address slot, which is all of an IPv4 address and four bytes nobody looks at.
   *
   * @param bytes hold the key
   * @param at index of its first byte
   * @param index 0 or 1
   * @return eight bytes, big-endian
   */
  public static long addressHigh(byte[] bytes, int at, int index) {
    return Wire.i64(bytes, at + (index == 0 ? ADDRESS_0_OFFSET : ADDRESS_1_OFFSET));
  }

  /**
   * Second half of an address slot.
   *
   * @param bytes hold the key
   * @param at index of its first byte
   * @param index 0 or 1
   * @return eight bytes, big-endian
   */
  public static long addressLow(byte[] bytes, int at, int index) {
    return Wire.i64(bytes, at + 8 + (index == 0 ? ADDRESS_0_OFFSET : ADDRESS_1_OFFSET));
  }

  /**
   * A port.
   *
   * @param bytes hold the key
   * @param at index of its first byte
   * @param index 0 or 1
   * @return 0–65535
   */
  public static int port(byte[] bytes, int at, int index) {
    return Wire.u16(bytes, at + (index == 0 ? PORT_0_OFFSET : PORT_1_OFFSET));
  }

  /**
   * The key as a value. Allocates.
   *
   * @param bytes hold the key
   * @param at index of its first byte
   * @param family {@link StateKey#INET} or {@link StateKey#INET6}
   * @return a key
   */
  public static StateKey read(byte[] bytes, int at, int family) {
    return new StateKey(
        family,
        addressHigh(bytes, at, 0),
        addressLow(bytes, at, 0),
        addressHigh(bytes, at, 1),
        addressLow(bytes, at, 1),
        port(bytes, at, 0),
        port(bytes, at, 1));
  }

  static void write(byte[] bytes, int at, StateKey key) {
    Wire.put64(bytes, at + ADDRESS_0_OFFSET, key.address0High());
    Wire.put64(bytes, at + ADDRESS_0_OFFSET + 8, key.address0Low());
    Wire.put64(bytes, at + ADDRESS_1_OFFSET, key.address1High());
    Wire.put64(bytes, at + ADDRESS_1_OFFSET + 8, key.address1Low());
    Wire.put16(bytes, at + PORT_0_OFFSET, key.port0());
    Wire.put16(bytes, at + PORT_1_OFFSET, key.port1());
  }
}
