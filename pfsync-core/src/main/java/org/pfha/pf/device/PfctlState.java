package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.nested;
import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u16;
import static org.pfha.net.sys.NetlinkAttribute.u32;
import static org.pfha.net.sys.NetlinkAttribute.u64;
import static org.pfha.net.sys.NetlinkAttribute.u8;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pf.StateRoute;

/**
 * A state as the {@code pfctl} family of netlink carries it (spec pf-ioctl 10.2). The id and the
 * ports are the words this machine reads where the network's bytes stand; the creator and
 * everything else is host order. Attributes are in the order of the kernel's own writer.
 */
public final class PfctlState {

  static final int FILTER_CREATORID = 2;
  static final int FILTER_IFNAME = 3;
  static final int FILTER_AF = 19;
  static final int FILTER_PROTO = 21;
  static final int FILTER_ADDR = 29;
  static final int FILTER_MASK = 30;

  private static final int ID = 1;
  private static final int CREATORID = 2;
  private static final int IFNAME = 3;
  private static final int ORIG_IFNAME = 4;
  private static final int KEY_WIRE = 5;
  private static final int KEY_STACK = 6;
  private static final int PEER_SRC = 7;
  private static final int PEER_DST = 8;
  private static final int RT_ADDR = 9;
  private static final int RULE = 10;
  private static final int ANCHOR = 11;
  private static final int NAT_RULE = 12;
  private static final int CREATION = 13;
  private static final int EXPIRE = 14;
  private static final int PACKETS0 = 15;
  private static final int PACKETS1 = 16;
  private static final int BYTES0 = 17;
  private static final int BYTES1 = 18;
  private static final int AF = 19;
  private static final int PROTO = 21;
  private static final int DIRECTION = 22;
  private static final int LOG = 23;
  private static final int TIMEOUT = 24;
  private static final int STATE_FLAGS = 25;
  private static final int SYNC_FLAGS = 26;
  private static final int VERSION = 28;
  private static final int RTABLEID = 31;
  private static final int MIN_TTL = 32;
  private static final int MAX_MSS = 33;
  private static final int DNPIPE = 34;
  private static final int DNRPIPE = 35;
  private static final int RT = 36;
  private static final int RT_IFNAME = 37;
  private static final int SRC_NODE_FLAGS = 38;
  private static final int RT_AF = 39;

  private static final int KEY_ADDR0 = 1;
  private static final int KEY_ADDR1 = 2;
  private static final int KEY_PORT0 = 3;
  private static final int KEY_PORT1 = 4;
  private static final int KEY_AF = 5;
  private static final int KEY_PROTO = 6;

  private static final int SCRUB_FLAGS = 1;
  private static final int SCRUB_TTL = 2;
  private static final int SCRUB_PRESENT = 3;
  private static final int SCRUB_TS_MOD = 4;
  private static final int SEQLO = 5;
  private static final int SEQHI = 6;
  private static final int SEQDIFF = 7;
  private static final int MAX_WIN = 8;
  private static final int MSS = 9;
  private static final int STATE = 10;
  private static final int WSCALE = 11;

  private static final long NO_RULE = 0xffff_ffffL;
  private static final int V4 = 4;
  private static final int V6 = 16;

  /** Beyond 136 years a lifetime is none, but an absolute uptime of an expired state. */
  private static final long LONGEST = 0xffff_ffffL;

  private PfctlState() {}

