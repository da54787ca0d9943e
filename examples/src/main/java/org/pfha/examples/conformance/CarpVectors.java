package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.CarpParameters;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;

/** CARP: HMACs, whole adverts, hostile packets, the decisions and timers of the state machine. */
final class CarpVectors {

  private static final HexFormat HEX = HexFormat.of();
  private static final String LINK = "em1";

  private CarpVectors() {}

  /** Runs a directory in the format of kind {@code carp}. */
  static void run(Path directory, Report report) throws IOException {
    for (Path file : files(directory)) {
      String name = directory.relativize(file).toString();
      if (!name.endsWith(".json")) {
        report.notCovered(name);
        continue;
      }
      for (Map.Entry<String, Json> section : Json.parse(file).fields().entrySet()) {
        runSection(name, section.getKey(), section.getValue(), Json.parse(file), report);
      }
    }
  }

  /** Runs the adverts of a real kernel; whatever else is in the directory is not CARP's. */
  static void runFreebsd(Path directory, Report report) throws IOException {
    for (Path file : files(directory)) {
      String name = directory.relativize(file).toString();
      Json json = name.endsWith(".json") ? Json.parse(file) : null;
      if (json != null && isCarp(json)) {
        each(report, json.get("vectors").items(), "source", CarpVectors::kernelAdvert);
      } else if (json != null && PfIoctlVectors.isIoctls(json)) {
        PfIoctlVectors.run(name, json, report);
      } else {
        report.notCovered(name);
      }
    }
  }

  /** Whether a file of kind {@code freebsd} holds adverts. */
  static boolean isCarp(Json file) {
    return file.has("vectors")
        && file.get("vectors").items().stream().allMatch(vector -> vector.has("carp"));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static void runSection(
      String file, String section, Json vectors, Json whole, Report report) {
    switch (section) {
      case "hmac" -> each(report, vectors.items(), "id", CarpVectors::hmac);
      case "packets", "captured_carp" -> each(report, vectors.items(), "id", CarpVectors::advert);
      case "negative" ->
          each(
              report,
              vectors.items(),
              "id",
              (vector, check) -> receive(vector, whole.get("receiver"), check));
      case "decisions" -> each(report, vectors.items(), "decision", CarpDecisions::decision);
      case "timers" -> each(report, vectors.items(), "timers", CarpDecisions::timers);
      case "format", "set", "receiver", "vrrp_receiver" -> {}
      default -> report.notCovered(file + "#" + section);
    }
  }

  /** Takes expected and actual of one vector. */
  interface Check {
    void equal(Object expected, Object actual);
  }

  /** Runs vectors; one that makes the library throw has failed. */
  private static void each(
      Report report, List<Json> vectors, String idField, BiConsumer<Json, Check> run) {
    int number = 0;
    for (Json vector : vectors) {
      number++;
      String id = vector.has(idField) ? vector.get(idField).text() : idField;
      String name = "id".equals(idField) ? id : id + "#" + number;
      try {
        run.accept(
            vector,
            (expected, actual) -> report.check(name, expected.toString(), actual.toString()));
      } catch (RuntimeException e) {
        report.failed(name, "a verdict", e.toString());
      }
    }
  }

  private static void hmac(Json vector, Check check) {
    Json config = vector.get("config");
    long counter = counter(vector.get("counter"));
    Map<String, String> expected = new LinkedHashMap<>();
    Map<String, String> actual = new LinkedHashMap<>();
    if (vector.has("hmac")) {
      expected.put("hmac", vector.get("hmac").text());
      actual.put("hmac", sign(authenticator(config), counter));
    }
    if (vector.has("hmac_openbsd_sent")) {
      expected.put("hmac_openbsd_sent", vector.get("hmac_openbsd_sent").text());
      actual.put("hmac_openbsd_sent", sign(openBsd(config), counter));
    }
    check.equal(expected, actual);
  }

  /** Decodes, verifies and encodes again. */
  private static void advert(Json vector, Check check) {
    byte[] bytes = HEX.parseHex(vector.get("packet_hex").text());
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, LINK, 0);
    Map<String, Object> expected = new LinkedHashMap<>();
    Map<String, Object> actual = new LinkedHashMap<>();
    expected.put("ip", IpPacket.Check.OK);
    actual.put("ip", packet.check());
    if (!expected.equals(actual)) {
      check.equal(expected, actual);
      return;
    }
    CarpView view = new CarpView().wrap(bytes, packet.payloadOffset(), packet.payloadLength());
    expected.put("check", CarpReject.NONE);
    actual.put("check", view.check());
    vector.get("fields").fields().forEach((field, value) -> expected.put(field, value.toString()));
    Map<String, Object> fields = fields(view);
    vector.get("fields").fields().keySet().forEach(field -> put(actual, field, fields));
    CarpAuthenticator authenticator = authenticator(vector.get("config"));
    String sent = HEX.formatHex(bytes, packet.payloadOffset(), bytes.length);
    expected.put("authentic", true);
    actual.put("authentic", authenticator.verify(view));
    expected.put("encoded", sent);
    actual.put("encoded", encoded(view, authenticator));
    check.equal(expected, actual);
  }

