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

  /** Of a key's addresses, ports and what else must be equal, for the index. */
  static long key(long a, long b, long c, long d, long ports, long odds, long seed) {
    long hash = fold(a ^ seed, c ^ other(seed)) ^ fold(b ^ other(seed) ^ K2, d ^ seed ^ K3);
    return fold(hash ^ K4 ^ (odds >>> 32), (ports << 32) ^ (odds & 0xffff_ffffL) ^ seed ^ K5);
  }

  /** No factor of a product may be known to be zero: then the other one would not count. */
  private static long other(long seed) {
    return Long.rotateLeft(seed, 32) ^ K1;
  }

  /** What a state's name adds to all else that is known of it. */
  static long name(long id, int creatorId) {
    return fold(id ^ K9, creatorId ^ K6);
  }

  static long name(byte[] row, int at) {
    return name(Row.i64(row, at + Row.ID), Row.i32(row, at + Row.CREATOR_ID));
  }

  /** The part of a connection's identity that is in its wire key's addresses. */
  static long wire(long name, long a, long b, long c, long d) {
    return fold(a ^ name ^ K2, c ^ K3) + fold(b ^ name ^ K4, d ^ K5);
  }

  /** The part of a connection's identity that is in its stack key's addresses. */
  static long stack(long name, long a, long b, long c, long d) {
    return fold(a ^ name ^ K6, c ^ K7) + fold(b ^ name ^ K8, d ^ K9);
  }

  /** The part of a connection's identity that is in both keys' ports, families and protocols. */
  static long ports(long name, long ports, long odds) {
    return fold(ports ^ name, odds ^ K1);
  }

  /** How far a row's ends have got. */
  static long progress(byte[] row, int at, long name) {
    int src = at + Row.SRC;
    int dst = at + Row.DST;
    return progress(
        name,
        Row.i64(row, src + Row.SEQLO),
        Row.i64(row, src + Row.SEQDIFF),
        Row.u16(row, src + Row.STATE),
        Row.i64(row, dst + Row.SEQLO),
        Row.i64(row, dst + Row.SEQDIFF),
        Row.u16(row, dst + Row.STATE));
  }

  /**
   * How far two ends have got. Normalisation data are left out: a receiver takes them or not as it
   * has a place for them (spec pfsync 9.3).
   *
   * @param name of the state, {@link #name}
   */
  static long progress(
      long name,
      long srcSequences,
      long srcWindow,
      int srcState,
      long dstSequences,
      long dstWindow,
      int dstState) {
    long states = (((long) srcState << 16) | dstState) * K0;
    return fold(srcSequences ^ name, srcWindow ^ states ^ K4)
        + fold(dstSequences ^ name ^ K7, dstWindow ^ states);
  }
}
