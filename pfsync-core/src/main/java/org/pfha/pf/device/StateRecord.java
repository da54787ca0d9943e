package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;
import static org.pfha.pf.device.Layouts.ADDRESS;
import static org.pfha.pf.device.Layouts.IFNAME;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pf.StateRoute;

/**
 * A state as {@code /dev/pf} hands it out, in one of two layouts with the same parts in other
 * places (spec pf-ioctl 5.4). Immutable.
 *
 * <pre>
 *   PACKED 242                                 EXPORT 384
 *     0 id 8                                     0 version 8 (host order)   8 id 8
 *     8 ifname 16                               16 ifname 16               32 orig_ifname 16
 *    24 keys 72  96 src 32  128 dst 32          48 keys 72  120 src 32  152 dst 32
 *   160 rt_addr 16                             184 rt_addr 16
 *   176 rule 4  180 anchor 4  184 nat_rule 4   200 rule 4  204 anchor 4  208 nat_rule 4
 *   188 creation 4  192 expire 4               212 creation 4  216 expire 4
 *   196 packets 16  212 bytes 16               224 packets 16  240 bytes 16 (host order)
 *   228 creatorid 4                            256 creatorid 4
 *   232 af 1  233 proto 1  234 direction 1     264 af 1  265 proto 1  266 direction 1  267 log 1
 *   237 log 1  238 state_flags 1               268 state_flags 1
 *   239 timeout 1  240 sync_flags 1            269 timeout 1  270 sync_flags 1
 *   241 updates 1                              271 updates 1  272 … from 20230404
 *
 *   key    0 addresses 2 × 16  32 ports 2 × 2
 *   peer   0 scrub flags 2  2 ttl 1  3 valid 1  4 modulation 4  8 seqlo 4  12 seqhi 4  16 seqdiff 4
 *         20 max_win 2  22 mss 2  24 state 1  25 wscale 1  26 pad 6
 * </pre>
 */
public enum StateRecord {
  /**
   * DIOCGETSTATES, DIOCGETSTATE, DIOCADDSTATE: 242 bytes, network order throughout, state flags cut
   * to 8 bits.
   */
  PACKED(Layouts.PFIOC_STATE, "state."),

  /**
   * DIOCGETSTATESV2: 384 bytes, network order but for version and counters. One of a version above
   * {@link #VERSION_14} is read as far as that version goes.
   */
  EXPORT(Layouts.EXPORT, "");

  /** The version of {@link #EXPORT} on release 13. */
  public static final long VERSION_13 = 20210706;

  /** The version of {@link #EXPORT} on releases 14 and 15. */
  public static final long VERSION_14 = 20230404;

  private static final int KEY_SIZE = Layouts.STATE_KEY_EXPORT.size();
  private static final int MAX_DIRECTION = PfState.OUT;

  private final int size;
  private final int id;
  private final int ifname;
  private final int key;
  private final int src;
  private final int dst;
  private final int routeTo;
  private final int rule;
  private final int anchor;
  private final int natRule;
  private final int creation;
  private final int expire;
  private final int packets;
  private final int bytes;
  private final int creatorId;
  private final int family;
  private final int proto;
  private final int direction;
  private final int log;
  private final int timeout;
  private final int syncFlags;
  private final int updates;

  StateRecord(KernelLayout layout, String prefix) {
    size = layout.size();
    id = layout.offset(prefix + "id");
    ifname = layout.offset(prefix + "ifname");
    key = layout.offset(prefix + "key");
    src = layout.offset(prefix + "src");
    dst = layout.offset(prefix + "dst");
    routeTo = layout.offset(prefix + "rt_addr");
    rule = layout.offset(prefix + "rule");
    anchor = layout.offset(prefix + "anchor");
    natRule = layout.offset(prefix + "nat_rule");
    creation = layout.offset(prefix + "creation");
    expire = layout.offset(prefix + "expire");
    packets = layout.offset(prefix + "packets");
    bytes = layout.offset(prefix + "bytes");
    creatorId = layout.offset(prefix + "creatorid");
    family = layout.offset(prefix + "af");
    proto = layout.offset(prefix + "proto");
    direction = layout.offset(prefix + "direction");
    log = layout.offset(prefix + "log");
    timeout = layout.offset(prefix + "timeout");
    syncFlags = layout.offset(prefix + "sync_flags");
    updates = layout.offset(prefix + "updates");
  }

