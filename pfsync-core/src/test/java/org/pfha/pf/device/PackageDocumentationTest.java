package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of quirks names tests that exist, and all dangers of the specification. */
class PackageDocumentationTest {

  private static final Pattern TEST = Pattern.compile("\\{@code (\\w+Test)#(\\w+)}");
  private static final List<Path> TESTS =
      List.of(
          Path.of("src/test/java/org/pfha/pf/device"),
          Path.of("../carp-core/src/test/java/org/pfha/carp/kernel"));

  private final String documentation =
      Files.readString(Path.of("src/main/java/org/pfha/pf/device/package-info.java"));

  PackageDocumentationTest() throws IOException {}

  @Test
  void everyTestThatIsNamedExists() throws IOException {
    List<MatchResult> named = TEST.matcher(documentation).results().toList();
    assertThat(named).hasSizeGreaterThan(40);
    for (MatchResult test : named) {
      String file = test.group(1) + ".java";
      Path source =
          TESTS.stream()
              .map(directory -> directory.resolve(file))
              .filter(Files::exists)
              .findFirst()
              .orElseThrow(() -> new AssertionError("there is no " + file));
      assertThat(Files.readString(source))
          .as(test.group())
          .containsPattern(
              "(?s)@(Test|ParameterizedTest)\\b.{0,300}?\\bvoid " + test.group(2) + "\\(");
    }
  }

  @Test
  void everyDangerOfTheSpecificationHasARow() {
    TreeSet<String> rows = new TreeSet<>();
    Pattern.compile("<tr><td>([\\d.]+)</td>")
        .matcher(documentation)
        .results()
        .forEach(row -> rows.add(row.group(1)));
    assertThat(rows)
        .containsAll(IntStream.rangeClosed(1, 13).mapToObj(i -> "12." + i).toList())
        .containsAll(IntStream.rangeClosed(1, 11).mapToObj(i -> "5." + i).toList())
        .contains("5.4.1", "5.4.2", "8.1", "8.2", "9.1", "9.2", "9.3");
  }
}
