package org.pfha.examples.conformance;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;

/**
 * One folder with recorded requests, replayed to a secondary: each answer, the stored configuration
 * and what reached the application are compared with what the product did. Confined to one thread.
 */
final class SyncCase {
  private static final Pattern REQUEST = Pattern.compile("(\\d+)-(.*)\\.request\\.http");
  private static final Pattern CALLER =
      Pattern.compile("<username>(?:<!\\[CDATA\\[)?\\((?:system|wwwonly)\\)@([0-9a-fA-F.:]+)");

  /** What the web server in front of a node answers when the node does not. */
  private static final Set<Integer> FRONT = Set.of(502, 503, 504);

  /** One recorded exchange. */
  record Exchange(String file, String name, RecordedHttp request, @Nullable RecordedHttp answer) {}

  private final String name;
  private final Report report;
  private final Map<String, Path> files = new TreeMap<>();
  private final List<Exchange> exchanges = new ArrayList<>();
  private byte[] before = new byte[0];
  private boolean refused;

  private SyncCase(String name, Report report) {
    this.name = name;
    this.report = report;
  }

  /**
   * Runs a folder.
   *
   * @param secondary the configuration of a node where the folder has none of its own
   * @param primary likewise
   */
  static void run(
      Path folder,
      String name,
      byte @Nullable [] secondary,
      @Nullable ConfigTree primary,
      Report report) {
    SyncCase recorded = new SyncCase(name, report);
    try {
      recorded.load(folder);
      byte[] before = recorded.beginning(secondary);
      if (before == null) {
        report.failed(name, "a configuration before the requests", "none");
        return;
      }
      recorded.before = before;
      recorded.replay();
      CaseClient.run(name, recorded.files, recorded.exchanges, primary, report);
    } catch (IOException | ConfigFormatException | RuntimeException e) {
      report.failed(name, "a replay", e + " " + List.of(e.getStackTrace()).subList(0, 6));
    }
  }

  private void load(Path folder) throws IOException {
    try (Stream<Path> list = Files.list(folder)) {
      list.filter(Files::isRegularFile)
          .forEach(file -> files.put(String.valueOf(file.getFileName()), file));
    }
    for (Map.Entry<String, Path> file : files.entrySet()) {
      Matcher request = REQUEST.matcher(file.getKey());
      if (request.matches()) {
        Path answer = files.get(file.getKey().replace(".request.http", ".response.http"));
        exchanges.add(
            new Exchange(
                file.getKey(),
                request.group(2),
                RecordedHttp.parse(file.getValue()),
                answer == null ? null : RecordedHttp.parse(answer)));
      }
    }
  }

  private byte @Nullable [] beginning(byte @Nullable [] otherwise) throws IOException {
    for (String own : List.of("config-before.xml", "secondary-before.xml")) {
      Path file = files.get(own);
      if (file != null) {
        return Files.readAllBytes(file);
      }
    }
    return otherwise;
  }

  private void replay() throws IOException, ConfigFormatException {
    boolean independent =
        exchanges.stream().anyMatch(exchange -> after(exchange.name, ".config-after.") != null);
    CaseNode node = new CaseNode(before);
    Map<String, Path> unclaimed = new LinkedHashMap<>();
    files.forEach(
        (file, path) -> {
          if (file.matches("after-.*\\.xml")) {
            unclaimed.put(file.substring("after-".length(), file.length() - 4), path);
          }
        });
    List<Effect> all = new ArrayList<>();
    ConfigTree start = node.config();
    int number = 0;
    for (Exchange exchange : exchanges) {
      number++;
      if (independent) {
        node = new CaseNode(before);
      }
      ConfigTree then = node.config();
      exchange(exchange, node, then);
      List<Effect> effects = node.takeEffects();
      all.addAll(effects);
      String claimed = compareAfter(exchange, node, number, unclaimed);
      Path own = files.get(claimed + ".effects.jsonl");
      if (own != null && !refused) {
        effects(own, effects, node, then);
      }
    }
    Path last = afterAll();
    if (last != null && !independent) {
      compare(name + "/" + last.getFileName(), last, node);
    }
    unclaimed.keySet().forEach(file -> report.failed(name + "/after-" + file, "a result", "none"));
    Path whole = files.get("effects.jsonl");
    if (whole != null) {
      report.check(
          name + "/effects.jsonl",
          String.join("\n", CaseEffects.recorded(json(whole), start)),
          String.join("\n", CaseEffects.performed(all, start, node.config())));
    }
  }