  /**
   * Reads what GETSTATES replies for one state.
   *
   * @param reply attributes
   * @return the state, or null if its keys, family or direction make no sense
   */
  public static @Nullable PfState decode(NetlinkAttributes reply) {
    int family = (int) reply.number(AF, 0);
    int proto = (int) reply.number(PROTO, 0) & 0xff;
    StateKey wire = key(reply.nested(KEY_WIRE), family);
    StateKey stack = key(reply.nested(KEY_STACK), family);
    int direction = (int) reply.number(DIRECTION, 0);
    if (wire == null || stack == null || direction < 0 || direction > PfState.OUT) {
      return null;
    }
    return PfState.builder(
            Struct.rawWord(reply.number(ID, 0)), (int) reply.number(CREATORID, 0), wire, proto)
        .stack(stack)
        .stackProto((int) reply.nested(KEY_STACK).number(KEY_PROTO, proto) & 0xff)
        .ifname(name(reply, IFNAME))
        .originalIfname(name(reply, ORIG_IFNAME))
        .direction(direction)
        .src(peer(reply.nested(PEER_SRC)))
        .dst(peer(reply.nested(PEER_DST)))
        .route(route(reply, family))
        .rule((int) reply.number(RULE, NO_RULE))
        .anchor((int) reply.number(ANCHOR, NO_RULE))
        .natRule((int) reply.number(NAT_RULE, NO_RULE))
        .creation(reply.number(CREATION, 0) & LONGEST)
        .expire(reply.number(EXPIRE, 0) & LONGEST)
        .packets(reply.number(PACKETS0, 0), reply.number(PACKETS1, 0))
        .bytes(reply.number(BYTES0, 0), reply.number(BYTES1, 0))
        .log((int) reply.number(LOG, 0) & 0xff)
        .timeout((int) reply.number(TIMEOUT, 0) & 0xff)
        .stateFlags((int) reply.number(STATE_FLAGS, 0) & 0xffff)
        .syncFlags((int) (reply.number(SYNC_FLAGS, 0) | reply.number(SRC_NODE_FLAGS, 0)) & 0xff)
        .options(
            new StateOptions(
                0,
                0,
                (int) reply.number(DNPIPE, 0) & 0xffff,
                (int) reply.number(DNRPIPE, 0) & 0xffff,
                (int) reply.number(RTABLEID, NO_RULE),
                StateOptions.NONE.stackRoutingTable(),
                (int) reply.number(MIN_TTL, 0) & 0xff,
                0,
                (int) reply.number(MAX_MSS, 0) & 0xffff,
                0,
                0))
        .build();
  }

  private static String name(NetlinkAttributes reply, int type) {
    String name = reply.text(type).orElse("");
    return name.length() <= PfState.MAX_IFNAME ? name : name.substring(0, PfState.MAX_IFNAME);
  }

  private static @Nullable StateKey key(NetlinkAttributes key, int stateFamily) {
    int family = (int) key.number(KEY_AF, stateFamily);
    int size = size(family);
    byte[] address0 = key.bytes(KEY_ADDR0);
    byte[] address1 = key.bytes(KEY_ADDR1);
    if (address0.length < size || address1.length < size || size < 0) {
      return null;
    }
    ByteBuffer slots = ByteBuffer.allocate(2 * V6);
    slots.put(0, address0, 0, size).put(V6, address1, 0, size);
    return new StateKey(
        family,
        slots.getLong(0),
        slots.getLong(Long.BYTES),
        slots.getLong(V6),
        slots.getLong(V6 + Long.BYTES),
        port(key.number(KEY_PORT0, 0)),
        port(key.number(KEY_PORT1, 0)));
  }

  /** Swapping a port's bytes twice gives it back. */
  private static int port(long word) {
    return (int) Struct.rawPort((int) word & 0xffff);
  }

  private static StatePeer peer(NetlinkAttributes peer) {
    Scrub scrub =
        peer.number(SCRUB_PRESENT, 0) == 1
            ? new Scrub(
                (int) peer.number(SCRUB_FLAGS, 0) & 0xffff,
                (int) peer.number(SCRUB_TTL, 0) & 0xff,
                (int) peer.number(SCRUB_TS_MOD, 0))
            : null;
    return new StatePeer(
        (int) peer.number(STATE, 0) & 0xff,
        (int) peer.number(SEQLO, 0),
        (int) peer.number(SEQHI, 0),
        (int) peer.number(SEQDIFF, 0),
        (int) peer.number(MAX_WIN, 0) & 0xffff,
        (int) peer.number(MSS, 0) & 0xffff,
        (int) peer.number(WSCALE, 0) & 0xff,
        scrub);
  }

  private static StateRoute route(NetlinkAttributes reply, int stateFamily) {
    byte[] address = reply.bytes(RT_ADDR);
    int family = (int) reply.number(RT_AF, 0);
    int size = size(family == 0 ? stateFamily : family);
    return new StateRoute(
        (int) reply.number(RT, 0) & 0xff,
        name(reply, RT_IFNAME),
        size < 0 || address.length < size
            ? null
            : StateKey.toAddress(
                size == V4 ? StateKey.INET : StateKey.INET6, Arrays.copyOf(address, size)));
  }

