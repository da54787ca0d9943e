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
import org.pfha.pf.PfState;
import org.pfha.pf.StateRoute;
import org.pfha.pf.device.InMemoryPf.Release;

/** Listing, getting, inserting, killing and clearing states, by each release's requests. */
class PfStatesTest {

  private final List<String> journal = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void statesAreInsertedFoundListedAndKilled(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().add(Kernels.udp(1))).isTrue();
      assertThat(device.states().add(Kernels.tcp6(2))).isTrue();
      assertThat(device.states().add(Kernels.udp(1))).as("already there").isFalse();

      assertThat(device.states().get(1, Kernels.HOST))
          .hasValueSatisfying(
              state -> {
                assertThat(state.wire()).isEqualTo(Kernels.udp(1).wire());
                assertThat(state.expire()).isEqualTo(60);
              });
      assertThat(device.states().get(99, Kernels.HOST)).isEmpty();
      assertThat(Kernels.list(device)).extracting(PfState::id).containsExactlyInAnyOrder(1L, 2L);

      assertThat(device.states().kill(KillFilter.ofState(1, Kernels.HOST))).isOne();
      assertThat(device.states().kill(KillFilter.ofState(1, Kernels.HOST)))
          .as("nothing left of that name")
          .isZero();
      assertThat(device.states().kill(KillFilter.EMPTY.proto(6).to(HostMatch.of("2001:db8::3"))))
          .isLessThanOrEqualTo(1);
    }
    assertThat(kernel.openDescriptors()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void theFirstMethodThatTheKernelKnowsIsTaken(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      StateListing listing = device.states().list(state -> {});
      assertThat(listing.states()).isOne();
      assertThat(listing.method())
          .isEqualTo(
              release == Release.V13_0 ? StateListing.Method.PACKED : StateListing.Method.EXPORT);
      device.states().list(state -> {});
      assertThat(Kernels.requests(journal, PfRequest.DIOCGETSTATESV2))
          .as("an unknown request is made once")
          .hasSize(release == Release.V13_0 ? 1 : 4);
    }
  }

  @Test
  void aKernelWithoutTheCompatibilityOptionIsReadByNetlink() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V15);
    kernel.compatible(false);
    for (int i = 1; i <= 500; i++) {
      kernel.insert(Kernels.udp(i));
    }
    List<PfState> states = new ArrayList<>();
    try (PfDevice device = Kernels.open(kernel)) {
      StateListing listing = device.states().list(states::add);
      assertThat(listing.method()).isEqualTo(StateListing.Method.NETLINK);
      assertThat(listing.bufferBytes()).isZero();
    }
    assertThat(states).extracting(PfState::id).doesNotHaveDuplicates().hasSize(500);
    assertThat(states.get(0).wire()).isEqualTo(Kernels.udp((int) states.get(0).id()).wire());
    assertThat(kernel.openDescriptors()).isZero();
  }

  @Test
  void netlinkThatIsStricterThanTheDeviceIsPassedOver() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V15);
    kernel.insert(Kernels.udp(1));
    kernel.failNext(PfRequest.DIOCGETSTATESV2, Errno.ENODEV.code);
    kernel.failNextNetlink(1, Errno.EPERM.code);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().list(state -> {}).method()).isEqualTo(StateListing.Method.PACKED);
    }
  }

  @Test
  void anEmptyFilterIsRefusedAndNothingIsAsked() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.insert(Kernels.udp(1));
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal), Danger.FLUSH_STATES)) {
      int before = journal.size();
      for (KillFilter empty :
          List.of(
              KillFilter.EMPTY,
              KillFilter.EMPTY.andMatching(),
              KillFilter.EMPTY.from(HostMatch.ANY.not()),
              KillFilter.EMPTY.from(new HostMatch(null, 0, true, PortMatch.ANY)))) {
        assertThatThrownBy(() -> device.states().kill(empty))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("flush()");
      }
      assertThatThrownBy(() -> device.states().clear(""))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(journal).hasSize(before);
      assertThat(kernel.table().size()).isOne();
      assertThat(device.states().flush()).as("on purpose").isOne();
    }
  }

  @Test
  void aCreatorAloneWouldMatchEverythingAndIsRefused() {
    assertThatThrownBy(
            () ->
                new KillFilter(
                    0,
                    7,
                    0,
                    300,
                    HostMatch.of("10.0.0.0/8"),
                    HostMatch.ANY,
                    HostMatch.ANY,
                    "",
                    "",
                    false,
                    false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("name the state's id", "protocol 300", "needs family 2");
  }

  @ParameterizedTest
  @EnumSource
  void clearingLooksAtTheInterfaceOnly(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    kernel.insert(Kernels.tcp6(2));
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().clear("em0")).isOne();
      assertThat(Kernels.list(device)).extracting(PfState::id).containsExactly(1L);
    }
  }

  @ParameterizedTest
  @EnumSource
  void killingComparesAddressesPortsAndLabels(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    for (int i = 1; i <= 20; i++) {
      kernel.insert(Kernels.udp(i));
    }
    kernel.insert(Kernels.tcp6(100));
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().kill(KillFilter.EMPTY.proto(6))).isOne();
      // outbound: index 1 is the source
      KillFilter some =
          KillFilter.EMPTY
              .from(HostMatch.of("10.1.0.0/24").withPorts(PortMatch.range(1024 + 3, 1024 + 5)))
              .to(HostMatch.of("10.2.0.0/16").withPorts(PortMatch.of(53)));
      assertThat(device.states().kill(some)).isEqualTo(3);
      assertThat(device.states().kill(some)).isZero();
      assertThat(device.states().kill(KillFilter.EMPTY.from(HostMatch.of("10.1.0.50").not())))
          .as("negated")
          .isZero();
      assertThat(device.states().kill(KillFilter.EMPTY.label("no such label"))).isZero();
      assertThat(kernel.table().size()).isEqualTo(17);
    }
  }

  @Test
  void aCountThatIsLostIsNotAskedForAgain() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.failNext(PfRequest.DIOCKILLSTATESNV, Errno.ENOSPC.code);
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      assertThatThrownBy(() -> device.states().kill(KillFilter.EMPTY.proto(17)))
          .isInstanceOf(PfCountLostException.class)
          .hasMessageContaining("do not repeat");
      assertThat(Kernels.requests(journal, PfRequest.DIOCKILLSTATESNV)).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatAReleaseCannotCompareIsRefusedNotIgnored(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    try (PfDevice device = Kernels.open(kernel)) {
      KillFilter translated = KillFilter.EMPTY.from(HostMatch.of("10.9.0.1")).asTranslated();
      if (release == Release.V15) {
        assertThat(device.states().kill(translated)).isZero();
      } else {
        assertThatThrownBy(() -> device.states().kill(translated))
            .isInstanceOf(PfUnsupportedException.class)
            .hasMessageContaining("translated");
      }
      KillFilter routed = KillFilter.EMPTY.via(HostMatch.of("192.0.2.1"));
      if (release == Release.V13_0) {
        assertThatThrownBy(() -> device.states().kill(routed))
            .isInstanceOf(PfUnsupportedException.class);
      } else {
        assertThat(device.states().kill(routed)).isZero();
      }
      assertThat(kernel.table().size()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStateIsInsertedInTheWayThatEveryReleaseTakes(Release release) throws IOException {
    PfState routed =
        Kernels.udp(1).toBuilder()
            .rule(0)
            .anchor(3)
            .natRule(4)
            .route(new StateRoute(2, "em1", InetAddresses.forString("192.0.2.1")))
            .build();
    InMemoryPf kernel = Kernels.of(release);
    kernel.addRule("", NvList.builder().number("action", 0).build());
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(device.states().add(routed)).isTrue();
      PfState there = device.states().get(1, Kernels.HOST).orElseThrow();
      assertThat(there.rule()).isEqualTo(PfState.NONE);
      assertThat(there.route().address()).isNull();
      if (release == Release.V15) {
        PfState onItsRule = Kernels.udp(2).toBuilder().rule(0).build();
        assertThatThrownBy(() -> device.states().addOnItsRule(onItsRule))
            .asInstanceOf(throwable(PfException.class))
            .returns(Errno.EINVAL.code, PfException::errno);
      }
    }
  }

  @Test
  void insertingSaysWhatIsMissing() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.pfsyncLoaded(false);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThatThrownBy(() -> device.states().add(Kernels.udp(1)))
          .isInstanceOf(PfModuleException.class)
          .hasMessageContaining("kldload pfsync");
      kernel.pfsyncLoaded(true);
      for (PfState refused :
          List.of(
              Kernels.udp(1).createdBy(1, 0),
              Kernels.udp(1).toBuilder().ifname("nope0").build(),
              Kernels.udp(1).toBuilder().timeout(25).build())) {
        assertThatThrownBy(() -> device.states().add(refused))
            .asInstanceOf(throwable(PfException.class))
            .returns(Errno.EINVAL.code, PfException::errno);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTranslationIsLookedUp(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    PfState state = Kernels.udp(7);
    kernel.insert(state);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThat(
              device
                  .states()
                  .translation(
                      state.stack().address(1),
                      state.stack().port1(),
                      state.stack().address(0),
                      53,
                      17,
                      PfState.OUT))
          .hasValueSatisfying(
              found -> {
                assertThat(found.translatedSrc()).isEqualTo(state.wire().address(1));
                assertThat(found.translatedDstPort()).isEqualTo(53);
              });
      assertThat(
              device
                  .states()
                  .translation(
                      state.stack().address(1), 1, state.stack().address(0), 53, 17, PfState.OUT))
          .isEmpty();
    }
  }

  @Test
  void aRequestNvlistThatFitsIsAsTheGoldenOne() {
    KillFilter filter =
        KillFilter.EMPTY
            .proto(6)
            .from(HostMatch.of("192.0.2.0/24"))
            .to(HostMatch.of("198.51.100.7").withPorts(PortMatch.of(443)))
            .on("em0")
            .label("web")
            .andMatching();
    assertThat(filter.toNv(14).toBytes()).isEqualTo(Csv.bytes("nv-kill-v4.bin"));
    assertThat(filter.toNv(15).bool("nat")).contains(false);
  }
}
