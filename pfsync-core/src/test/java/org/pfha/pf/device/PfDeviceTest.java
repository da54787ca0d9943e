package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.throwable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.net.sys.SystemCallException;
import org.pfha.pf.device.InMemoryPf.Release;

/** Opening, status, start and stop, and what every refusal is called. */
class PfDeviceTest {

  private final List<String> journal = new ArrayList<>();

  @ParameterizedTest
  @EnumSource
  void statusIsReadByTheRequestOfTheRelease(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal), Danger.CHANGE_HOST_ID)) {
      assertThat(device.release()).isEqualTo(release.major());
      assertThat(device.start()).isTrue();
      device.settings().setHostId(Kernels.HOST);
      device.settings().setDebug(2);
      device.settings().setStatusInterface("em0");

      PfStatus status = device.status();

      assertThat(status.running()).isTrue();
      assertThat(status.states()).isOne();
      assertThat(status.hostId()).isEqualTo(Kernels.HOST);
      assertThat(status.debug()).isEqualTo(2);
      assertThat(status.ifname()).isEqualTo("em0");
      assertThat(status.reasons()).containsKey("state-mismatch");
      assertThat(status.stateCounters()).containsEntry("inserts", 1L);
      assertThat(status.packets()).hasSize(8);
      device.settings().setStatusInterface("");
      assertThat(device.status().ifname()).isEmpty();
      boolean structure = release == Release.V13_0;
      assertThat(Kernels.requests(journal, PfRequest.DIOCGETSTATUSNV)).hasSize(structure ? 1 : 2);
      assertThat(Kernels.requests(journal, PfRequest.DIOCGETSTATUS)).hasSize(structure ? 2 : 0);
    }
  }

  @Test
  void aReplyThatDoesNotFitIsAskedForAgainWithTwiceTheRoom() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    kernel.failNext(PfRequest.DIOCGETSTATUSNV, Errno.ENOSPC.code);
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      assertThat(device.status().running()).isFalse();
    }
    List<String> asked = Kernels.requests(journal, PfRequest.DIOCGETSTATUSNV);
    // length of the empty request, then the capacity: little-endian longs behind the pointer
    assertThat(asked.get(0))
        .contains(" 0000000000000000" + "1300000000000000" + "0010000000000000");
    assertThat(asked.get(1))
        .contains(" 0000000000000000" + "1300000000000000" + "0020000000000000");
  }

  @ParameterizedTest
  @EnumSource
  void startingAndStoppingAreIdempotent(Release release) throws IOException {
    for (boolean compatible : new boolean[] {true, false}) {
      InMemoryPf kernel = Kernels.of(release);
      kernel.compatible(compatible || release != Release.V15);
      try (PfDevice device = Kernels.open(kernel, Danger.STOP_FILTER)) {
        assertThat(device.start()).isTrue();
        assertThat(device.start()).isFalse();
        assertThat(device.status().running()).isTrue();
        assertThat(device.stop()).isTrue();
        assertThat(device.stop()).isFalse();
        assertThat(device.status().running()).isFalse();
      }
      assertThat(kernel.openDescriptors()).isZero();
    }
  }

  @Test
  void dangersAreRefusedUnlessAccepted() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V15);
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      int before = journal.size();
      refused(Danger.STOP_FILTER, device::stop);
      refused(Danger.FLUSH_STATES, () -> device.states().flush());
      refused(Danger.SKIP_INTERFACE, () -> device.interfaces().setSkip("em0", true));
      refused(Danger.CHANGE_HOST_ID, () -> device.settings().setHostId(1));
      refused(Danger.RESET_STATISTICS, () -> device.settings().clearStatus());
      refused(Danger.RESET_STATISTICS, () -> device.settings().clearRuleCounters());
      refused(
          Danger.RESET_STATISTICS,
          () -> device.tables().clearStatistics(List.of(TableName.of("t")), true));
      refused(
          Danger.RESET_STATISTICS,
          () -> device.tables().clearAddressStatistics(TableName.of("t"), List.of()));
      assertThat(journal).as("nothing is asked of the kernel").hasSize(before);
      refused(Danger.LOWER_LIMITS, () -> device.settings().setLimit(PfLimit.STATES, 10));
      refused(
          Danger.LOWER_LIMITS, () -> device.settings().setTimeout(PfTimeout.TCP_ESTABLISHED, 10));
      assertThat(device.settings().limit(PfLimit.STATES)).isEqualTo(100_000);
    }
  }

  private interface Action {
    void run() throws PfException;
  }

  private static void refused(Danger danger, Action action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Danger." + danger);
  }

  @Test
  void aMissingModuleAndAJailWithoutDeviceAreToldApart() {
    InMemoryPf kernel = InMemoryPf.of(Release.V14);
    kernel.loaded(false);
    assertThatThrownBy(() -> Kernels.open(kernel))
        .isInstanceOf(PfModuleException.class)
        .hasMessageContaining("kldload pf");
    kernel.jailed(true);
    assertThatThrownBy(() -> Kernels.open(kernel))
        .isInstanceOf(PfJailException.class)
        .hasMessageContaining("devfs rule");
  }

  @Test
  void missingPrivilegesAreCalledThat() throws IOException {
    InMemoryPf kernel = InMemoryPf.of(Release.V14);
    for (Errno errno : List.of(Errno.EACCES, Errno.EPERM)) {
      kernel.failNextOpen(errno.code);
      assertThatThrownBy(() -> Kernels.open(kernel))
          .isInstanceOf(PfPrivilegeException.class)
          .hasMessageContaining("run as root");
    }
    kernel.failNextOpen(24);
    assertThatThrownBy(() -> Kernels.open(kernel))
        .isExactlyInstanceOf(PfException.class)
        .hasMessageContaining("errno 24");
    try (PfDevice device = Kernels.open(kernel)) {
      kernel.failNext(PfRequest.DIOCSTART, Errno.EACCES.code);
      assertThatThrownBy(device::start).isInstanceOf(PfPrivilegeException.class);
      kernel.failNext(PfRequest.DIOCSTART, Errno.EPERM.code);
      assertThatThrownBy(device::start).isInstanceOf(PfPrivilegeException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSecurelevelForbidsChangesAndLeavesReading(Release release) throws IOException {
    InMemoryPf kernel = Kernels.of(release);
    kernel.insert(Kernels.udp(1));
    kernel.securelevel(3);
    try (PfDevice device = Kernels.open(kernel)) {
      assertThatThrownBy(device::start)
          .isInstanceOf(PfSecurelevelException.class)
          .hasMessageContainingAll("kern.securelevel 3", "boot")
          .asInstanceOf(throwable(PfSecurelevelException.class))
          .returns(3, PfSecurelevelException::level);
      assertThatThrownBy(() -> device.states().kill(KillFilter.EMPTY.proto(17)))
          .isInstanceOf(PfSecurelevelException.class);
      assertThatThrownBy(() -> device.states().add(Kernels.udp(2)))
          .isInstanceOf(PfSecurelevelException.class);
      assertThat(device.status().states()).isOne();
      assertThat(Kernels.list(device)).hasSize(1);
      assertThat(device.settings().limit(PfLimit.STATES)).isEqualTo(100_000);
    }
  }

  @Test
  void anUnknownRequestIsCalledThatAndNotMadeAgain() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V13_0);
    try (PfDevice device = Kernels.open(Kernels.recorded(kernel, journal))) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> device.settings().synCookies())
            .isInstanceOf(PfUnsupportedException.class)
            .hasMessageContainingAll("DIOCGETSYNCOOKIES", "release 13");
      }
      assertThat(Kernels.requests(journal, PfRequest.DIOCGETSYNCOOKIES)).hasSize(1);
    }
  }

  @Test
  void aClosedDeviceIsAProgrammersError() throws IOException {
    PfDevice device = Kernels.open(Kernels.of(Release.V14));
    device.close();
    device.close();
    assertThatThrownBy(device::status)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void aReplyThatIsNoNvlistIsRefused() throws IOException {
    InMemoryPf kernel = Kernels.of(Release.V14);
    PfStatus empty = PfStatus.ofNv(NvList.builder().bool("running", true).build());
    assertThat(empty.running()).as("every other key may be missing").isTrue();
    assertThat(empty.bytes()).containsExactly(0L, 0L, 0L, 0L);
    try (PfDevice device = Kernels.open(new GarblingCalls(kernel))) {
      assertThatThrownBy(device::status)
          .isInstanceOf(PfException.class)
          .hasMessageContaining("malformed nvlist");
    }
  }

  @Test
  void otherSystemsAndJvmsAreRefusedByName() {
    assertThatThrownBy(() -> new HostPlatform("Linux", "amd64", "64").requireFreebsd())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("Linux", "InMemoryPf");
    assertThatThrownBy(() -> new HostPlatform("FreeBSD", "i386", "32").requireFreebsd())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContainingAll("32", "i386", "64-bit JVM");
    new HostPlatform("FreeBSD", "aarch64", "64").requireFreebsd();
  }

  /** Answers every nvlist request with its first byte turned. */
  private static final class GarblingCalls extends ForwardingCalls {

    GarblingCalls(InMemoryPf kernel) {
      super(kernel);
    }

    @Override
    public int ioctl(
        int fd, long request, java.nio.ByteBuffer argument, int offset, java.nio.ByteBuffer pointee)
        throws SystemCallException {
      int result = super.ioctl(fd, request, argument, offset, pointee);
      pointee.put(0, (byte) ~pointee.get(0));
      return result;
    }
  }
}
