package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.VrrpParameters;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/** VRRP: captured adverts of versions 2 and 3, and odd ones by the rules of each peer. */
final class VrrpVectors {

  private static final Map<String, VrrpProfile> COLUMNS =
      Map.of(
          "freebsd_main", VrrpProfile.FREEBSD_15,
          "rfc9568", VrrpProfile.RFC_9568,
          "keepalived", VrrpProfile.KEEPALIVED);

  private static final Pattern COUNTER = Pattern.compile("drop:([a-z]+)");
  private static final Pattern CENTIS = Pattern.compile("interval (?:read as )?(\\d+) cs");
  private static final Pattern MILLIS = Pattern.compile("to (\\d+)ms");

  private VrrpVectors() {}

  /** Decodes every field; version 3 is encoded again, and no vhid of CARP believes either. */
  static void captured(Json vector, CarpVectors.Check check) {
    IpPacket packet = packet(vector);
    Map<String, Object> expected = new LinkedHashMap<>();
    Map<String, Object> actual = new LinkedHashMap<>();
    vector.get("fields").fields().forEach((field, value) -> expected.put(field, value.toString()));
    VrrpView view = new VrrpView().wrap(packet);
    if (view.check() != CarpReject.NONE) {
      check.equal(expected, view.check());
      return;
    }
    Map<String, Object> fields = fields(packet, view);
    for (String field : vector.get("fields").fields().keySet()) {
      actual.put(field, fields.getOrDefault(field, "not decoded"));
    }
    expected.put("src", CarpVectors.address(vector.get("src").text()));
    actual.put("src", packet.source());
    expected.put("dst", CarpVectors.address(vector.get("dst").text()));
    actual.put("dst", packet.destination());
    expected.put("is VRRP, never CARP", true);
    actual.put("is VRRP, never CARP", view.isVrrp() && !isCarp(packet, view.vrid()));
    if (view.version() == 3) {
      expected.put(
          "encoded",
          CarpVectors.HEX.formatHex(
              packet.array(),
              packet.payloadOffset(),
              packet.payloadOffset() + packet.payloadLength()));
      actual.put(
          "encoded",
          CarpVectors.HEX.formatHex(view.advert().encode(packet.source(), packet.destination())));
    }
    check.equal(expected, actual);
  }

  static Map<String, Object> fields(IpPacket packet, VrrpView view) {
    List<String> addresses = new ArrayList<>();
    view.addresses().forEach(address -> addresses.add(InetAddresses.toAddrString(address)));
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("version", view.version());
    fields.put("type", view.type());
    fields.put("vrid", view.vrid());
    fields.put("priority", view.priority());
    fields.put("count", view.count());
    fields.put("ttl", packet.ttl());
    fields.put("tos", packet.trafficClass());
    fields.put("checksum", "0x%04x".formatted(view.checksum()));
    fields.put("addresses", addresses);
    fields.put("checksum_ok", view.isChecksumRight());
    fields.put(
        "checksum_rule",
        view.version() == 3 ? "pseudo header and VRRP message" : "VRRP message alone");
    if (view.version() == 3) {
      fields.put("interval_cs", view.intervalCentis());
      fields.put("reserved", view.reserved());
    } else {
      fields.put("interval_s", view.intervalSeconds());
      fields.put("auth_type", view.authType());
      fields.put("auth_data_hex", CarpVectors.HEX.formatHex(view.authData()));
    }
    return fields;
  }

  private static boolean isCarp(IpPacket packet, int vhid) {
    List<InetAddress> addresses =
        List.of(CarpVectors.address("192.0.2.1"), CarpVectors.address("2001:db8::1"));
    CarpInput input = new CarpInput();
    input.add(
        CarpParameters.of(vhid, addresses),
        CarpProfile.PFHA.keyring(new byte[0], vhid, addresses),
        false);
    return input.check(packet) == CarpReject.NONE;
  }

  static void negative(Json vector, Json receiver, CarpVectors.Check check) {
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> actual = new LinkedHashMap<>();
    for (Entry<String, Json> column : vector.get("verdict").fields().entrySet()) {
      VrrpProfile profile = COLUMNS.get(column.getKey());
      String verdict = column.getValue().text();
      expected.put(column.getKey(), plain(verdict));
      actual.put(
          column.getKey(),
          profile == null ? "unknown column" : judge(vector, receiver, profile, verdict));
    }
    check.equal(expected, actual);
  }

  /** Accept or drop, the counter and the interval where the text names them. */
  private static String plain(String verdict) {
    if (verdict.startsWith("log")) {
      return "either";
    }
    Matcher counter = COUNTER.matcher(verdict);
    if (counter.lookingAt()) {
      return counter.group();
    }
    return verdict.startsWith("drop") ? "drop" : "accept" + interval(verdict);
  }

  private static String interval(String verdict) {
    Matcher centis = CENTIS.matcher(verdict);
    if (centis.find()) {
      return ", " + centis.group(1) + " cs";
    }
    Matcher millis = MILLIS.matcher(verdict);
    return millis.find() ? ", " + Integer.parseInt(millis.group(1)) / 10 + " cs" : "";
  }

  private static String judge(Json vector, Json receiver, VrrpProfile profile, String verdict) {
    IpPacket packet = packet(vector);
    CarpInput input =
        new CarpInput(
            profile == VrrpProfile.FREEBSD_15 ? CarpProfile.FREEBSD_15 : CarpProfile.PFHA);
    input.add(
        new VrrpParameters(
            profile,
            receiver.get("vrid").integer(),
            receiver.get("priority").integer(),
            receiver.get("interval_cs").integer(),
            true,
            0,
            addresses(vector, receiver, packet)));
    CarpReject reject = input.check(packet);
    if (verdict.startsWith("log")) {
      return "either";
    }
    if (reject != CarpReject.NONE) {
      return COUNTER.matcher(verdict).lookingAt() ? "drop:" + reject.counter() : "drop";
    }
    int interval =
        profile == VrrpProfile.FREEBSD_15
            ? input.vrrp().rawInterval()
            : input.vrrp().intervalCentis();
    return "accept" + (interval(verdict).isEmpty() ? "" : ", " + interval + " cs");
  }

  /** The receiver that is described has IPv4 addresses; an IPv6 one has those of the packet. */
  private static List<InetAddress> addresses(Json vector, Json receiver, IpPacket packet) {
    if (vector.has("receiver_override") && vector.get("receiver_override").has("addresses")) {
      return CarpVectors.addresses(vector.get("receiver_override").get("addresses"));
    }
    packet.check();
    List<InetAddress> own = CarpVectors.addresses(receiver.get("addresses"));
    boolean sameFamily = own.get(0).getAddress().length == packet.source().getAddress().length;
    return sameFamily ? own : new VrrpView().wrap(packet).addresses();
  }

  private static IpPacket packet(Json vector) {
    byte[] bytes = CarpVectors.HEX.parseHex(vector.get("packet_hex").text());
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, CarpVectors.LINK, 0);
    packet.check();
    return packet;
  }
}
