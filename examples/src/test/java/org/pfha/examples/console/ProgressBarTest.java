package org.pfha.examples.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A bar on a terminal, lines elsewhere. */
class ProgressBarTest {

  private static final int MUCH = 1000;

  private final StringWriter out = new StringWriter();
  private long now = 77;

  private ProgressBar bar(boolean terminal) {
    return new ProgressBar(
        new PrintWriter(out), terminal, () -> now, Long::toString, "states", MUCH);
  }

  private void pass(double seconds) {
    now += (long) (seconds * Duration.ofSeconds(1).toNanos());
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }

  @Test
  void aTerminalSeesABarThatIsDrawnAgainWithRateAndRemainingTime() {
    ProgressBar bar = bar(true);
    for (int done = 0; done <= 400; done += 10) {
      bar.show("received", done, OptionalLong.of(400));
      pass(0.1);
    }
    assertThat(out.toString())
        .contains(
            "\r\u001b[Kreceived  [###########.............................]  27 %  110 of 400"
                + " states, 100 states/s, 3 s left");
    assertThat(out.toString()).endsWith("100 %  400 of 400 states, 100 states/s\n");
    assertThat(out.toString().chars().filter(c -> c == '\n').count())
        .as("one line for all of it")
        .isEqualTo(1);
    assertThat(out.toString().chars().filter(c -> c == '\r').count())
        .as("not at every step")
        .isBetween(10L, 25L);
  }

  @Test
  void aFileGetsPlainLinesNowAndThen() {
    ProgressBar bar = bar(false);
    for (int done = 0; done <= 6000; done += 10) {
      bar.show("sent", done, OptionalLong.of(6000));
      pass(0.05);
    }
    assertThat(out.toString()).doesNotContain("\r").doesNotContain("\u001b");
    assertThat(lines()).hasSizeBetween(6, 9).allMatch(line -> line.startsWith("sent "));
    assertThat(lines().get(lines().size() - 1)).contains("100 %  6000 of 6000 states");
    assertThat(lines().get(1)).contains("left");
  }

  @Test
  void whatTakesNoTimeShowsNothingUnlessItWasMuch() {
    ProgressBar bar = bar(true);
    bar.show("sent", 10, OptionalLong.of(10));
    bar.end();
    assertThat(out.toString()).isEmpty();
    bar.show("sent", MUCH, OptionalLong.of(MUCH));
    assertThat(out.toString()).contains("100 %");
  }

  @Test
  void withoutATotalItTellsWhatThereIs() {
    ProgressBar bar = bar(false);
    bar.show("received", 0, OptionalLong.empty());
    pass(2);
    bar.show("received", 100, OptionalLong.empty());
    assertThat(lines()).containsExactly("received  100 states, 50 states/s");
  }

  @Test
  void anotherActivityBeginsAnew() {
    ProgressBar bar = bar(false);
    bar.show("sent", 0, OptionalLong.of(100));
    pass(1);
    bar.show("sent", 50, OptionalLong.of(100));
    bar.show("received", 0, OptionalLong.of(100));
    pass(1);
    bar.show("received", 10, OptionalLong.of(100));
    assertThat(lines()).hasSize(2);
    assertThat(lines().get(1)).contains("10 %", "10 states/s", "9 s left");
  }

  @Test
  void moreThanExpectedIsNoMoreThanAll() {
    ProgressBar bar = bar(true);
    bar.show("received", 0, OptionalLong.of(10));
    pass(1);
    bar.show("received", 30, OptionalLong.of(10));
    assertThat(out.toString()).contains("100 %  30 of 10 states").doesNotContain("left");
  }
}