  private static void put(Map<String, Object> actual, String field, Map<String, Object> fields) {
    actual.put(field, fields.getOrDefault(field, "not decoded"));
  }

  private static Map<String, Object> fields(CarpView view) {
    return Map.of(
        "version", view.version(),
        "type", view.type(),
        "vhid", view.vhid(),
        "advskew", view.advskew(),
        "authlen", view.authlen(),
        "pad_or_demote", view.demote(),
        "advbase", view.advbase(),
        "checksum", "0x%04x".formatted(view.checksum()),
        "counter", "0x%016x".formatted(view.counter()),
        "hmac", HEX.formatHex(view.hmac()));
  }

  private static String encoded(CarpView view, CarpAuthenticator authenticator) {
    byte[] out = new byte[CarpView.LENGTH];
    view.advert().encode(out, 0, authenticator);
    return HEX.formatHex(out);
  }

  private static void receive(Json vector, Json receiver, Check check) {
    Map<String, Json> config = new LinkedHashMap<>(receiver.get("config").fields());
    if (vector.has("receiver_override")) {
      config.putAll(vector.get("receiver_override").fields());
    }
    String verdict = vector.get("verdict").get("library").text();
    List<InetAddress> addresses = addresses(config.get("addresses"));
    byte[] key = HEX.parseHex(text(config, "key_hex"));
    int vhid = integer(config, "vhid");
    CarpParameters parameters =
        CarpParameters.of(vhid, addresses)
            .withInterval(integer(config, "advbase"), integer(config, "advskew"));
    CarpAuthenticator alternative =
        verdict.contains("OpenBSD compatibility")
            ? CarpAuthenticator.openBsd(key, vhid, addresses, null)
            : null;
    boolean unicast =
        vector.has("receiver_mode") && vector.get("receiver_mode").text().startsWith("unicast");
    CarpInput input = new CarpInput();
    input.add(
        parameters,
        CarpAuthenticator.of(key, vhid, addresses),
        new CarpInput.Options(unicast, alternative));
    InetAddress own = address(receiver.get("own_address").text());
    input.ownAddresses(List.of(own));

    byte[] bytes = HEX.parseHex(vector.get("packet_hex").text());
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, LINK, 0);
    if (packet.check() == IpPacket.Check.OK && packet.isFrom(own.getAddress())) {
      sentBefore(input, vhid, packet);
    }
    CarpReject reject = input.check(packet);
    String expected = verdict.replaceFirst("^(accept|drop:[a-z-]+).*$", "$1");
    String actual = reject == CarpReject.NONE ? "accept" : "drop:" + reject.counter();
    if (reject == CarpReject.NONE && vector.has("freebsd13_state_after")) {
      expected += ", then " + vector.get("freebsd13_state_after").text();
      actual += ", then " + CarpDecisions.roleAfter(parameters, input.advert(), packet);
    }
    check.equal(expected, actual);
  }

  private static void sentBefore(CarpInput input, int vhid, IpPacket packet) {
    int from = packet.payloadOffset();
    byte[] payload = new byte[packet.payloadLength()];
    System.arraycopy(packet.array(), from, payload, 0, payload.length);
    input.sent(vhid, packet.isIpv6(), payload);
  }

  private static void kernelAdvert(Json vector, Check check) {
    byte[] bytes = HEX.parseHex(vector.get("carp").text());
    CarpView view = new CarpView().wrap(bytes, 0, bytes.length);
    byte[] key = vector.get("key_ascii").text().getBytes(StandardCharsets.US_ASCII);
    CarpAuthenticator authenticator =
        CarpAuthenticator.of(
            key, vector.get("vhid").integer(), addresses(vector.get("addresses_in_digest_order")));
    if (view.check() != CarpReject.NONE) {
      check.equal(CarpReject.NONE, view.check());
      return;
    }
    String expected =
        "vhid %d, advbase %d, advskew %d, counter %s, digest %s, checksum %s, authentic %s, %s"
            .formatted(
                vector.get("vhid").integer(),
                vector.get("advbase").integer(),
                vector.get("advskew_on_wire").integer(),
                vector.get("counter").text(),
                vector.get("digest").text(),
                vector.get("carp_checksum").text(),
                vector.get("hmac_ok").bool(),
                vector.get("carp").text());
    String actual =
        "vhid %d, advbase %d, advskew %d, counter %016x, digest %s, checksum %04x, authentic %s, %s"
            .formatted(
                view.vhid(),
                view.advbase(),
                view.advskew(),
                view.counter(),
                HEX.formatHex(view.hmac()),
                view.checksum(),
                authenticator.verify(view),
                encoded(view, authenticator));
    check.equal(expected, actual);
  }

  private static String sign(CarpAuthenticator authenticator, long counter) {
    byte[] out = new byte[20];
    authenticator.sign(counter, out, 0);
    return HEX.formatHex(out);
  }

  private static CarpAuthenticator authenticator(Json config) {
    return CarpAuthenticator.of(
        HEX.parseHex(config.get("key_hex").text()),
        config.get("vhid").integer(),
        addresses(config.get("addresses")));
  }

  private static CarpAuthenticator openBsd(Json config) {
    return CarpAuthenticator.openBsd(
        HEX.parseHex(config.get("key_hex").text()),
        config.get("vhid").integer(),
        addresses(config.get("addresses")),
        customMac(config));
  }

  private static @Nullable MacAddress customMac(Json config) {
    if (!config.has("openbsd_lladdr") || !config.get("openbsd_leader").bool()) {
      return null;
    }
    return MacAddress.at(HEX.parseHex(config.get("openbsd_lladdr").text()), 0);
  }

  private static long counter(Json counter) {
    return Long.parseUnsignedLong(counter.text().substring(2), 16);
  }

  private static List<InetAddress> addresses(@Nullable Json list) {
    List<InetAddress> addresses = new ArrayList<>();
    if (list != null) {
      list.items().forEach(item -> addresses.add(address(item.text())));
    }
    return addresses;
  }

  /** Zones are the sender's business: they are not hashed. */
  private static InetAddress address(String text) {
    int zone = text.indexOf('%');
    return LinkAddress.parse(zone < 0 ? text : text.substring(0, zone)).address();
  }

  private static int integer(Map<String, Json> config, String field) {
    return Integer.parseInt(text(config, field));
  }

  private static String text(Map<String, Json> config, String field) {
    Json value = config.get(field);
    if (value == null) {
      throw new IllegalArgumentException("the receiver has no " + field);
    }
    return value.toString();
  }
}
