package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The package documentation names a test for each line of the checklist; each of them exists. */
class ChecklistTest {

  private static final List<String> PACKAGES =
      List.of("org.pfha.carp.engine.", "org.pfha.carp.wire.");

  private static final String DOCUMENTATION =
      "src/main/java/org/pfha/carp/engine/package-info.java";

  private static List<MatchResult> found(String pattern) throws IOException {
    String text = Files.readString(Path.of(DOCUMENTATION)).replaceAll("\\s*\n \\*\\s*", " ");
    return Pattern.compile(pattern).matcher(text).results().toList();
  }

  @Test
  void everyNamedTestExists() throws IOException {
    List<MatchResult> tests = found("\\{@code (\\w+Test)#(\\w+)\\}");
    assertThat(tests).hasSizeGreaterThanOrEqualTo(24);
    for (MatchResult test : tests) {
      assertThat(methods(test.group(1))).as(test.group()).contains(test.group(2));
    }
  }

  @Test
  void everyNamedScriptExists() throws IOException {
    List<MatchResult> scripts = found("\\{@code ([\\w-]+\\.scenario)\\}");
    assertThat(scripts).hasSizeGreaterThanOrEqualTo(10);
    for (MatchResult script : scripts) {
      assertThat(Path.of("src/test/resources/scenarios", script.group(1))).exists();
    }
  }

  @Test
  void everyLineOfTheChecklistHasOne() throws IOException {
    for (MatchResult line : found("<li>(.*?)(?=<li>|</ul>|</ol>)")) {
      assertThat(line.group(1)).contains("Test#");
    }
    assertThat(found("<li>")).hasSize(12 + 8);
  }

  private static List<String> methods(String simpleName) {
    for (String prefix : PACKAGES) {
      try {
        return Arrays.stream(Class.forName(prefix + simpleName).getDeclaredMethods())
            .map(Method::getName)
            .toList();
      } catch (ClassNotFoundException e) {
        // in the other package
      }
    }
    throw new AssertionError("there is no test " + simpleName);
  }
}
