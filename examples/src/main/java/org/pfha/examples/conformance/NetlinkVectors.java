package org.pfha.examples.conformance;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.carp.kernel.CarpNetlink;
import org.pfha.carp.kernel.KernelVhid;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.device.HostMatch;
import org.pfha.pf.device.KillFilter;
import org.pfha.pf.device.PfStatus;
import org.pfha.pf.device.PfctlMessage;
import org.pfha.pf.device.PfctlState;
import org.pfha.pf.device.PortMatch;

/**
 * Generic netlink messages: each read attribute by attribute and written again; those of states,
 * status, kills and virtual hosts also as what they mean.
 */
final class NetlinkVectors {

  private static final HexFormat HEX = HexFormat.of();

  private NetlinkVectors() {}

  /** Whether a file describes netlink messages. */
  static boolean isNetlink(Json json) {
    return json.has("messages");
  }

  static void run(String name, Json json, Report report) {
    for (Json vector : json.get("messages").items()) {
      String id = name + "#" + vector.get("name").text();
      try {
        message(id, vector, report);
      } catch (RuntimeException e) {
        report.failed(id, "an answer", e.toString());
      }
    }
  }

  private static void message(String id, Json vector, Report report) {
    byte[] bytes = HEX.parseHex(vector.get("hex").text());
    List<NetlinkMessage> messages = NetlinkMessage.parse(bytes);
    if (messages.size() != 1) {
      report.failed(id, "one message", messages.size() + " messages");
      return;
    }
    NetlinkMessage message = messages.get(0);
    report.check(id + " framed", vector.get("hex").text(), HEX.formatHex(message.toBytes()));
    if (!vector.has("genl")) {
      end(id, vector, message, report);
      return;
    }
    Json header = vector.get("nlmsg");
    Json generic = vector.get("genl");
    report.check(
        id + " header",
        "%s %s %s %s cmd %s version %s"
            .formatted(
                header.get("type"),
                header.get("flags"),
                header.get("seq"),
                header.get("pid"),
                generic.get("cmd"),
                generic.get("version")),
        "%d %d %d %d cmd %d version %d"
            .formatted(
                message.type(),
                message.flags(),
                message.sequence(),
                message.port(),
                message.command(),
                message.payload()[1]));
    Json attributes = vector.get("attrs");
    report.check(id + " read", describe(attributes), describe(attributes, message.attributes()));
    report.check(id + " written", vector.get("hex").text(), hex(message, attributes(attributes)));
    meaning(id, vector, message, report);
  }

  private static void end(String id, Json vector, NetlinkMessage message, Report report) {
    report.check(
        id + " read",
        "%s error %s seq %s %s"
            .formatted(
                vector.get("type").text(),
                vector.get("error"),
                vector.get("seq"),
                vector.has("text") ? vector.get("text").text() : "no text"),
        "%s error %s seq %d %s"
            .formatted(
                message.type() == 2 ? "ERROR" : "DONE",
                message.errno().isPresent() ? message.errno().getAsInt() : "none",
                message.sequence(),
                message.errorText().orElse("no text")));
  }

  /** The message with other attributes, as hexadecimal digits. */
  private static String hex(NetlinkMessage message, List<NetlinkAttribute> attributes) {
    byte[] payload =
        NetlinkMessage.generic(0, 0, 0, message.command(), message.payload()[1], attributes)
            .payload();
    return HEX.formatHex(
        new NetlinkMessage(
                message.type(), message.flags(), message.sequence(), message.port(), payload)
            .toBytes());
  }

  private static List<NetlinkAttribute> attributes(Json attributes) {
    return attributes.items().stream().map(NetlinkVectors::attribute).toList();
  }

  private static NetlinkAttribute attribute(Json json) {
    int type = json.get("type").integer();
    Json value = json.get("value");
    return switch (json.get("kind").text()) {
      case "u8" -> NetlinkAttribute.u8(type, (int) number(value));
      case "bool" -> NetlinkAttribute.u8(type, value.bool() ? 1 : 0);
      case "u16" -> NetlinkAttribute.u16(type, (int) number(value));
      case "u32", "s32" -> NetlinkAttribute.u32(type, (int) number(value));
      case "u64" -> NetlinkAttribute.u64(type, number(value));
      case "string" -> NetlinkAttribute.text(type, value.text());
      case "nested" -> NetlinkAttribute.nested(type, attributes(value));
      default -> new NetlinkAttribute(type, HEX.parseHex(value.text()));
    };
  }

  /** 64-bit numbers are decimal strings, others plain. */
  private static long number(Json value) {
    return value.isText() ? Long.parseUnsignedLong(value.text()) : value.number();
  }

