package org.pfha.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.PfsyncReader;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.StateFormat;

/**
 * What one node of a cluster has seen and done in a run: packets that arrived, faults that befell
 * it and what its data plane did go in; frames that it sent and its changes of role come out. Fed
 * to a node alone, the same must come out again: a run that was once judged right is a regression
 * test. Immutable.
 *
 * <pre>
 * 18.034181512 in packet em0 4510003800000000ff7053…
 * 18.034181512 out role 1@em0: BACKUP -&gt; MASTER (preempting a slower master)
 * </pre>
 *
 * @param scenario the cluster, without faults and traffic
 * @param node the one that was recorded, counted from 0
 * @param events in their order
 */
public record Recording(Scenario scenario, int node, List<Event> events) {

  private static final int IP_ID_OFFSET = 14 + 4;
  private static final int IP_CHECKSUM_OFFSET = 14 + 10;
  private static final Comparator<Event> ORDER =
      Comparator.comparingLong(Event::atNanos).thenComparing(Event::text);

  private static final String MAGIC = "pfha recording 1";
  private static final Pattern TIME = Pattern.compile("\\d{1,9}\\.\\d{9}");

  /**
   * Something that went in or came out.
   *
   * @param atNanos virtual time
   * @param in whether it went in
   * @param text what, beginning with its kind
   */
  public record Event(long atNanos, boolean in, String text) {}

  /** Copies the events. */
  public Recording {
    scenario = scenario.withFaults(List.of()).withTraffic(scenario.length(), 0);
    events = List.copyOf(events);
  }

  /**
   * Runs a scenario and records one of its nodes.
   *
   * @param simulation runs it
   * @param scenario what happens
   * @param node counted from 0
   * @return everything that node has seen and done
   */
  public static Recording of(Simulation simulation, Scenario scenario, int node) {
    List<Event> events = new ArrayList<>();
    simulation.watchedBy(cluster -> listen(cluster, node, events)).run(scenario);
    return new Recording(scenario, node, events);
  }

  private static void listen(Cluster cluster, int number, List<Event> into) {
    ClusterNode node = cluster.nodes().get(number);
    cluster.record(
        new Recorder(number, (in, text) -> into.add(new Event(cluster.network().now(), in, text))));
    node.host()
        .tapArrivals(
            (link, packet) ->
                into.add(
                    new Event(
                        cluster.network().now(),
                        true,
                        "packet " + link + " " + HexFormat.of().formatHex(packet))));
    for (SimSegment segment : cluster.segments()) {
      segment.tap(
          frame -> {
            if (frame.sender() == node.host()) {
              into.add(new Event(cluster.network().now(), false, text(segment, frame)));
            }
          });
    }
  }

  /** IP ids count everything the host sends, and say nothing: they are left out. */
  private static String text(SimSegment segment, SimFrame frame) {
    byte[] bytes = frame.toEthernet();
    if (frame.etherType() == SimFrame.IPV4) {
      Arrays.fill(bytes, IP_ID_OFFSET, IP_ID_OFFSET + 2, (byte) 0);
      Arrays.fill(bytes, IP_CHECKSUM_OFFSET, IP_CHECKSUM_OFFSET + 2, (byte) 0);
    }
    return "frame " + segment.name() + " " + HexFormat.of().formatHex(bytes);
  }

  /**
   * Feeds what went in to a node alone.
   *
   * @param firmware of the node
   * @return what comes out now; equal to {@link #outputs} if the node still behaves the same
   */
  public List<Event> replay(Firmware firmware) {
    Cluster cluster = new Cluster(scenario, firmware, List.of(), null);
    List<Event> seen = new ArrayList<>();
    listen(cluster, node, seen);
    cluster.only(node);
    cluster.start();
    for (Event event : events) {
      if (event.in) {
        advance(cluster, event.atNanos);
        feed(cluster, event.text.split(" ", -1));
      }
    }
    if (!events.isEmpty()) {
      advance(cluster, events.get(events.size() - 1).atNanos);
    }
    return outputs(seen);
  }

