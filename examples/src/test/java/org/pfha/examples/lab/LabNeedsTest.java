package org.pfha.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Where there is no lab to be had, the reason is one that helps. */
class LabNeedsTest {

  private static final Set<String> THERE = Set.of("ip", "tcpdump", "ucarp");

  @Test
  void rootOnLinuxWithThePackagesHasEverything() {
    assertThat(Lab.missing("Linux", "root", THERE::contains, "ucarp")).isEmpty();
  }

  @Test
  void whoIsNotRootIsTold() {
    assertThat(Lab.missing("Linux", "nobody", THERE::contains, "ucarp"))
        .contains("network namespaces need root; this is nobody");
  }

  @Test
  void anotherSystemIsNamed() {
    assertThat(Lab.missing("FreeBSD", "root", THERE::contains))
        .contains("network namespaces are Linux's; this is FreeBSD");
  }

  @Test
  void everyMissingPackageIsNamed() {
    assertThat(Lab.missing("Linux", "root", program -> false, "keepalived"))
        .contains("not installed: ip, tcpdump, keepalived");
  }
}
