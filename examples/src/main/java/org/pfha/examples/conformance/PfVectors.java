package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.pfha.pf.device.KernelLayout;
import org.pfha.pf.device.PfLimit;
import org.pfha.pf.device.PfRequest;
import org.pfha.pf.device.PfTimeout;
import org.pfha.pf.device.StateRecord;

/** The directory of the kernel interface: tables of numbers here, the rest by its own classes. */
final class PfVectors {

  private static final Pattern RELEASE = Pattern.compile("layout-freebsd(\\d+)");

  private PfVectors() {}

  static void run(Path directory, Report report) throws IOException {
    for (Path file : files(directory)) {
      String name = directory.relativize(file).toString();
      if (name.endsWith(".csv")) {
        table(name, rows(file), report);
      } else if (name.endsWith(".json")) {
        json(name, file, report);
      } else if (!name.endsWith(".bin") && !name.endsWith(".md")) {
        report.notCovered(name);
      }
    }
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void json(String name, Path file, Report report) throws IOException {
    Json json = Json.parse(file);
    if (PfStructVectors.isStructs(json)) {
      PfStructVectors.run(name, json, report);
    } else if (NvVectors.isNv(json)) {
      NvVectors.run(name, file, json, report);
    } else if (NetlinkVectors.isNetlink(json)) {
      NetlinkVectors.run(name, json, report);
    } else {
      report.notCovered(name);
    }
  }

  private static List<Map<String, String>> rows(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    String[] columns = lines.isEmpty() ? new String[0] : lines.get(0).split(",", -1);
    List<Map<String, String>> rows = new ArrayList<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      String[] cells = line.split(",", -1);
      if (cells.length != columns.length) {
        throw new IOException("%s: not %d cells: %s".formatted(file, columns.length, line));
      }
      Map<String, String> row = new LinkedHashMap<>();
      for (int i = 0; i < columns.length; i++) {
        row.put(columns[i], cells[i]);
      }
      rows.add(row);
    }
    return rows;
  }

  private static void table(String name, List<Map<String, String>> rows, Report report) {
    Map<String, String> first = rows.isEmpty() ? Map.of() : rows.get(0);
    if (first.containsKey("value_i386")) {
      rows.forEach(row -> request(name, row, report));
    } else if (first.containsKey("since")) {
      layouts(name, rows, report);
      SocketVectors.layouts(name, rows, report);
    } else if (first.containsKey("fbsd13-lp64")) {
      rows.forEach(row -> sizes(name, row, report));
    } else if (first.containsKey("freebsd13")) {
      rows.forEach(row -> constant(name, row, report));
    } else if (first.containsKey("ctype")) {
      SocketVectors.layouts(name, netlink(rows), report);
    } else if (first.containsKey("linux")) {
      SocketVectors.constants(name, rows, report);
    } else {
      report.notCovered(name);
    }
  }

  /** On Linux only netlink is laid out as the library writes it. */
  private static List<Map<String, String>> netlink(List<Map<String, String>> rows) {
    return rows.stream()
        .filter(row -> cell(row, "struct").matches("nlmsghdr|genlmsghdr|nlattr"))
        .toList();
  }

  private static String cell(Map<String, String> row, String column) {
    return row.getOrDefault(column, "");
  }

  private static void request(String name, Map<String, String> row, Report report) {
    String request = cell(row, "name");
    int direction =
        switch (cell(row, "direction")) {
          case "none" -> PfRequest.VOID;
          case "in" -> PfRequest.IN;
          case "out" -> PfRequest.OUT;
          default -> PfRequest.IN | PfRequest.OUT;
        };
    long word =
        PfRequest.word(
            direction,
            cell(row, "group").charAt(0),
            Integer.parseInt(cell(row, "number")),
            Integer.parseInt(cell(row, "size")));
    report.check(name + "#" + request, cell(row, "value"), "0x%08x".formatted(word));
    Stream.of(PfRequest.values())
        .filter(each -> each.name().equals(request))
        .forEach(
            each ->
                report.check(
                    name + "#" + request + " as made",
                    cell(row, "value"),
                    "0x%08x".formatted(each.word())));
  }

  /** One vector per structure that the library reads or writes on that release. */
  private static void layouts(String name, List<Map<String, String>> rows, Report report) {
    int release = release(name, rows);
    Map<String, Map<String, String>> fields = new LinkedHashMap<>();
    Map<String, String> totals = new LinkedHashMap<>();
    for (Map<String, String> row : rows) {
      fields
          .computeIfAbsent(cell(row, "struct"), struct -> new LinkedHashMap<>())
          .put(cell(row, "field"), "@" + cell(row, "offset") + "+" + cell(row, "size"));
      totals.put(cell(row, "struct"), cell(row, "total"));
    }
    for (KernelLayout layout : KernelLayout.all()) {
      Map<String, String> golden = fields.get(layout.name());
      if (golden == null || !layout.appliesTo(release)) {
        continue;
      }
      Map<String, String> expected = new LinkedHashMap<>();
      Map<String, String> actual = new LinkedHashMap<>();
      layout
          .fields()
          .forEach(
              (field, at) -> {
                expected.put(field, golden.getOrDefault(field, "absent"));
                actual.put(field, "@" + at.offset() + "+" + at.size());
              });
      report.check(
          name + "#" + layout.name(),
          totals.get(layout.name()) + " " + expected,
          layout.size() + " " + actual);
    }
  }

