package org.pfha.pf;

/**
 * Hashes of names, keys and states. The index ones take a seed, so that whoever chooses addresses
 * and ports cannot make them collide; the digests take none, as nodes compare them.
 */
final class Hash {

  private static final long K0 = 0x9e37_79b9_7f4a_7c15L;
  private static final long K1 = 0xd6e8_feb8_6659_fd93L;
  private static final long K2 = 0xc2b2_ae3d_27d4_eb4fL;
  private static final long K3 = 0x1656_67b1_9e37_79f9L;
  private static final long K4 = 0x8ebc_6af0_9c88_c6e3L;
  private static final long K5 = 0x5899_65cc_7537_4cc3L;
  private static final long K6 = 0x1d8e_4e27_c47d_124fL;
  private static final long K7 = 0xeb44_acca_b455_d165L;
  private static final long K8 = 0xa076_1d64_78bd_642fL;
  private static final long K9 = 0xe703_7ed1_a0b4_28dbL;

  private Hash() {}

  /** The halves of the product, folded. */
  static long mix(long a, long b) {
    long x = a ^ K0;
    long y = b ^ K1;
    return (x * y) ^ Math.multiplyHigh(x, y);
  }

  private static long fold(long x, long y) {
    return (x * y) ^ Math.multiplyHigh(x, y);
  }

  /** Of a state's name, for the index. */
  static long id(long id, int creatorId, long seed) {
    return fold(fold(id ^ seed, creatorId ^ other(seed)) ^ K2, id ^ other(seed) ^ K3);
  }

  /** Of a key and what else must be equal, for the index. */
  static long key(byte[] image, int keyAt, int odds, int rdomain, long seed) {
    long ports = Row.i32(image, keyAt + Row.PORTS) & 0xffff_ffffL;
    long hash =
        fold(Row.i64(image, keyAt) ^ seed, Row.i64(image, keyAt + 16) ^ other(seed))
            ^ fold(
                Row.i64(image, keyAt + 8) ^ other(seed) ^ K2,
                Row.i64(image, keyAt + 24) ^ seed ^ K3);
    return fold(hash ^ K4 ^ rdomain, (ports << 32) ^ odds ^ seed ^ K5);
  }

  /** No factor of a product may be known to be zero: then the other one would not count. */
  private static long other(long seed) {
    return Long.rotateLeft(seed, 32) ^ K1;
  }

  /** What a state's name adds to all else that is known of it. */
  static long name(byte[] row, int at) {
    return fold(Row.i64(row, at + Row.ID) ^ K9, Row.i32(row, at + Row.CREATOR_ID) ^ K6);
  }

  /**
   * Which connection a row is: name, keys, families, protocols, direction.
   *
   * @param name of the row, {@link #name}
   */
  static long identity(byte[] row, int at, long name) {
    long odds =
        ((long) Row.u16(row, at + Row.WIRE_RDOMAIN) << 48)
            | ((long) Row.u16(row, at + Row.STACK_RDOMAIN) << 32)
            | ((long) Row.u16(row, at + Row.PROTO) << 16)
            | (Row.u8(row, at + Row.STACK_PROTO) << 8)
            | Row.u8(row, at + Row.FAMILIES);
    int wire = at + Row.WIRE_KEY;
    int stack = at + Row.STACK_KEY;
    long ports =
        ((long) Row.i32(row, wire + Row.PORTS) << 32)
            | (Row.i32(row, stack + Row.PORTS) & 0xffff_ffffL);
    return fold(ports ^ name, odds ^ K1)
        + fold(Row.i64(row, wire) ^ name ^ K2, Row.i64(row, wire + 16) ^ K3)
        + fold(Row.i64(row, wire + 8) ^ name ^ K4, Row.i64(row, wire + 24) ^ K5)
        + fold(Row.i64(row, stack) ^ name ^ K6, Row.i64(row, stack + 16) ^ K7)
        + fold(Row.i64(row, stack + 8) ^ name ^ K8, Row.i64(row, stack + 24) ^ K9);
  }

  /**
   * How far a row's ends have got. Normalisation data are left out: a receiver takes them or not as
   * it has a place for them (spec pfsync 9.3).
   *
   * @param name of the row, {@link #name}
   */
  static long progress(byte[] row, int at, long name) {
    int src = at + Row.SRC;
    int dst = at + Row.DST;
    long states =
        (((long) Row.u16(row, src + Row.STATE) << 16) | Row.u16(row, dst + Row.STATE)) * K0;
    return fold(Row.i64(row, src + Row.SEQLO) ^ name, Row.i64(row, src + Row.SEQDIFF) ^ states ^ K4)
        + fold(Row.i64(row, dst + Row.SEQLO) ^ name ^ K7, Row.i64(row, dst + Row.SEQDIFF) ^ states);
  }
}