  /**
   * The size of a record.
   *
   * @return bytes
   */
  public int size() {
    return size;
  }

  /**
   * The version that a record says it has.
   *
   * @param buffer that holds it
   * @param at where it begins
   * @return the version, 0 of a {@link #PACKED} one
   */
  public long version(ByteBuffer buffer, int at) {
    return this == PACKED ? 0 : hostLong(bigEndian(buffer).getLong(at));
  }

  /**
   * How often pfsync announced the state; not part of a {@link PfState}.
   *
   * @param buffer that holds the record
   * @param at where it begins
   * @return 0–255
   */
  public int updates(ByteBuffer buffer, int at) {
    return Struct.u8(buffer, at + updates);
  }

  /**
   * Writes how often pfsync announced the state.
   *
   * @param buffer that holds the record
   * @param at where it begins
   * @param times 0–255
   */
  public void putUpdates(ByteBuffer buffer, int at, int times) {
    buffer.put(at + updates, (byte) times);
  }

  /**
   * Reads a record.
   *
   * @param buffer that holds it
   * @param at where it begins
   * @return the state, or null if what stands there has no known address family or direction
   */
  public @Nullable PfState decode(ByteBuffer buffer, int at) {
    ByteBuffer in = bigEndian(buffer);
    int af = Struct.u8(in, at + family);
    int way = Struct.u8(in, at + direction);
    if ((af != StateKey.INET && af != StateKey.INET6) || way > MAX_DIRECTION) {
      return null;
    }
    var state =
        PfState.builder(
                in.getLong(at + id),
                in.getInt(at + creatorId),
                key(in, at + key, af),
                Struct.u8(in, at + proto))
            .stack(key(in, at + key + KEY_SIZE, af))
            .ifname(Struct.string(in, at + ifname, IFNAME - 1))
            .direction(way)
            .src(peer(in, at + src))
            .dst(peer(in, at + dst))
            .rule(in.getInt(at + rule))
            .anchor(in.getInt(at + anchor))
            .natRule(in.getInt(at + natRule))
            .creation(Struct.u32(in, at + creation))
            .expire(Struct.u32(in, at + expire))
            .packets(count(in, at + packets), count(in, at + packets + 8))
            .bytes(count(in, at + bytes), count(in, at + bytes + 8))
            .log(Struct.u8(in, at + log))
            .timeout(Struct.u8(in, at + timeout))
            .syncFlags(Struct.u8(in, at + syncFlags));
    InetAddress nextHop = nextHop(in, at + routeTo, af);
    if (this == PACKED) {
      state.stateFlags(Struct.u8(in, at + Layouts.STATE_FLAGS));
      state.route(new StateRoute(0, "", nextHop));
    } else {
      state.originalIfname(Struct.string(in, at + Layouts.EXPORT_ORIG_IFNAME, IFNAME - 1));
      if (version(in, at) < VERSION_14) {
        state.stateFlags(Struct.u8(in, at + Layouts.EXPORT13_FLAGS));
        state.route(new StateRoute(0, "", nextHop));
      } else {
        state.stateFlags(Struct.port(in, at + Layouts.EXPORT14_FLAGS));
        state.options(options(in, at));
        state.route(
            new StateRoute(
                Struct.u8(in, at + Layouts.EXPORT14_RT),
                Struct.string(in, at + Layouts.EXPORT14_RT_IFNAME, IFNAME - 1),
                nextHop));
      }
    }
    return state.build();
  }

