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
import org.pfha.pfsync.wire.StateFormat;

/** The captures of two real kernels, and that the kit would notice if one differed. */
class PfsyncCaptureTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/freebsd-pfsync");

  private final StringWriter out = new StringWriter();

  @Test
  void packetsDumpsAndReplaysAgreeAndNothingIsLeftOut() throws IOException {
    Report report = run(VECTORS);

    assertThat(report.failed()).as(out.toString()).isZero();
    int packets = 19;
    int captures = 7;
    int dumps = 40;
    assertThat(report.passed()).isGreaterThan(packets + captures + 2 * dumps);
    assertThat(out.toString()).doesNotContain("not covered");
  }

  /** A peer's state number in the middle of a dump. */
  @Test
  void aDumpThatDiffersIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path dump = directory.resolve("pfsync-updreq.dump02.host2.states.bin");
    byte[] records = Files.readAllBytes(dump);
    records[StateFormat.V1301.layout().offset("src.seqlo") + 3] ^= 1;
    Files.write(dump, records);

    run(directory);

    assertThat(out.toString())
        .contains("FAILED pfsync-updreq.dump02.host2.states.bin")
        .contains("replica at pfsync-updreq.dump02.host2.states.bin");
  }

  /** What the sender holds is compared as well. */
  @Test
  void aSendersDumpThatDiffersIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path dump = directory.resolve("pfsync-updreq.dump03.host1.states.bin");
    byte[] records = Files.readAllBytes(dump);
    records[StateFormat.V1301.layout().offset("key[0].port[0]") + 1] ^= 1;
    Files.write(dump, records);

    run(directory);

    assertThat(out.toString()).contains("listener at pfsync-updreq.dump03.host1.states.bin");
  }

  /** One acknowledgement, lost: the kernel's packet left when ours would have waited. */
  @Test
  void aPacketThatIsMissingIsNoticed(@TempDir Path directory) throws IOException {
    copy(directory);
    Path file = directory.resolve("pfsync-defer-fixedkernel.t1syn.pcap");
    byte[] pcap = Files.readAllBytes(file);
    int at = 24;
    int records = 0;
    while (at < pcap.length) {
      int length = 16 + ((pcap[at + 8] & 0xff) | ((pcap[at + 9] & 0xff) << 8));
      int action = 16 + 14 + 20 + 20;
      if (pcap[at + action] == 2 && records++ == 0) {
        pcap[at + action] = 5; // the acknowledgement becomes a request
      }
      at += length;
    }
    assertThat(records).isPositive();
    Files.write(file, pcap);

    run(directory);

    assertThat(out.toString())
        .contains("FAILED pfsync-defer-fixedkernel.t1syn.pcap")
        .contains("FAILED pfsync-defer-fixedkernel.t1syn deferral of")
        .contains("FAILED pfsync-defer-fixedkernel.t1syn acknowledgements of host2");
  }

  @Test
  void aFileThatNobodyNamesIsNotCovered(@TempDir Path directory) throws IOException {
    copy(directory);
    Files.writeString(directory.resolve("other.bin"), "?");

    run(directory);

    assertThat(out.toString()).contains("not covered: other.bin");
  }

  private static void copy(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(VECTORS)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
  }

  private Report run(Path directory) throws IOException {
    return ConformanceCommand.run(Kind.freebsd, directory, new PrintWriter(out));
  }
}
