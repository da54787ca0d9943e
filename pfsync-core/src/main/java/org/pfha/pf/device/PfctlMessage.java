package org.pfha.pf.device;

import static org.pfha.net.sys.NetlinkAttribute.nested;
import static org.pfha.net.sys.NetlinkAttribute.text;
import static org.pfha.net.sys.NetlinkAttribute.u16;
import static org.pfha.net.sys.NetlinkAttribute.u32;
import static org.pfha.net.sys.NetlinkAttribute.u64;
import static org.pfha.net.sys.NetlinkAttribute.u8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;

/**
 * Filters and status as the {@code pfctl} family of netlink carries them (spec pf-ioctl 10.1). Ids,
 * creators and ports are the words this machine reads where the network's bytes stand, but for the
 * host id of a status, which is host order. Attributes are in the order of the kernel's own writer.
 */
public final class PfctlMessage {

  static final String FAMILY = "pfctl";

  static final int GETSTATES = 1;
  static final int GETCREATORS = 2;
  static final int START = 3;
  static final int STOP = 4;
  static final int CLRSTATES = 8;
  static final int KILLSTATES = 9;
  static final int SET_STATUSIF = 10;
  static final int GET_STATUS = 11;
  static final int CLEAR_STATUS = 12;
  static final int SET_DEBUG = 14;
  static final int SET_TIMEOUT = 15;
  static final int GET_TIMEOUT = 16;
  static final int SET_LIMIT = 17;
  static final int GET_LIMIT = 18;
  static final int CLEAR_TABLES = 26;
  static final int ADD_TABLE = 27;
  static final int DEL_TABLE = 28;
  static final int GET_TSTATS = 29;
  static final int CLR_TSTATS = 30;
  static final int CLR_ADDRS = 31;
  static final int TABLE_ADD_ADDR = 32;
  static final int TABLE_DEL_ADDR = 33;

  static final int KILL_ID = 1;
  static final int KILL_CREATORID = 2;
  static final int KILL_DIRECTION = 3;
  static final int KILL_AF = 4;
  static final int KILL_PROTO = 5;
  static final int KILL_SRC = 6;
  static final int KILL_DST = 7;
  static final int KILL_GATEWAY = 8;
  static final int KILL_IFNAME = 9;
  static final int KILL_LABEL = 10;
  static final int KILL_MATCH = 11;
  static final int KILL_NAT = 12;
  static final int KILLED = 13;

  static final int RULE_ADDR = 1;
  static final int RULE_FIRST_PORT = 2;
  static final int RULE_SECOND_PORT = 3;
  static final int RULE_NEG = 4;
  static final int RULE_OPERATOR = 5;
  static final int WRAP_ADDR = 1;
  static final int WRAP_MASK = 2;
  static final int WRAP_TYPE = 5;
  static final int WRAP_IFLAGS = 6;

  static final int INDEX = 1;
  static final int VALUE = 2;
  static final int DEBUG_LEVEL = 1;
  static final int STATUSIF_NAME = 1;

  private static final int STATUS_IFNAME = 1;
  private static final int STATUS_RUNNING = 2;
  private static final int STATUS_SINCE = 3;
  private static final int STATUS_DEBUG = 4;
  private static final int STATUS_HOSTID = 5;
  private static final int STATUS_STATES = 6;
  private static final int STATUS_SRC_NODES = 7;
  private static final int STATUS_REASSEMBLE = 8;
  private static final int STATUS_SYNCOOKIES = 9;
  private static final int STATUS_COUNTERS = 10;
  private static final int STATUS_LCOUNTERS = 11;
  private static final int STATUS_FCOUNTERS = 12;
  private static final int STATUS_SCOUNTERS = 13;
  private static final int STATUS_CHKSUM = 14;
  private static final int STATUS_PCOUNTERS = 15;
  private static final int STATUS_BCOUNTERS = 16;
  private static final int COUNTER_VALUE = 1;
  private static final int COUNTER_NAME = 2;
  private static final int COUNTER_ID = 3;

  private PfctlMessage() {}

  /**
   * What KILLSTATES is told.
   *
   * @param filter which states
   * @return attributes of a request
   */
  public static List<NetlinkAttribute> kill(KillFilter filter) {
    return List.of(
        u64(KILL_ID, Struct.rawWord(filter.id())),
        u32(KILL_CREATORID, (int) Struct.rawWord(filter.creatorId())),
        u8(KILL_DIRECTION, 0),
        u8(KILL_AF, filter.family()),
        u8(KILL_PROTO, filter.proto()),
        nested(KILL_SRC, side(filter.src())),
        nested(KILL_DST, side(filter.dst())),
        nested(KILL_GATEWAY, side(filter.gateway())),
        text(KILL_IFNAME, filter.ifname()),
        text(KILL_LABEL, filter.label()),
        u8(KILL_MATCH, filter.killMatching() ? 1 : 0),
        u8(KILL_NAT, filter.translated() ? 1 : 0));
  }

