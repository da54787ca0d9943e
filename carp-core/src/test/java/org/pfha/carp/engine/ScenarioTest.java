package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The behaviour's specification: scripts with the transcript they must have, one for each row of
 * the event tables (spec carp 7.4, 8–11, 14.4, 14.5, 19), under each profile that the row is about.
 */
class ScenarioTest {

  private static final Path SCRIPTS = Path.of("src/test/resources/scenarios");

  static Stream<Arguments> scripts() throws IOException {
    List<Arguments> runs = new ArrayList<>();
    try (Stream<Path> files = Files.list(SCRIPTS)) {
      for (Path file : files.sorted().toList()) {
        for (String profile : Scenario.profiles(Files.readString(file))) {
          runs.add(Arguments.of(String.valueOf(file.getFileName()), profile));
        }
      }
    }
    return runs.stream();
  }

  @ParameterizedTest(name = "{0} as {1}")
  @MethodSource("scripts")
  void transcript(String script, String profile) throws IOException {
    String golden = Files.readString(SCRIPTS.resolve(script));

    assertThat(Scenario.play(golden, profile)).isEqualTo(golden);
  }

  @Test
  void aTranscriptThatIsNotWhatHappensIsNoticed() {
    String wrong =
        """
        profiles PFHA
        node a
        up a
          0.000000 a INIT -> MASTER (initialization complete)
        """;

    assertThat(Scenario.play(wrong, "PFHA")).isNotEqualTo(wrong).contains("INIT -> BACKUP");
  }
}
