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
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Layout;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.StateFormat;

/** Packets and states in the notation of the captures of a real kernel, format 1301. */
final class KernelText {

  private static final StateFormat FORMAT = StateFormat.V1301;
  private static final Map<Integer, String> PROTOCOLS =
      Map.of(1, "icmp", 6, "tcp", 17, "udp", 58, "icmp6");

  private KernelText() {}

  /** The sections of a packet that must be whole. */
  static List<Object> sections(byte[] packet) {
    PfsyncPacket.Decoded decoded = PfsyncPacket.decode(packet, 0, packet.length, FORMAT);
    if (!decoded.isComplete()) {
      throw new IllegalArgumentException("the packet is not whole: " + decoded);
    }
    List<Object> sections = new ArrayList<>();
    for (PfsyncPacket.Section section : decoded.packet().sections()) {
      Map<String, Object> text = new TreeMap<>();
      text.put("action", Action.name(section.action()));
      text.put("count", section.messages().size());
      text.put("items", section.messages().stream().map(KernelText::message).toList());
      sections.add(text);
    }
    if (decoded.end() == PfsyncReader.Step.EOF) {
      sections.add("EOF(1)");
    }
    return sections;
  }

  private static Map<String, Object> message(Message message) {
    if (message instanceof Message.FullState full) {
      PfState state = full.state();
      Map<String, Object> text = connection(state);
      text.put("rule", number(state.rule()));
      text.put("src_state", state.src().state());
      text.put("dst_state", state.dst().state());
      return text;
    } else if (message instanceof Message.Update update) {
      Map<String, Object> text = named(update.id(), update.creatorId());
      text.put("src", peer(update.src()));
      text.put("dst", peer(update.dst()));
      text.put("expire", update.expire());
      text.put("timeout", update.timeout());
      text.put("pad", "000000");
      return text;
    } else if (message instanceof Message.Clear clear) {
      Map<String, Object> text = new TreeMap<>();
      text.put("ifname", clear.ifname());
      text.put("creatorid", "%08x".formatted(clear.creatorId()));
      return text;
    } else if (message instanceof Message.Bulk bulk) {
      Map<String, Object> text = new TreeMap<>();
      text.put("creatorid", "%08x".formatted(bulk.creatorId()));
      text.put("endtime", bulk.endTime());
      text.put("status", bulk.status());
      text.put("pad", "000000");
      return text;
    } else if (message instanceof Message.Named named) {
      return named(named.id(), named.creatorId());
    }
    throw new IllegalArgumentException("no FreeBSD sends " + message);
  }

  /** A record of a state dump. */
  static Map<String, Object> dumped(PfState state, byte[] records, int at) {
    Map<String, Object> text = connection(state);
    text.put("af", state.wire().family());
    text.put("src", peer(state.src()));
    text.put("dst", peer(state.dst()));
    InetAddress hop = state.route().address();
    text.put("rt_addr", hop == null ? "null" : InetAddresses.toAddrString(hop));
    text.put("rule", number(state.rule()));
    text.put("anchor", number(state.anchor()));
    text.put("packets", List.of(state.packets0(), state.packets1()));
    text.put("bytes", List.of(state.bytes0(), state.bytes1()));
    text.put("log", state.log());
    Layout layout = FORMAT.layout();
    int spare = at + layout.offset("direction") + 1;
    text.put("spare", "%02x%02x".formatted(records[spare], records[spare + 1]));
    text.put("updates", records[at + layout.offset("updates")] & 0xff);
    return text;
  }

  /** What must be equal on both nodes: nothing that ages or that only counts here. */
  static Map<String, Object> shared(PfState state) {
    Map<String, Object> text = identity(state);
    text.put("timeout", state.timeout());
    text.put("src", peer(state.src()));
    text.put("dst", peer(state.dst()));
    return text;
  }

  /** What never changes in a state's life. */
  static Map<String, Object> identity(PfState state) {
    Map<String, Object> text = named(state.id(), state.creatorId());
    text.put("ifname", state.ifname());
    text.put("proto", PROTOCOLS.getOrDefault(state.proto(), "" + state.proto()));
    text.put("direction", state.direction() == PfState.IN ? "in" : direction(state.direction()));
    text.put("key_wire", key(state.wire()));
    text.put("key_stack", key(state.stack()));
    // The wish for an acknowledgement is a message's, not the state's (spec pfsync 8).
    text.put("state_flags", state.stateFlags() & ~PfState.FLAG_ACK);
    return text;
  }

  private static Map<String, Object> connection(PfState state) {
    Map<String, Object> text = identity(state);
    text.put("state_flags", state.stateFlags());
    text.put("timeout", state.timeout());
    text.put("expire", state.expire());
    text.put("creation", state.creation());
    text.put("sync_flags", state.syncFlags());
    text.put("nat_rule", number(state.natRule()));
    return text;
  }

  private static String direction(int number) {
    return number == PfState.OUT ? "out" : "" + number;
  }

  private static Map<String, Object> named(long id, int creatorId) {
    Map<String, Object> text = new TreeMap<>();
    text.put("id", "%016x".formatted(id));
    text.put("creatorid", "%08x".formatted(creatorId));
    return text;
  }

  private static String key(StateKey key) {
    return end(key, 0) + " <-> " + end(key, 1);
  }

  private static String end(StateKey key, int index) {
    return InetAddresses.toAddrString(key.address(index)) + ":" + key.port(index);
  }

  private static String number(int rule) {
    return "0x" + Integer.toHexString(rule);
  }

  private static Map<String, Object> peer(StatePeer peer) {
    Map<String, Object> text = new TreeMap<>();
    text.put("scrub", scrub(peer.scrub()));
    text.put("seqlo", Integer.toUnsignedLong(peer.seqlo()));
    text.put("seqhi", Integer.toUnsignedLong(peer.seqhi()));
    text.put("seqdiff", Integer.toUnsignedLong(peer.seqdiff()));
    text.put("max_win", peer.maxWin());
    text.put("mss", peer.mss());
    text.put("state", peer.state());
    text.put("wscale", peer.wscale());
    return text;
  }

  private static Map<String, Object> scrub(StatePeer.@Nullable Scrub scrub) {
    Map<String, Object> text = new TreeMap<>();
    text.put("pfss_flags", scrub == null ? 0 : scrub.flags());
    text.put("ttl", scrub == null ? 0 : scrub.ttl());
    text.put("scrub_flag", scrub == null ? 0 : 1);
    text.put("ts_mod", scrub == null ? 0 : Integer.toUnsignedLong(scrub.tsMod()));
    return text;
  }

  /** JSON as maps and lists, in the order in which this class names things. */
  static Object plain(Json json) {
    if (json.isObject()) {
      Map<String, Object> fields = new TreeMap<>();
      json.fields().forEach((name, value) -> fields.put(name, plain(value)));
      return fields;
    }
    return json.isArray() ? json.items().stream().map(KernelText::plain).toList() : json.toString();
  }
}