  /** The bytes of an address of a family, or −1 of none that pf knows. */
  private static int size(int family) {
    return family == StateKey.INET ? V4 : family == StateKey.INET6 ? V6 : -1;
  }

  /**
   * Writes what GETSTATES replies for one state.
   *
   * @param state what to say; what netlink has no place for is left out
   * @return attributes of a reply
   */
  public static List<NetlinkAttribute> encode(PfState state) {
    List<NetlinkAttribute> reply = new ArrayList<>();
    reply.add(u64(VERSION, StateRecord.VERSION_14));
    reply.add(nested(KEY_WIRE, key(state.wire(), state.proto())));
    reply.add(nested(KEY_STACK, key(state.stack(), state.stackProto())));
    reply.add(u8(PROTO, state.proto()));
    reply.add(u8(AF, state.wire().family()));
    reply.add(text(IFNAME, state.ifname()));
    reply.add(text(ORIG_IFNAME, state.originalIfname()));
    InetAddress nextHop = state.route().address();
    if (nextHop != null) {
      reply.add(new NetlinkAttribute(RT_ADDR, nextHop.getAddress()));
    }
    reply.add(u32(CREATION, (int) state.creation()));
    reply.add(u32(EXPIRE, (int) state.expire()));
    reply.add(u8(DIRECTION, state.direction()));
    reply.add(u8(LOG, state.log()));
    reply.add(u8(TIMEOUT, state.timeout()));
    reply.add(u16(STATE_FLAGS, state.stateFlags()));
    reply.add(u8(SYNC_FLAGS, state.syncFlags()));
    reply.add(u64(ID, Struct.rawWord(state.id())));
    reply.add(u32(CREATORID, state.creatorId()));
    reply.add(u32(RULE, state.rule()));
    reply.add(u32(ANCHOR, state.anchor()));
    reply.add(u32(NAT_RULE, state.natRule()));
    reply.add(u64(PACKETS0, state.packets0()));
    reply.add(u64(PACKETS1, state.packets1()));
    reply.add(u64(BYTES0, state.bytes0()));
    reply.add(u64(BYTES1, state.bytes1()));
    StateOptions options = state.options();
    reply.add(u32(RTABLEID, options.routingTable()));
    reply.add(u8(MIN_TTL, options.minTtl()));
    reply.add(u16(MAX_MSS, options.maxMss()));
    reply.add(u16(DNPIPE, options.dnPipe()));
    reply.add(u16(DNRPIPE, options.dnReversePipe()));
    reply.add(u8(RT, state.route().kind()));
    if (!state.route().ifname().isEmpty()) {
      reply.add(text(RT_IFNAME, state.route().ifname()));
    }
    reply.add(u8(SRC_NODE_FLAGS, state.syncFlags()));
    reply.add(u8(RT_AF, state.route().family()));
    reply.add(nested(PEER_SRC, peer(state.src())));
    reply.add(nested(PEER_DST, peer(state.dst())));
    return reply;
  }

  private static List<NetlinkAttribute> key(StateKey key, int proto) {
    return List.of(
        new NetlinkAttribute(KEY_ADDR0, key.address(0).getAddress()),
        new NetlinkAttribute(KEY_ADDR1, key.address(1).getAddress()),
        u16(KEY_PORT0, (int) Struct.rawPort(key.port0())),
        u16(KEY_PORT1, (int) Struct.rawPort(key.port1())),
        u8(KEY_AF, key.family()),
        u16(KEY_PROTO, proto));
  }

  private static List<NetlinkAttribute> peer(StatePeer peer) {
    List<NetlinkAttribute> all = new ArrayList<>();
    all.add(u32(SEQLO, peer.seqlo()));
    all.add(u32(SEQHI, peer.seqhi()));
    all.add(u32(SEQDIFF, peer.seqdiff()));
    all.add(u16(MAX_WIN, peer.maxWin()));
    all.add(u16(MSS, peer.mss()));
    all.add(u8(STATE, peer.state()));
    all.add(u8(WSCALE, peer.wscale()));
    Scrub scrub = peer.scrub();
    if (scrub != null) {
      all.add(u16(SCRUB_FLAGS, scrub.flags()));
      all.add(u32(SCRUB_TS_MOD, scrub.tsMod()));
      all.add(u8(SCRUB_TTL, scrub.ttl()));
      all.add(u8(SCRUB_PRESENT, 1));
    }
    return all;
  }
}
