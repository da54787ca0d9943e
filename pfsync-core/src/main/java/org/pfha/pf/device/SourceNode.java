package org.pfha.pf.device;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A host whose states a rule counts or sends the same way: {@code pf_src_node} (spec pf-ioctl
 * 5.11). Immutable.
 *
 * @param address the host
 * @param translated where its states are translated or routed to, or null
 * @param rule position of the rule
 * @param ruleType the rule's action: 0 filter, 4 NAT, 8 redirection …
 * @param bytesIn from it
 * @param bytesOut to it
 * @param packetsIn from it
 * @param packetsOut to it
 * @param states it has now
 * @param connections TCP connections it has established
 * @param age in seconds
 * @param expire seconds until it goes, 0 while it has states
 */
public record SourceNode(
    InetAddress address,
    @Nullable InetAddress translated,
    int rule,
    int ruleType,
    long bytesIn,
    long bytesOut,
    long packetsIn,
    long packetsOut,
    long states,
    long connections,
    long age,
    long expire) {

  /** The first release whose record has a family of the translated address. */
  private static final int OWN_FAMILY_SINCE = 15;

  /** Writes {@code pf_src_node} as a release lays it out. */
  void encode(ByteBuffer out, int at, int release) {
    Struct.putAddress(out, at + Layouts.SRC_NODE_ADDR, address);
    Struct.putAddress(out, at + Layouts.SRC_NODE_RADDR, translated);
    out.putInt(at + Layouts.SRC_NODE_RULE, rule);
    out.putLong(at + Layouts.SRC_NODE_BYTES, bytesIn);
    out.putLong(at + Layouts.SRC_NODE_BYTES + 8, bytesOut);
    out.putLong(at + Layouts.SRC_NODE_PACKETS, packetsIn);
    out.putLong(at + Layouts.SRC_NODE_PACKETS + 8, packetsOut);
    out.putInt(at + Layouts.SRC_NODE_STATES, (int) states);
    out.putInt(at + Layouts.SRC_NODE_CONN, (int) connections);
    out.putInt(at + Layouts.SRC_NODE_CREATION, (int) age);
    out.putInt(at + Layouts.SRC_NODE_EXPIRE, (int) expire);
    out.put(at + Layouts.SRC_NODE_AF, (byte) Struct.family(address));
    if (release >= OWN_FAMILY_SINCE) {
      out.put(
          at + Layouts.SRC_NODE15_NAF,
          (byte) (translated == null ? Struct.family(address) : Struct.family(translated)));
      out.put(at + Layouts.SRC_NODE15_RULETYPE, (byte) ruleType);
    } else {
      out.put(at + Layouts.SRC_NODE13_RULETYPE, (byte) ruleType);
    }
  }

  static SourceNode decode(ByteBuffer in, int at, int release) {
    int family = Struct.u8(in, at + Layouts.SRC_NODE_AF);
    boolean ownFamily = release >= OWN_FAMILY_SINCE;
    int other = ownFamily ? Struct.u8(in, at + Layouts.SRC_NODE15_NAF) : 0;
    InetAddress translated =
        Struct.address(in, at + Layouts.SRC_NODE_RADDR, other == 0 ? family : other);
    return new SourceNode(
        Struct.address(in, at + Layouts.SRC_NODE_ADDR, family),
        translated.isAnyLocalAddress() ? null : translated,
        in.getInt(at + Layouts.SRC_NODE_RULE),
        Struct.u8(in, at + (ownFamily ? Layouts.SRC_NODE15_RULETYPE : Layouts.SRC_NODE13_RULETYPE)),
        in.getLong(at + Layouts.SRC_NODE_BYTES),
        in.getLong(at + Layouts.SRC_NODE_BYTES + 8),
        in.getLong(at + Layouts.SRC_NODE_PACKETS),
        in.getLong(at + Layouts.SRC_NODE_PACKETS + 8),
        Struct.u32(in, at + Layouts.SRC_NODE_STATES),
        Struct.u32(in, at + Layouts.SRC_NODE_CONN),
        Struct.u32(in, at + Layouts.SRC_NODE_CREATION),
        Struct.u32(in, at + Layouts.SRC_NODE_EXPIRE));
  }
}
