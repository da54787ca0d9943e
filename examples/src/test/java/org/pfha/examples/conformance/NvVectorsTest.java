package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** nvlists and netlink messages by their golden vectors, and that the kit notices a wrong one. */
class NvVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/pf");

  private final StringWriter out = new StringWriter();

  @Test
  void everyNvlistIsReadPackedAndBuiltOrRefused(@TempDir Path directory) throws IOException {
    copy("nv", directory);
    Report report = run(directory);
    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).as("35 good ones in three ways, 99 bad ones").isEqualTo(204);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @Test
  void everyNetlinkMessageIsReadWrittenAndMade(@TempDir Path directory) throws IOException {
    copy("netlink", directory);
    Report report = run(directory);
    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(101);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @Test
  void anotherByteOrAnotherVerdictIsNoticed(@TempDir Path directory) throws IOException {
    copy("n", directory);
    byte[] mixed = Files.readAllBytes(directory.resolve("nv-mixed.bin"));
    mixed[mixed.length - 40]++;
    Files.write(directory.resolve("nv-mixed.bin"), mixed);
    replace(directory.resolve("nv.json"), "\"value\": \"pass in quick\"", "\"value\": \"block\"");
    replace(directory.resolve("netlink.json"), "\"value\": 86400", "\"value\": 86401");
    Report report = run(directory);
    assertThat(report.failed()).isGreaterThanOrEqualTo(4);
    assertThat(out.toString())
        .contains("nv-mixed.bin", "nv-string.bin", "gettimeout-reply")
        .doesNotContain("nv-nested.bin");
  }

  private static void copy(String prefix, Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(VECTORS)) {
      files = all.filter(file -> String.valueOf(file.getFileName()).startsWith(prefix)).toList();
    }
    for (Path file : files) {
      Files.copy(file, directory.resolve(String.valueOf(file.getFileName())));
    }
  }

  private static void replace(Path file, String text, String other) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    Files.writeString(file, before.replace(text, other));
  }

  private Report run(Path directory) throws IOException {
    return ConformanceCommand.run(Kind.pf, directory, new PrintWriter(out));
  }
}