  private void exchange(Exchange exchange, CaseNode node, ConfigTree then)
      throws IOException, ConfigFormatException {
    String id = name + "/" + exchange.file;
    if (exchange.answer != null && FRONT.contains(exchange.answer.status())) {
      return; // the node never saw it; the client's side is checked
    }
    byte[] stored = node.stored();
    RecordedHttp answer = exchange.answer;
    byte[] content = answer == null ? new byte[0] : answer.content();
    PlainRpc recorded = PlainRpc.parse(content);
    CaseNode.Answer actual =
        node.answer(exchange.request, caller(exchange, then, node.accounts()), recorded);
    boolean known = isKnown(exchange.request, node.accounts());
    String why = CasePolicy.refusal(exchange.request, then, known);
    String expected =
        answer == null || answer.status() != 200 || recorded == null
            ? "HTTP " + (answer == null ? 0 : answer.status())
            : recorded.answer();
    refused = false;
    if (expected.equals(actual.text())) {
      report.passed(id);
    } else if (why != null) {
      refused = true;
      boolean fault = actual.message() == null ? actual.status() >= 400 : isRefusal(actual);
      if (fault && java.util.Arrays.equals(stored, node.stored())) {
        report.refusedByPolicy(id, why);
      } else {
        report.failed(id, "refused: " + why, actual.text());
      }
    } else {
      report.failed(id, expected, actual.text());
    }
  }

  private static boolean isRefusal(CaseNode.Answer answer) {
    PlainRpc message = answer.message();
    return message != null && (message.fault() || message.value().equals("Authentication failed"));
  }

