package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.device.AddressStatistics;
import org.pfha.pf.device.HostMatch;
import org.pfha.pf.device.KillFilter;
import org.pfha.pf.device.PfInterface;
import org.pfha.pf.device.PfStatus;
import org.pfha.pf.device.PfTable;
import org.pfha.pf.device.TableAddress;
import org.pfha.pf.device.TableStatistics;
import org.pfha.pf.device.Translation;

/** Values of pf in the notation of the golden structures: maps and lists of text. */
final class PfStructText {

  private PfStructText() {}

  /** JSON in the same notation. */
  static Object plain(Json json) {
    if (json.isObject()) {
      Map<String, Object> fields = new TreeMap<>();
      json.fields().forEach((name, value) -> fields.put(name, plain(value)));
      return fields;
    }
    return json.isArray()
        ? json.items().stream().map(PfStructText::plain).toList()
        : json.toString();
  }

  /** What both records of a state say. */
  static Map<String, Object> state(PfState state) {
    Map<String, Object> text = new TreeMap<>();
    text.put("id", "%016x".formatted(state.id()));
    text.put("creatorId", "%08x".formatted(state.creatorId()));
    text.put("ifname", state.ifname());
    text.put("keys", List.of(key("wire", state.wire()), key("stack", state.stack())));
    text.put("src", peer(state.src()));
    text.put("dst", peer(state.dst()));
    InetAddress hop = state.route().address();
    text.put(
        "rtAddr",
        hop == null ? (state.wire().family() == StateKey.INET ? "0.0.0.0" : "::") : text(hop));
    text.put("rule", Integer.toUnsignedString(state.rule()));
    text.put("anchor", Integer.toUnsignedString(state.anchor()));
    text.put("natRule", Integer.toUnsignedString(state.natRule()));
    text.put("creation", String.valueOf(state.creation()));
    text.put("expire", String.valueOf(state.expire()));
    text.put("packets", unsigned(List.of(state.packets0(), state.packets1())));
    text.put("bytes", unsigned(List.of(state.bytes0(), state.bytes1())));
    text.put("af", family(state.wire().family()));
    text.put("proto", String.valueOf(state.proto()));
    text.put("direction", String.valueOf(state.direction()));
    text.put("log", String.valueOf(state.log()));
    text.put("timeout", String.valueOf(state.timeout()));
    text.put("syncFlags", String.valueOf(state.syncFlags()));
    text.put("stateFlags", String.valueOf(state.stateFlags()));
    return text;
  }

  /** What the rule of a state does to its packets, from release 14. */
  static Map<String, Object> options(PfState state) {
    StateOptions options = state.options();
    Map<String, Object> text = new TreeMap<>();
    text.put("qid", String.valueOf(options.qid()));
    text.put("pqid", String.valueOf(options.pqid()));
    text.put("dnpipe", String.valueOf(options.dnPipe()));
    text.put("dnrpipe", String.valueOf(options.dnReversePipe()));
    text.put("rtableId", String.valueOf(options.routingTable()));
    text.put("minTtl", String.valueOf(options.minTtl()));
    text.put("setTos", String.valueOf(options.setTos()));
    text.put("maxMss", String.valueOf(options.maxMss()));
    text.put(
        "setPrio", List.of(String.valueOf(options.setPrio0()), String.valueOf(options.setPrio1())));
    text.put("rt", String.valueOf(state.route().kind()));
    text.put("rtIfname", state.route().ifname());
    return text;
  }

  private static Map<String, Object> key(String which, StateKey key) {
    Map<String, Object> text = new TreeMap<>();
    text.put("which", which);
    text.put("addr", List.of(text(key.address(0)), text(key.address(1))));
    text.put("port", List.of(String.valueOf(key.port0()), String.valueOf(key.port1())));
    return text;
  }

  private static Map<String, Object> peer(StatePeer peer) {
    Map<String, Object> text = new TreeMap<>();
    text.put("seqlo", Integer.toUnsignedString(peer.seqlo()));
    text.put("seqhi", Integer.toUnsignedString(peer.seqhi()));
    text.put("seqdiff", Integer.toUnsignedString(peer.seqdiff()));
    text.put("maxWin", String.valueOf(peer.maxWin()));
    text.put("mss", String.valueOf(peer.mss()));
    text.put("state", String.valueOf(peer.state()));
    text.put("wscale", String.valueOf(peer.wscale()));
    text.put("scrub", scrub(peer.scrub()));
    return text;
  }

  private static Object scrub(StatePeer.@Nullable Scrub scrub) {
    return scrub == null
        ? "null"
        : new TreeMap<>(
            Map.of(
                "flags", String.valueOf(scrub.flags()),
                "ttl", String.valueOf(scrub.ttl()),
                "tsMod", Integer.toUnsignedString(scrub.tsMod())));
  }

  static Map<String, Object> status(PfStatus status) {
    Map<String, Object> text = new TreeMap<>();
    text.put("counters", unsigned(List.copyOf(status.reasons().values())));
    text.put("lcounters", unsigned(List.copyOf(status.limits().values())));
    text.put("fcounters", unsigned(List.copyOf(status.stateCounters().values())));
    text.put("scounters", unsigned(List.copyOf(status.sourceNodeCounters().values())));
    text.put("pcounters", nested(status.packets(), 2, 2, 2));
    text.put("bcounters", nested(status.bytes(), 2, 2));
    text.put("running", status.running() ? "1" : "0");
    text.put("states", String.valueOf(status.states()));
    text.put("src_nodes", String.valueOf(status.sourceNodes()));
    text.put("since", String.valueOf(status.since()));
    text.put("debug", String.valueOf(status.debug()));
    text.put("hostid", "%08x".formatted(status.hostId()));
    text.put("ifname", status.ifname());
    text.put("chksum", status.checksum());
    return text;
  }

