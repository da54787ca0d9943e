package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StateOptions;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Layout;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.StateFormat;

/**
 * A well-formed packet in the notation of the vectors, and encoded again from what was decoded.
 *
 * @param header version, length, whether the checksum is the receiver's
 * @param sections with their messages
 * @param encoded the bytes that the library makes of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PfsyncText(Map<String, Object> header, List<Object> sections, byte[] encoded) {

  static PfsyncText of(byte[] packet, StateFormat release, byte[] checksum) {
    PfsyncReader reader = new PfsyncReader(release).wrap(packet, 0, packet.length);
    Check check = reader.check();
    if (check != Check.OK) {
      throw new IllegalArgumentException("the packet header is " + check);
    }
    Map<String, Object> header = new TreeMap<>();
    header.put("version", reader.version());
    header.put("len", reader.headerLength());
    header.put("pfcksumMatches", reader.checksumIs(checksum));
    if (!reader.checksumIs(checksum)) {
      header.put("pfcksum", HexFormat.of().formatHex(reader.checksum()));
    }
    PfsyncPacket.Decoded decoded = PfsyncPacket.decode(packet, 0, packet.length, release);
    if (!decoded.isComplete()) {
      throw new IllegalArgumentException(
          "the packet ends with " + decoded.end() + ", out of range: " + decoded.rejected());
    }
    List<Object> sections = new ArrayList<>();
    for (PfsyncPacket.Section section : decoded.packet().sections()) {
      reader.next(true);
      List<Object> messages = new ArrayList<>();
      for (int i = 0; i < section.messages().size(); i++) {
        messages.add(message(section.messages().get(i), packet, reader, i));
      }
      sections.add(section(reader, messages));
    }
    reader.next(true);
    sections.add(section(reader, List.of()));
    return new PfsyncText(header, sections, decoded.packet().encode());
  }

  private static Map<String, Object> section(PfsyncReader reader, List<Object> messages) {
    Map<String, Object> section = new TreeMap<>();
    section.put("offset", reader.sectionOffset());
    section.put("action", reader.action());
    section.put("count", reader.count());
    section.put("messages", messages);
    return section;
  }

  private static Map<String, Object> message(
      Message message, byte[] packet, PfsyncReader reader, int i) {
    int at = reader.messageAt(i);
    if (message instanceof Message.FullState full) {
      StateFormat format = Objects.requireNonNull(reader.stateFormat());
      return state(full.state(), format, packet, at);
    } else if (message instanceof Message.Update update) {
      Map<String, Object> text = named("updC", update.id(), update.creatorId());
      text.put("src", peer(update.src()));
      text.put("dst", peer(update.dst()));
      text.put("expire", update.expire());
      text.put("timeout", update.timeout());
      return text;
    } else if (message instanceof Message.Clear clear) {
      Map<String, Object> text = created("clr", clear.creatorId());
      text.put("ifname", clear.ifname());
      return text;
    } else if (message instanceof Message.Bulk bulk) {
      Map<String, Object> text = created("bus", bulk.creatorId());
      text.put("endTime", bulk.endTime());
      text.put("status", bulk.status());
      return text;
    } else if (message instanceof Message.Named named) {
      return named(type(named.action()), named.id(), named.creatorId());
    }
    Message.Tdb tdb = (Message.Tdb) message;
    Map<String, Object> text = new TreeMap<>();
    text.put("type", "tdb");
    text.put("spi", "0x%08x".formatted(tdb.spi()));
    text.put("dst", HexFormat.of().formatHex(tdb.destination()));
    text.put("rpl", tdb.replay());
    text.put("curBytes", tdb.bytes());
    text.put("sproto", tdb.proto());
    text.put("updates", tdb.updates());
    return text;
  }

  private static String type(int action) {
    return switch (action) {
      case Action.INS_ACK -> "insAck";
      case Action.DEL_C -> "delC";
      default -> "updReq";
    };
  }

  private static Map<String, Object> state(
      PfState state, StateFormat format, byte[] packet, int at) {
    Layout layout = format.layout();
    Map<String, Object> text = named("state", state.id(), state.creatorId());
    text.put("msgVersion", Integer.parseInt(format.text()));
    text.put("ifname", state.ifname());
    text.put("direction", state.direction());
    text.put("wire", key(state.wire()));
    text.put("stack", key(state.stack()));
    text.put("src", peer(state.src()));
    text.put("dst", peer(state.dst()));
    InetAddress hop = state.route().address();
    text.put("rtAddr", hop == null ? unset(state.wire().family()) : address(hop));
    text.put("rule", rule(state.rule()));
    text.put("anchor", rule(state.anchor()));
    text.put("natRule", rule(state.natRule()));
    text.put("creation", state.creation());
    text.put("expire", state.expire());
    text.put("packets", List.of(count(state.packets0()), count(state.packets1())));
    text.put("bytes", List.of(count(state.bytes0()), count(state.bytes1())));
    text.put("log", state.log());
    text.put("timeout", state.timeout());
    String flags = format == StateFormat.V1301 ? "0x%02x" : "0x%04x";
    text.put("stateFlags", flags.formatted(state.stateFlags()));
    if (layout.has("af")) {
      text.put("af", state.wire().family());
      text.put("proto", state.proto());
    } else {
      text.put("wireAf", state.wire().family());
      text.put("wireProto", state.proto());
      text.put("stackAf", state.stack().family());
      text.put("stackProto", state.stackProto());
      text.put("rtAf", state.route().family());
      text.put("tagname", state.tag());
      text.put("origIfname", state.originalIfname());
    }
    if (layout.has("sync_flags")) {
      text.put("syncFlags", state.syncFlags());
      // Nobody fills it in or looks at it, hence no value has it.
      text.put("updates", packet[at + layout.offset("updates")] & 0xff);
    }
    if (layout.has("rt")) {
      text.put("rt", state.route().kind());
      text.put("rtIfname", state.route().ifname());
      options(text, state.options());
    }
    return text;
  }

  private static void options(Map<String, Object> text, StateOptions options) {
    text.put("qid", options.qid());
    text.put("pqid", options.pqid());
    text.put("dnpipe", options.dnPipe());
    text.put("dnrpipe", options.dnReversePipe());
    text.put("rtableid", options.routingTable());
    text.put("minTtl", options.minTtl());
    text.put("setTos", options.setTos());
    text.put("maxMss", options.maxMss());
    text.put("setPrio", List.of(options.setPrio0(), options.setPrio1()));
  }

  /** What the vectors show of a state in a receiver's table. */
  static Map<String, Object> kept(PfState state) {
    Map<String, Object> text = new TreeMap<>();
    text.put("id", id(state.id()));
    text.put("creatorId", creator(state.creatorId()));
    text.put("ifname", state.ifname());
    text.put("timeout", state.timeout());
    text.put("stateFlags", "0x%04x".formatted(state.stateFlags()));
    text.put("src", keptPeer(state.src()));
    text.put("dst", keptPeer(state.dst()));
    return text;
  }

  private static Map<String, Object> keptPeer(StatePeer peer) {
    Map<String, Object> text = peer(peer);
    text.values().removeIf(Objects::isNull);
    return text;
  }

  private static Map<String, Object> peer(StatePeer peer) {
    Map<String, Object> text = new TreeMap<>();
    text.put("state", peer.state());
    text.put("seqlo", Integer.toUnsignedString(peer.seqlo()));
    text.put("seqhi", Integer.toUnsignedString(peer.seqhi()));
    text.put("seqdiff", Integer.toUnsignedString(peer.seqdiff()));
    text.put("maxWin", peer.maxWin());
    text.put("mss", peer.mss());
    text.put("wscale", peer.wscale());
    put(text, "scrub", scrub(peer.scrub()));
    return text;
  }

  private static @Nullable Map<String, Object> scrub(@Nullable Scrub scrub) {
    return scrub == null
        ? null
        : new TreeMap<>(
            Map.of(
                "flags", scrub.flags(),
                "ttl", scrub.ttl(),
                "tsMod", Integer.toUnsignedString(scrub.tsMod())));
  }

  private static Map<String, Object> key(StateKey key) {
    Map<String, Object> text = new TreeMap<>();
    text.put("addr", List.of(address(key.address(0)), address(key.address(1))));
    text.put("port", List.of(key.port0(), key.port1()));
    return text;
  }

  private static Map<String, Object> named(String type, long id, int creatorId) {
    Map<String, Object> text = created(type, creatorId);
    text.put("id", id(id));
    return text;
  }

  private static Map<String, Object> created(String type, int creatorId) {
    Map<String, Object> text = new TreeMap<>();
    text.put("type", type);
    text.put("creatorId", creator(creatorId));
    return text;
  }

  static String id(long id) {
    return "0x%016x".formatted(id);
  }

  static String creator(int creatorId) {
    return "0x%08x".formatted(creatorId);
  }

  static String rule(int rule) {
    return rule == PfState.NONE ? "null" : Integer.toUnsignedString(rule);
  }

  private static String count(long unsigned) {
    return Long.toUnsignedString(unsigned);
  }

  private static String unset(int family) {
    return family == StateKey.INET ? "0.0.0.0" : "::";
  }

  private static String address(InetAddress address) {
    return InetAddresses.toAddrString(address);
  }

  @SuppressWarnings("NullAway") // a TreeMap holds null values
  private static void put(Map<String, Object> text, String name, @Nullable Object value) {
    text.put(name, value);
  }

  /** JSON as maps and lists, without the names that are there for people only. */
  static Object plain(Json json) {
    if (json.isObject()) {
      Map<String, Object> fields = new TreeMap<>();
      json.fields()
          .forEach(
              (name, value) -> {
                if (!name.equals("name") && !name.endsWith("Name")) {
                  fields.put(name, plain(value));
                }
              });
      return fields;
    }
    return json.isArray() ? json.items().stream().map(PfsyncText::plain).toList() : json.toString();
  }
}