  private static boolean isKnown(RecordedHttp request, CaseAccounts accounts) {
    String header = request.header("Authorization");
    if (header == null || !header.startsWith("Basic ")) {
      return false;
    }
    byte[] both = java.util.Base64.getDecoder().decode(header.substring("Basic ".length()));
    String text = new String(both, StandardCharsets.UTF_8);
    int colon = text.indexOf(':');
    var check = colon < 0 ? null : accounts.find(text.substring(0, colon));
    return check != null
        && check.matches(text.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
  }

  /** Where a recorded call came from is written in the history it left, or in the log. */
  private InetAddress caller(Exchange exchange, ConfigTree node, CaseAccounts accounts)
      throws IOException {
    for (Map.Entry<String, Path> file : files.entrySet()) {
      if (file.getKey().endsWith(".xml") && file.getKey().contains("after")) {
        String text = Files.readString(file.getValue());
        Matcher user = CALLER.matcher(text);
        if (user.find()) {
          return InetAddress.getByName(user.group(1));
        }
      }
    }
    Path log = files.get("server-log.txt");
    if (log != null && Files.readString(log).contains("sync loop")) {
      String target = node.section("hasync").fields().at("synchronizetoip").text();
      return InetAddress.getByName(target);
    }
    RecordedHttp answer = exchange.answer;
    boolean text = answer != null && answer.status() == 200;
    PlainRpc message = text && answer != null ? PlainRpc.parse(answer.content()) : null;
    if (message != null && message.answer().equals("result string Authentication failed")) {
      String user = user(exchange.request);
      if (isKnown(exchange.request, accounts) && accounts.allows(user, "")) {
        // Refused although everything is right: it came from the node's own address.
        for (var link : node.section("interfaces").fields().map().values()) {
          String own = link.fields().at("ipaddr").text();
          if (own.matches("[0-9.]+")) {
            return InetAddress.getByName(own);
          }
        }
      }
    }
    return InetAddress.getByName("192.0.2.1");
  }

  private static String user(RecordedHttp request) {
    String header = request.header("Authorization");
    byte[] both =
        java.util.Base64.getDecoder()
            .decode(header == null ? "" : header.substring("Basic ".length()));
    String text = new String(both, StandardCharsets.UTF_8);
    return text.substring(0, Math.max(0, text.indexOf(':')));
  }

  private @Nullable Path after(String request, String middle) {
    Path xml = files.get(request + middle + "xml");
    return xml != null ? xml : files.get(request + middle + "txt");
  }

  private @Nullable Path afterAll() {
    Path file = files.get("config-after.xml");
    return file != null ? file : files.get("secondary-after.xml");
  }

  /** Returns the name under which the recorded effects of this exchange are. */
  private String compareAfter(
      Exchange exchange, CaseNode node, int number, Map<String, Path> unclaimed)
      throws IOException, ConfigFormatException {
    Path own = after(exchange.name, ".config-after.");
    Path numbered = files.get("config-after-" + number + ".xml");
    if (own != null && !refused && own.toString().endsWith(".xml")) {
      compare(name + "/" + own.getFileName(), own, node);
    } else if (numbered != null) {
      compare(name + "/" + numbered.getFileName(), numbered, node);
    }
    for (Map.Entry<String, Path> candidate : unclaimed.entrySet()) {
      if (isSame(ConfigTree.parse(Files.readAllBytes(candidate.getValue())), node.config())) {
        report.passed(name + "/after-" + candidate.getKey());
        unclaimed.remove(candidate.getKey());
        return candidate.getKey();
      }
    }
    return exchange.name;
  }

  private void compare(String id, Path expected, CaseNode node)
      throws IOException, ConfigFormatException {
    compare(id, ConfigTree.parse(Files.readAllBytes(expected)), node.config(), report);
  }

  /** As trees, order included; when the change was made is not compared. */
  static void compare(String id, ConfigTree expected, ConfigTree actual, Report report) {
    if (isSame(expected, actual)) {
      report.passed(id);
    } else {
      String diff = expected.diff(actual).toString();
      report.failed(id, "no difference", diff.isEmpty() ? "another order" : diff);
    }
  }

  private static boolean isSame(ConfigTree expected, ConfigTree actual) {
    return text(expected).equals(text(actual));
  }

  private static String text(ConfigTree tree) {
    var revision = tree.section("revision").fields();
    try {
      ConfigTree without = new ConfigTree(tree.root(), tree.sections().without("revision"));
      // An empty table and an empty text are one thing, written in two ways.
      return new String(without.toXml(), StandardCharsets.UTF_8)
              .replaceAll("<([^<>/]+)>\n\t*</\\1>", "<$1></$1>")
          + revision.at("username").text()
          + revision.at("description").text();
    } catch (ConfigFormatException e) {
      throw new IllegalStateException("a tree that was read can be written", e);
    }
  }

  private void effects(Path file, List<Effect> effects, CaseNode node, ConfigTree then)
      throws IOException, ConfigFormatException {
    List<Json> calls = json(file);
    List<String> portal = node.takePortal();
    String id = name + "/" + file.getFileName();
    if (portal.isEmpty()) {
      report.check(
          id,
          String.join("\n", CaseEffects.recorded(calls, then)),
          String.join("\n", CaseEffects.performed(effects, then, node.config())));
    } else {
      report.check(id, CasePortal.recorded(calls), String.join("\n", portal));
    }
  }

  private static List<Json> json(Path file) throws IOException {
    List<Json> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        lines.add(Json.parse(String.valueOf(file.getFileName()), line));
      }
    }
    return lines;
  }
}