  /**
   * Writes a record.
   *
   * @param state what it says; what the layout has no place for is left out
   * @param buffer in which the record's bytes are zero
   * @param at where it begins
   * @param version {@link #VERSION_13} or {@link #VERSION_14}; any of a {@link #PACKED} one
   */
  public void encode(PfState state, ByteBuffer buffer, int at, long version) {
    ByteBuffer out = bigEndian(buffer);
    out.putLong(at + id, state.id());
    out.putInt(at + creatorId, state.creatorId());
    Struct.putString(out, at + ifname, state.ifname());
    putKey(out, at + key, state.wire());
    putKey(out, at + key + KEY_SIZE, state.stack());
    putPeer(out, at + src, state.src());
    putPeer(out, at + dst, state.dst());
    Struct.putAddress(out, at + routeTo, state.route().address());
    out.putInt(at + rule, state.rule());
    out.putInt(at + anchor, state.anchor());
    out.putInt(at + natRule, state.natRule());
    out.putInt(at + creation, (int) state.creation());
    out.putInt(at + expire, (int) state.expire());
    putCount(out, at + packets, state.packets0());
    putCount(out, at + packets + 8, state.packets1());
    putCount(out, at + bytes, state.bytes0());
    putCount(out, at + bytes + 8, state.bytes1());
    out.put(at + family, (byte) state.wire().family());
    out.put(at + proto, (byte) state.proto());
    out.put(at + direction, (byte) state.direction());
    out.put(at + log, (byte) state.log());
    out.put(at + timeout, (byte) state.timeout());
    out.put(at + syncFlags, (byte) state.syncFlags());
    if (this == PACKED) {
      out.put(at + Layouts.STATE_FLAGS, (byte) state.stateFlags());
      return;
    }
    checkArgument(
        version == VERSION_13 || version == VERSION_14,
        "record version %s is neither %s nor %s",
        version,
        VERSION_13,
        VERSION_14);
    out.putLong(at + Layouts.EXPORT_VERSION, hostLong(version));
    Struct.putString(out, at + Layouts.EXPORT_ORIG_IFNAME, state.originalIfname());
    out.put(at + Layouts.EXPORT13_FLAGS, (byte) state.stateFlags());
    if (version == VERSION_14) {
      out.putShort(at + Layouts.EXPORT14_FLAGS, (short) state.stateFlags());
      out.put(at + Layouts.EXPORT14_RT, (byte) state.route().kind());
      Struct.putString(out, at + Layouts.EXPORT14_RT_IFNAME, state.route().ifname());
      putOptions(out, at, state.options());
    }
  }

  private long count(ByteBuffer in, int at) {
    return this == PACKED ? in.getLong(at) : hostLong(in.getLong(at));
  }

  private void putCount(ByteBuffer out, int at, long count) {
    out.putLong(at, this == PACKED ? count : hostLong(count));
  }

  private static StateKey key(ByteBuffer in, int at, int family) {
    return new StateKey(
        family,
        in.getLong(at + Layouts.KEY_ADDR),
        in.getLong(at + Layouts.KEY_ADDR + 8),
        in.getLong(at + Layouts.KEY_ADDR + ADDRESS),
        in.getLong(at + Layouts.KEY_ADDR + ADDRESS + 8),
        Struct.port(in, at + Layouts.KEY_PORT),
        Struct.port(in, at + Layouts.KEY_PORT + 2));
  }

  private static void putKey(ByteBuffer out, int at, StateKey key) {
    out.putLong(at + Layouts.KEY_ADDR, key.address0High());
    out.putLong(at + Layouts.KEY_ADDR + 8, key.address0Low());
    out.putLong(at + Layouts.KEY_ADDR + ADDRESS, key.address1High());
    out.putLong(at + Layouts.KEY_ADDR + ADDRESS + 8, key.address1Low());
    Struct.putPort(out, at + Layouts.KEY_PORT, key.port0());
    Struct.putPort(out, at + Layouts.KEY_PORT + 2, key.port1());
  }

  private static StatePeer peer(ByteBuffer in, int at) {
    Scrub scrub =
        Struct.u8(in, at + Layouts.PEER_SCRUB_VALID) == 1
            ? new Scrub(
                Struct.port(in, at + Layouts.PEER_SCRUB_FLAGS),
                Struct.u8(in, at + Layouts.PEER_SCRUB_TTL),
                in.getInt(at + Layouts.PEER_SCRUB_TS_MOD))
            : null;
    return new StatePeer(
        Struct.u8(in, at + Layouts.PEER_STATE),
        in.getInt(at + Layouts.PEER_SEQLO),
        in.getInt(at + Layouts.PEER_SEQHI),
        in.getInt(at + Layouts.PEER_SEQDIFF),
        Struct.port(in, at + Layouts.PEER_MAX_WIN),
        Struct.port(in, at + Layouts.PEER_MSS),
        Struct.u8(in, at + Layouts.PEER_WSCALE),
        scrub);
  }

