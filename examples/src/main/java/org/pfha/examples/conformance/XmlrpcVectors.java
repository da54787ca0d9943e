package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcClient;

/** Config sync in the pfSense dialect: the file, a synced pair, and values on the wire. */
final class XmlrpcVectors {

  private static final String PRIMARY = "config-primary.xml";
  private static final String SECONDARY = "config-secondary.xml";
  private static final String FIRST = "expected-secondary-after-sync.xml";
  private static final String THIRD = "expected-secondary-after-third-sync.xml";
  private static final char[] SECRET = "conformance".toCharArray();

  private XmlrpcVectors() {}

  /** Runs a directory in the format of kind {@code xmlrpc}. */
  static void run(Path directory, Report report) throws IOException {
    TreeSet<Path> files = new TreeSet<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".md"))
          .forEach(files::add);
    }
    for (Path file : files) {
      String name = directory.relativize(file).toString();
      boolean top = directory.equals(file.getParent());
      if (top && name.endsWith(".xml") && !name.startsWith("opnsense-")) {
        roundTrip(name, Files.readAllBytes(file), report);
      } else if (!name.endsWith(".jsonl") || !WireVectors.run(name, file, report)) {
        report.notCovered(name);
      }
    }
    if (files.contains(directory.resolve(PRIMARY))
        && files.contains(directory.resolve(SECONDARY))) {
      pair(directory, report);
    }
  }

  private static void roundTrip(String name, byte[] file, Report report) {
    try {
      report.check(name + " read and written", text(file), text(ConfigTree.parse(file).toXml()));
    } catch (ConfigFormatException | RuntimeException e) {
      report.failed(name + " read and written", "the same bytes", e.toString());
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Syncs through the encoder, the decoder and both dialects, as often as results are given. */
  private static void pair(Path directory, Report report) throws IOException {
    try {
      ConfigTree config = ConfigTree.parse(Files.readAllBytes(directory.resolve(PRIMARY)));
      ConfigStore store = ConfigStores.inMemory(Files.readAllBytes(directory.resolve(SECONDARY)));
      InetAddress caller = InetAddress.getLoopbackAddress();
      int rounds = Files.isRegularFile(directory.resolve(THIRD)) ? 3 : 1;
      for (int round = 1; round <= rounds; round++) {
        String name = round == 1 ? FIRST : THIRD;
        boolean given = round != 2 && Files.isRegularFile(directory.resolve(name));
        ConfigTree expected =
            given ? ConfigTree.parse(Files.readAllBytes(directory.resolve(name))) : config;
        caller = given ? caller(expected) : caller;
        sync(config, store, caller);
        if (given) {
          ConfigTree actual = ConfigTree.parse(store.load());
          compare(name, withoutTime(expected), withoutTime(actual), report);
        }
      }
    } catch (SyncException | ConfigFormatException | RuntimeException e) {
      report.failed(PRIMARY + " synced to " + SECONDARY, "a completed sync", e.toString());
    }
  }

  private static void compare(String name, ConfigTree expected, ConfigTree actual, Report report) {
    if (expected.equals(actual)) {
      report.passed(name);
    } else {
      report.failed(name, "no difference", expected.diff(actual).toString());
    }
  }

  private static void sync(ConfigTree config, ConfigStore store, InetAddress caller)
      throws SyncException {
    ConfigSecondary secondary =
        ConfigSecondary.over(store)
            .credentials("conformance", SECRET)
            .areas(SyncArea.all())
            .behaviour(Behaviour.LIKE_THE_PRODUCT)
            .build();
    ConfigPrimary.to("in memory")
        .as("conformance", SECRET)
        .areas(SyncArea.enabledIn(config))
        .client(RpcClient.inMemory(secondary.server(), caller))
        .build()
        .sync(config);
  }

  /** Where the recorded call came from: written down nowhere else than in the result's history. */
  private static InetAddress caller(ConfigTree result) throws IOException {
    String user = result.section("revision").fields().at("username").text();
    String address = user.substring(user.indexOf('@') + 1);
    return address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")
        ? InetAddress.getByName(address)
        : InetAddress.getLoopbackAddress();
  }

  private static ConfigTree withoutTime(ConfigTree tree) {
    ConfigNode revision = tree.section("revision").fields().without("time");
    return tree.with("revision", revision);
  }
}
