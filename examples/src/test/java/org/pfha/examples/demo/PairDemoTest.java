package org.pfha.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** The demo's claims are real: whatever breaks the pair makes it fail. */
class PairDemoTest {

  @Test
  void aHealthyPairKeepsEveryClaim() throws IOException {
    String printed = demo(Sabotage.none, true);
    assertThat(printed)
        .contains("3.390625 s of 3.390625 s")
        .contains("config digest")
        .doesNotContain("FAILED");
  }

  @Test
  void aSyncLinkThatDropsPacketsIsNoticed() throws IOException {
    assertThat(demo(Sabotage.pfsync, false))
        .contains("FAILED fw-b knows every connection of fw-a")
        .contains("FAILED fw-b still knows every connection");
  }

  @Test
  void aWrongPasswordIsNoticed() throws IOException {
    assertThat(demo(Sabotage.password, false))
        .contains("FAILED at most one master")
        .contains("FAILED fw-a takes over again");
  }

  @Test
  void aRefusedConfigPushIsNoticed() throws IOException {
    assertThat(demo(Sabotage.config, false))
        .contains("FAILED the secondary holds the primary's configuration")
        .contains("user hasync is not accepted");
  }

  @Test
  void aCertificateThatIsNotThePinnedOneIsNoticed() throws IOException {
    assertThat(demo(Sabotage.certificate, false))
        .contains("FAILED the secondary holds the primary's configuration")
        .contains("pinned is");
  }

  private static String demo(Sabotage sabotage, boolean expected) throws IOException {
    StringWriter printed = new StringWriter();
    boolean kept = new PairDemo(sabotage, new PrintWriter(printed)).run();
    assertThat(kept).as(printed.toString()).isEqualTo(expected);
    return printed.toString();
  }
}
