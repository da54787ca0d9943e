package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The shipped golden vectors of config sync, and that the kit would notice a difference. */
class XmlrpcVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/xmlrpc");

  private final StringWriter out = new StringWriter();

  @Test
  void everyVectorPasses() throws IOException {
    Report report = run(VECTORS);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).as(out.toString()).isEqualTo(1095);
    assertThat(out.toString()).doesNotContain("not covered");
    assertRefusals();
  }

  /** The first case was recorded with the primary of the top level, on another web port. */
  @ParameterizedTest
  @CsvSource({
    "pfsense/01-full-sync,config-primary.xml,2",
    "opnsense/03-restart-services,opnsense-config-primary.xml,8"
  })
  void thePrimaryOfTheTopLevelSendsWhatWasRecorded(
      String folder, String primary, int calls, @TempDir Path directory) throws IOException {
    copy(VECTORS.resolve(folder), directory.resolve("case"));
    int without = run(directory).passed();
    String config = Files.readString(VECTORS.resolve(primary));
    Path file = directory.resolve("case/primary.xml");
    Files.writeString(
        file, primary.startsWith("opn") ? config.replace("<port>443<", "<port>18090<") : config);
    Report report = run(directory);
    assertThat(report.failed()).as(out.toString()).isZero();
    // Each call, the end of the sync, and the file read and written.
    assertThat(report.passed()).isEqualTo(without + calls + 2);
  }

  /** What a library must not imitate is refused, and told. */
  private void assertRefusals() {
    List<String> refused =
        out.toString().lines().filter(line -> line.startsWith("refused by policy: ")).toList();
    assertThat(refused)
        .anyMatch(line -> line.contains("24-actions/04-exec-php") && line.contains("execution"))
        .anyMatch(line -> line.contains("new-uid-zero-user"))
        .anyMatch(line -> line.contains("list-tag-as-struct"))
        .anyMatch(line -> line.contains("18-doctype-internal-entity"));
    assertThat(refused.stream().filter(line -> line.contains("43-hostile"))).hasSize(11);
  }

  /** Copies one case, changes one text in one file, and expects the kit to say so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          random/case-0005      | secondary-after.xml  | <revision>   | <extra>x</extra><revision>
          random/case-0005      | effects.jsonl        | filter_configure | openvpn_resync_csc_all
          random/case-0005      | primary.xml          | 10.          | 11.
          pfsense/01-full-sync  | config-after.xml     | carp-lan-pass | other-pass
          pfsense/01-full-sync  | effects.jsonl        | 10.20.0.1    | 10.20.0.2
          pfsense/12-loop-detected | config-after.xml  | <hostname>fw2 | <hostname>fw3
          opnsense/01-full-sync | config-after.xml     | og2          | og3
          opnsense/01-full-sync | effects.jsonl        | 10.20.0.6    | 10.20.0.7
          """)
  void anotherValueIsNoticed(
      String folder, String file, String text, String other, @TempDir Path directory)
      throws IOException {
    copy(VECTORS.resolve(folder), directory.resolve("case"));
    Report before = run(directory);
    assertThat(before.failed()).as(out.toString()).isZero();

    Path changed = directory.resolve("case").resolve(file);
    String content = Files.readString(changed, StandardCharsets.ISO_8859_1);
    assertThat(content).contains(text);
    Files.writeString(changed, content.replace(text, other), StandardCharsets.ISO_8859_1);

    Report after = run(directory);
    assertThat(after.failed()).as(out.toString()).isPositive();
  }

  @Test
  void anotherValueOnTheWireIsNoticed(@TempDir Path directory) throws IOException {
    Files.writeString(
        directory.resolve("mine.jsonl"),
        "{\"name\":\"wrong\",\"value_xml\":\"<int>1</int>\",\"decoded\":{\"t\":\"int\",\"v\":\"2\"}}");

    Report report = run(directory);

    assertThat(report.failed()).as(out.toString()).isEqualTo(1);
    assertThat(out.toString()).contains("mine.jsonl#wrong");
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  private Report run(Path directory) throws IOException {
    return ConformanceCommand.run(Kind.xmlrpc, directory, new PrintWriter(out));
  }
}
