package org.pfha.pf;

/** The keys in a row's image: with what else the kernel compares, they name a connection. */
final class RowKey {

  private RowKey() {}

  /** Of a key on one side, for the index. */
  static int tag(byte[] image, int at, int side, long seed) {
    boolean wire = side == Row.WIRE_KEY;
    int family = Row.u8(image, at + Row.FAMILIES) & (wire ? Row.WIRE_INET6 : Row.STACK_INET6);
    int proto = Row.u8(image, at + (wire ? Row.PROTO : Row.STACK_PROTO));
    int odds =
        (Row.u16(image, at + Row.IFNAME) << 11)
            | (Row.u8(image, at + Row.DIRECTION) << 9)
            | (family == 0 ? 0 : 0x100)
            | proto;
    int rdomain = Row.u16(image, at + (wire ? Row.WIRE_RDOMAIN : Row.STACK_RDOMAIN));
    return SlotIndex.tag(Hash.key(image, at + side, odds, rdomain, seed));
  }

  /** Whether two states have the same key on a side, interface and direction included. */
  static boolean same(byte[] one, int oneAt, byte[] other, int otherAt, int side) {
    boolean wire = side == Row.WIRE_KEY;
    int family = wire ? Row.WIRE_INET6 : Row.STACK_INET6;
    int proto = wire ? Row.PROTO : Row.STACK_PROTO;
    int rdomain = wire ? Row.WIRE_RDOMAIN : Row.STACK_RDOMAIN;
    return sameAddresses(one, oneAt + side, other, otherAt + side)
        && ((one[oneAt + Row.FAMILIES] ^ other[otherAt + Row.FAMILIES]) & family) == 0
        && one[oneAt + proto] == other[otherAt + proto]
        && one[oneAt + Row.DIRECTION] == other[otherAt + Row.DIRECTION]
        && Row.u16(one, oneAt + Row.IFNAME) == Row.u16(other, otherAt + Row.IFNAME)
        && Row.u16(one, oneAt + rdomain) == Row.u16(other, otherAt + rdomain);
  }

  /** Whether a row has two different keys, each with an entry in the index. */
  static boolean isTranslated(byte[] bytes, int at) {
    int families = bytes[at + Row.FAMILIES];
    return !(sameAddresses(bytes, at + Row.WIRE_KEY, bytes, at + Row.STACK_KEY)
        && (families == 0 || families == (Row.WIRE_INET6 | Row.STACK_INET6))
        && bytes[at + Row.PROTO] == bytes[at + Row.STACK_PROTO]
        && Row.u16(bytes, at + Row.WIRE_RDOMAIN) == Row.u16(bytes, at + Row.STACK_RDOMAIN));
  }

  private static boolean sameAddresses(byte[] one, int oneAt, byte[] other, int otherAt) {
    return Row.i32(one, oneAt + Row.PORTS) == Row.i32(other, otherAt + Row.PORTS)
        && Row.i64(one, oneAt) == Row.i64(other, otherAt)
        && Row.i64(one, oneAt + 16) == Row.i64(other, otherAt + 16)
        && Row.i64(one, oneAt + 8) == Row.i64(other, otherAt + 8)
        && Row.i64(one, oneAt + 24) == Row.i64(other, otherAt + 24);
  }
}
