package org.pfha.examples.conformance;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.MergeRule;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.InterfaceMapping;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncEngine.Disposition;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.engine.PfsyncStatistics;

/** pfsync: what a packet means, its bytes, and what a receiver of its release makes of it. */
final class PfsyncVectors {

  private static final HexFormat HEX = HexFormat.of();
  private static final long SECOND = 1_000_000_000L;
  private static final long NOW = 1_000_000 * SECOND;
  private static final int TTL = 255;
  private static final int STATE_LIMIT = 100_000;

  private PfsyncVectors() {}

  /** Runs a directory in the format of kind {@code pfsync}. */
  static void run(Path directory, Report report) throws IOException {
    Set<Path> named = new HashSet<>();
    List<Path> files = files(directory);
    for (Path file : files) {
      if (file.toString().endsWith(".json")) {
        runFile(directory, Json.parse(file), report, named);
        named.add(file);
      } else if (PfsyncTables.run(file, directory.relativize(file).toString(), report)) {
        named.add(file);
      }
    }
    files.stream()
        .filter(file -> !named.contains(file))
        .forEach(file -> report.notCovered(directory.relativize(file).toString()));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
          .sorted()
          .toList();
    }
  }

  private static void runFile(Path directory, Json json, Report report, Set<Path> named)
      throws IOException {
    for (Map.Entry<String, Json> release : json.get("vectors").fields().entrySet()) {
      Json receiver = json.get("receiver").get("byVersion").get(release.getKey());
      for (Json vector : release.getValue().items()) {
        named.add(directory.resolve(vector.get("file").text()));
        for (Json file : vector.get("preload").items()) {
          named.add(directory.resolve(file.text()));
        }
        runVector(directory, vector, profile(release.getKey()), receiver, report);
      }
    }
  }

  private static PfsyncProfile profile(String format) {
    for (PfsyncProfile profile : PfsyncProfile.values()) {
      if (profile.newest().text().equals(format)) {
        return profile;
      }
    }
    throw new IllegalArgumentException("there is no release of format " + format);
  }

  private static void runVector(
      Path directory, Json vector, PfsyncProfile profile, Json receiver, Report report)
      throws IOException {
    String name = vector.get("file").text();
    byte[] packet = Files.readAllBytes(directory.resolve(name));
    List<byte[]> preload = new ArrayList<>();
    for (Json file : vector.get("preload").items()) {
      preload.add(Files.readAllBytes(directory.resolve(file.text())));
    }
    try {
      Map<String, Object> expected = new TreeMap<>();
      Map<String, Object> actual = new TreeMap<>();
      expected.put("file", vector.get("length") + " bytes, " + vector.get("sha256"));
      actual.put("file", packet.length + " bytes, " + sha256(packet));
      boolean malformed = vector.has("malformed") && vector.get("malformed").bool();
      if (!malformed) {
        byte[] checksum = HEX.parseHex(receiver.get("pfChecksum").text());
        PfsyncText text = PfsyncText.of(packet, profile.newest(), checksum);
        expected.put("header", PfsyncText.plain(vector.get("header")));
        actual.put("header", text.header());
        expected.put("sections", PfsyncText.plain(vector.get("sections")));
        actual.put("sections", text.sections());
        expected.put("encoded", HEX.formatHex(packet));
        actual.put("encoded", HEX.formatHex(text.encoded()));
      }
      expected.put("received", PfsyncText.plain(vector.get("expected")));
      actual.put("received", receive(vector, profile, receiver, preload, packet));
      report.check(name, expected.toString(), actual.toString());
    } catch (RuntimeException | AssertionError e) {
      report.failed(name, "a verdict", e.toString());
    }
  }

  private static String sha256(byte[] bytes) {
    return Hashing.sha256().hashBytes(bytes).toString();
  }

  private static Map<String, Object> receive(
      Json vector, PfsyncProfile profile, Json receiver, List<byte[]> preload, byte[] packet) {
    List<String> interfaces = receiver.get("interfaces").items().stream().map(Json::text).toList();
    PfsyncSettings settings =
        PfsyncSettings.builder(
                Integer.parseUnsignedInt(receiver.get("hostId").text().substring(2), 16))
            .profile(profile)
            .routingTables(receiver.get("numFibs").integer())
            .ruleset(
                HEX.parseHex(receiver.get("pfChecksum").text()),
                receiver.get("filterRuleCount").integer())
            .interfaces(InterfaceMapping.same(interfaces::contains))
            .build();
    StateTable table = StateTable.withLimit(STATE_LIMIT);
    Recorder recorder = new Recorder();
    PfsyncEngine engine = new PfsyncEngine(table, settings, recorder, NOW);
    if (vector.has("receiverOverrides")) {
      override(vector.get("receiverOverrides"), engine);
    }
    for (byte[] earlier : preload) {
      engine.received(earlier, 0, earlier.length, TTL, NOW);
    }
    recorder.events.clear();
    PfsyncStatistics before = engine.statistics();
    Disposition disposition = engine.received(packet, 0, packet.length, TTL, NOW);

    Map<String, Object> received = new TreeMap<>();
    received.put(
        "disposition", disposition.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    received.put("counters", counters(before, engine.statistics()));
    received.put("stateAfter", table.states().stream().map(PfsyncText::kept).toList());
    received.put("events", events(recorder.events, vector.get("expected").get("events").items()));
    return received;
  }

  private static void override(Json overrides, PfsyncEngine engine) {
    long secondsAgo = 0;
    boolean awaiting = false;
    for (Map.Entry<String, Json> override : overrides.fields().entrySet()) {
      switch (override.getKey()) {
        case "awaitingBulk" -> awaiting = override.getValue().bool();
        case "bulkRequestedSecondsAgo" -> secondsAgo = override.getValue().number();
        default ->
            throw new IllegalArgumentException("no receiver can be told " + override.getKey());
      }
    }
    if (awaiting) {
      engine.requestBulk(NOW - secondsAgo * SECOND);
    }
  }

  private static Map<String, Object> counters(PfsyncStatistics before, PfsyncStatistics after) {
    Map<String, Object> counters = new TreeMap<>();
    count(counters, "ipackets", after.ipackets() - before.ipackets());
    count(counters, "badif", after.badif() - before.badif());
    count(counters, "badttl", after.badttl() - before.badttl());
    count(counters, "hdrops", after.hdrops() - before.hdrops());
    count(counters, "badver", after.badver() - before.badver());
    count(counters, "badact", after.badact() - before.badact());
    count(counters, "badlen", after.badlen() - before.badlen());
    count(counters, "stale", after.stale() - before.stale());
    count(counters, "badval", after.badval() - before.badval());
    count(counters, "badstate", after.badstate() - before.badstate());
    Map<String, Object> iacts = new TreeMap<>();
    for (int action = 0; action < after.iacts().size(); action++) {
      count(
          iacts, Integer.toString(action), after.iacts().get(action) - before.iacts().get(action));
    }
    counters.put("iacts", iacts);
    return counters;
  }

  private static void count(Map<String, Object> counters, String name, long increment) {
    if (increment != 0) {
      counters.put(name, increment);
    }
  }

  /** Which fields an event shows is the vectors' choice; that it happened, and when, is not. */
  private static List<Map<String, Object>> events(List<PfsyncEvent> events, List<Json> expected) {
    List<Map<String, Object>> shown = new ArrayList<>();
    for (PfsyncEvent event : events) {
      Map<String, Object> fields = fields(event);
      if (shown.size() < expected.size()) {
        fields.keySet().retainAll(expected.get(shown.size()).fields().keySet());
      }
      shown.add(fields);
    }
    return shown;
  }

  private static Map<String, Object> fields(PfsyncEvent event) {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("event", event.kind().text());
    fields.put("id", PfsyncText.id(event.id()));
    fields.put("creatorId", PfsyncText.creator(event.creatorId()));
    fields.put("srcStale", (event.value() & MergeRule.SRC_STALE) != 0);
    fields.put("dstStale", (event.value() & MergeRule.DST_STALE) != 0);
    fields.put("endTime", event.value());
    fields.put("reason", event.detail());
    fields.put("field", event.detail());
    @Nullable PfState state = event.state();
    if (state != null) {
      fields.put("rule", PfsyncText.rule(state.rule()));
      fields.put("natted", state.isTranslated());
    }
    return fields;
  }

  private static final class Recorder implements PfsyncSink {

    private final List<PfsyncEvent> events = new ArrayList<>();

    @Override
    public boolean send(byte[] buffer, int length) {
      return true;
    }

    @Override
    public void event(PfsyncEvent event) {
      events.add(event);
    }

    @Override
    public void demote(boolean demoted) {
      // The vectors do not tell.
    }
  }
}
