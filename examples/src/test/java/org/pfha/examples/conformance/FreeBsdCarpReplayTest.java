package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What running kernels did, the engine does too; and where it did not, that is noticed. */
class FreeBsdCarpReplayTest {

  private static final Path CAPTURES = Path.of("src/test/resources/vectors/freebsd");

  private final StringWriter out = new StringWriter();

  private Report run(Path file) throws IOException {
    Report report = new Report(new PrintWriter(out));
    covered(file, report);
    return report;
  }

  private static Set<String> covered(Path file, Report report) throws IOException {
    Path directory = Objects.requireNonNull(file.getParent());
    return FreeBsdCarpReplay.run(
        directory, directory.relativize(file).toString(), Json.parse(file), report);
  }

  @ParameterizedTest
  @CsvSource({
    "carp-failover-v4, 253",
    "carp-v4-1addr-skew0, 27",
    "carp-v4-3addr-skew0, 29",
    "carp-v6-1addr-skew0, 26",
    "carp-v4v6-skew0, 50",
  })
  void theEngineDoesWhatTheKernelDid(String capture, int checks) throws IOException {
    Report report = run(CAPTURES.resolve(capture + ".json"));

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).isEqualTo(checks);
  }

  /** Each line of the timeline matters, and so do password, address and time. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          configure vhid 1 advskew 100 | configure vhid 1 advskew 150 | sends at 13.928 s
          host1: interface down        | host1: interface up          | host1 role 3
          host1: sysctl net.inet.carp.preempt=1 | host1: sysctl net.inet.carp.preempt=0 | host1 role 5
          carp.demotion +240           | carp.demotion +20            | host1 sends at 28.144 s
          SIOCSVH state MASTER         | SIOCSVH state BACKUP         | host1 sends at 45.190 s
          change advskew to 200        | change advskew to 199        | host1 sends at 49.237 s
          host2: all virtual addresses removed | host2: interface up   | host2 role 9
          vrrppass                     | vrrppast                     | advert at 3.011 s
          10.1.0.10/24                 | 10.1.0.11/24                 | advert at 3.011 s
          "event": "host1: interface down" | "event": "host1: moon rises" | an action that is known
          "t": 12.525                  | "t": 12.925                  | host2 role 2
          "t": 12.522                  | "t": 12.622                  | time of frame 8
          cdea5a5de5ec0042             | cdea5a5de5ec0043             | frame 16
          """)
  void aDifferenceIsNoticed(String from, String to, String where, @TempDir Path directory)
      throws IOException {
    String json = Files.readString(CAPTURES.resolve("carp-failover-v4.json"));
    assertThat(json).contains(from);
    Path changed = directory.resolve("mine.json");
    Files.writeString(changed, json.replace(from, to));
    Files.copy(CAPTURES.resolve("carp-failover-v4.pcap"), directory.resolve("mine.pcap"));

    Report report = run(changed);

    assertThat(report.failed()).as(out.toString()).isPositive();
    assertThat(out.toString()).contains(where);
  }

  @Test
  void aCaptureThatWasCutOffIsNoticed(@TempDir Path directory) throws IOException {
    Path json = CAPTURES.resolve("carp-v4-1addr-skew0.json");
    byte[] pcap = Files.readAllBytes(CAPTURES.resolve("carp-v4-1addr-skew0.pcap"));
    Files.copy(json, directory.resolve("mine.json"));
    Files.write(directory.resolve("mine.pcap"), Arrays.copyOf(pcap, pcap.length - 10));

    run(directory.resolve("mine.json"));

    assertThat(out.toString()).contains("mine is read to its end", "TRUNCATED", "ipv4 count");
  }

  @Test
  void itSaysWhichFilesItHasRun() throws IOException {
    Report report = new Report(new PrintWriter(out));
    assertThat(covered(CAPTURES.resolve("carp-vectors.json"), report)).isEmpty();
    assertThat(covered(CAPTURES.resolve("carp-v4v6-skew0.json"), report))
        .containsExactlyInAnyOrder("carp-v4v6-skew0.json", "carp-v4v6-skew0.pcap");
  }
}
