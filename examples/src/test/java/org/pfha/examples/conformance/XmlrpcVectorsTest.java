package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The shipped golden vectors of config sync, and that the kit would notice a difference. */
class XmlrpcVectorsTest {

  private static final Path VECTORS = Path.of("src/test/resources/vectors/xmlrpc");

  private final StringWriter out = new StringWriter();

  @Test
  void everyVectorThatIsBuiltPasses() throws IOException {
    Report report = run(VECTORS);

    assertThat(report.failed()).as(out.toString()).isZero();
    assertThat(report.passed()).as(out.toString()).isEqualTo(4 + 2 + 39 + 77);
    assertThat(out.toString()).contains("not covered: wire/ixr-decode.jsonl");
  }

  @Test
  void oneOtherValueIsNoticed(@TempDir Path directory) throws IOException {
    for (String name : new String[] {"config-primary.xml", "config-secondary.xml"}) {
      Files.copy(VECTORS.resolve(name), directory.resolve(name));
    }
    String expected = Files.readString(VECTORS.resolve("expected-secondary-after-sync.xml"));
    String changed = expected.replaceFirst("<advskew>100</advskew>", "<advskew>99</advskew>");
    assertThat(changed).isNotEqualTo(expected);
    Files.writeString(directory.resolve("expected-secondary-after-sync.xml"), changed);
    Files.writeString(
        directory.resolve("mine.jsonl"),
        "{\"name\":\"wrong\",\"value_xml\":\"<int>1</int>\",\"decoded\":{\"t\":\"int\",\"v\":\"2\"}}");

    Report report = run(directory);

    assertThat(report.failed()).as(out.toString()).isEqualTo(2);
    assertThat(report.passed()).isEqualTo(3);
    assertThat(out.toString()).contains("virtualip/vip", "mine.jsonl#wrong");
  }

  private Report run(Path directory) throws IOException {
    return ConformanceCommand.run(Kind.xmlrpc, directory, new PrintWriter(out));
  }
}
