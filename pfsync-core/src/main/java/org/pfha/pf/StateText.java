package org.pfha.pf;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import org.pfha.pf.StatePeer.Scrub;

/** A state for people, as {@code pfctl -ss} shows it, and for programs, as JSON. Thread-safe. */
public final class StateText {

  private static final Map<Integer, String> PROTOS =
      Map.of(1, "icmp", 2, "igmp", 6, "tcp", 17, "udp", 47, "gre", 50, "esp", 58, "ipv6-icmp");
  private static final int SCTP = 132;
  private static final int UDP = 17;
  private static final int ICMP = 1;
  private static final int ICMP6 = 58;
  private static final String[] TCP_STATES = {
    "CLOSED",
    "LISTEN",
    "SYN_SENT",
    "SYN_RCVD",
    "ESTABLISHED",
    "CLOSE_WAIT",
    "FIN_WAIT_1",
    "CLOSING",
    "LAST_ACK",
    "FIN_WAIT_2",
    "TIME_WAIT",
    "PROXY:SRC",
    "PROXY:DST"
  };
  private static final String[] OTHER_STATES = {"NO_TRAFFIC", "SINGLE", "MULTIPLE"};

  private StateText() {}

  /**
   * One line, such as {@code em0 tcp 192.0.2.1:443 <- 198.51.100.7:5000 ESTABLISHED:ESTABLISHED}.
   * The end on this host's side stands left, a translated address in parentheses behind the one on
   * the wire, as with pfctl.
   *
   * @param state a state
   * @return a line without its end
   */
  public static String line(PfState state) {
    boolean out = state.direction() == PfState.OUT;
    // Outbound the initiator is at 1 and stands left, inbound the responder is.
    StatePeer left = out ? state.src() : state.dst();
    StatePeer right = out ? state.dst() : state.src();
    return "%s %s %s %s %s       %s:%s"
        .formatted(
            state.ifname(),
            proto(state.proto()),
            end(state, 1),
            out ? "->" : "<-",
            end(state, 0),
            name(state.proto(), left.state()),
            name(state.proto(), right.state()));
  }

  private static String end(PfState state, int index) {
    String wire = end(state.wire(), index, state.proto());
    String stack = end(state.stack(), index, state.stackProto());
    return wire.equals(stack) ? wire : wire + " (" + stack + ")";
  }

  private static String end(StateKey key, int index, int proto) {
    String address = address(key.address(index));
    int port = key.port(index);
    boolean hasPort = proto == PfState.TCP || proto == UDP || proto == SCTP;
    boolean hasId = proto == ICMP || proto == ICMP6;
    if (port == 0 || !(hasPort || hasId)) {
      return address;
    }
    return key.family() == StateKey.INET ? address + ":" + port : address + "[" + port + "]";
  }

  private static String address(InetAddress address) {
    return InetAddresses.toAddrString(address);
  }

  private static String proto(int number) {
    return PROTOS.getOrDefault(number, number == SCTP ? "sctp" : Integer.toString(number));
  }

  private static String name(int proto, int state) {
    if (proto == PfState.TCP) {
      return state < TCP_STATES.length ? TCP_STATES[state] : Integer.toString(state);
    }
    boolean isNamed = proto != ICMP && proto != ICMP6 && proto != SCTP;
    return isNamed && state < OTHER_STATES.length ? OTHER_STATES[state] : Integer.toString(state);
  }

  /**
   * One JSON object on one line. Ids and sequence numbers are strings or unsigned, addresses as
   * usual, unset parts left out.
   *
   * @param state a state
   * @return an object
   */
  public static String json(PfState state) {
    StringBuilder json = new StringBuilder(512);
    json.append(
        "{\"id\":\"%016x\",\"creatorId\":\"%08x\"".formatted(state.id(), state.creatorId()));
    text(json, "ifname", state.ifname());
    if (!state.originalIfname().isEmpty()) {
      text(json, "originalIfname", state.originalIfname());
    }
    number(json, "proto", state.proto());
    if (state.stackProto() != state.proto()) {
      number(json, "stackProto", state.stackProto());
    }
    text(json, "direction", direction(state.direction()));
    key(json, "wire", state.wire());
    if (state.isTranslated()) {
      key(json, "stack", state.stack());
    }
    peer(json, "src", state.src());
    peer(json, "dst", state.dst());
    route(json, state.route());
    rule(json, "rule", state.rule());
    rule(json, "anchor", state.anchor());
    rule(json, "natRule", state.natRule());
    number(json, "age", state.creation());
    number(json, "expires", state.expire());
    counters(json, "packets", state.packets0(), state.packets1());
    counters(json, "bytes", state.bytes0(), state.bytes1());
    number(json, "log", state.log());
    number(json, "stateFlags", state.stateFlags());
    number(json, "timeout", state.timeout());
    number(json, "syncFlags", state.syncFlags());
    options(json, state.options());
    if (!state.tag().isEmpty()) {
      text(json, "tag", state.tag());
    }
    return json.append('}').toString();
  }

