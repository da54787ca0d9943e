package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.FieldCheck;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncReader.Check;
import org.pfha.pfsync.wire.PfsyncReader.Step;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;
import org.pfha.pfsync.wire.UpdateView;

/**
 * A well-formed packet in the notation of the vectors, and encoded again from what was decoded.
 *
 * @param header version, length, whether the checksum is the receiver's
 * @param sections with their messages
 * @param encoded the bytes that the library makes of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record PfsyncText(Map<String, Object> header, List<Object> sections, byte[] encoded) {

  static PfsyncText of(byte[] packet, StateFormat format, byte[] checksum) {
    PfsyncReader reader = new PfsyncReader(format).wrap(packet, 0, packet.length);
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
    byte[] encoded = new byte[packet.length];
    PfsyncWriter writer = new PfsyncWriter(format);
    writer.begin(encoded, 0, encoded.length, reader.checksum());
    List<Object> sections = new ArrayList<>();
    Step step;
    while ((step = reader.next(true)) == Step.SECTION) {
      List<Object> messages = new ArrayList<>();
      for (int i = 0; i < reader.count(); i++) {
        messages.add(message(packet, reader, i, writer, format));
      }
      sections.add(section(reader, messages));
    }
    sections.add(section(reader, List.of()));
    if (step != Step.EOF) {
      throw new IllegalArgumentException("the packet ends with " + step);
    }
    return new PfsyncText(header, sections, Arrays.copyOf(encoded, writer.end()));
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
      byte[] packet, PfsyncReader reader, int i, PfsyncWriter writer, StateFormat format) {
    int action = reader.action();
    int at = reader.messageAt(i);
    return switch (action) {
      case Action.INS, Action.UPD, Action.DEL -> {
        StateView view = new StateView(format).wrap(packet, at);
        if (view.check() != FieldCheck.OK) {
          throw new IllegalArgumentException("a state is " + view.check());
        }
        writer.state(action, view.state());
        yield state(view.state());
      }
      case Action.UPD_C -> {
        UpdateView view = new UpdateView(format).wrap(packet, at);
        writer.update(view.id(), view.creatorId(), view.src(), view.dst(), view.timeout());
        Map<String, Object> text = named("updC", view.id(), view.creatorId());
        text.put("src", peer(view.src()));
        text.put("dst", peer(view.dst()));
        text.put("expire", 0); // nobody reads or writes it (spec pfsync 5.3)
        text.put("timeout", view.timeout());
        yield text;
      }
      case Action.CLR -> {
        writer.clear(reader.clearInterface(i), reader.creatorId(i));
        Map<String, Object> text = created("clr", reader.creatorId(i));
        text.put("ifname", reader.clearInterface(i));
        yield text;
      }
      case Action.BUS -> {
        writer.bus(reader.creatorId(i), (int) reader.busEndTime(i), reader.busStatus(i));
        Map<String, Object> text = created("bus", reader.creatorId(i));
        text.put("endTime", reader.busEndTime(i));
        text.put("status", reader.busStatus(i));
        yield text;
      }
      case Action.INS_ACK, Action.UPD_REQ, Action.DEL_C -> {
        writer.name(action, reader.id(i), reader.creatorId(i));
        String type =
            action == Action.INS_ACK ? "insAck" : action == Action.DEL_C ? "delC" : "updReq";
        yield named(type, reader.id(i), reader.creatorId(i));
      }
      default -> throw new IllegalArgumentException(Action.name(action) + " is not decoded");
    };
  }

  private static Map<String, Object> state(PfState state) {
    Map<String, Object> text = named("state", state.id(), state.creatorId());
    text.put("msgVersion", 1301);
    text.put("ifname", state.ifname());
    text.put("af", state.wire().family());
    text.put("proto", state.proto());
    text.put("direction", state.direction());
    text.put("wire", key(state.wire()));
    text.put("stack", key(state.stack()));
    text.put("src", peer(state.src()));
    text.put("dst", peer(state.dst()));
    InetAddress routeTo = state.route().address();
    text.put("rtAddr", routeTo == null ? unset(state.wire().family()) : address(routeTo));
    text.put("rule", rule(state.rule()));
    text.put("anchor", rule(state.anchor()));
    text.put("natRule", rule(state.natRule()));
    text.put("creation", state.creation());
    text.put("expire", state.expire());
    text.put("packets", List.of(count(state.packets0()), count(state.packets1())));
    text.put("bytes", List.of(count(state.bytes0()), count(state.bytes1())));
    text.put("log", state.log());
    text.put("stateFlags", "0x%02x".formatted(state.stateFlags()));
    text.put("timeout", state.timeout());
    text.put("syncFlags", state.syncFlags());
    text.put("updates", 0); // no kernel fills it in
    return text;
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
