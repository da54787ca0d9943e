package org.pfha.pfsync.wire;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StateRoute;

/** A full state between bytes and value, in any format. */
final class StateCodec {

  private StateCodec() {}

  /** Reads what {@link StateView#check} has found to be in range. */
  static PfState read(byte[] bytes, int offset, StateFormat format) {
    StateOffsets at = format.at;
    Source in = new Source(bytes, offset);
    int family = family(in.u8(at.wireFamily, 0), format);
    int proto = in.u8(at.wireProto, 0);
    StateKey wire = key(in, at.wireKey, family, in.u16(at.wireRdomain));
    int stackFamily = family(in.u8(at.stackFamily, 0), format);
    StateKey stack =
        key(in, at.stackKey, stackFamily == 0 ? family : stackFamily, in.u16(at.stackRdomain));
    return PfState.builder(in.i64(at.id), in.i32(at.creatorId, 0), wire, proto)
        .ifname(in.name(at.ifname))
        .originalIfname(in.name(at.originalIfname))
        .stack(stack)
        .stackProto(in.u8(at.stackProto, 0))
        .direction(in.u8(at.direction, 0))
        .src(PeerView.read(bytes, offset + at.src))
        .dst(PeerView.read(bytes, offset + at.dst))
        .route(route(in, family, format))
        .rule(in.i32(at.rule, 0))
        .anchor(in.i32(at.anchor, 0))
        .natRule(in.i32(at.natRule, 0))
        .creation(in.u32(at.creation))
        .expire(in.u32(at.expire))
        .packets(in.i64(at.packets), in.i64(at.packets + 8))
        .bytes(in.i64(at.bytes), in.i64(at.bytes + 8))
        .log(in.u8(at.log, 0))
        .stateFlags(at.wideFlags ? in.u16(at.stateFlags) : in.u8(at.stateFlags, 0))
        .timeout(in.u8(at.timeout, 0))
        .syncFlags(in.u8(at.syncFlags, 0))
        .options(options(in, at))
        .tag(in.tag(at.tagName))
        .build();
  }

  /** 0 if it is none. */
  private static int family(int number, StateFormat format) {
    return number == StateKey.INET ? StateKey.INET : number == format.inet6 ? StateKey.INET6 : 0;
  }

  private static StateKey key(Source in, int at, int family, int rdomain) {
    StateKey key = KeyView.read(in.bytes, in.offset + at, family);
    return rdomain == 0
        ? key
        : new StateKey(
            family,
            key.address0High(),
            key.address0Low(),
            key.address1High(),
            key.address1Low(),
            key.port0(),
            key.port1(),
            rdomain);
  }

  private static StateOptions options(Source in, StateOffsets at) {
    if (at.rtableId < 0) {
      return StateOptions.NONE;
    }
    return new StateOptions(
        in.u16(at.qid),
        in.u16(at.pqid),
        in.u16(at.dnpipe),
        in.u16(at.dnrpipe),
        in.i32(at.rtableId, PfState.NONE),
        in.i32(at.stackRtableId, PfState.NONE),
        in.u8(at.minTtl, 0),
        in.u8(at.setTos, 0),
        in.u16(at.maxMss),
        in.u8(at.setPrio, 0),
        in.u8(at.setPrio + 1, 0));
  }

  private static StateRoute route(Source in, int wireFamily, StateFormat format) {
    StateOffsets at = format.at;
    int own = family(in.u8(at.routeFamily, 0), format);
    int hopFamily = own != 0 ? own : wireFamily;
    boolean hasHop =
        own != 0
            || (hopFamily == StateKey.INET
                ? in.i32(at.routeTo, 0) != 0
                : (in.i64(at.routeTo) | in.i64(at.routeTo + 8)) != 0);
    InetAddress hop = hasHop ? address(in, at.routeTo, hopFamily) : null;
    int kind = in.u8(at.route, 0);
    String ifname = in.name(at.routeIfname);
    return hop == null && kind == 0 && ifname.isEmpty()
        ? StateRoute.NONE
        : new StateRoute(kind, ifname, hop);
  }

  /** An IPv4 address in IPv6's clothes stays as it is, unlike with InetAddress's own factory. */
  private static @Nullable InetAddress address(Source in, int at, int family) {
    int from = in.offset + at;
    int length = family == StateKey.INET ? 4 : 16;
    byte[] address = Arrays.copyOfRange(in.bytes, from, from + length);
    try {
      return family == StateKey.INET
          ? InetAddress.getByAddress(address)
          : Inet6Address.getByAddress(null, address, -1);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("an address of 4 or 16 bytes is always valid", impossible);
    }
  }