  private static void putPeer(ByteBuffer out, int at, StatePeer peer) {
    Scrub scrub = peer.scrub();
    if (scrub != null) {
      out.putShort(at + Layouts.PEER_SCRUB_FLAGS, (short) scrub.flags());
      out.put(at + Layouts.PEER_SCRUB_TTL, (byte) scrub.ttl());
      out.put(at + Layouts.PEER_SCRUB_VALID, (byte) 1);
      out.putInt(at + Layouts.PEER_SCRUB_TS_MOD, scrub.tsMod());
    }
    out.putInt(at + Layouts.PEER_SEQLO, peer.seqlo());
    out.putInt(at + Layouts.PEER_SEQHI, peer.seqhi());
    out.putInt(at + Layouts.PEER_SEQDIFF, peer.seqdiff());
    out.putShort(at + Layouts.PEER_MAX_WIN, (short) peer.maxWin());
    out.putShort(at + Layouts.PEER_MSS, (short) peer.mss());
    out.put(at + Layouts.PEER_STATE, (byte) peer.state());
    out.put(at + Layouts.PEER_WSCALE, (byte) peer.wscale());
  }

  private static StateOptions options(ByteBuffer in, int at) {
    return new StateOptions(
        Struct.port(in, at + Layouts.EXPORT14_QID),
        Struct.port(in, at + Layouts.EXPORT14_PQID),
        Struct.port(in, at + Layouts.EXPORT14_DNPIPE),
        Struct.port(in, at + Layouts.EXPORT14_DNRPIPE),
        in.getInt(at + Layouts.EXPORT14_RTABLEID),
        StateOptions.NONE.stackRoutingTable(),
        Struct.u8(in, at + Layouts.EXPORT14_MIN_TTL),
        Struct.u8(in, at + Layouts.EXPORT14_SET_TOS),
        Struct.port(in, at + Layouts.EXPORT14_MAX_MSS),
        Struct.u8(in, at + Layouts.EXPORT14_SET_PRIO),
        Struct.u8(in, at + Layouts.EXPORT14_SET_PRIO + 1));
  }

  private static void putOptions(ByteBuffer out, int at, StateOptions options) {
    out.putShort(at + Layouts.EXPORT14_QID, (short) options.qid());
    out.putShort(at + Layouts.EXPORT14_PQID, (short) options.pqid());
    out.putShort(at + Layouts.EXPORT14_DNPIPE, (short) options.dnPipe());
    out.putShort(at + Layouts.EXPORT14_DNRPIPE, (short) options.dnReversePipe());
    out.putInt(at + Layouts.EXPORT14_RTABLEID, options.routingTable());
    out.put(at + Layouts.EXPORT14_MIN_TTL, (byte) options.minTtl());
    out.put(at + Layouts.EXPORT14_SET_TOS, (byte) options.setTos());
    out.putShort(at + Layouts.EXPORT14_MAX_MSS, (short) options.maxMss());
    out.put(at + Layouts.EXPORT14_SET_PRIO, (byte) options.setPrio0());
    out.put(at + Layouts.EXPORT14_SET_PRIO + 1, (byte) options.setPrio1());
  }

  private static @Nullable InetAddress nextHop(ByteBuffer in, int at, int family) {
    return in.getLong(at) == 0 && in.getLong(at + 8) == 0 ? null : Struct.address(in, at, family);
  }

  private static ByteBuffer bigEndian(ByteBuffer buffer) {
    return buffer.order() == ByteOrder.BIG_ENDIAN
        ? buffer
        : buffer.duplicate().order(ByteOrder.BIG_ENDIAN);
  }

  /** A long of this machine's order, read or written in the network's. */
  private static long hostLong(long value) {
    return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? value : Long.reverseBytes(value);
  }
}