  static Map<String, Object> address(TableAddress address) {
    Map<String, Object> text = new TreeMap<>();
    text.put("af", address.address().getAddress().length == 4 ? "inet" : "inet6");
    text.put("addr", text(address.address()));
    text.put("net", String.valueOf(address.prefix()));
    text.put("not", String.valueOf(address.negated()));
    text.put("fback", String.valueOf(address.feedback()));
    return text;
  }

  static Map<String, Object> table(PfTable table) {
    Map<String, Object> text = new TreeMap<>();
    text.put("anchor", table.name().anchor());
    text.put("name", table.name().name());
    text.put("flags", Integer.toUnsignedString(table.flags()));
    text.put("fback", String.valueOf(table.feedback()));
    return text;
  }

  static Map<String, Object> addressStatistics(AddressStatistics statistics) {
    Map<String, Object> text = new TreeMap<>();
    text.put("addr", address(statistics.address()));
    text.put("packets", nested(statistics.packets(), 2, 2));
    text.put("bytes", nested(statistics.bytes(), 2, 2));
    text.put("tzero", String.valueOf(statistics.since()));
    return text;
  }

  static Map<String, Object> tableStatistics(TableStatistics statistics) {
    Map<String, Object> text = new TreeMap<>();
    text.put("table", table(statistics.table()));
    text.put("packets", nested(statistics.packets(), 2, 3));
    text.put("bytes", nested(statistics.bytes(), 2, 3));
    text.put("match", Long.toUnsignedString(statistics.matches()));
    text.put("nomatch", Long.toUnsignedString(statistics.misses()));
    text.put("tzero", String.valueOf(statistics.since()));
    text.put("cnt", String.valueOf(statistics.addresses()));
    text.put(
        "refcnt",
        List.of(String.valueOf(statistics.rules()), String.valueOf(statistics.anchors())));
    return text;
  }

  static Map<String, Object> networkInterface(PfInterface kif) {
    Map<String, Object> text = new TreeMap<>();
    text.put("name", kif.name());
    text.put("packets", nested(kif.packets(), 2, 2, 2));
    text.put("bytes", nested(kif.bytes(), 2, 2, 2));
    text.put("tzero", String.valueOf(kif.since()));
    text.put("rulerefs", String.valueOf(kif.rules()));
    return text;
  }

  static Map<String, Object> kill(KillFilter filter, int killed) {
    Map<String, Object> text = new TreeMap<>();
    if (filter.id() != 0) {
      text.put("id", "%016x".formatted(filter.id()));
      text.put("creatorId", "%08x".formatted(filter.creatorId()));
    }
    text.put("af", filter.family() == 0 ? "any" : family(filter.family()));
    text.put("proto", String.valueOf(filter.proto()));
    text.put("src", host(filter.src()));
    text.put("dst", host(filter.dst()));
    text.put("ifname", filter.ifname());
    text.put("label", filter.label());
    text.put("killed", Integer.toUnsignedString(killed));
    return text;
  }

  private static Object host(HostMatch host) {
    InetAddress network = host.network();
    if (network == null) {
      return "null";
    }
    Map<String, Object> text = new TreeMap<>();
    text.put("addr", text(network));
    text.put("prefix", String.valueOf(host.prefix()));
    text.put(
        "ports",
        List.of(String.valueOf(host.ports().first()), String.valueOf(host.ports().second())));
    text.put("portOp", String.valueOf(host.ports().operator().number()));
    text.put("not", String.valueOf(host.negated()));
    return text;
  }

  static Map<String, Object> translation(Translation look) {
    Map<String, Object> text = new TreeMap<>();
    text.put("af", look.src().getAddress().length == 4 ? "inet" : "inet6");
    text.put("proto", String.valueOf(look.proto()));
    text.put("direction", String.valueOf(look.direction()));
    text.put("saddr", text(look.src()));
    text.put("daddr", text(look.dst()));
    text.put("rsaddr", text(look.translatedSrc()));
    text.put("rdaddr", text(look.translatedDst()));
    text.put("sport", String.valueOf(look.srcPort()));
    text.put("dport", String.valueOf(look.dstPort()));
    text.put("rsport", String.valueOf(look.translatedSrcPort()));
    text.put("rdport", String.valueOf(look.translatedDstPort()));
    return text;
  }

  private static String family(int family) {
    return family == StateKey.INET ? "inet" : "inet6";
  }

  static String text(InetAddress address) {
    return InetAddresses.toAddrString(address);
  }

  private static List<String> unsigned(List<Long> counts) {
    return counts.stream().map(Long::toUnsignedString).toList();
  }

  /** A flat list of counts as lists of lists. */
  private static List<?> nested(List<Long> counts, int first, int... further) {
    if (further.length == 0) {
      return unsigned(counts.subList(0, first));
    }
    int size = 1;
    for (int each : further) {
      size *= each;
    }
    List<Object> lists = new ArrayList<>();
    int[] rest = java.util.Arrays.copyOfRange(further, 1, further.length);
    for (int i = 0; i < first; i++) {
      lists.add(nested(counts.subList(i * size, (i + 1) * size), further[0], rest));
    }
    return lists;
  }
}
