package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.pf.device.InMemoryPf.Release;
import org.pfha.pf.device.PfRules.Ruleset;

/** Limits, timeouts, interfaces, source nodes and rules, by each release's requests. */
class PfSettingsTest {

  private final List<String> journal = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void limitsAreReadAndSet(Release release) throws IOException {
    try (PfDevice device = Kernels.open(Kernels.of(release), Danger.LOWER_LIMITS)) {
      PfSettings settings = device.settings();
      assertThat(settings.setLimit(PfLimit.STATES, 200_000)).isEqualTo(100_000);
      assertThat(settings.limit(PfLimit.STATES)).isEqualTo(200_000);
      assertThat(settings.setLimit(PfLimit.STATES, 50_000)).isEqualTo(200_000);
      if (release == Release.V15) {
        assertThat(settings.limit(PfLimit.ANCHORS)).isPositive();
        settings.setLimit(PfLimit.SOURCE_NODES, 0);
      } else {
        assertThatThrownBy(() -> settings.limit(PfLimit.ANCHORS))
            .asInstanceOf(throwable(PfException.class))
            .returns(Errno.EINVAL.code, PfException::errno);
        assertThatThrownBy(() -> settings.setLimit(PfLimit.SOURCE_NODES, 0))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("no limit from release 15 only");
      }
      assertThatThrownBy(() -> settings.setLimit(PfLimit.STATES, 1L << 32))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void timeoutsAreReadAndSet(Release release) throws IOException {
    try (PfDevice device = Kernels.open(Kernels.of(release), Danger.LOWER_LIMITS)) {
      PfSettings settings = device.settings();
      assertThat(settings.timeout(PfTimeout.TCP_ESTABLISHED)).isEqualTo(86_400);
      assertThat(settings.setTimeout(PfTimeout.UDP_SINGLE, 45)).isEqualTo(30);
      assertThat(settings.timeout(PfTimeout.UDP_SINGLE)).isEqualTo(45);
      settings.setTimeout(PfTimeout.INTERVAL, 0);
      assertThat(settings.timeout(PfTimeout.INTERVAL)).as("the kernel makes it 1").isOne();
      if (release.major() < 14) {
        assertThatThrownBy(() -> settings.timeout(PfTimeout.SCTP_FIRST))
            .asInstanceOf(throwable(PfException.class))
            .returns(Errno.EINVAL.code, PfException::errno);
      } else {
        assertThat(settings.timeout(PfTimeout.SCTP_FIRST)).isEqualTo(120);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSmallSettingsAreWhereTheReleaseHasThem(Release release) throws IOException {
    try (PfDevice device =
        Kernels.open(Kernels.of(release), Danger.RESET_STATISTICS, Danger.CHANGE_HOST_ID)) {
      PfSettings settings = device.settings();
      settings.clearStatus();
      settings.clearRuleCounters();
      settings.setHostId(0);
      if (release == Release.V13_0) {
        assertThatThrownBy(() -> settings.setKeepCounters(true))
            .isInstanceOf(PfUnsupportedException.class);
        assertThatThrownBy(() -> settings.setSynCookies(new SynCookies(true, false, 0, 0, 0)))
            .isInstanceOf(PfUnsupportedException.class);
      } else {
        settings.setKeepCounters(true);
        settings.setSynCookies(new SynCookies(true, true, 1000, 500, 0));
        assertThat(settings.synCookies())
            .returns(true, SynCookies::enabled)
            .returns(true, SynCookies::adaptive)
            .returns(1000L, SynCookies::highWater)
            .returns(500L, SynCookies::lowWater);
      }
      if (release.major() < 14) {
        assertThatThrownBy(() -> settings.setReassembly(true, true))
            .isInstanceOf(PfUnsupportedException.class);
      } else {
        settings.setReassembly(true, true);
        assertThat(device.status().reassembly()).isEqualTo(3);
        settings.setReassembly(false, true);
        assertThat(device.status().reassembly()).as("one means nothing alone").isZero();
      }
    }
    assertThatThrownBy(() -> new SynCookies(true, true, 10, 10, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("low mark 10");
  }

  @ParameterizedTest
  @EnumSource
  void allInterfacesAreListedThoughTheKernelDoesNotSayHowMany(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    for (int i = 0; i < 300; i++) {
      kernel.addInterface("vlan" + i);
    }
    kernel.addInterfaceGroup("egress", "em0", "em1");
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal), Danger.SKIP_INTERFACE)) {
      List<PfInterface> all = device.interfaces().list("");
      assertThat(all).hasSizeGreaterThanOrEqualTo(303);
      assertThat(all).extracting(PfInterface::name).contains("vlan299", "em0", "egress");
      assertThat(all.stream().filter(PfInterface::isGroup).map(PfInterface::name))
          .contains("egress");
      // 64, 128, 256, 512: too small a buffer is answered with one more than it holds
      assertThat(Kernels.requests(journal, PfRequest.DIOCIGETIFACES)).hasSize(4);
      device.interfaces().setSkip("em0", true);
      assertThat(device.interfaces().list("em0"))
          .singleElement()
          .returns(true, PfInterface::isSkipped);
      device.interfaces().setSkip("em0", false);
      assertThat(device.interfaces().list("em0"))
          .singleElement()
          .returns(false, PfInterface::isSkipped);
      assertThatThrownBy(() -> device.interfaces().setSkip("", true))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sourceNodesAreReadByTheLayoutOfTheRelease(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    SourceNode node =
        new SourceNode(
            InetAddresses.forString("10.0.0.1"),
            InetAddresses.forString("192.0.2.1"),
            3,
            4,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8);
    for (int i = 0; i < 200; i++) {
      byte[] record = new byte[Layouts.PF_SRC_NODE.size()];
      node.encode(Struct.wrap(record), 0, release.major());
      kernel.addSourceNode(record);
    }
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.sourceNodes().list()).hasSize(200).containsOnly(node);
      assertThat(device.sourceNodes().kill(HostMatch.of("10.9.9.9"), HostMatch.ANY)).isZero();
      assertThatThrownBy(() -> device.sourceNodes().kill(HostMatch.ANY, HostMatch.ANY))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("clear()");
      assertThat(device.sourceNodes().kill(HostMatch.of("10.0.0.0/24"), HostMatch.ANY))
          .isEqualTo(200);
      device.sourceNodes().clear();
      assertThat(device.sourceNodes().list()).isEmpty();
    }
  }

  private static NvList rule(int action, String label, long evaluations) {
    NvList network =
        NvList.builder()
            .number("type", 0)
            .list(
                "addr",
                NvList.builder()
                    .binary("addr", new byte[] {10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                    .build())
            .list("mask", NvList.builder().binary("addr", Struct.mask(16)).build())
            .build();
    return NvList.builder()
        .number("action", action)
        .number("direction", 1)
        .number("af", 2)
        .number("proto", 6)
        .number("keep_state", 1)
        .text("ifname", "em0")
        .texts("labels", List.of(label))
        .list(
            "src",
            NvList.builder()
                .list("addr", network)
                .numbers("port", Struct.rawPort(1024), Struct.rawPort(65535))
                .number("neg", 1)
                .number("port_op", 9)
                .build())
        .number("evaluations", evaluations)
        .numbers("packets", 11, 12)
        .numbers("bytes", 13, 14)
        .number("states_cur", 15)
        .number("states_tot", 16)
        .number("src_nodes", 17)
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void rulesAreReadWithTheirCountersAndNothingIsReset(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.addRule("", rule(0, "web", 100));
    kernel.addRule("", rule(1, "rest", 200));
    kernel.addRule("", rule(4, "out", 300));
    kernel.addRule("sub", rule(0, "inner", 400));
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      for (int times = 0; times < 2; times++) {
        List<PfRule> rules = device.rules().list(Ruleset.FILTER, "");
        assertThat(rules).extracting(PfRule::number).containsExactly(0, 1);
        assertThat(rules).extracting(PfRule::evaluations).containsExactly(100L, 200L);
        PfRule first = rules.get(0);
        assertThat(first.labels()).containsExactly("web");
        assertThat(first.ifname()).isEqualTo("em0");
        assertThat(first.src()).hasToString("! 10.1.0.0/16 port " + PortMatch.range(1024, 65535));
        assertThat(
                List.of(first.packetsIn(), first.packetsOut(), first.bytesIn(), first.bytesOut()))
            .containsExactly(11L, 12L, 13L, 14L);
        assertThat(List.of(first.states(), first.statesCreated(), first.sourceNodes()))
            .containsExactly(15L, 16L, 17L);
      }
      assertThat(device.rules().list(Ruleset.NAT, ""))
          .extracting(PfRule::evaluations)
          .containsExactly(300L);
      assertThat(device.rules().anchors("")).containsExactly("sub");
      assertThat(device.rules().list(Ruleset.FILTER, "sub"))
          .extracting(PfRule::evaluations)
          .containsExactly(400L);
      assertThat(device.rules().list(Ruleset.RDR, "")).isEmpty();
      assertThatThrownBy(() -> device.rules().list(Ruleset.FILTER, "nowhere"))
          .isInstanceOf(PfAbsentException.class)
          .hasMessageContaining("nowhere");
    }
    assertThat(journal.toString()).doesNotContain("636c6561725f636f756e746572"); // clear_counter
    assertThat(Kernels.requests(journal, PfRequest.DIOCGETRULE))
        .as("action 0, never 1, which would clear")
        .allMatch(line -> line.split(" ", -1)[3].startsWith("00000000"));
  }

  @Test
  void rulesThatWereLoadedMeanwhileAreReadAgain() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.addRule("", rule(0, "web", 100));
    kernel.failNext(PfRequest.DIOCGETRULENV, Errno.EBUSY.code);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.rules().list(Ruleset.FILTER, "")).hasSize(1);
      for (int i = 0; i < 10; i++) {
        kernel.failNext(PfRequest.DIOCGETRULENV, Errno.EBUSY.code);
      }
      assertThatThrownBy(() -> device.rules().list(Ruleset.FILTER, ""))
          .isInstanceOf(PfStaleTicketException.class);
    }
  }
}
