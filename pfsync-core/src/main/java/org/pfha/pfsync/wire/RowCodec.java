package org.pfha.pfsync.wire;

import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateRow;

/** A full state from a row of the table to bytes: as {@link StateCodec}, but without allocation. */
final class RowCodec {

  private RowCodec() {}

  /** Writes over bytes that are zero; leaves out what the format does not carry. */
  static void write(
      byte[] bytes, int offset, StateRow row, int addedFlags, StateFormat format, long nowNanos) {
    if (row.isExtended() || format == StateFormat.OPENBSD6) {
      // Options of rules, next hops and tags are rare; they may cost an object.
      PfState state = row.state(nowNanos);
      PfState sent = state.toBuilder().stateFlags(state.stateFlags() | addedFlags).build();
      StateCodec.write(bytes, offset, sent, format);
      return;
    }
    StateOffsets at = format.at;
    Wire.put64(bytes, offset + at.id, row.id());
    Wire.putName(bytes, offset + at.ifname, row.ifname());
    row.copyKeys(bytes, offset + at.wireKey);
    row.copyPeers(bytes, offset + at.src);
    Wire.put32(bytes, offset + at.rule, row.rule());
    Wire.put32(bytes, offset + at.anchor, row.anchor());
    Wire.put32(bytes, offset + at.natRule, row.natRule());
    Wire.put32(bytes, offset + at.creation, (int) row.age(nowNanos));
    Wire.put32(bytes, offset + at.expire, (int) row.remaining(nowNanos));
    for (int i = 0; i < 2; i++) {
      Wire.put64(bytes, offset + at.packets + 8 * i, row.packets(i));
      Wire.put64(bytes, offset + at.bytes + 8 * i, row.bytes(i));
    }
    Wire.put32(bytes, offset + at.creatorId, row.creatorId());
    Wire.put8(bytes, offset + at.stackFamily, number(row.stackFamily(), format));
    Wire.put8(bytes, offset + at.wireFamily, number(row.family(), format));
    Wire.put8(bytes, offset + at.stackProto, row.stackProto());
    Wire.put8(bytes, offset + at.wireProto, row.proto());
    Wire.put8(bytes, offset + at.direction, row.direction());
    Wire.put8(bytes, offset + at.log, row.log());
    Wire.put8(bytes, offset + at.timeout, row.timeout());
    int flags = row.stateFlags() | addedFlags;
    if (at.wideFlags) {
      Wire.put16(bytes, offset + at.stateFlags, flags);
    } else {
      Wire.put8(bytes, offset + at.stateFlags, flags);
    }
    if (at.syncFlags >= 0) {
      Wire.put8(bytes, offset + at.syncFlags, row.syncFlags());
    }
    if (at.originalIfname >= 0) {
      Wire.putName(bytes, offset + at.originalIfname, row.originalIfname());
    }
    if (at.rtableId >= 0) {
      Wire.put32(bytes, offset + at.rtableId, PfState.NONE);
    }
  }

  private static int number(int family, StateFormat format) {
    return family == StateKey.INET6 ? format.inet6 : family;
  }
}
