package org.pfha.pfsync.wire;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRoute;

/** The numbers of FreeBSD's headers by their names there, from where this library keeps them. */
final class Constants {

  /** Peer states by number (spec pfsync 6). */
  private static final List<String> TCP_STATES =
      List.of(
          "CLOSED",
          "LISTEN",
          "SYN_SENT",
          "SYN_RECEIVED",
          "ESTABLISHED",
          "CLOSE_WAIT",
          "FIN_WAIT_1",
          "CLOSING",
          "LAST_ACK",
          "FIN_WAIT_2",
          "TIME_WAIT");

  /** Timeouts by index (spec pfsync 6). */
  private static final List<String> TIMEOUTS =
      List.of(
          "TCP_FIRST_PACKET",
          "TCP_OPENING",
          "TCP_ESTABLISHED",
          "TCP_CLOSING",
          "TCP_FIN_WAIT",
          "TCP_CLOSED",
          "UDP_FIRST_PACKET",
          "UDP_SINGLE",
          "UDP_MULTIPLE",
          "ICMP_FIRST_PACKET",
          "ICMP_ERROR_REPLY",
          "OTHER_FIRST_PACKET",
          "OTHER_SINGLE",
          "OTHER_MULTIPLE",
          "FRAG",
          "INTERVAL",
          "ADAPTIVE_START",
          "ADAPTIVE_END",
          "SRC_NODE",
          "TS_DIFF",
          "SCTP_FIRST_PACKET",
          "SCTP_OPENING",
          "SCTP_ESTABLISHED",
          "SCTP_CLOSING",
          "SCTP_CLOSED");

  private Constants() {}

  static Map<String, Integer> of(StateFormat release) {
    Map<String, Integer> numbers = new TreeMap<>();
    transport(numbers, release);
    states(numbers, release);
    flags(numbers, release);
    actions(numbers, release);
    return Map.copyOf(numbers);
  }

  private static void transport(Map<String, Integer> numbers, StateFormat release) {
    numbers.put("IPPROTO_PFSYNC", PfsyncTransport.PROTOCOL);
    numbers.put("PFSYNC_DFLTTL", PfsyncTransport.TTL);
    numbers.put("PFSYNC_VERSION", release.version);
    numbers.put("PF_MD5_DIGEST_LENGTH", PfsyncReader.CHECKSUM_SIZE);
    numbers.put("AF_INET", StateKey.INET);
    numbers.put("AF_INET6", release.inet6);
    numbers.put("IFNAMSIZ", Structures.IFNAME_SIZE);
    numbers.put("PF_TAG_NAME_SIZE", PfState.MAX_TAG + 1);
    numbers.put("PFSYNC_BUS_START", Action.BUS_START);
    numbers.put("PFSYNC_BUS_END", Action.BUS_END);
  }

  private static void states(Map<String, Integer> numbers, StateFormat release) {
    numbers.put("PF_INOUT", 0);
    numbers.put("PF_IN", PfState.IN);
    numbers.put("PF_OUT", PfState.OUT);
    numbers.put("PF_SK_WIRE", 0);
    numbers.put("PF_SK_STACK", 1);
    for (int i = 0; i < TCP_STATES.size(); i++) {
      numbers.put("TCPS_" + TCP_STATES.get(i), i);
    }
    numbers.put("TCP_NSTATES", TCP_STATES.size());
    numbers.put("PF_TCPS_PROXY_SRC", StatePeer.PROXY_SRC);
    numbers.put("PF_TCPS_PROXY_DST", StatePeer.PROXY_DST);
    for (int i = 0; i < release.timeouts; i++) {
      numbers.put("PFTM_" + TIMEOUTS.get(i), i);
    }
    numbers.put("PFTM_MAX", release.timeouts);
    numbers.put("PFTM_PURGE", release.timeouts + 1);
    numbers.put("PFTM_UNLINKED", release.timeouts + 2);
    numbers.put("PF_NOPFROUTE", StateRoute.NONE.kind());
    numbers.put("PF_FASTROUTE", StateRoute.FAST_ROUTE);
    numbers.put("PF_ROUTETO", StateRoute.ROUTE_TO);
    numbers.put("PF_DUPTO", StateRoute.DUP_TO);
    numbers.put("PF_REPLYTO", StateRoute.REPLY_TO);
  }

  private static void flags(Map<String, Integer> numbers, StateFormat release) {
    numbers.put("PF_WSCALE_FLAG", 0x80);
    numbers.put("PF_WSCALE_MASK", 0x0f);
    numbers.put("PFSS_TIMESTAMP", PeerView.TIMESTAMP);
    numbers.put("PFSYNC_FLAG_SRCNODE", 0x04);
    numbers.put("PFSYNC_FLAG_NATSRCNODE", 0x08);
    numbers.put("PFSTATE_ALLOWOPTS", 0x0001);
    numbers.put("PFSTATE_SLOPPY", 0x0002);
    numbers.put("PFSTATE_NOSYNC", PfState.FLAG_NO_SYNC);
    numbers.put("PFSTATE_ACK", PfState.FLAG_ACK);
    numbers.put("PFSTATE_SETPRIO", 0x0200);
    if (release != StateFormat.V1301) {
      numbers.put("PFSTATE_PFLOW", 0x0004);
      numbers.put("PFSTATE_NODF", 0x0020);
      numbers.put("PFSTATE_SETTOS", 0x0040);
      numbers.put("PFSTATE_RANDOMID", 0x0080);
      numbers.put("PFSTATE_SCRUB_TCP", 0x0100);
      numbers.put("PFSTATE_DN_IS_PIPE", 0x4000);
      numbers.put("PFSTATE_DN_IS_QUEUE", 0x8000);
      numbers.put("PFSTATE_SCRUBMASK", 0x0020 | 0x0080 | 0x0100);
      numbers.put("PFSTATE_SETMASK", 0x0040 | 0x0200);
    }
  }

  private static void actions(Map<String, Integer> numbers, StateFormat release) {
    for (int action = 0; action <= Action.EOF; action++) {
      numbers.put("PFSYNC_ACT_" + Action.name(action), action);
    }
    numbers.put("PFSYNC_ACT_MAX", release.actions);
    if (release == StateFormat.V1301) {
      return;
    }
    // The older actions got a suffix when there was more than one format.
    numbers.remove("PFSYNC_ACT_INS");
    numbers.remove("PFSYNC_ACT_UPD");
    for (StateFormat known : List.of(StateFormat.V1301, StateFormat.V1400, StateFormat.V1500)) {
      if (known.compareTo(release) <= 0) {
        numbers.put("PFSYNC_ACT_INS_" + known.text(), known.insert);
        numbers.put("PFSYNC_ACT_UPD_" + known.text(), known.update);
        numbers.put("PFSYNC_MSG_VERSION_" + known.text(), Integer.parseInt(known.text()));
      }
    }
    numbers.put("PFSYNC_MSG_VERSION_DEFAULT", Integer.parseInt(release.text()));
  }
}