  private static List<NetlinkAttribute> side(HostMatch host) {
    byte[] address =
        host.network() == null
            ? new byte[Layouts.ADDRESS]
            : Arrays.copyOf(host.network().getAddress(), Layouts.ADDRESS);
    return List.of(
        nested(
            RULE_ADDR,
            List.of(
                new NetlinkAttribute(WRAP_ADDR, address),
                new NetlinkAttribute(WRAP_MASK, Struct.mask(host.prefix())),
                u8(WRAP_TYPE, 0),
                u8(WRAP_IFLAGS, 0))),
        u16(RULE_FIRST_PORT, (int) Struct.rawPort(host.ports().first())),
        u16(RULE_SECOND_PORT, (int) Struct.rawPort(host.ports().second())),
        u8(RULE_NEG, host.negated() ? 1 : 0),
        u8(RULE_OPERATOR, host.ports().operator().number()));
  }

  /**
   * A status as GET_STATUS tells it.
   *
   * @param status what to say; how many states are half open has no place here
   * @return attributes of a reply
   */
  public static List<NetlinkAttribute> status(PfStatus status) {
    List<NetlinkAttribute> reply = new ArrayList<>();
    reply.add(text(STATUS_IFNAME, status.ifname()));
    reply.add(u8(STATUS_RUNNING, status.running() ? 1 : 0));
    reply.add(u32(STATUS_SINCE, (int) status.since()));
    reply.add(u32(STATUS_DEBUG, (int) status.debug()));
    reply.add(u32(STATUS_HOSTID, status.hostId()));
    reply.add(u32(STATUS_STATES, (int) status.states()));
    reply.add(u32(STATUS_SRC_NODES, (int) status.sourceNodes()));
    reply.add(u32(STATUS_REASSEMBLE, (int) status.reassembly()));
    reply.add(u32(STATUS_SYNCOOKIES, status.syncookiesActive() ? 1 : 0));
    addCounters(reply, STATUS_COUNTERS, status.reasons());
    addCounters(reply, STATUS_LCOUNTERS, status.limits());
    addCounters(reply, STATUS_FCOUNTERS, status.stateCounters());
    addCounters(reply, STATUS_SCOUNTERS, status.sourceNodeCounters());
    reply.add(nested(STATUS_BCOUNTERS, longs(status.bytes())));
    reply.add(nested(STATUS_PCOUNTERS, longs(status.packets())));
    reply.add(new NetlinkAttribute(STATUS_CHKSUM, HexFormat.of().parseHex(status.checksum())));
    return reply;
  }

  private static void addCounters(
      List<NetlinkAttribute> reply, int type, Map<String, Long> counters) {
    int id = 0;
    for (Map.Entry<String, Long> each : counters.entrySet()) {
      reply.add(
          nested(
              type,
              List.of(
                  u32(COUNTER_ID, id++),
                  text(COUNTER_NAME, each.getKey()),
                  u64(COUNTER_VALUE, each.getValue()))));
    }
  }

  private static List<NetlinkAttribute> longs(List<Long> values) {
    return values.stream().map(value -> u64(0, value)).toList();
  }

  /**
   * Reads what GET_STATUS replies.
   *
   * @param reply attributes, of which any may be missing
   * @return the status
   */
  public static PfStatus status(NetlinkAttributes reply) {
    return new PfStatus(
        reply.number(STATUS_RUNNING, 0) != 0,
        reply.number(STATUS_SINCE, 0),
        reply.number(STATUS_DEBUG, 0),
        (int) reply.number(STATUS_HOSTID, 0),
        reply.number(STATUS_STATES, 0),
        reply.number(STATUS_SRC_NODES, 0),
        reply.number(STATUS_REASSEMBLE, 0),
        reply.number(STATUS_SYNCOOKIES, 0) != 0,
        0,
        reply.text(STATUS_IFNAME).orElse(""),
        HexFormat.of().formatHex(reply.bytes(STATUS_CHKSUM)),
        counters(reply, STATUS_COUNTERS),
        counters(reply, STATUS_LCOUNTERS),
        counters(reply, STATUS_FCOUNTERS),
        counters(reply, STATUS_SCOUNTERS),
        Arrays.stream(reply.nested(STATUS_PCOUNTERS).longs()).boxed().toList(),
        Arrays.stream(reply.nested(STATUS_BCOUNTERS).longs()).boxed().toList());
  }

  private static Map<String, Long> counters(NetlinkAttributes reply, int type) {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (NetlinkAttributes each : reply.eachNested(type)) {
      counters.put(
          each.text(COUNTER_NAME).orElse("#" + each.number(COUNTER_ID, 0)),
          each.number(COUNTER_VALUE, 0));
    }
    return counters;
  }
}
