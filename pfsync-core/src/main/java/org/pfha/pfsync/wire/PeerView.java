package org.pfha.pfsync.wire;

import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;

/** Reads and writes the 32 bytes of a peer (spec pfsync 5.1). */
final class PeerView {

  static final int SIZE = 32;
  static final int SCRUB_FLAGS_OFFSET = 0;
  static final int SCRUB_TTL_OFFSET = 2;
  static final int SCRUB_VALID_OFFSET = 3;
  static final int SCRUB_TS_MOD_OFFSET = 4;
  static final int SEQLO_OFFSET = 8;
  static final int SEQHI_OFFSET = 12;
  static final int SEQDIFF_OFFSET = 16;
  static final int MAX_WIN_OFFSET = 20;
  static final int MSS_OFFSET = 22;
  static final int STATE_OFFSET = 24;
  static final int WSCALE_OFFSET = 25;

  private static final int TIMESTAMP = 1;

  private PeerView() {}

  static int state(byte[] bytes, int at) {
    return Wire.u8(bytes, at + STATE_OFFSET);
  }

  static StatePeer read(byte[] bytes, int at) {
    int valid = Wire.u8(bytes, at + SCRUB_VALID_OFFSET);
    Scrub scrub = null;
    if (valid == 1) {
      scrub =
          new Scrub(
              Wire.u16(bytes, at + SCRUB_FLAGS_OFFSET) & TIMESTAMP,
              Wire.u8(bytes, at + SCRUB_TTL_OFFSET),
              Wire.i32(bytes, at + SCRUB_TS_MOD_OFFSET));
    } else if (valid != 0) {
      scrub = Scrub.EMPTY;
    }
    return new StatePeer(
        state(bytes, at),
        Wire.i32(bytes, at + SEQLO_OFFSET),
        Wire.i32(bytes, at + SEQHI_OFFSET),
        Wire.i32(bytes, at + SEQDIFF_OFFSET),
        Wire.u16(bytes, at + MAX_WIN_OFFSET),
        Wire.u16(bytes, at + MSS_OFFSET),
        Wire.u8(bytes, at + WSCALE_OFFSET),
        scrub);
  }

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