  private static String direction(int direction) {
    return direction == PfState.IN ? "in" : direction == PfState.OUT ? "out" : "any";
  }

  private static void key(StringBuilder json, String name, StateKey key) {
    json.append(",\"%s\":{\"af\":\"%s\"".formatted(name, key.family() == 2 ? "inet" : "inet6"));
    json.append(
        ",\"addresses\":[\"%s\",\"%s\"]"
            .formatted(address(key.address(0)), address(key.address(1))));
    json.append(",\"ports\":[%d,%d]".formatted(key.port0(), key.port1()));
    if (key.routingDomain() != 0) {
      number(json, "routingDomain", key.routingDomain());
    }
    json.append('}');
  }

  private static void peer(StringBuilder json, String name, StatePeer peer) {
    json.append(",\"%s\":{\"state\":%d".formatted(name, peer.state()));
    number(json, "seqlo", Integer.toUnsignedLong(peer.seqlo()));
    number(json, "seqhi", Integer.toUnsignedLong(peer.seqhi()));
    number(json, "seqdiff", Integer.toUnsignedLong(peer.seqdiff()));
    number(json, "maxWin", peer.maxWin());
    number(json, "mss", peer.mss());
    number(json, "wscale", peer.wscale());
    Scrub scrub = peer.scrub();
    if (scrub != null) {
      json.append(
          ",\"scrub\":{\"flags\":%d,\"ttl\":%d,\"tsMod\":%d}"
              .formatted(scrub.flags(), scrub.ttl(), Integer.toUnsignedLong(scrub.tsMod())));
    }
    json.append('}');
  }

  private static void route(StringBuilder json, StateRoute route) {
    if (route.equals(StateRoute.NONE)) {
      return;
    }
    json.append(",\"route\":{\"kind\":").append(route.kind());
    text(json, "ifname", route.ifname());
    InetAddress hop = route.address();
    if (hop != null) {
      text(json, "address", address(hop));
    }
    json.append('}');
  }

  private static void options(StringBuilder json, StateOptions options) {
    if (options.equals(StateOptions.NONE)) {
      return;
    }
    json.append(",\"options\":{\"qid\":").append(options.qid());
    number(json, "pqid", options.pqid());
    number(json, "dnPipe", options.dnPipe());
    number(json, "dnReversePipe", options.dnReversePipe());
    number(json, "routingTable", options.routingTable());
    number(json, "stackRoutingTable", options.stackRoutingTable());
    number(json, "minTtl", options.minTtl());
    number(json, "setTos", options.setTos());
    number(json, "maxMss", options.maxMss());
    json.append(",\"setPrio\":[%d,%d]}".formatted(options.setPrio0(), options.setPrio1()));
  }

  private static void rule(StringBuilder json, String name, int position) {
    if (position != PfState.NONE) {
      number(json, name, Integer.toUnsignedLong(position));
    }
  }

  private static void counters(StringBuilder json, String name, long forward, long backward) {
    if ((forward | backward) != 0) {
      json.append(
          ",\"%s\":[%s,%s]"
              .formatted(name, Long.toUnsignedString(forward), Long.toUnsignedString(backward)));
    }
  }

  private static void number(StringBuilder json, String name, long value) {
    json.append(",\"").append(name).append("\":").append(value);
  }

  /** Names and tags come from the network: whatever is not plain ASCII is escaped. */
  private static void text(StringBuilder json, String name, String value) {
    json.append(",\"").append(name).append("\":\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || c > '~') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }
}
