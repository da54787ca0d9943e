package org.pfha.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The work of which the collector's log is compared. */
class PauseBenchTest {

  @Test
  void makesTheSameGarbageBesideAFullTableAndAnEmptyOne() {
    assertThat(run("0")).matches("0 states, 0 MB of table, 10 MB of garbage\\R");
    assertThat(run("60000")).matches("60000 states, [12][0-9] MB of table, 10 MB of garbage\\R");
  }

  private static String run(String states) {
    StringWriter out = new StringWriter();
    CommandLine command = new CommandLine(new PauseBench()).setOut(new PrintWriter(out));
    assertThat(command.execute(states, "--megabytes", "10")).isZero();
    return out.toString();
  }
}