  /**
   * What came out when it was recorded.
   *
   * @return by time, and at the same instant by text
   */
  public List<Event> outputs() {
    return outputs(events);
  }

  /** What happens at one instant has no order. */
  private static List<Event> outputs(List<Event> events) {
    return events.stream().filter(event -> !event.in).sorted(ORDER).toList();
  }

  private static void advance(Cluster cluster, long untilNanos) {
    long left = untilNanos - cluster.network().now();
    if (left > 0) {
      cluster.network().advance(Duration.ofNanos(left));
    }
  }

  private void feed(Cluster cluster, String[] words) {
    ClusterNode fed = cluster.nodes().get(node);
    switch (words[0]) {
      case "packet" -> fed.host().deliver(words[1], HexFormat.of().parseHex(words[2]));
      case "begin" -> cluster.begin(fault(words));
      case "end" -> cluster.end(fault(words));
      case "peace" -> cluster.peace();
      case "insert" -> fed.insert(state(words[1]));
      case "update" -> fed.update(id(words[1]), peer(words[2]), peer(words[3]));
      case "remove" -> fed.remove(id(words[1]));
      default -> throw new IllegalArgumentException("a recording does not know " + words[0]);
    }
  }

  static String text(Fault fault) {
    return "%s %d %d %d %d %s"
        .formatted(
            fault.kind(),
            fault.at().toNanos(),
            fault.lasts().toNanos(),
            fault.node(),
            fault.segment(),
            Double.toString(fault.amount()));
  }

  private static Fault fault(String[] words) {
    return new Fault(
        Fault.Kind.valueOf(words[1]),
        Duration.ofNanos(Long.parseLong(words[2])),
        Duration.ofNanos(Long.parseLong(words[3])),
        Integer.parseInt(words[4]),
        Integer.parseInt(words[5]),
        Double.parseDouble(words[6]));
  }

  /** A whole packet with one state, in the newest format. */
  static String text(PfState state) {
    byte[] packet = new byte[512];
    PfsyncWriter writer = new PfsyncWriter(StateFormat.V1500, false);
    int length =
        writer
            .begin(packet, 0, packet.length, new byte[PfsyncReader.CHECKSUM_SIZE])
            .state(Action.INS_1500, state)
            .end();
    return HexFormat.of().formatHex(packet, 0, length);
  }

  private static PfState state(String hex) {
    return PfsyncReader.states(HexFormat.of().parseHex(hex), StateFormat.V1500).get(0);
  }

  static String text(StateId id) {
    return "%016x/%08x".formatted(id.id(), id.creatorId());
  }

  private static StateId id(String text) {
    String[] parts = text.split("/", -1);
    return new StateId(
        Long.parseUnsignedLong(parts[0], 16), Integer.parseUnsignedInt(parts[1], 16));
  }

  static String text(StatePeer peer) {
    String text =
        "%d,%d,%d,%d,%d,%d,%d"
            .formatted(
                peer.state(),
                peer.seqlo(),
                peer.seqhi(),
                peer.seqdiff(),
                peer.maxWin(),
                peer.mss(),
                peer.wscale());
    StatePeer.Scrub scrub = peer.scrub();
    return scrub == null
        ? text
        : text + ",%d,%d,%d".formatted(scrub.flags(), scrub.ttl(), scrub.tsMod());
  }

  private static StatePeer peer(String text) {
    String[] parts = text.split(",", -1);
    int[] n = new int[parts.length];
    for (int i = 0; i < n.length; i++) {
      n[i] = Integer.parseInt(parts[i]);
    }
    StatePeer.@Nullable Scrub scrub = n.length > 7 ? new StatePeer.Scrub(n[7], n[8], n[9]) : null;
    return new StatePeer(n[0], n[1], n[2], n[3], n[4], n[5], n[6], scrub);
  }

  /**
   * Writes it as text, one line per event.
   *
   * @param file to be made or replaced
   * @throws IOException if it cannot be written
   */
  public void write(Path file) throws IOException {
    Files.write(file, lines());
  }