  /** By the file's name, or by the first version of its rows. */
  private static int release(String name, List<Map<String, String>> rows) {
    Matcher named = RELEASE.matcher(name);
    if (named.find()) {
      return Integer.parseInt(named.group(1));
    }
    String since = cell(rows.get(0), "since");
    return Integer.parseInt(since.substring(0, since.indexOf('.')));
  }

  private static void sizes(String name, Map<String, String> row, Report report) {
    for (KernelLayout layout : KernelLayout.all()) {
      if (!layout.name().equals(cell(row, "struct"))) {
        continue;
      }
      for (int release = 13; row.containsKey("fbsd" + release + "-lp64"); release++) {
        String golden = cell(row, "fbsd" + release + "-lp64");
        if (layout.appliesTo(release) && !golden.isEmpty()) {
          report.check(
              "%s#%s of %d".formatted(name, layout.name(), release),
              golden,
              String.valueOf(layout.size()));
        }
      }
    }
  }

  /** Timeouts, limits and the version of the record, where the library has them. */
  private static void constant(String name, Map<String, String> row, Report report) {
    String constant = cell(row, "name");
    String ours = CONSTANTS.get(constant);
    if (ours != null) {
      String latest =
          Stream.of("freebsd15", "freebsd14", "freebsd13")
              .map(column -> cell(row, column))
              .filter(value -> !value.isEmpty())
              .findFirst()
              .orElse("");
      report.check(name + "#" + constant, latest, ours);
    }
  }

  private static final Map<String, String> CONSTANTS = constants();

  private static Map<String, String> constants() {
    Map<String, String> constants = new LinkedHashMap<>();
    constants.put("PF_STATE_VERSION", String.valueOf(StateRecord.VERSION_14));
    Map<String, PfLimit> limits =
        Map.of(
            "PF_LIMIT_STATES", PfLimit.STATES,
            "PF_LIMIT_SRC_NODES", PfLimit.SOURCE_NODES,
            "PF_LIMIT_FRAGS", PfLimit.FRAGMENTS,
            "PF_LIMIT_TABLE_ENTRIES", PfLimit.TABLE_ENTRIES,
            "PF_LIMIT_ANCHORS", PfLimit.ANCHORS,
            "PF_LIMIT_ETH_ANCHORS", PfLimit.ETHERNET_ANCHORS);
    limits.forEach((constant, limit) -> constants.put(constant, String.valueOf(limit.index())));
    Map<PfTimeout, String> timeouts = new LinkedHashMap<>();
    timeouts.put(PfTimeout.TCP_FIRST, "TCP_FIRST_PACKET");
    timeouts.put(PfTimeout.TCP_OPENING, "TCP_OPENING");
    timeouts.put(PfTimeout.TCP_ESTABLISHED, "TCP_ESTABLISHED");
    timeouts.put(PfTimeout.TCP_CLOSING, "TCP_CLOSING");
    timeouts.put(PfTimeout.TCP_FINWAIT, "TCP_FIN_WAIT");
    timeouts.put(PfTimeout.TCP_CLOSED, "TCP_CLOSED");
    timeouts.put(PfTimeout.UDP_FIRST, "UDP_FIRST_PACKET");
    timeouts.put(PfTimeout.UDP_SINGLE, "UDP_SINGLE");
    timeouts.put(PfTimeout.UDP_MULTIPLE, "UDP_MULTIPLE");
    timeouts.put(PfTimeout.ICMP_FIRST, "ICMP_FIRST_PACKET");
    timeouts.put(PfTimeout.ICMP_ERROR, "ICMP_ERROR_REPLY");
    timeouts.put(PfTimeout.OTHER_FIRST, "OTHER_FIRST_PACKET");
    timeouts.put(PfTimeout.OTHER_SINGLE, "OTHER_SINGLE");
    timeouts.put(PfTimeout.OTHER_MULTIPLE, "OTHER_MULTIPLE");
    timeouts.put(PfTimeout.FRAGMENT, "FRAG");
    timeouts.put(PfTimeout.INTERVAL, "INTERVAL");
    timeouts.put(PfTimeout.ADAPTIVE_START, "ADAPTIVE_START");
    timeouts.put(PfTimeout.ADAPTIVE_END, "ADAPTIVE_END");
    timeouts.put(PfTimeout.SOURCE_TRACK, "SRC_NODE");
    timeouts.put(PfTimeout.TCP_TIMESTAMP_DIFFERENCE, "TS_DIFF");
    timeouts.put(PfTimeout.SCTP_FIRST, "SCTP_FIRST_PACKET");
    timeouts.put(PfTimeout.SCTP_OPENING, "SCTP_OPENING");
    timeouts.put(PfTimeout.SCTP_ESTABLISHED, "SCTP_ESTABLISHED");
    timeouts.put(PfTimeout.SCTP_CLOSING, "SCTP_CLOSING");
    timeouts.put(PfTimeout.SCTP_CLOSED, "SCTP_CLOSED");
    timeouts.forEach(
        (timeout, constant) -> constants.put("PFTM_" + constant, String.valueOf(timeout.index())));
    return constants;
  }
}
