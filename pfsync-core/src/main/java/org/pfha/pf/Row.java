package org.pfha.pf;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * How the table lays out a state: four cache lines, of which an update needs but the first. Keys
 * and the parts of peers are as on the wire (spec pfsync 5.1), so that an insert is mostly copying.
 *
 * <pre>
 *   0 id            8 creatorid  12 timeout  13 proto  14 direction  15 live
 *  16 src: seqlo  20 seqhi  24 seqdiff  28 max_win  30 mss  32 state  33 wscale
 *  34 dst, likewise         52 written, never read  53 –  56 expires
 *  64 src scrub: flags  66 ttl  67 valid  68 ts_mod  72 dst scrub, likewise
 *  80 created      88 sequence  96 bucket  98 state_flags  100 wheel previous  104 wheel next
 * 108 extension   112 stack tag  116 heard  124 wire tag
 * 128 wire key[36]             164 stack key[36]
 * 200 families    201 stack proto  202 log   203 sync_flags  204 ifname  206 original ifname
 * 208 wire rdomain              210 stack rdomain     212 rule      216 anchor      220 nat_rule
 * 224 packets[2]  240 bytes[2]
 * </pre>
 *
 * What few states have is in an extension of its own:
 *
 * <pre>
 *   0 route address[16]  16 route kind  17 route family  18 route ifname  20 qid  22 pqid
 *  24 dnpipe  26 dnrpipe  28 rtableid  32 stack rtableid  36 min_ttl  37 set_tos  38 max_mss
 *  40 set_prio[2]  42 –  48 tag[64]  112 –
 * </pre>
 */
final class Row {

  static final int SIZE = 256;
  static final int ID = 0;
  static final int CREATOR_ID = 8;
  static final int TIMEOUT = 12;
  static final int PROTO = 13;
  static final int DIRECTION = 14;
  static final int LIVE = 15;
  static final int SRC = 16;
  static final int DST = 34;
  static final int FETCHED = 52;
  static final int EXPIRES = 56;
  static final int SRC_SCRUB = 64;
  static final int DST_SCRUB = 72;
  static final int CREATED = 80;
  static final int SEQUENCE = 88;
  static final int BUCKET = 96;
  static final int STATE_FLAGS = 98;
  static final int WHEEL_PREVIOUS = 100;
  static final int WHEEL_NEXT = 104;
  static final int EXTENSION = 108;
  static final int STACK_TAG = 112;
  static final int HEARD = 116;
  static final int WIRE_TAG = 124;
  static final int WIRE_KEY = 128;
  static final int STACK_KEY = 164;
  static final int FAMILIES = 200;
  static final int STACK_PROTO = 201;
  static final int LOG = 202;
  static final int SYNC_FLAGS = 203;
  static final int IFNAME = 204;
  static final int ORIGINAL_IFNAME = 206;
  static final int RDOMAINS = 208;
  static final int WIRE_RDOMAIN = 208;
  static final int STACK_RDOMAIN = 210;
  static final int RULE = 212;
  static final int ANCHOR = 216;
  static final int NAT_RULE = 220;
  static final int PACKETS = 224;
  static final int BYTES = 240;

  /** A state without an extension, a row without a neighbour. */
  static final int NONE = -1;

  /** Bits of {@link #FAMILIES}: the key is IPv6. */
  static final int WIRE_INET6 = 1;

  static final int STACK_INET6 = 2;

  static final int EXTENSION_SIZE = 128;
  static final int ROUTE_ADDRESS = 0;
  static final int ROUTE_KIND = 16;
  static final int ROUTE_FAMILY = 17;
  static final int ROUTE_IFNAME = 18;
  static final int QID = 20;
  static final int PQID = 22;
  static final int DNPIPE = 24;
  static final int DNRPIPE = 26;
  static final int RTABLEID = 28;
  static final int STACK_RTABLEID = 32;
  static final int MIN_TTL = 36;
  static final int SET_TOS = 37;
  static final int MAX_MSS = 38;
  static final int SET_PRIO = 40;
  static final int TAG = 48;
  static final int TAG_SIZE = 64;

  /** In an end, which is a peer without its scrub data. */
  static final int SEQLO = 0;

  static final int SEQHI = 4;
  static final int SEQDIFF = 8;
  static final int MAX_WIN = 12;
  static final int MSS = 14;
  static final int STATE = 16;
  static final int WSCALE = 17;

  /** In scrub data. */
  static final int SCRUB_FLAGS = 0;

  static final int SCRUB_TTL = 2;
  static final int SCRUB_VALID = 3;
  static final int TS_MOD = 4;

  /** In a peer on the wire: scrub data, end, padding. */
  static final int PEER_END = 8;

  static final int PEER_PADDING = 26;

  /** Scrub data without the flags that do not travel. */
  static final long SCRUB_MASK = 0x0001_ffff_ffff_ffffL;

  /** A place for scrub data. */
  static final long EMPTY_SCRUB = 0x0000_0001_0000_0000L;

  /** In a key. */
  static final int PORTS = 32;

  static final int KEY_SIZE = 36;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Row() {}

  static int u8(byte[] bytes, int at) {
    return bytes[at] & 0xff;
  }

  static int u16(byte[] bytes, int at) {
    return (short) SHORTS.get(bytes, at) & 0xffff;
  }

  static int i32(byte[] bytes, int at) {
    return (int) INTS.get(bytes, at);
  }

  static long i64(byte[] bytes, int at) {
    return (long) LONGS.get(bytes, at);
  }

  static void put8(byte[] bytes, int at, int value) {
    bytes[at] = (byte) value;
  }

  static void put16(byte[] bytes, int at, int value) {
    SHORTS.set(bytes, at, (short) value);
  }

  static void put32(byte[] bytes, int at, int value) {
    INTS.set(bytes, at, value);
  }

  static void put64(byte[] bytes, int at, long value) {
    LONGS.set(bytes, at, value);
  }

  /** Copies an end. */
  static void copyEnd(byte[] from, int fromAt, byte[] to, int toAt) {
    putEnd(
        to,
        toAt,
        i64(from, fromAt + SEQLO),
        i64(from, fromAt + SEQDIFF),
        u16(from, fromAt + STATE));
  }

  /**
   * Writes an end.
   *
   * @param sequences seqlo and seqhi
   * @param window seqdiff, max_win and mss
   * @param state state and wscale
   */
  static void putEnd(byte[] to, int toAt, long sequences, long window, int state) {
    put64(to, toAt + SEQLO, sequences);
    put64(to, toAt + SEQDIFF, window);
    put16(to, toAt + STATE, state);
  }

  /** Scrub data as they are kept: those of a place without any are zero. */
  static long scrub(byte[] peer, int at) {
    int valid = peer[at + SCRUB_VALID];
    return valid == 1 ? i64(peer, at) & SCRUB_MASK : valid == 0 ? 0 : EMPTY_SCRUB;
  }
}