  /** The inverse of {@link #parse}. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(MAGIC);
    lines.add(
        "cluster %d %s %d %b %b %d"
            .formatted(
                scenario.seed(),
                scenario.behaviour(),
                scenario.advbase(),
                scenario.preempt(),
                scenario.multicast(),
                node));
    for (NodePlan plan : scenario.nodes()) {
      lines.add(
          "node %s %d %s %d"
              .formatted(plan.name(), plan.advskew(), plan.release(), plan.stateLimit()));
    }
    for (Vip vip : scenario.vips()) {
      lines.add("vip %s %s %d %s".formatted(vip.segment(), vip.link(), vip.vhid(), vip.address()));
    }
    for (Event event : events) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%d.%09d %s %s",
              event.atNanos / 1_000_000_000L,
              event.atNanos % 1_000_000_000L,
              event.in ? "in" : "out",
              event.text));
    }
    return lines;
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param file of a recording
   * @return the recording
   * @throws IOException if it cannot be read, or is none
   */
  public static Recording read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    try {
      return parse(lines);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no recording: " + e.getMessage(), e);
    }
  }

  /** What the lines of a file say; throws naming the line that says something else. */
  static Recording parse(List<String> lines) {
    if (lines.size() < 2 || !lines.get(0).equals(MAGIC)) {
      throw new IllegalArgumentException("its first line is not '" + MAGIC + "'");
    }
    List<NodePlan> nodes = new ArrayList<>();
    List<Vip> vips = new ArrayList<>();
    List<Event> events = new ArrayList<>();
    int number = 2;
    try {
      for (String line : lines.subList(2, lines.size())) {
        number++;
        switch (line.substring(0, Math.max(0, line.indexOf(' ')))) {
          case "node" -> nodes.add(node(words(line, 5)));
          case "vip" -> vips.add(vip(words(line, 5)));
          default -> events.add(event(line));
        }
      }
      number = 2;
      return recording(words(lines.get(1), 7), nodes, vips, events);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line %d: %s".formatted(number, e.getMessage()), e);
    }
  }

  private static String[] words(String line, int count) {
    String[] words = line.split(" ", -1);
    if (words.length != count) {
      throw new IllegalArgumentException(
          "%d words where there should be %d".formatted(words.length, count));
    }
    return words;
  }

  private static NodePlan node(String[] words) {
    return new NodePlan(
        words[1],
        Integer.parseInt(words[2]),
        PfsyncProfile.valueOf(words[3]),
        Integer.parseInt(words[4]));
  }

  private static Vip vip(String[] words) {
    return new Vip(words[1], words[2], Integer.parseInt(words[3]), words[4]);
  }

  private static Event event(String line) {
    String[] parts = line.split(" ", 3);
    if (parts.length != 3 || !TIME.matcher(parts[0]).matches()) {
      throw new IllegalArgumentException("neither node, vip nor the time of an event");
    }
    boolean in = parts[1].equals("in");
    if (!in && !parts[1].equals("out")) {
      throw new IllegalArgumentException("an event goes in or comes out, not " + parts[1]);
    }
    return new Event(Long.parseLong(parts[0].replace(".", "")), in, parts[2]);
  }

  private static Recording recording(
      String[] cluster, List<NodePlan> nodes, List<Vip> vips, List<Event> events) {
    int node = Integer.parseInt(cluster[6]);
    if (node < 0 || node >= nodes.size()) {
      throw new IllegalArgumentException("there is no node " + node);
    }
    return new Recording(
        new Scenario(
            Long.parseLong(cluster[1]),
            Behaviour.valueOf(cluster[2]),
            nodes,
            vips,
            Integer.parseInt(cluster[3]),
            Boolean.parseBoolean(cluster[4]),
            Boolean.parseBoolean(cluster[5]),
            Duration.ofMinutes(1),
            0,
            List.of()),
        node,
        events);
  }
}
