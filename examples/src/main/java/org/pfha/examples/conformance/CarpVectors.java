package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;

/** CARP: HMACs, whole adverts, and who checks the other sections of a directory. */
final class CarpVectors {

  static final HexFormat HEX = HexFormat.of();
  static final String LINK = "em1";

  private CarpVectors() {}

  /** Runs a directory in the format of kind {@code carp}. */
  static void run(Path directory, Report report) throws IOException {
    Set<Path> captures = new HashSet<>();
    for (Path file : files(directory, ".json")) {
      Map<String, Json> sections = Json.parse(file).fields();
      for (Map.Entry<String, Json> section : sections.entrySet()) {
        runSection(file, section.getKey(), section.getValue(), sections, captures, report);
      }
    }
    for (Path file : files(directory, "")) {
      if (file.toString().endsWith(".pcap") && !captures.contains(file)) {
        each(report, List.of(file), Path::toString, CarpScenarios::capture);
      } else if (!file.toString().endsWith(".pcap") && !file.toString().endsWith(".json")) {
        report.notCovered(directory.relativize(file).toString());
      }
    }
  }

  /** Runs the adverts of a real kernel. */
  static Set<String> runKernelAdverts(Path directory, String name, Json json, Report report) {
    if (!isCarp(json)) {
      return Set.of();
    }
    each(
        report,
        json.get("vectors").items(),
        vector -> vector.get("source").text(),
        CarpVectors::kernelAdvert);
    return Set.of(name);
  }

  /** Whether a file of kind {@code freebsd} holds adverts. */
  static boolean isCarp(Json file) {
    return file.has("vectors")
        && file.get("vectors").items().stream().allMatch(vector -> vector.has("carp"));
  }

  private static List<Path> files(Path directory, String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }

  private static void runSection(
      Path file,
      String section,
      Json vectors,
      Map<String, Json> whole,
      Set<Path> captures,
      Report report) {
    switch (section) {
      case "hmac" -> named(report, vectors, CarpVectors::hmac);
      case "packets", "captured_carp" -> named(report, vectors, CarpVectors::advert);
      case "negative" -> {
        Json receiver = required(whole, "receiver");
        named(report, vectors, (vector, check) -> CarpVerdicts.run(vector, receiver, check));
      }
      case "captured_vrrp" -> named(report, vectors, VrrpVectors::captured);
      case "vrrp_negative" -> {
        Json receiver = required(whole, "vrrp_receiver");
        named(report, vectors, (vector, check) -> VrrpVectors.negative(vector, receiver, check));
      }
      case "decisions" -> each(report, vectors.items(), vector -> section, CarpDecisions::decision);
      case "timers" -> each(report, vectors.items(), vector -> section, CarpDecisions::timers);
      case "scenarios" -> {
        for (Json scenario : vectors.items()) {
          captures.add(CarpScenarios.file(file, scenario));
        }
        each(
            report,
            vectors.items(),
            vector -> vector.get("pcap").text(),
            (scenario, check) -> CarpScenarios.run(file, scenario, check));
      }
      case "format", "set", "receiver", "vrrp_receiver" -> {}
      default -> report.notCovered(file.getFileName() + "#" + section);
    }
  }

  private static Json required(Map<String, Json> whole, String section) {
    Json found = whole.get(section);
    if (found == null) {
      throw new IllegalArgumentException("there is no section '" + section + "'");
    }
    return found;
  }

  /** Takes expected and actual of one vector. */
  interface Check {
    void equal(Object expected, Object actual);
  }

  private static void named(Report report, Json vectors, BiConsumer<Json, Check> run) {
    each(report, vectors.items(), vector -> vector.get("id").text(), run);
  }

  /** Runs vectors; one that makes the library throw has failed. */
  private static <T> void each(
      Report report, List<T> vectors, Function<T, String> id, BiConsumer<T, Check> run) {
    int number = 0;
    for (T vector : vectors) {
      String name = "#" + ++number;
      try {
        name = id.apply(vector) + name;
        String finalName = name;
        run.accept(
            vector,
            (expected, actual) -> report.check(finalName, expected.toString(), actual.toString()));
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
    if (vector.has("hmac_openbsd_orig")) {
      expected.put("hmac_openbsd_orig", vector.get("hmac_openbsd_orig").text());
      actual.put(
          "hmac_openbsd_orig",
          sign(
              CarpAuthenticator.openBsdWithLinkLocal(
                  HEX.parseHex(config.get("key_hex").text()),
                  config.get("vhid").integer(),
                  addresses(config.get("addresses")),
                  customMac(config)),
              counter));
    }
    if (vector.has("hashed_message_hex")) {
      boolean freeBsd = vector.has("hmac");
      expected.put("hashed_message_hex", vector.get("hashed_message_hex").text());
      actual.put(
          "hashed_message_hex",
          HEX.formatHex((freeBsd ? authenticator(config) : openBsd(config)).message(counter)));
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
    for (String field : vector.get("fields").fields().keySet()) {
      actual.put(field, fields.getOrDefault(field, "not decoded"));
    }
    CarpAuthenticator authenticator = authenticator(vector.get("config"));
    String sent = HEX.formatHex(bytes, packet.payloadOffset(), bytes.length);
    expected.put("authentic", true);
    actual.put("authentic", authenticator.verify(view));
    expected.put("encoded", sent);
    actual.put("encoded", encoded(view, authenticator));
    check.equal(expected, actual);
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

  static String encoded(CarpView view, CarpAuthenticator authenticator) {
    byte[] out = new byte[CarpView.LENGTH];
    view.advert().encode(out, 0, authenticator);
    return HEX.formatHex(out);
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
        "vhid %d, advbase %d, advskew %d, counter %s, digest %s, checksum %s, authentic %s, %s, %s"
            .formatted(
                vector.get("vhid").integer(),
                vector.get("advbase").integer(),
                vector.get("advskew_on_wire").integer(),
                vector.get("counter").text(),
                vector.get("digest").text(),
                vector.get("carp_checksum").text(),
                vector.get("hmac_ok").bool(),
                vector.get("carp").text(),
                vector.has("frame") ? "NONE of family " + vector.get("family") : "no frame");
    String actual =
        "vhid %d, advbase %d, advskew %d, counter %016x, digest %s, checksum %04x, authentic %s, %s, %s"
            .formatted(
                view.vhid(),
                view.advbase(),
                view.advskew(),
                view.counter(),
                HEX.formatHex(view.hmac()),
                view.checksum(),
                authenticator.verify(view),
                encoded(view, authenticator),
                vector.has("frame") ? CarpVerdicts.ofFrame(vector, key) : "no frame");
    check.equal(expected, actual);
  }

  private static String sign(CarpAuthenticator authenticator, long counter) {
    byte[] out = new byte[20];
    authenticator.sign(counter, out, 0);
    return HEX.formatHex(out);
  }

  static CarpAuthenticator authenticator(Json config) {
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

  static List<InetAddress> addresses(Json list) {
    List<InetAddress> addresses = new ArrayList<>();
    list.items().forEach(item -> addresses.add(address(item.text())));
    return addresses;
  }

  /** Zones are the sender's business: they are not hashed. Prefix lengths are not either. */
  static InetAddress address(String text) {
    return LinkAddress.parse(text.replaceFirst("[%/].*", "")).address();
  }
}
