package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped golden vectors of pfsync, and that the kit would notice if they were not met. */
class PfsyncVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/pfsync");

  private final StringWriter out = new StringWriter();

  @Test
  void everyVectorOfEveryReleasePassesAndNothingIsLeftOut() throws IOException {
    Report report = run(VECTORS);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).as("packets and tables").isEqualTo(31 + 32 + 33 + 7);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @Test
  void aFieldElsewhereIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path file = directory.resolve("layout-1500.csv");
    Files.writeString(
        file,
        Files.readString(file).replace("pfsync_state_1500,rt,352", "pfsync_state_1500,rt,353"));
    Path constants = directory.resolve("constants-1400.csv");
    Files.writeString(constants, Files.readString(constants).replace("PFTM_MAX,25", "PFTM_MAX,26"));

    assertThat(run(directory).failed()).isEqualTo(2);
    assertThat(out.toString()).contains("FAILED layout-1500.csv", "FAILED constants-1400.csv");
  }

  @Test
  void oneWrongByteIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path file = directory.resolve("1301/11-delc.bin");
    byte[] packet = Files.readAllBytes(file);
    packet[24] ^= 1;
    Files.write(file, packet);

    assertThat(run(directory).failed()).isEqualTo(1);
    assertThat(out.toString()).contains("FAILED 1301/11-delc.bin");
  }

  @Test
  void oneWrongExpectationIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path file = directory.resolve("vectors.json");
    String json = Files.readString(file);
    assertThat(json).contains("\"badver\"");
    Files.writeString(file, json.replaceFirst("\"badver\"", "\"badif\""));

    assertThat(run(directory).failed()).isEqualTo(1);
    assertThat(out.toString()).contains("FAILED 1301/31-bad-version.bin");
  }

  @Test
  void aFileThatNobodyNamesIsNotCovered(@TempDir Path directory) throws IOException {
    copy(directory);
    Files.writeString(directory.resolve("layout-1600.csv"), "struct,field\n");

    run(directory);

    assertThat(out.toString()).contains("not covered: layout-1600.csv");
  }

  private static void copy(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(VECTORS)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = directory.resolve(VECTORS.relativize(file));
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
  }

  private Report run(Path directory) throws IOException {
    return ConformanceCommand.run(Kind.pfsync, directory, new PrintWriter(out));
  }
}
