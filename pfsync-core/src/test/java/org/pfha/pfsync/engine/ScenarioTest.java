package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What a node sends and does, told by scripts: one file for each section of the protocol reference,
 * one scenario for each of its rules.
 *
 * <pre>
 *   == what the scenario shows
 *   node maxupd=3              options of the node, once, first
 *   insert 1                   a verb
 *     1.000 send INS 1         what must come of it before the next verb, and nothing else
 *   # a comment
 * </pre>
 */
class ScenarioTest {

  @TestFactory
  Stream<DynamicContainer> everyScriptTellsTheTruth() throws IOException, URISyntaxException {
    Path directory = Path.of(ScenarioTest.class.getResource("scenarios").toURI());
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().map(ScenarioTest::file).toList().stream();
    }
  }

  private static DynamicContainer file(Path file) {
    List<DynamicTest> scenarios = new ArrayList<>();
    List<String> script = new ArrayList<>();
    String title = "";
    for (String line : lines(file)) {
      if (line.startsWith("== ")) {
        add(scenarios, title, script);
        title = line.substring(3);
        script = new ArrayList<>();
      } else if (!line.isBlank() && !line.startsWith("#")) {
        script.add(line);
      }
    }
    add(scenarios, title, script);
    return DynamicContainer.dynamicContainer(file.getFileName().toString(), scenarios);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(List<DynamicTest> scenarios, String title, List<String> script) {
    if (!script.isEmpty()) {
      scenarios.add(
          DynamicTest.dynamicTest(
              title,
              () -> assertThat(played(script)).as(title).isEqualTo(String.join("\n", script))));
    }
  }

  /** The script as it is when its expectations are replaced by what really happens. */
  private static String played(List<String> script) {
    List<String> first = List.of(script.get(0).split(" +", -1));
    assertThat(first.get(0)).as("a scenario begins with its node").isEqualTo("node");
    ScenarioNode node = new ScenarioNode(first.subList(1, first.size()));
    List<String> played = new ArrayList<>(List.of(script.get(0)));
    for (String line : script.subList(1, script.size())) {
      if (!line.startsWith(" ")) {
        played.add(line);
        node.perform(line);
        node.transcript().forEach(happened -> played.add("  " + happened));
        node.transcript().clear();
      }
    }
    return String.join("\n", played);
  }
}
