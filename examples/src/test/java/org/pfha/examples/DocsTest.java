package org.pfha.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.examples.docs.Docs;
import org.pfha.examples.docs.Page;
import org.pfha.examples.start.QuickStart;
import org.pfha.examples.start.StateStart;
import org.pfha.examples.start.SyncStart;

/** What the pages say is so: samples compile, commands, names and links are there. */
class DocsTest {

  /** Names in backticks that look like Java and are the world's. */
  private static final Set<String> FOREIGN = Set.of("QuickStart.java");

  @TempDir private Path classes;

  @Test
  void everySampleCompiles() throws IOException {
    assertThat(Docs.samples(Page.all(), classes)).isEmpty();
  }

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    assertThat(Docs.links(Page.all())).isEmpty();
  }

  @Test
  void everyPageIsFoundFromTheReadme() throws IOException {
    assertThat(Docs.unreachable(Page.read("README.md"), Page.all())).isEmpty();
  }

  @Test
  void everyNameExists() throws IOException {
    assertThat(Docs.names(Page.all(), FOREIGN)).isEmpty();
  }

  @Test
  void everyCommandIsOne() throws IOException {
    assertThat(Docs.commands(Page.all(), Pfha.commandLine())).isEmpty();
  }

  @Test
  void theTwoCommandsAreThereForTheGateToCall() throws IOException {
    List<String> lines = Page.read("README.md").lines();
    assertThat(lines).anyMatch(line -> line.matches(" {4}mvn .*verify"));
    assertThat(lines).anyMatch(line -> line.matches(" {4}mvn .*pfha\\.jar demo"));
  }

  @Test
  void theQuickStartIsShortAndFailsOver() throws Exception {
    String quickStart = Page.read("README.md").blocks().get(0).text();
    assertThat(quickStart).contains("class QuickStart");
    assertThat(quickStart.lines().filter(line -> !line.isBlank() && !line.startsWith("import")))
        .hasSizeLessThanOrEqualTo(30);
    assertThat(printedBy(() -> QuickStart.main(new String[0])))
        .contains("MASTER / BACKUP", "INIT / MASTER");
  }

  @Test
  void theConnectionSurvives() throws Exception {
    assertThat(printedBy(() -> StateStart.main(new String[0])))
        .contains("fw-b is MASTER and knows:", "[198.51.100.7]:50000");
  }

  @Test
  void theConfigurationArrives() throws Exception {
    assertThat(printedBy(() -> SyncStart.main(new String[0])))
        .contains("+ rules: 12 bytes", "apply [rules]", "verified: true");
  }

  private interface Program {
    void run() throws Exception;
  }

  private static String printedBy(Program program) throws Exception {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      program.run();
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
