package org.pfha.pfsync.wire;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;

/**
 * Reads and writes the 32 bytes of a peer, at any index of an array (spec pfsync 5.1).
 *
 * <pre>
 *  0 scrub.flags  2 ttl  3 valid  4 ts_mod   8 seqlo  12 seqhi  16 seqdiff
 * 20 max_win     22 mss 24 state 25 wscale  26 pad[6]
 * </pre>
 *
 * <p>Nothing but {@link #read} allocates. Stateless, hence thread-safe.
 */
public final class PeerView {

  /** Bytes of a peer. */
  public static final int SIZE = Structures.PEER.size();

  static final int SCRUB_FLAGS_OFFSET = Structures.PEER.offset("scrub.pfss_flags");
  static final int SCRUB_TTL_OFFSET = Structures.PEER.offset("scrub.pfss_ttl");
  static final int SCRUB_VALID_OFFSET = Structures.PEER.offset("scrub.scrub_flag");
  static final int SCRUB_TS_MOD_OFFSET = Structures.PEER.offset("scrub.pfss_ts_mod");
  static final int SEQLO_OFFSET = Structures.PEER.offset("seqlo");
  static final int SEQHI_OFFSET = Structures.PEER.offset("seqhi");
  static final int SEQDIFF_OFFSET = Structures.PEER.offset("seqdiff");
  static final int MAX_WIN_OFFSET = Structures.PEER.offset("max_win");
  static final int MSS_OFFSET = Structures.PEER.offset("mss");
  static final int STATE_OFFSET = Structures.PEER.offset("state");
  static final int WSCALE_OFFSET = Structures.PEER.offset("wscale");

  /** The only scrub flag that travels: timestamps are modulated. */
  static final int TIMESTAMP = 1;

  private PeerView() {}

  /**
   * Protocol state number.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return 0–255
   */
  public static int state(byte[] bytes, int at) {
    return Wire.u8(bytes, at + STATE_OFFSET);
  }

  /**
   * How far this end has got.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return the state number in the upper half, {@code seqlo} in the lower
   */
  public static long end(byte[] bytes, int at) {
    return ((long) state(bytes, at) << 32) | (seqlo(bytes, at) & 0xffff_ffffL);
  }

  /**
   * Highest sequence number sent.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return unsigned
   */
  public static int seqlo(byte[] bytes, int at) {
    return Wire.i32(bytes, at + SEQLO_OFFSET);
  }

  /**
   * Highest the other end may have acknowledged, plus window.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return unsigned
   */
  public static int seqhi(byte[] bytes, int at) {
    return Wire.i32(bytes, at + SEQHI_OFFSET);
  }

  /**
   * Sequence modulation offset.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return unsigned
   */
  public static int seqdiff(byte[] bytes, int at) {
    return Wire.i32(bytes, at + SEQDIFF_OFFSET);
  }

  /**
   * Largest window before scaling.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return 0–65535
   */
  public static int maxWin(byte[] bytes, int at) {
    return Wire.u16(bytes, at + MAX_WIN_OFFSET);
  }

  /**
   * Maximum segment size.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return 0–65535
   */
  public static int mss(byte[] bytes, int at) {
    return Wire.u16(bytes, at + MSS_OFFSET);
  }

  /**
   * Window scaling.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return shift in the low 4 bits, 0x80 when scaling was seen
   */
  public static int wscale(byte[] bytes, int at) {
    return Wire.u8(bytes, at + WSCALE_OFFSET);
  }

  /**
   * Whether there are scrub data.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return 0 none; 1 yes; anything else makes the kernel create an empty block on insert and is
   *     not copied on update (spec pfsync 9.3, 21.3)
   */
  public static int scrubValid(byte[] bytes, int at) {
    return Wire.u8(bytes, at + SCRUB_VALID_OFFSET);
  }

  /**
   * Scrub flags, as far as they travel.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return bit 0: timestamps are modulated
   */
  public static int scrubFlags(byte[] bytes, int at) {
    return Wire.u16(bytes, at + SCRUB_FLAGS_OFFSET) & TIMESTAMP;
  }

  /**
   * Lowest TTL seen.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return 0–255
   */
  public static int scrubTtl(byte[] bytes, int at) {
    return Wire.u8(bytes, at + SCRUB_TTL_OFFSET);
  }

  /**
   * Timestamp offset; for SCTP the verification tag.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return unsigned
   */
  public static int scrubTsMod(byte[] bytes, int at) {
    return Wire.i32(bytes, at + SCRUB_TS_MOD_OFFSET);
  }

  /**
   * The peer as a value. Allocates.
   *
   * @param bytes hold the peer
   * @param at index of its first byte
   * @return a peer
   */
  public static StatePeer read(byte[] bytes, int at) {
    return new StatePeer(
        state(bytes, at),
        seqlo(bytes, at),
        seqhi(bytes, at),
        seqdiff(bytes, at),
        maxWin(bytes, at),
        mss(bytes, at),
        wscale(bytes, at),
        scrub(bytes, at));
  }

  private static @Nullable Scrub scrub(byte[] bytes, int at) {
    return switch (scrubValid(bytes, at)) {
      case 0 -> null;
      case 1 -> new Scrub(scrubFlags(bytes, at), scrubTtl(bytes, at), scrubTsMod(bytes, at));
      default -> Scrub.EMPTY;
    };
  }

  /**
   * Writes a peer over bytes that are zero.
   *
   * @param bytes get the peer
   * @param at index of its first byte
   * @param peer what to write
   */
  static void write(byte[] bytes, int at, StatePeer peer) {
    Scrub scrub = peer.scrub();
    if (scrub != null) {
      Wire.put16(bytes, at + SCRUB_FLAGS_OFFSET, scrub.flags() & TIMESTAMP);
      Wire.put8(bytes, at + SCRUB_TTL_OFFSET, scrub.ttl());
      Wire.put8(bytes, at + SCRUB_VALID_OFFSET, 1);
      Wire.put32(bytes, at + SCRUB_TS_MOD_OFFSET, scrub.tsMod());
    }
    Wire.put32(bytes, at + SEQLO_OFFSET, peer.seqlo());
    Wire.put32(bytes, at + SEQHI_OFFSET, peer.seqhi());
    Wire.put32(bytes, at + SEQDIFF_OFFSET, peer.seqdiff());
    Wire.put16(bytes, at + MAX_WIN_OFFSET, peer.maxWin());
    Wire.put16(bytes, at + MSS_OFFSET, peer.mss());
    Wire.put8(bytes, at + STATE_OFFSET, peer.state());
    Wire.put8(bytes, at + WSCALE_OFFSET, peer.wscale());
  }
}
