package org.pfha.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.configsync.doctor.Check;

/** The page about the tools shows what they print, and its links lead somewhere. */
class ToolsPageTest {

  private static final Path DOCS = Path.of("..", "docs");

  /** A command of the page; without output, it must only succeed. */
  private record Example(String command, String output) {}

  static Stream<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    Matcher blocks =
        Pattern.compile("```\n(\\$ pfha .*?)```", Pattern.DOTALL)
            .matcher(Files.readString(DOCS.resolve("tools.md")));
    while (blocks.find()) {
      for (String each : blocks.group(1).split("(?m)^\\$ pfha ", -1)) {
        if (!each.isBlank()) {
          int end = each.indexOf('\n');
          examples.add(new Example(each.substring(0, end), each.substring(end + 1)));
        }
      }
    }
    assertThat(examples).hasSizeGreaterThan(5);
    return examples.stream();
  }

  @ParameterizedTest
  @MethodSource("examples")
  void commandsPrintWhatThePageShows(Example example) {
    StringWriter out = new StringWriter();
    int code =
        Pfha.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute(example.command.split(" ", -1));
    String printed = out.toString().replace(System.lineSeparator(), "\n");
    if (example.output.isEmpty()) {
      assertThat(code).isZero();
    } else if (example.output.endsWith("…\n")) {
      assertThat(printed).startsWith(example.output.replace("…\n", ""));
    } else {
      assertThat(printed.stripTrailing()).isEqualTo(example.output.stripTrailing());
    }
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    for (String page : List.of("tools.md", "troubleshoot.md")) {
      Matcher links =
          Pattern.compile("\\]\\(([^)#]+)\\)").matcher(Files.readString(DOCS.resolve(page)));
      while (links.find()) {
        assertThat(DOCS.resolve(links.group(1))).exists();
      }
    }
  }

  @Test
  void rulesNamedInTheTroubleshootingPageExist() throws IOException {
    Matcher names =
        Pattern.compile("`([A-Z][A-Z_]{4,})`")
            .matcher(Files.readString(DOCS.resolve("troubleshoot.md")));
    List<String> rules = Arrays.stream(Check.values()).map(Check::name).toList();
    int count = 0;
    while (names.find()) {
      assertThat(rules).contains(names.group(1));
      count++;
    }
    assertThat(count).isGreaterThan(30);
  }
}
