package org.pfha.pfsync.wire;

import org.pfha.pf.PfState;
import org.pfha.pf.StateDraft;
import org.pfha.pf.StateKey;

/**
 * What a receiver takes over of a full state, from bytes to the table: as {@link StateCodec}, but
 * without allocation.
 */
final class DraftCodec {

  private DraftCodec() {}

  /** Reads what {@link StateView#check} has found to be in range. */
  static void read(byte[] bytes, int offset, StateFormat format, StateDraft draft) {
    StateOffsets at = format.at;
    int wireFamily = family(bytes[offset + at.wireFamily], format);
    int stated = family(bytes[offset + at.stackFamily], format);
    int stackFamily = stated == 0 ? wireFamily : stated;
    draft
        .clear()
        .id(Wire.i64(bytes, offset + at.id), Wire.i32(bytes, offset + at.creatorId))
        .ifname(bytes, offset + at.ifname)
        .keys(bytes, offset + at.wireKey, offset + at.stackKey, wireFamily, stackFamily)
        .protos(Wire.u8(bytes, offset + at.wireProto), Wire.u8(bytes, offset + at.stackProto))
        .direction(Wire.u8(bytes, offset + at.direction))
        .peers(bytes, offset + at.src, offset + at.dst)
        .times(Wire.u32(bytes, offset + at.creation), Wire.u32(bytes, offset + at.expire))
        .timeout(Wire.u8(bytes, offset + at.timeout));
    route(bytes, offset, format, wireFamily, draft);
    if (at.rtableId >= 0) {
      options(bytes, offset, at, draft);
    }
  }

  private static int family(byte number, StateFormat format) {
    return number == StateKey.INET ? StateKey.INET : number == format.inet6 ? StateKey.INET6 : 0;
  }

  private static void route(
      byte[] bytes, int offset, StateFormat format, int wireFamily, StateDraft draft) {
    StateOffsets at = format.at;
    int slot = offset + at.routeTo;
    int own = at.routeFamily < 0 ? 0 : family(bytes[offset + at.routeFamily], format);
    int family = own != 0 ? own : wireFamily;
    boolean hasHop =
        own != 0
            || (family == StateKey.INET
                ? Wire.i32(bytes, slot) != 0
                : (Wire.i64(bytes, slot) | Wire.i64(bytes, slot + 8)) != 0);
    draft.route(u8(bytes, offset, at.route), hasHop ? family : 0, bytes, slot);
    if (at.routeIfname >= 0) {
      draft.routeIfname(bytes, offset + at.routeIfname);
    }
  }

  private static void options(byte[] bytes, int offset, StateOffsets at, StateDraft draft) {
    draft
        .queues(
            u16(bytes, offset, at.qid),
            u16(bytes, offset, at.pqid),
            u16(bytes, offset, at.dnpipe),
            u16(bytes, offset, at.dnrpipe))
        .routingTables(
            Wire.i32(bytes, offset + at.rtableId),
            at.stackRtableId < 0 ? PfState.NONE : Wire.i32(bytes, offset + at.stackRtableId))
        .packetOptions(
            u8(bytes, offset, at.minTtl),
            u8(bytes, offset, at.setTos),
            u16(bytes, offset, at.maxMss),
            u8(bytes, offset, at.setPrio),
            u8(bytes, offset + 1, at.setPrio))
        .routingDomains(u16(bytes, offset, at.wireRdomain), u16(bytes, offset, at.stackRdomain));
    if (at.originalIfname >= 0) {
      draft.originalIfname(bytes, offset + at.originalIfname);
    }
    if (at.tagName >= 0) {
      draft.tag(bytes, offset + at.tagName);
    }
  }

  private static int u8(byte[] bytes, int offset, int at) {
    return at < 0 ? 0 : Wire.u8(bytes, offset + at);
  }

  private static int u16(byte[] bytes, int offset, int at) {
    return at < 0 ? 0 : Wire.u16(bytes, offset + at);
  }
}
