package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Live tests run, are skipped with one clear line, or fail where they are required. */
class NeedsLabTest {

  private static final Optional<String> NOT_ROOT = Optional.of("network namespaces need root");

  @Test
  void withoutRootAllAreSkippedAndOneLineSaysWhy() {
    boolean told = NeedsLab.Condition.TOLD.getAndSet(false);
    List<String> lines = new ArrayList<>();
    for (int test = 0; test < 3; test++) {
      assertThat(NeedsLab.Condition.decide(NOT_ROOT, null, lines::add).isDisabled()).isTrue();
    }
    NeedsLab.Condition.TOLD.set(told);
    assertThat(lines).containsExactly("live tests are skipped: network namespaces need root");
  }

  @Test
  void whereTheyAreRequiredTheyFailInstead() {
    assertThatThrownBy(() -> NeedsLab.Condition.decide(NOT_ROOT, "required", line -> {}))
        .hasMessage("PFHA_LIVE=required, but network namespaces need root");
  }

  @Test
  void withALabTheyRun() {
    assertThat(NeedsLab.Condition.decide(Optional.empty(), "required", line -> {}).isDisabled())
        .isFalse();
  }
}
