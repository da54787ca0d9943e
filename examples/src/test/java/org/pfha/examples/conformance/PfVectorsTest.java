package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel interface by its golden vectors, and that the kit would notice a wrong one. */
class PfVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors");

  private final StringWriter out = new StringWriter();

  @Test
  void everyCallRecordedOnAKernelIsMadeAndUnderstood(@TempDir Path directory) throws IOException {
    String name = "pf-ioctl-vectors.json";
    Files.copy(VECTORS.resolve("freebsd").resolve(name), directory.resolve(name));

    Report report = run(Kind.freebsd, directory);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(56);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  private Report run(Kind kind, Path directory) throws IOException {
    return ConformanceCommand.run(kind, directory, new PrintWriter(out));
  }
}
