package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped golden vectors of CARP, and that the kit would notice if they were not met. */
class CarpVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  private final StringWriter out = new StringWriter();

  @Test
  void everyCarpVectorPasses() throws IOException {
    Report report = run(Kind.carp, VECTORS.resolve("carp"));

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(28 + 29 + 42 + 51 + 27 + 14 + 420 + 11 + 20);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  /** Adverts, the captures of CARP, and the calls of pf; pfsync's captures have their own test. */
  @Test
  void whatARealKernelSentDidAndAnsweredPasses() throws IOException {
    Report report = run(Kind.freebsd, VECTORS.resolve("freebsd"));

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(24 + 253 + 27 + 29 + 26 + 50 + 62);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @Test
  void otherFileNamesAreReadAndOneWrongByteIsNoticed(@TempDir Path directory) throws IOException {
    String vectors = Files.readString(VECTORS.resolve("carp/vectors.json"));
    assertThat(vectors).contains("804538a172de9d658c695edfe8729c0371ca91eb");
    try (DirectoryStream<Path> captures =
        Files.newDirectoryStream(VECTORS.resolve("carp"), "*.pcap")) {
      for (Path capture : captures) {
        Files.copy(capture, directory.resolve(capture.getFileName()));
      }
    }
    Files.writeString(
        directory.resolve("mine.json"),
        vectors.replaceFirst(
            "\"hmac\": *\"804538a172de9d658c695edfe8729c0371ca91eb\"",
            "\"hmac\": \"804538a172de9d658c695edfe8729c0371ca91ec\""));

    Report report = run(Kind.carp, directory);

    assertThat(report.failed()).as(out.toString()).isEqualTo(1);
    assertThat(out.toString()).contains("FAILED one-ipv4", "71ca91ec", "71ca91eb");
  }

  private Report run(Kind kind, Path directory) throws IOException {
    return ConformanceCommand.run(kind, directory, new PrintWriter(out));
  }
}
