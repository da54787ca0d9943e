package org.pfha.pf;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.StatePeer.Scrub;

/** Values out of a row's bytes and into them. */
final class RowValues {

  private RowValues() {}

  static PfState state(StateRow row, long nowNanos) {
    StateKey wire = row.wire();
    return PfState.builder(row.id(), row.creatorId(), wire, row.proto())
        .ifname(row.ifname())
        .originalIfname(row.originalIfname())
        .stack(row.isTranslated() ? row.stack() : wire)
        .stackProto(row.stackProto())
        .direction(row.direction())
        .src(row.src())
        .dst(row.dst())
        .route(row.route())
        .rule(row.rule())
        .anchor(row.anchor())
        .natRule(row.natRule())
        .creation(row.age(nowNanos))
        .expire(row.remaining(nowNanos))
        .packets(row.packets(0), row.packets(1))
        .bytes(row.bytes(0), row.bytes(1))
        .log(row.log())
        .stateFlags(row.stateFlags())
        .timeout(row.timeout())
        .syncFlags(row.syncFlags())
        .options(row.options())
        .tag(row.tag())
        .build();
  }

  static StateKey key(byte[] bytes, int at, int offset, int family, int rdomain) {
    int key = at + offset;
    return new StateKey(
        family,
        Row.i64(bytes, key),
        Row.i64(bytes, key + 8),
        Row.i64(bytes, key + 16),
        Row.i64(bytes, key + 24),
        Row.u16(bytes, key + Row.PORTS),
        Row.u16(bytes, key + Row.PORTS + 2),
        Row.u16(bytes, at + rdomain));
  }

  static StatePeer peer(byte[] bytes, int end, int scrubAt) {
    Scrub scrub =
        bytes[scrubAt + Row.SCRUB_VALID] == 0
            ? null
            : new Scrub(
                Row.u16(bytes, scrubAt + Row.SCRUB_FLAGS),
                Row.u8(bytes, scrubAt + Row.SCRUB_TTL),
                Row.i32(bytes, scrubAt + Row.TS_MOD));
    return new StatePeer(
        Row.u8(bytes, end + Row.STATE),
        Row.i32(bytes, end + Row.SEQLO),
        Row.i32(bytes, end + Row.SEQHI),
        Row.i32(bytes, end + Row.SEQDIFF),
        Row.u16(bytes, end + Row.MAX_WIN),
        Row.u16(bytes, end + Row.MSS),
        Row.u8(bytes, end + Row.WSCALE),
        scrub);
  }

  /** Of an extension. */
  static StateRoute route(Names names, byte[] more, int at) {
    int family = Row.u8(more, at + Row.ROUTE_FAMILY);
    int kind = Row.u8(more, at + Row.ROUTE_KIND);
    int ifname = Row.u16(more, at + Row.ROUTE_IFNAME);
    if (family == 0 && kind == 0 && ifname == 0) {
      return StateRoute.NONE;
    }
    int slot = at + Row.ROUTE_ADDRESS;
    @Nullable InetAddress address =
        family == 0 ? null : StateKey.toAddress(family, Arrays.copyOfRange(more, slot, slot + 16));
    return new StateRoute(kind, names.name(ifname), address);
  }

  /** Of an extension. */
  static StateOptions options(byte[] more, int at) {
    return new StateOptions(
        Row.u16(more, at + Row.QID),
        Row.u16(more, at + Row.PQID),
        Row.u16(more, at + Row.DNPIPE),
        Row.u16(more, at + Row.DNRPIPE),
        Row.i32(more, at + Row.RTABLEID),
        Row.i32(more, at + Row.STACK_RTABLEID),
        Row.u8(more, at + Row.MIN_TTL),
        Row.u8(more, at + Row.SET_TOS),
        Row.u16(more, at + Row.MAX_MSS),
        Row.u8(more, at + Row.SET_PRIO),
        Row.u8(more, at + Row.SET_PRIO + 1));
  }

  static void copy(PfState state, StateDraft to) {
    to.clear()
        .id(state.id(), state.creatorId())
        .ifname(state.ifname())
        .originalIfname(state.originalIfname())
        .protos(state.proto(), state.stackProto())
        .direction(state.direction())
        .timeout(state.timeout())
        .times(state.creation(), state.expire())
        .rules(state.rule(), state.anchor(), state.natRule())
        .flags(state.stateFlags(), state.syncFlags(), state.log())
        .counters(state.packets0(), state.packets1(), state.bytes0(), state.bytes1())
        .routingDomains(state.wire().routingDomain(), state.stack().routingDomain())
        .families(state.wire().family(), state.stack().family());
    putKey(to.bytes, Row.WIRE_KEY, state.wire());
    putKey(to.bytes, Row.STACK_KEY, state.stack());
    putPeer(to.bytes, Row.SRC, Row.SRC_SCRUB, state.src());
    putPeer(to.bytes, Row.DST, Row.DST_SCRUB, state.dst());
    copy(state.options(), to);
    InetAddress hop = state.route().address();
    byte[] address = hop == null ? new byte[16] : Arrays.copyOf(hop.getAddress(), 16);
    to.routeIfname(state.route().ifname());
    to.route(state.route().kind(), state.route().family(), address, 0);
    byte[] tag = state.tag().getBytes(StandardCharsets.ISO_8859_1);
    to.tag(Arrays.copyOf(tag, Row.TAG_SIZE), 0);
  }

  private static void copy(StateOptions options, StateDraft to) {
    if (!options.equals(StateOptions.NONE)) {
      to.queues(options.qid(), options.pqid(), options.dnPipe(), options.dnReversePipe())
          .routingTables(options.routingTable(), options.stackRoutingTable())
          .packetOptions(
              options.minTtl(),
              options.setTos(),
              options.maxMss(),
              options.setPrio0(),
              options.setPrio1());
    }
  }

  private static void putKey(byte[] to, int at, StateKey key) {
    Row.put64(to, at, key.address0High());
    Row.put64(to, at + 8, key.address0Low());
    Row.put64(to, at + 16, key.address1High());
    Row.put64(to, at + 24, key.address1Low());
    Row.put16(to, at + Row.PORTS, key.port0());
    Row.put16(to, at + Row.PORTS + 2, key.port1());
  }

  static void putPeer(byte[] to, int end, int scrubAt, StatePeer peer) {
    StatePeer.Scrub scrub = peer.scrub();
    Row.put16(to, scrubAt + Row.SCRUB_FLAGS, scrub == null ? 0 : scrub.flags());
    Row.put8(to, scrubAt + Row.SCRUB_TTL, scrub == null ? 0 : scrub.ttl());
    Row.put8(to, scrubAt + Row.SCRUB_VALID, scrub == null ? 0 : 1);
    Row.put32(to, scrubAt + Row.TS_MOD, scrub == null ? 0 : scrub.tsMod());
    Row.put32(to, end + Row.SEQLO, peer.seqlo());
    Row.put32(to, end + Row.SEQHI, peer.seqhi());
    Row.put32(to, end + Row.SEQDIFF, peer.seqdiff());
    Row.put16(to, end + Row.MAX_WIN, peer.maxWin());
    Row.put16(to, end + Row.MSS, peer.mss());
    Row.put8(to, end + Row.STATE, peer.state());
    Row.put8(to, end + Row.WSCALE, peer.wscale());
  }
}