  /** Writes over bytes that are zero; leaves out what the format does not carry. */
  static void write(byte[] bytes, int offset, PfState state, StateFormat format) {
    StateOffsets at = format.at;
    Wire.put64(bytes, offset + at.id, state.id());
    name(bytes, offset, at.ifname, state.ifname());
    KeyView.write(bytes, offset + at.wireKey, state.wire());
    KeyView.write(bytes, offset + at.stackKey, state.stack());
    PeerView.write(bytes, offset + at.src, state.src());
    PeerView.write(bytes, offset + at.dst, state.dst());
    put32(bytes, offset, at.rule, state.rule());
    put32(bytes, offset, at.anchor, state.anchor());
    put32(bytes, offset, at.natRule, state.natRule());
    put32(bytes, offset, at.creation, (int) state.creation());
    put32(bytes, offset, at.expire, (int) state.expire());
    Wire.put64(bytes, offset + at.packets, state.packets0());
    Wire.put64(bytes, offset + at.packets + 8, state.packets1());
    Wire.put64(bytes, offset + at.bytes, state.bytes0());
    Wire.put64(bytes, offset + at.bytes + 8, state.bytes1());
    put32(bytes, offset, at.creatorId, state.creatorId());
    put8(bytes, offset, at.family, number(state.wire().family(), format));
    put8(bytes, offset, at.wireFamily, number(state.wire().family(), format));
    put8(bytes, offset, at.stackProto, state.stackProto());
    put8(bytes, offset, at.wireProto, state.proto());
    if (at.stackFamily != at.wireFamily) {
      put8(bytes, offset, at.stackFamily, number(state.stack().family(), format));
    }
    put16(bytes, offset, at.wireRdomain, state.wire().routingDomain());
    put16(bytes, offset, at.stackRdomain, state.stack().routingDomain());
    put8(bytes, offset, at.direction, state.direction());
    put8(bytes, offset, at.log, state.log());
    put8(bytes, offset, at.timeout, state.timeout());
    if (at.wideFlags) {
      put16(bytes, offset, at.stateFlags, state.stateFlags());
    } else {
      put8(bytes, offset, at.stateFlags, state.stateFlags());
    }
    put8(bytes, offset, at.syncFlags, state.syncFlags());
    name(bytes, offset, at.originalIfname, state.originalIfname());
    name(bytes, offset, at.tagName, state.tag());
    writeRoute(bytes, offset, state.route(), format);
    writeOptions(bytes, offset, state.options(), at);
  }

  private static void writeRoute(byte[] bytes, int offset, StateRoute route, StateFormat format) {
    StateOffsets at = format.at;
    InetAddress hop = route.address();
    if (hop != null) {
      byte[] address = hop.getAddress();
      System.arraycopy(address, 0, bytes, offset + at.routeTo, address.length);
      put8(bytes, offset, at.routeFamily, number(route.family(), format));
    }
    put8(bytes, offset, at.route, route.kind());
    name(bytes, offset, at.routeIfname, route.ifname());
  }

  private static void writeOptions(
      byte[] bytes, int offset, StateOptions options, StateOffsets at) {
    put16(bytes, offset, at.qid, options.qid());
    put16(bytes, offset, at.pqid, options.pqid());
    put16(bytes, offset, at.dnpipe, options.dnPipe());
    put16(bytes, offset, at.dnrpipe, options.dnReversePipe());
    put32(bytes, offset, at.rtableId, options.routingTable());
    put32(bytes, offset, at.stackRtableId, options.stackRoutingTable());
    put8(bytes, offset, at.minTtl, options.minTtl());
    put8(bytes, offset, at.setTos, options.setTos());
    put16(bytes, offset, at.maxMss, options.maxMss());
    if (at.setPrio >= 0) {
      put8(bytes, offset, at.setPrio, options.setPrio0());
      put8(bytes, offset, at.setPrio + 1, options.setPrio1());
    }
  }

  private static int number(int family, StateFormat format) {
    return family == StateKey.INET6 ? format.inet6 : family;
  }

  /** Reads neutral values where a field is absent. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Source(byte[] bytes, int offset) {

    int u8(int at, int otherwise) {
      return at < 0 ? otherwise : Wire.u8(bytes, offset + at);
    }

    int u16(int at) {
      return at < 0 ? 0 : Wire.u16(bytes, offset + at);
    }

    int i32(int at, int otherwise) {
      return at < 0 ? otherwise : Wire.i32(bytes, offset + at);
    }

    long u32(int at) {
      return Wire.u32(bytes, offset + at);
    }

    long i64(int at) {
      return Wire.i64(bytes, offset + at);
    }

    String name(int at) {
      return at < 0 ? "" : Wire.name(bytes, offset + at, Structures.IFNAME_SIZE);
    }

    String tag(int at) {
      return at < 0 ? "" : Wire.name(bytes, offset + at, PfState.MAX_TAG + 1);
    }
  }

  // Fields that a format does not carry are written nowhere.

  private static void put8(byte[] bytes, int offset, int at, int value) {
    if (at >= 0) {
      Wire.put8(bytes, offset + at, value);
    }
  }

  private static void put16(byte[] bytes, int offset, int at, int value) {
    if (at >= 0) {
      Wire.put16(bytes, offset + at, value);
    }
  }

  private static void put32(byte[] bytes, int offset, int at, int value) {
    if (at >= 0) {
      Wire.put32(bytes, offset + at, value);
    }
  }

  private static void name(byte[] bytes, int offset, int at, String name) {
    if (at >= 0) {
      Wire.putName(bytes, offset + at, name);
    }
  }
}
