package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The package documentation names a test for each attack of spec section 22; each one exists. */
class AttackTableTest {
  private static final int ATTACKS = 30;
  private static final List<String> PACKAGES =
      List.of("org.pfha.configsync.", "org.pfha.configsync.rpc.", "org.pfha.configsync.dialect.");

  private static List<MatchResult> found(String pattern) throws IOException {
    List<MatchResult> all = new ArrayList<>();
    for (String folder : List.of("", "rpc/")) {
      Path file = Path.of("src/main/java/org/pfha/configsync/" + folder + "package-info.java");
      String text = Files.readString(file).replaceAll("\\s*\n \\*\\s*", " ");
      all.addAll(Pattern.compile(pattern).matcher(text).results().toList());
    }
    return all;
  }

  @Test
  void everyAttackHasARowWithATest() throws IOException {
    Set<Integer> rows = new TreeSet<>();
    for (MatchResult row : found("<tr><td>(\\d+)</td>(.*?)</tr>")) {
      assertThat(row.group(2)).as("row " + row.group(1)).containsPattern("\\w+Test\\.\\w+");
      rows.add(Integer.parseInt(row.group(1)));
    }
    assertThat(rows)
        .isEqualTo(IntStream.rangeClosed(1, ATTACKS).boxed().collect(Collectors.toSet()));
  }

  @Test
  void everyNamedTestExists() throws IOException {
    List<MatchResult> tests = found("\\{@code (\\w+Test)\\.(\\w+)\\}");
    assertThat(tests).hasSizeGreaterThanOrEqualTo(ATTACKS);
    for (MatchResult test : tests) {
      assertThat(methods(test.group(1))).as(test.group()).contains(test.group(2));
    }
  }

  private static List<String> methods(String simpleName) {
    for (String prefix : PACKAGES) {
      try {
        return Arrays.stream(Class.forName(prefix + simpleName).getDeclaredMethods())
            .filter(method -> method.getAnnotations().length > 0)
            .map(Method::getName)
            .toList();
      } catch (ClassNotFoundException e) {
        // in another package
      }
    }
    throw new AssertionError("there is no test " + simpleName);
  }
}
