package org.pfha.examples.pf;

import com.google.common.net.InetAddresses;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;

/** A state as {@code pfctl -ss} shows it: interface, protocol, ends, how far each has got. */
final class StateLine {

  private static final String[] TCP = {
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
    "PROXY_SRC",
    "PROXY_DST"
  };

  private static final String[] OTHERS = {"NO_TRAFFIC", "SINGLE", "MULTIPLE"};

  private StateLine() {}

  static String of(PfState state) {
    boolean out = state.direction() == PfState.OUT;
    int first = out ? 1 : 0;
    return "%s %s %s %s %s       %s:%s"
        .formatted(
            state.ifname(),
            protocol(state.proto()),
            end(state, first),
            "->",
            end(state, 1 - first),
            progress(state, state.src().state()),
            progress(state, state.dst().state()));
  }

  /** What {@code -v} adds. */
  static String details(PfState state) {
    return "   age %ds, expires in %ds, %s:%s pkts, %s:%s bytes, rule %s, id %016x creator %08x"
        .formatted(
            state.creation(),
            state.expire(),
            Long.toUnsignedString(state.packets0()),
            Long.toUnsignedString(state.packets1()),
            Long.toUnsignedString(state.bytes0()),
            Long.toUnsignedString(state.bytes1()),
            state.rule() == PfState.NONE ? "default" : Integer.toUnsignedString(state.rule()),
            state.id(),
            state.creatorId());
  }

  /** An end on the wire, and in brackets where it is translated from or to. */
  private static String end(PfState state, int index) {
    String wire = end(state.wire(), index);
    String stack = end(state.stack(), index);
    return wire.equals(stack) ? wire : wire + " (" + stack + ")";
  }

  private static String end(StateKey key, int index) {
    String address = InetAddresses.toAddrString(key.address(index));
    return key.family() == StateKey.INET
        ? address + ":" + key.port(index)
        : address + "[" + key.port(index) + "]";
  }

  private static String protocol(int number) {
    return switch (number) {
      case 1 -> "icmp";
      case PfState.TCP -> "tcp";
      case 17 -> "udp";
      case 58 -> "icmp6";
      case 132 -> "sctp";
      default -> String.valueOf(number);
    };
  }

  private static String progress(PfState state, int number) {
    String[] names = state.proto() == PfState.TCP ? TCP : OTHERS;
    return number >= 0 && number < names.length ? names[number] : String.valueOf(number);
  }
}
