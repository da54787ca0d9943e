package org.pfha.examples.pf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** {@code pfha states} and {@code pfha status}, on a simulated kernel and on none. */
class PfCommandsTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object command, String... arguments) {
    return new CommandLine(command)
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  @ParameterizedTest
  @ValueSource(strings = {"13.0", "13.1", "14", "15"})
  void statesAreListedOfEveryRelease(String release) {
    assertThat(run(new StatesCommand(), "--simulate", release, "-v")).isZero();
    assertThat(out.toString())
        .contains(
            "em1 tcp 198.51.100.7:443 <- 10.0.0.20:50123       ESTABLISHED:ESTABLISHED",
            "em0 tcp 192.0.2.1:61001 (10.0.0.20:50123) -> 198.51.100.7:443       ESTABLISHED",
            "all udp 2001:db8:1::53[53] <- 2001:db8::5[40000]       NO_TRAFFIC:SINGLE",
            "age 7s, expires in 53s",
            "id 0000000000000003 creator 11223301",
            "3 states of release " + release.substring(0, 2),
            release.equals("13.0") ? "by PACKED, simulated" : "by EXPORT, simulated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"13.0", "13.1", "14", "15"})
  void statusIsShownOfEveryRelease(String release) {
    assertThat(run(new StatusCommand(), "--simulate", release)).isZero();
    assertThat(out.toString())
        .contains(
            "pf of release " + release.substring(0, 2) + " (simulated): enabled since",
            "host id        11223301",
            "states         3 of 100000",
            "state-mismatch",
            "interface em0");
  }

  @Test
  void theLatestReleaseIsSimulatedUnlessSaid() {
    assertThat(run(new StatesCommand(), "--simulate")).isZero();
    assertThat(out.toString()).contains("3 states of release 15");
  }

  @Test
  void aReleaseThatIsNoneIsNamedWithThoseThereAre() {
    assertThat(run(new StatesCommand(), "--simulate", "12")).isEqualTo(2);
    assertThat(err.toString()).contains("'12' is no release to simulate", "13.0, 13.1, 14, 15");
  }

  @Test
  @DisabledOnOs(OS.FREEBSD)
  void elsewhereTheCommandSaysWhatItNeeds() {
    assertThat(run(new StatusCommand())).isOne();
    assertThat(err.toString())
        .contains("pfha status: pf is controlled on FreeBSD only", System.getProperty("os.name"));
  }
}
