package org.pfha.pfsync.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each row of the specification's sections 11.3, 12 and 13 has scripts that show it. */
class SpecificationRowsTest {

  private static final Path RESOURCES = Path.of("src/test/resources/org/pfha/pfsync/engine");

  /** The rows, with the scripts named under each. */
  private static Map<String, List<String>> rows() throws IOException {
    Map<String, List<String>> rows = new LinkedHashMap<>();
    List<String> scripts = new ArrayList<>();
    for (String line : Files.readAllLines(RESOURCES.resolve("specification-rows.txt"))) {
      if (line.startsWith("  ")) {
        scripts.add(line.strip());
      } else if (!line.isBlank() && !line.startsWith("#")) {
        scripts = new ArrayList<>();
        assertThat(rows.put(line, scripts)).as(line).isNull();
      }
    }
    return rows;
  }

  @Test
  void everyRowIsThere() throws IOException {
    List<String> rows = List.copyOf(rows().keySet());
    assertThat(rows.stream().filter(row -> row.startsWith("11.3 "))).hasSize(6 + 2);
    for (String step : List.of("12.1.1", "12.1.2", "12.1.3", "12.1.4", "12.1.5", "12.1 ")) {
      assertThat(rows).anyMatch(row -> row.startsWith(step));
    }
    for (String step : List.of("12.2.1", "12.2.2", "12.2.3", "12.2.4")) {
      assertThat(rows).anyMatch(row -> row.startsWith(step));
    }
    assertThat(rows.stream().filter(row -> row.startsWith("13 "))).hasSize(7);
  }

  @Test
  void everyRowHasAScriptThatExists() throws IOException {
    for (Map.Entry<String, List<String>> row : rows().entrySet()) {
      assertThat(row.getValue()).as(row.getKey()).isNotEmpty();
      for (String script : row.getValue()) {
        String[] parts = script.split(" == ", 2);
        assertThat(Files.readAllLines(RESOURCES.resolve("scenarios").resolve(parts[0])))
            .as(row.getKey())
            .contains("== " + parts[1]);
      }
    }
  }
}
