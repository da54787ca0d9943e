package org.pfha.pf;

/**
 * The keys in a row's image: with what else the kernel compares, they name a connection. Each word
 * is read once, whatever is then made of it. Confined to one thread.
 */
final class RowKeys {

  private static final int BOTH_INET6 = Row.WIRE_INET6 | Row.STACK_INET6;

  private long wire0;
  private long wire8;
  private long wire16;
  private long wire24;
  private int wirePorts;
  private long stack0;
  private long stack8;
  private long stack16;
  private long stack24;
  private int stackPorts;
  private int families;
  private int proto;
  private int stackProto;
  private int direction;
  private int ifname;

  /** The wire key's in the upper half. */
  private int rdomains;

  RowKeys read(byte[] image, int at) {
    int wire = at + Row.WIRE_KEY;
    wire0 = Row.i64(image, wire);
    wire8 = Row.i64(image, wire + 8);
    wire16 = Row.i64(image, wire + 16);
    wire24 = Row.i64(image, wire + 24);
    wirePorts = Row.i32(image, wire + Row.PORTS);
    int stack = at + Row.STACK_KEY;
    stack0 = Row.i64(image, stack);
    stack8 = Row.i64(image, stack + 8);
    stack16 = Row.i64(image, stack + 16);
    stack24 = Row.i64(image, stack + 24);
    stackPorts = Row.i32(image, stack + Row.PORTS);
    long kind = Row.i64(image, at + Row.FAMILIES);
    families = (int) (kind >>> 56);
    stackProto = (int) (kind >>> 48) & 0xff;
    ifname = (int) (kind >>> 16) & 0xffff;
    int kindOfWire = Row.i32(image, at + Row.TIMEOUT);
    proto = (kindOfWire >>> 16) & 0xff;
    direction = (kindOfWire >>> 8) & 0xff;
    rdomains = Row.i32(image, at + Row.RDOMAINS);
    return this;
  }

  /** Whether there are two different keys, each with an entry in the index. */
  boolean isTranslated() {
    return wire0 != stack0
        || wire16 != stack16
        || wirePorts != stackPorts
        || wire8 != stack8
        || wire24 != stack24
        || (families != 0 && families != BOTH_INET6)
        || proto != stackProto
        || rdomains >>> 16 != (rdomains & 0xffff);
  }

  int tag(int side, long seed) {
    return side == Row.WIRE_KEY ? wireTag(seed) : stackTag(seed);
  }

  /** Of the wire key, for the index. */
  int wireTag(long seed) {
    long odds = odds(rdomains >>> 16, families & Row.WIRE_INET6, proto);
    return SlotIndex.tag(Hash.key(wire0, wire8, wire16, wire24, wirePorts, odds, seed));
  }

  /** Of the stack key, for the index. */
  int stackTag(long seed) {
    long odds = odds(rdomains & 0xffff, families & Row.STACK_INET6, stackProto);
    return SlotIndex.tag(Hash.key(stack0, stack8, stack16, stack24, stackPorts, odds, seed));
  }

  private long odds(int rdomain, int family, int protocol) {
    int rest = (ifname << 11) | (direction << 9) | (family == 0 ? 0 : 0x100) | protocol;
    return ((long) rdomain << 32) | (rest & 0xffff_ffffL);
  }

  /**
   * Which connection a row is: name, keys, families, protocols, direction.
   *
   * @param name of the row, {@link Hash#name}
   */
  long identity(long name) {
    long odds =
        ((long) rdomains << 32)
            | ((long) proto << 24)
            | (direction << 16)
            | (stackProto << 8)
            | families;
    return Hash.ports(name, ((long) wirePorts << 32) | (stackPorts & 0xffff_ffffL), odds)
        + Hash.wire(name, wire0, wire8, wire16, wire24)
        + Hash.stack(name, stack0, stack8, stack16, stack24);
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

  private static boolean sameAddresses(byte[] one, int oneAt, byte[] other, int otherAt) {
    return Row.i32(one, oneAt + Row.PORTS) == Row.i32(other, otherAt + Row.PORTS)
        && Row.i64(one, oneAt) == Row.i64(other, otherAt)
        && Row.i64(one, oneAt + 16) == Row.i64(other, otherAt + 16)
        && Row.i64(one, oneAt + 8) == Row.i64(other, otherAt + 8)
        && Row.i64(one, oneAt + 24) == Row.i64(other, otherAt + 24);
  }
}
