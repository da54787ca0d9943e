package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcClient;

/**
 * Config sync of pfSense and OPNsense: files, recorded cases as client and as server, synced pairs,
 * and values on the wire.
 */
final class XmlrpcVectors {
  private static final String THIRD = "third";
  private static final char[] SECRET = "conformance".toCharArray();

  private final Path directory;
  private final Report report;
  private final Map<String, byte[]> secondaries = new HashMap<>();
  private final Map<String, ConfigTree> primaries = new HashMap<>();

  private XmlrpcVectors(Path directory, Report report) {
    this.directory = directory;
    this.report = report;
  }

  /** Runs a directory in the format of kind {@code xmlrpc}. */
  static void run(Path directory, Report report) throws IOException {
    XmlrpcVectors vectors = new XmlrpcVectors(directory, report);
    TreeSet<Path> folders = new TreeSet<>();
    TreeSet<Path> files = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.forEach(path -> (Files.isDirectory(path) ? folders : files).add(path));
    }
    vectors.pairs();
    for (Path file : files) {
      vectors.file(file);
    }
    for (Path folder : folders) {
      if (has(folder, ".request.http")) {
        vectors.recorded(folder);
      } else if (!folder.equals(directory) && has(folder, "config-before.xml")) {
        vectors.nothing(folder);
      }
    }
  }

  private static boolean has(Path folder, String ending) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      return list.anyMatch(file -> file.toString().endsWith(ending));
    }
  }

  private String name(Path path) {
    return directory.relativize(path).toString();
  }

  private void file(Path file) throws IOException {
    String name = name(file);
    if (name.endsWith(".xml")) {
      roundTrip(name, Files.readAllBytes(file));
    } else if (name.endsWith(".jsonl") && !name.endsWith("effects.jsonl")) {
      if (!WireVectors.run(name, file, report)) {
        report.failed(name, "a table of values", "something else");
      }
    } else if (!name.endsWith(".http")
        && !name.endsWith("effects.jsonl")
        && !name.endsWith("-log.txt")
        && !name.endsWith("config-after.txt")
        && !name.endsWith(".md")) {
      report.notCovered(name);
    }
  }

  private void roundTrip(String name, byte[] file) {
    try {
      ConfigTree tree = ConfigTree.parse(file);
      String text = new String(file, StandardCharsets.UTF_8);
      if (tree.root().equals("opnsense")) {
        text = asReferences(text); // a file typed by hand has texts that the product does not write
      }
      report.check(
          name + " read and written", text, new String(tree.toXml(), StandardCharsets.UTF_8));
    } catch (ConfigFormatException | RuntimeException e) {
      report.failed(name + " read and written", "the same bytes", e.toString());
    }
  }

  private static String asReferences(String text) {
    StringBuilder ascii = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (c < 0x7f) {
                ascii.append((char) c);
              } else {
                ascii.append(String.format("&#x%X;", c));
              }
            });
    return ascii.toString();
  }

  private void recorded(Path folder) throws IOException {
    String product = product(folder);
    SyncCase.run(folder, name(folder), secondaries.get(product), primaries.get(product), report);
  }

  /**
   * The root element of the configurations, or else the prefix of the methods, says whose it is.
   */
  private static String product(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.sorted().toList()) {
        String name = file.toString();
        if (name.endsWith(".xml")) {
          String text = Files.readString(file);
          return text.contains("<opnsense>") ? "opnsense" : "pfsense";
        }
      }
    }
    int opnSense = 0;
    try (Stream<Path> list = Files.list(folder)) {
      for (Path file : list.filter(f -> f.toString().endsWith(".request.http")).toList()) {
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        opnSense += text.contains(">opnsense.") ? 1 : text.contains(">pfsense.") ? -1 : 0;
      }
    }
    return opnSense > 0 ? "opnsense" : "pfsense";
  }

  /** Nothing was sent and nothing changed. */
  private void nothing(Path folder) throws IOException {
    try {
      Path after = folder.resolve("config-after.xml");
      ConfigTree before = ConfigTree.parse(Files.readAllBytes(folder.resolve("config-before.xml")));
      ConfigTree then = Files.exists(after) ? ConfigTree.parse(Files.readAllBytes(after)) : before;
      SyncCase.compare(name(folder) + " unchanged", before, then, report);
    } catch (ConfigFormatException e) {
      report.failed(name(folder), "readable configurations", e.toString());
    }
  }

  /** The configurations of the top level: a primary, a secondary, expected results. */
  private void pairs() throws IOException {
    Map<String, Map<String, byte[]>> products = new TreeMap<>();
    try (Stream<Path> list = Files.list(directory)) {
      for (Path file : list.filter(f -> f.toString().endsWith(".xml")).sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        try {
          String root = ConfigTree.parse(bytes).root();
          products
              .computeIfAbsent(root, r -> new TreeMap<>())
              .put(String.valueOf(file.getFileName()), bytes);
        } catch (ConfigFormatException e) {
          report.failed(name(file), "a readable configuration", e.toString());
        }
      }
    }
    for (Map.Entry<String, Map<String, byte[]>> product : products.entrySet()) {
      try {
        pair(product.getKey(), product.getValue());
      } catch (SyncException | ConfigFormatException | RuntimeException e) {
        report.failed("the pair of " + product.getKey(), "a completed sync", e.toString());
      }
    }
  }

  private void pair(String product, Map<String, byte[]> files)
      throws IOException, ConfigFormatException, SyncException {
    ConfigTree primary = null;
    byte[] secondary = null;
    Map<String, ConfigTree> expected = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      ConfigTree tree = ConfigTree.parse(file.getValue());
      if (file.getKey().contains("expected")) {
        expected.put(file.getKey(), tree);
      } else if (isSecondary(file.getKey(), tree)) {
        secondary = file.getValue();
      } else {
        primary = tree;
      }
    }
    if (secondary != null) {
      secondaries.put(product, secondary);
    }
    if (primary != null) {
      primaries.put(product, primary);
    }
    if (primary == null || secondary == null) {
      return;
    }
    CaseNode node = new CaseNode(secondary);
    for (int round = 1; round <= 3; round++) {
      for (Map.Entry<String, ConfigTree> result : expected.entrySet()) {
        boolean third = result.getKey().contains(THIRD);
        if (round == (third ? 3 : 1)) {
          sync(primary, node, caller(result.getValue()));
          SyncCase.compare(result.getKey(), result.getValue(), node.config(), report);
        }
      }
      if (round == 2) {
        sync(primary, node, InetAddress.getByName("192.0.2.1"));
      }
    }
  }

  /** By its name; where that does not tell, a node without a target is one. */
  private static boolean isSecondary(String name, ConfigTree tree) {
    return name.contains("secondary")
        || (!name.contains("primary")
            && tree.section("hasync").fields().at("synchronizetoip").text().isEmpty());
  }

  private static void sync(ConfigTree config, CaseNode node, InetAddress caller)
      throws SyncException, IOException, ConfigFormatException {
    ConfigPrimary.to("in memory")
        .as("conformance", SECRET)
        .areas(SyncArea.enabledIn(config))
        .dialect(CaseNode.dialect(config))
        .likeTheProduct()
        .client(RpcClient.inMemory(node.open("conformance", SECRET).server(), caller))
        .build()
        .sync(config);
  }

  /** Where the recorded call came from: written down nowhere else than in the result's history. */
  private static InetAddress caller(ConfigTree result) throws IOException {
    @Nullable String user = result.section("revision").fields().at("username").text();
    String address = user.substring(user.indexOf('@') + 1);
    return InetAddress.getByName(
        address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*") ? address : "192.0.2.1");
  }
}
