package org.pfha.examples.conformance;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pfha.net.IpPacket;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;
import org.pfha.pf.PfState;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;
import org.pfha.pfsync.wire.StateView;

/**
 * A capture of two real kernels: packet files, and dumps of both state tables at marked times. Each
 * packet and record is decoded and compared with the description; then {@link PfsyncReplay} plays
 * the packets to the engine.
 *
 * @param name of the description without its extension
 * @param links what was captured, by capture point; those on the sync link hold pfsync only
 * @param dumps in the order of time
 * @param hz clock ticks per second of the kernels
 * @param rules how many rules the hosts' rulesets have
 * @param hosts numbers of the hosts, by their addresses on the sync link
 * @param unplugged when a host was told to stop listening, by its number; seconds
 */
record PfsyncCapture(
    String name,
    Map<String, List<Frame>> links,
    List<Dump> dumps,
    int hz,
    int rules,
    Map<String, Integer> hosts,
    Map<Integer, Double> unplugged) {

  /**
   * A captured packet.
   *
   * @param seconds since the capture's beginning
   * @param ip header and payload
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(double seconds, byte[] ip) {

    IpPacket packet() {
      IpPacket packet = new IpPacket().wrap(ip, 0, ip.length, "captured", 0);
      if (packet.check() != IpPacket.Check.OK) {
        throw new IllegalArgumentException("no whole IP packet: " + packet);
      }
      return packet;
    }

    /** What a packet on the sync link says, as far as it is whole. */
    List<Message> messages() {
      byte[] payload = PfsyncFrames.payload(ip);
      return PfsyncPacket.decode(payload, 0, payload.length, StateFormat.V1301).packet().messages();
    }
  }

  /**
   * A host's state table.
   *
   * @param seconds since the capture's beginning
   * @param host number, 1 or 2
   * @param hostId its creator id
   * @param checksum of its ruleset
   * @param states in its table
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Dump(
      String file, double seconds, int host, int hostId, byte[] checksum, List<PfState> states) {}

  private static final int STATUS_SIZE = 416;
  private static final int STATUS_STATES = 364;
  private static final int STATUS_HOST_ID = 380;
  private static final int STATUS_CHECKSUM = 400;
  private static final String NO_LONGER_LISTENING = "host(\\d+): SIOCSETPFSYNC no syncdev.*";

  static Set<String> run(Path directory, String name, Json json, Report report) throws IOException {
    if (!json.has("dumps") || !json.has("pfsync") || !json.has("files")) {
      return Set.of();
    }
    Path beside = directory.resolve(name).resolveSibling("");
    Set<String> covered = new TreeSet<>(Set.of(name));
    Map<String, List<Frame>> links = new LinkedHashMap<>();
    for (Map.Entry<String, Json> point : json.get("files").fields().entrySet()) {
      Path file = beside.resolve(point.getValue().text());
      List<Frame> frames = frames(file, json.get("t0_unix").real());
      links.put(point.getKey(), frames);
      checkFrames(file.getFileName().toString(), point.getKey(), frames, json, report);
      covered.add(directory.relativize(file).toString());
    }
    List<Dump> dumps = new ArrayList<>();
    for (Json dump : json.get("dumps").items()) {
      for (String field : List.of("states_file", "status_file")) {
        Path file = beside.resolve(dump.get(field).text());
        covered.add(directory.relativize(file).toString());
      }
      dumps.add(dump(beside, dump, report));
    }
    String title = name.replace(".json", "");
    PfsyncCapture capture =
        new PfsyncCapture(
            title,
            links,
            dumps,
            json.get("kernel").get("hz").integer(),
            json.get("ruleset").items().size(),
            hosts(json),
            unplugged(json));
    PfsyncReplay.run(capture, report);
    PfsyncDeferral.run(capture, report);
    return covered;
  }

  private static Map<String, Integer> hosts(Json json) {
    Map<String, Integer> hosts = new LinkedHashMap<>();
    for (Json host : json.get("hosts").items()) {
      if (host.has("sync")) {
        String address = host.get("sync").text().replaceAll("/.*", "");
        hosts.put(address, Integer.parseInt(host.get("name").text().replaceAll("\\D", "")));
      }
    }
    return hosts;
  }

  private static Map<Integer, Double> unplugged(Json json) {
    Map<Integer, Double> unplugged = new LinkedHashMap<>();
    for (Json step : json.get("timeline").items()) {
      String event = step.get("event").text();
      if (event.matches(NO_LONGER_LISTENING)) {
        int host = Integer.parseInt(event.replaceAll(NO_LONGER_LISTENING, "$1"));
        unplugged.put(host, step.get("t").real());
      }
    }
    return unplugged;
  }

  private static List<Frame> frames(Path file, double t0) throws IOException {
    List<Frame> frames = new ArrayList<>();
    try (PcapReader reader = new PcapReader(Files.newInputStream(file))) {
      for (PcapRecord record : reader.readAll()) {
        frames.add(new Frame(record.atNanos() / 1e9 - t0, record.ip()));
      }
      if (reader.end() != PcapReader.End.COMPLETE) {
        throw new IOException(file.getFileName() + " is no whole packet file: " + reader.end());
      }
    }
    return frames;
  }

  /** Capture points beside the sync link are described by the timeline only. */
  private static void checkFrames(
      String file, String point, List<Frame> frames, Json json, Report report) {
    try {
      if (!json.get("frames").has(point)) {
        boolean whole = frames.stream().allMatch(frame -> frame.packet().ttl() > 0);
        report.check(file, true, whole && !frames.isEmpty());
        return;
      }
      List<Object> expected = new ArrayList<>();
      List<Object> actual = new ArrayList<>();
      List<Json> described = json.get("frames").get(point).items();
      boolean inTime = frames.size() == described.size();
      for (int i = 0; i < frames.size(); i++) {
        Map<String, Object> text = PfsyncFrames.packet(frames.get(i).ip);
        text.remove("payload");
        actual.add(text);
        inTime &= i < described.size() && isAt(frames.get(i), described.get(i).get("t").real());
      }
      for (Json frame : described) {
        Map<String, Object> text = new LinkedHashMap<>();
        text.put("src", frame.get("src").text());
        text.put("dst", frame.get("dst").text());
        text.put("len_field", frame.get("len").integer());
        text.put("pfcksum", frame.get("pfcksum").text());
        text.put("sections", KernelText.plain(frame.get("sections")));
        expected.add(text);
      }
      expected.add("in time");
      actual.add(inTime ? "in time" : "at other times");
      report.check(file, expected.toString(), actual.toString());
    } catch (RuntimeException e) {
      report.failed(file, "frames as described", e.toString());
    }
  }

  private static boolean isAt(Frame frame, double seconds) {
    return Math.abs(frame.seconds - seconds) < 0.001;
  }

  private static Dump dump(Path beside, Json dump, Report report) throws IOException {
    String file = dump.get("states_file").text();
    byte[] records = Files.readAllBytes(beside.resolve(file));
    byte[] status = Files.readAllBytes(beside.resolve(dump.get("status_file").text()));
    List<PfState> states = new ArrayList<>();
    List<Object> actual = new ArrayList<>();
    List<Object> expected = new ArrayList<>();
    StateView view = new StateView(StateFormat.V1301);
    int size = StateFormat.V1301.size();
    for (int at = 0; at + size <= records.length; at += size) {
      PfState state = view.wrap(records, at).state();
      states.add(state);
      actual.add(KernelText.dumped(state, records, at));
    }
    dump.get("states").items().forEach(state -> expected.add(KernelText.plain(state)));
    ByteBuffer fields = ByteBuffer.wrap(status).order(ByteOrder.LITTLE_ENDIAN);
    // The kernel also counts states that are unlinked but not freed yet.
    boolean whole =
        status.length == STATUS_SIZE
            && records.length % size == 0
            && fields.getInt(STATUS_STATES) >= states.size();
    report.check(
        file,
        List.of(true, dump.get("count").integer(), expected).toString(),
        List.of(whole, states.size(), actual).toString());
    return new Dump(
        file,
        dump.get("t").real(),
        dump.get("host").integer(),
        fields.order(ByteOrder.BIG_ENDIAN).getInt(STATUS_HOST_ID),
        Arrays.copyOfRange(status, STATUS_CHECKSUM, STATUS_CHECKSUM + 16),
        states);
  }

  /** Who sent a packet on the sync link. */
  int host(Frame frame) {
    Integer host = hosts.get(InetAddresses.toAddrString(frame.packet().source()));
    if (host == null) {
      throw new IllegalArgumentException("no host is described for " + frame.packet());
    }
    return host;
  }

  /** Whether a capture point saw pfsync and nothing else. */
  static boolean isSyncLink(List<Frame> frames) {
    return !frames.isEmpty()
        && frames.stream().allMatch(frame -> frame.packet().protocol() == PfsyncTransport.PROTOCOL);
  }
}