  private static String describe(Json attributes) {
    List<String> all = new ArrayList<>();
    for (Json each : attributes.items()) {
      Json value = each.get("value");
      all.add(
          each.get("type")
              + "="
              + (each.get("kind").text().equals("nested") ? describe(value) : value));
    }
    return all.toString();
  }

  /** What was read, in the kinds that are expected. */
  private static String describe(Json expected, List<NetlinkAttribute> actual) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < actual.size(); i++) {
      NetlinkAttribute each = actual.get(i);
      String value =
          i < expected.items().size() ? value(expected.items().get(i), each) : "unexpected";
      all.add(each.type() + "=" + value);
    }
    return all.toString();
  }

  private static String value(Json expected, NetlinkAttribute actual) {
    byte[] bytes = NetlinkAttribute.toBytes(List.of(actual));
    NetlinkAttributes one = NetlinkAttributes.of(bytes, 0, bytes.length);
    int type = actual.type();
    return switch (expected.get("kind").text()) {
      case "nested" -> describe(expected.get("value"), NetlinkAttribute.parse(actual.value()));
      case "string" -> one.text(type).orElse("no text");
      case "bytes" -> HEX.formatHex(one.bytes(type));
      case "bool" -> String.valueOf(one.number(type, -1) == 1);
      case "s32" -> String.valueOf((int) one.number(type, -1));
      default -> Long.toUnsignedString(one.number(type).orElseThrow());
    };
  }

  private static void meaning(String id, Json vector, NetlinkMessage message, Report report) {
    Map<String, Json> named = new TreeMap<>();
    vector.get("attrs").items().forEach(each -> named.put(each.get("name").text(), each));
    boolean request = vector.get("nlmsg").get("pid").integer() == 0;
    if (named.containsKey("PF_ST_KEY_WIRE")) {
      report.check(id + " meant", state(named), state(PfctlState.decode(message.body())));
    } else if (named.containsKey("PF_GS_RUNNING")) {
      PfStatus status = PfctlMessage.status(message.body());
      report.check(id + " meant", status(vector.get("attrs")), status(status));
    } else if (named.containsKey("PF_CS_SRC") && request) {
      filter(named)
          .ifPresent(
              filter ->
                  report.check(
                      id + " made",
                      vector.get("hex").text(),
                      hex(message, PfctlMessage.kill(filter))));
    } else if (named.containsKey("CARP_NL_STATE") && !request) {
      report.check(id + " meant", vhid(named), vhid(CarpNetlink.decode("em0", message.body())));
    } else if (named.containsKey("CARP_NL_IFNAME") && request) {
      report.check(
          id + " made", vector.get("hex").text(), hex(message, carpRequest(message, named)));
    }
  }

  private static Json value(Map<String, Json> named, String name) {
    Json attribute = named.get(name);
    if (attribute == null) {
      throw new IllegalArgumentException("no attribute " + name);
    }
    return attribute.get("value");
  }

  private static long number(Map<String, Json> named, String name, long otherwise) {
    return named.containsKey(name) ? number(value(named, name)) : otherwise;
  }

  private static Map<String, Json> nested(Map<String, Json> named, String name) {
    Map<String, Json> inner = new TreeMap<>();
    value(named, name).items().forEach(each -> inner.put(each.get("name").text(), each));
    return inner;
  }

  private static String address(String hex) {
    try {
      return InetAddress.getByAddress(HEX.parseHex(hex)).getHostAddress();
    } catch (UnknownHostException e) {
      return hex;
    }
  }

  /** Ports stand there as a little-endian host reads the network's bytes. */
  private static int port(long word) {
    return Short.toUnsignedInt(Short.reverseBytes((short) word));
  }

  private static String state(Map<String, Json> named) {
    return List.of(
            "id %016x creator %08x"
                .formatted(
                    Long.reverseBytes(number(named, "PF_ST_ID", 0)),
                    number(named, "PF_ST_CREATORID", 0)),
            key(nested(named, "PF_ST_KEY_WIRE")),
            key(nested(named, "PF_ST_KEY_STACK")),
            value(named, "PF_ST_IFNAME") + " " + value(named, "PF_ST_ORIG_IFNAME"),
            number(named, "PF_ST_PROTO", 0) + " " + number(named, "PF_ST_DIRECTION", 0),
            "%d %d %d"
                .formatted(
                    (int) number(named, "PF_ST_RULE", 0),
                    (int) number(named, "PF_ST_ANCHOR", 0),
                    (int) number(named, "PF_ST_NAT_RULE", 0)),
            number(named, "PF_ST_CREATION", 0) + " " + number(named, "PF_ST_EXPIRE", 0),
            Arrays.toString(
                new long[] {
                  number(named, "PF_ST_PACKETS0", 0),
                  number(named, "PF_ST_PACKETS1", 0),
                  number(named, "PF_ST_BYTES0", 0),
                  number(named, "PF_ST_BYTES1", 0)
                }),
            named.containsKey("PF_ST_RT_ADDR")
                ? "via " + address(value(named, "PF_ST_RT_ADDR").text())
                : "not routed",
            peer(nested(named, "PF_ST_PEER_SRC")),
            peer(nested(named, "PF_ST_PEER_DST")))
        .toString();
  }

  private static String key(Map<String, Json> key) {
    return "%s:%d %s:%d"
        .formatted(
            address(value(key, "PF_STK_ADDR0").text()),
            port(number(key, "PF_STK_PORT0", 0)),
            address(value(key, "PF_STK_ADDR1").text()),
            port(number(key, "PF_STK_PORT1", 0)));
  }

  private static String peer(Map<String, Json> peer) {
    return "%d %d %d win %d mss %d state %d scale %d scrub %s"
        .formatted(
            (int) number(peer, "PF_STP_SEQLO", 0),
            (int) number(peer, "PF_STP_SEQHI", 0),
            (int) number(peer, "PF_STP_SEQDIFF", 0),
            number(peer, "PF_STP_MAX_WIN", 0),
            number(peer, "PF_STP_MSS", 0),
            number(peer, "PF_STP_STATE", 0),
            number(peer, "PF_STP_WSCALE", 0),
            peer.containsKey("PF_STP_PFSS_TS_MOD")
                ? (int) number(peer, "PF_STP_PFSS_TS_MOD", 0)
                : "none");
  }

  private static String state(@Nullable PfState state) {
    if (state == null) {
      return "no state";
    }
    InetAddress nextHop = state.route().address();
    return List.of(
            "id %016x creator %08x".formatted(state.id(), state.creatorId()),
            key(state.wire()),
            key(state.stack()),
            state.ifname() + " " + state.originalIfname(),
            state.proto() + " " + state.direction(),
            "%d %d %d".formatted(state.rule(), state.anchor(), state.natRule()),
            state.creation() + " " + state.expire(),
            Arrays.toString(
                new long[] {state.packets0(), state.packets1(), state.bytes0(), state.bytes1()}),
            nextHop == null ? "not routed" : "via " + nextHop.getHostAddress(),
            peer(state.src()),
            peer(state.dst()))
        .toString();
  }

  private static String key(StateKey key) {
    return "%s:%d %s:%d"
        .formatted(
            key.address(0).getHostAddress(),
            key.port(0),
            key.address(1).getHostAddress(),
            key.port(1));
  }

  private static String peer(StatePeer peer) {
    StatePeer.Scrub scrub = peer.scrub();
    return "%d %d %d win %d mss %d state %d scale %d scrub %s"
        .formatted(
            peer.seqlo(),
            peer.seqhi(),
            peer.seqdiff(),
            peer.maxWin(),
            peer.mss(),
            peer.state(),
            peer.wscale(),
            scrub == null ? "none" : scrub.tsMod());
  }

  private static String status(Json attributes) {
    List<String> all = new ArrayList<>();
    for (Json each : attributes.items()) {
      Json value = each.get("value");
      switch (each.get("name").text()) {
        case "PF_GS_IFNAME",
            "PF_GS_RUNNING",
            "PF_GS_SINCE",
            "PF_GS_DEBUG",
            "PF_GS_HOSTID",
            "PF_GS_STATES",
            "PF_GS_SRC_NODES" ->
            all.add(value.toString());
        case "counter" -> {
          Map<String, Json> counter = new TreeMap<>();
          value.items().forEach(part -> counter.put(part.get("name").text(), part));
          all.add(
              value(counter, "PF_C_NAME")
                  + "="
                  + Long.toUnsignedString(number(value(counter, "PF_C_COUNTER"))));
        }
        case "PF_GS_CHKSUM" -> all.add(value.text());
        default -> {
          if (value.isArray()) {
            value.items().forEach(part -> all.add(part.get("value").text()));
          }
        }
      }
    }
    return all.stream().sorted().toList().toString();
  }

  private static String status(PfStatus status) {
    List<String> all = new ArrayList<>();
    all.add(status.ifname());
    all.add(String.valueOf(status.running()));
    all.add(String.valueOf(status.since()));
    all.add(String.valueOf(status.debug()));
    all.add(Integer.toUnsignedString(status.hostId()));
    all.add(String.valueOf(status.states()));
    all.add(String.valueOf(status.sourceNodes()));
    for (Map<String, Long> counters :
        List.of(
            status.reasons(),
            status.limits(),
            status.stateCounters(),
            status.sourceNodeCounters())) {
      counters.forEach((name, count) -> all.add(name + "=" + Long.toUnsignedString(count)));
    }
    status.packets().forEach(count -> all.add(Long.toUnsignedString(count)));
    status.bytes().forEach(count -> all.add(Long.toUnsignedString(count)));
    all.add(status.checksum());
    return all.stream().sorted().toList().toString();
  }

  /** The filter of a kill, or empty if the library has no such filter. */
  private static Optional<KillFilter> filter(Map<String, Json> named) {
    if (number(named, "PF_CS_CMP_DIR", 0) != 0) {
      return Optional.empty();
    }
    Optional<HostMatch> src = host(named, "PF_CS_SRC");
    Optional<HostMatch> dst = host(named, "PF_CS_DST");
    Optional<HostMatch> gateway = host(named, "PF_CS_RT_ADDR");
    if (src.isEmpty() || dst.isEmpty() || gateway.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new KillFilter(
            Long.reverseBytes(number(named, "PF_CS_CMP_ID", 0)),
            Integer.reverseBytes((int) number(named, "PF_CS_CMP_CREATORID", 0)),
            (int) number(named, "PF_CS_AF", 0),
            (int) number(named, "PF_CS_PROTO", 0),
            src.get(),
            dst.get(),
            gateway.get(),
            value(named, "PF_CS_IFNAME").text(),
            value(named, "PF_CS_LABEL").text(),
            value(named, "PF_CS_KILL_MATCH").bool(),
            value(named, "PF_CS_NAT").bool()));
  }

  /** One side, or empty for what is no address with a prefix. */
  private static Optional<HostMatch> host(Map<String, Json> named, String name) {
    Map<String, Json> rule = nested(named, name);
    Map<String, Json> wrapper = nested(rule, "PF_RAT_ADDR");
    byte[] address = HEX.parseHex(value(wrapper, "PF_AT_ADDR").text());
    byte[] mask = HEX.parseHex(value(wrapper, "PF_AT_MASK").text());
    int prefix = 0;
    while (prefix < 8 * mask.length && (mask[prefix / 8] << prefix % 8 & 0x80) != 0) {
      prefix++;
    }
    int operator = (int) number(rule, "PF_RAT_OP", 0);
    int size = number(named, "PF_CS_AF", 0) == StateKey.INET6 ? 16 : 4;
    if (prefix > 8 * size || operator >= PortMatch.Operator.values().length) {
      return Optional.empty();
    }
    boolean any = prefix == 0 && Arrays.equals(address, new byte[address.length]);
    try {
      return Optional.of(
          new HostMatch(
              any ? null : InetAddress.getByAddress(Arrays.copyOf(address, size)),
              prefix,
              number(rule, "PF_RAT_NEG", 0) != 0,
              new PortMatch(
                  PortMatch.Operator.of(operator),
                  port(number(rule, "PF_RAT_SRC_PORT", 0)),
                  port(number(rule, "PF_RAT_DST_PORT", 0)))));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static Role role(long state) {
    return state == 2 ? Role.MASTER : state == 1 ? Role.BACKUP : Role.INIT;
  }

  private static String vhid(Map<String, Json> named) {
    return "%d %s %d %d %s %s"
        .formatted(
            number(named, "CARP_NL_VHID", 0),
            role(number(named, "CARP_NL_STATE", 0)),
            number(named, "CARP_NL_ADVBASE", 1),
            number(named, "CARP_NL_ADVSKEW", 0),
            named.containsKey("CARP_NL_ADDR")
                ? address(value(named, "CARP_NL_ADDR").text())
                : "none",
            named.containsKey("CARP_NL_ADDR6")
                ? address(value(named, "CARP_NL_ADDR6").text())
                : "none");
  }

  private static String vhid(KernelVhid vhid) {
    return "%d %s %d %d %s %s"
        .formatted(
            vhid.vhid(),
            vhid.role(),
            vhid.advbase(),
            vhid.advskew(),
            vhid.peer() == null ? "none" : vhid.peer().getHostAddress(),
            vhid.peer6() == null ? "none" : vhid.peer6().getHostAddress());
  }

  private static List<NetlinkAttribute> carpRequest(
      NetlinkMessage message, Map<String, Json> named) {
    String ifname = value(named, "CARP_NL_IFNAME").text();
    int vhid = (int) number(named, "CARP_NL_VHID", 0);
    if (message.command() == 1) {
      return CarpNetlink.get(ifname, vhid);
    }
    KernelVhid wanted =
        KernelVhid.carp(ifname, vhid)
            .withAdvertisement(
                (int) number(named, "CARP_NL_ADVBASE", 1),
                (int) number(named, "CARP_NL_ADVSKEW", 0));
    Role role = role(number(named, "CARP_NL_STATE", 0));
    return CarpNetlink.set(wanted, role == Role.INIT ? null : role, null);
  }
}
