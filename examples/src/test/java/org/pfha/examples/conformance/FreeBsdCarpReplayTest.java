package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What running kernels did, the engine does too; and where it did not, that is noticed. */
class FreeBsdCarpReplayTest {

  private static final Path CAPTURES = Path.of("src/test/resources/vectors/freebsd");

  private final StringWriter out = new StringWriter();

  private Report run(Path file) throws IOException {
    Report report = new Report(new PrintWriter(out));
    FreeBsdCarpReplay.run(file, report);
    return report;
  }

  @ParameterizedTest
  @CsvSource({
    "carp-failover-v4, 1",
    "carp-v4-1addr-skew0, 1",
    "carp-v4-3addr-skew0, 1",
    "carp-v6-1addr-skew0, 1",
    "carp-v4v6-skew0, 1",
  })
  void theEngineDoesWhatTheKernelDid(String capture, int checks) throws IOException {
    Report report = run(CAPTURES.resolve(capture + ".json"));

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(checks);
  }
}
