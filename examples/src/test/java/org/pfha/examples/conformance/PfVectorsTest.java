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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel interface by its golden vectors, and that the kit would notice a wrong one. */
class PfVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors");
  private static final String CALLS = "pf-ioctl-vectors.json";

  private final StringWriter out = new StringWriter();

  @Test
  void everyVectorOfTheDirectoryPasses() throws IOException {
    Report report = run(Kind.pf, VECTORS.resolve("pf"));

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(838);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @Test
  void everyCallRecordedOnAKernelIsMadeAndUnderstood(@TempDir Path directory) throws IOException {
    Files.copy(VECTORS.resolve("freebsd").resolve(CALLS), directory.resolve(CALLS));

    Report report = run(Kind.freebsd, directory);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(62);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  @ParameterizedTest
  @CsvSource({
    "ioctls.csv, 0xc0104419, 0xc0104418, DIOCGETSTATES",
    "layout-freebsd15-amd64.csv, 'pf_src_node,ruletype,130', 'pf_src_node,ruletype,129', pf_src",
    "layout-linux-amd64.csv, 'nlmsghdr,nlmsg_seq,8', 'nlmsghdr,nlmsg_seq,4', nlmsghdr",
    "sizes-by-abi.csv, 'pf_src_node,136', 'pf_src_node,140', pf_src_node",
    "pf-constants.csv, 'PFTM_SCTP_CLOSED,,24,24', 'PFTM_SCTP_CLOSED,,24,25', PFTM_SCTP_CLOSED",
    "structs.json, '\"advskew\": 195', '\"advskew\": 196', carpreq",
    "structs.json, '\"updates\": 226', '\"updates\": 227', pfsync_state"
  })
  void oneWrongNumberIsNoticed(
      String file, String right, String wrong, String named, @TempDir Path directory)
      throws IOException {
    String text = Files.readString(VECTORS.resolve("pf").resolve(file));
    assertThat(text).contains(right);
    Files.writeString(directory.resolve(file), text.replaceFirst(right, wrong));

    assertThat(run(Kind.pf, directory).failed()).isPositive();
    assertThat(out.toString()).contains("FAILED").contains(named);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"code\": \"0xc0044456\"', '\"code\": \"0xc0044457\"'",
    "'\"00000000000000000000000000000000020000000600', '\"00000000000000000000000000000000020100000600'",
    "'\"output\": \"d6020000', '\"output\": \"d7020000'"
  })
  void oneWrongByteOfACallIsNoticed(String right, String wrong, @TempDir Path directory)
      throws IOException {
    String text = Files.readString(VECTORS.resolve("freebsd").resolve(CALLS));
    assertThat(text).contains(right);
    Files.writeString(directory.resolve(CALLS), text.replaceFirst(right, wrong));

    assertThat(run(Kind.freebsd, directory).failed()).isPositive();
  }

  @Test
  void tablesUnderOtherNamesAreKnownByTheirColumns(@TempDir Path directory) throws IOException {
    int number = 0;
    try (Stream<Path> files = Files.list(VECTORS.resolve("pf"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".csv")).sorted().toList()) {
        Files.copy(file, directory.resolve("table" + number++ + ".csv"));
      }
    }

    Report report = run(Kind.pf, directory);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isGreaterThan(400);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  private Report run(Kind kind, Path directory) throws IOException {
    return ConformanceCommand.run(kind, directory, new PrintWriter(out));
  }
}
