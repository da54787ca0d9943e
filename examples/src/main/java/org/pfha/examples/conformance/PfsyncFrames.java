package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.net.IpPacket;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;

/** Single pfsync packets of a real kernel: frame, payload and meaning. */
final class PfsyncFrames {

  private static final HexFormat HEX = HexFormat.of();
  private static final int ETHERNET_HEADER = 14;

  private PfsyncFrames() {}

  static Set<String> run(Path directory, String name, Json json, Report report) {
    if (!isPfsync(json)) {
      return Set.of();
    }
    int number = 0;
    for (Json vector : json.get("vectors").items()) {
      String id = name + "#" + ++number + " " + vector.get("summary");
      try {
        frame(vector, id, report);
      } catch (RuntimeException e) {
        report.failed(id, "a verdict", e.toString());
      }
    }
    return Set.of(name);
  }

  private static boolean isPfsync(Json json) {
    return json.has("vectors")
        && json.get("vectors").isArray()
        && json.get("vectors").items().stream()
            .allMatch(vector -> vector.has("ip_payload") && vector.has("sections"));
  }

  private static void frame(Json vector, String id, Report report) {
    byte[] frame = HEX.parseHex(vector.get("frame").text());
    byte[] ip = Arrays.copyOfRange(frame, ETHERNET_HEADER, frame.length);
    Map<String, Object> expected = new LinkedHashMap<>();
    for (String field : List.of("src", "dst", "len_field", "pfcksum")) {
      expected.put(field, vector.get(field).toString());
    }
    expected.put("payload", vector.get("ip_payload").text());
    expected.put("sections", KernelText.plain(vector.get("sections")));
    expected.put("encoded", vector.get("ip_payload").text());
    Map<String, Object> actual = packet(ip);
    byte[] payload = payload(ip);
    actual.put("encoded", HEX.formatHex(encodeAgain(payload)));
    report.check(id, expected.toString(), actual.toString());
  }

  /** What the IP header and the packet header of a pfsync datagram say, and its sections. */
  static Map<String, Object> packet(byte[] ip) {
    IpPacket packet = new IpPacket().wrap(ip, 0, ip.length, "sync", 0);
    IpPacket.Check check = packet.check();
    if (check != IpPacket.Check.OK || packet.protocol() != PfsyncTransport.PROTOCOL) {
      throw new IllegalArgumentException("no pfsync datagram: " + packet + ", " + check);
    }
    if (packet.ttl() != PfsyncTransport.TTL || packet.trafficClass() != PfsyncTransport.LOW_DELAY) {
      throw new IllegalArgumentException("TTL or TOS are not pfsync's: " + packet);
    }
    byte[] payload = payload(ip);
    PfsyncPacket decoded =
        PfsyncPacket.decode(payload, 0, payload.length, StateFormat.V1301).packet();
    Map<String, Object> text = new LinkedHashMap<>();
    text.put("src", InetAddresses.toAddrString(packet.source()));
    text.put("dst", InetAddresses.toAddrString(packet.destination()));
    text.put("len_field", payload.length);
    text.put("pfcksum", HEX.formatHex(decoded.checksum()));
    text.put("payload", HEX.formatHex(payload));
    text.put("sections", KernelText.sections(payload));
    return text;
  }

  static byte[] payload(byte[] ip) {
    IpPacket packet = new IpPacket().wrap(ip, 0, ip.length, "sync", 0);
    if (packet.check() != IpPacket.Check.OK) {
      throw new IllegalArgumentException("no whole IP packet: " + packet);
    }
    int from = packet.payloadOffset();
    return Arrays.copyOfRange(ip, from, from + packet.payloadLength());
  }

  private static byte[] encodeAgain(byte[] payload) {
    return PfsyncPacket.decode(payload, 0, payload.length, StateFormat.V1301).packet().encode();
  }
}
