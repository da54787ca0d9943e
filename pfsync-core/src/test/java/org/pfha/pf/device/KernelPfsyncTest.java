package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.net.sys.SystemCallJournal;
import org.pfha.pf.device.InMemoryPf.Release;

class KernelPfsyncTest {

  private InMemoryPf kernel = InMemoryPf.of(Release.V14);

  private KernelPfsync boot(Release release) throws Exception {
    kernel = InMemoryPf.of(release);
    kernel.addInterface("em1");
    kernel.addInterface("ix0");
    return KernelPfsync.open(kernel);
  }

  private static InetAddress link(String address, int scope) throws Exception {
    return Inet6Address.getByAddress(null, InetAddress.getByName(address).getAddress(), scope);
  }

  @ParameterizedTest
  @EnumSource
  void everythingButTheChangeStaysAsItIs(Release release) throws Exception {
    try (KernelPfsync pfsync = boot(release)) {
      KernelPfsyncConfig first =
          pfsync.change(
              config ->
                  config.withSyncdev("em1").withPeer(peer()).withMaxUpdates(64).withDefer(true));
      assertThat(first)
          .returns("em1", KernelPfsyncConfig::syncdev)
          .returns(64, KernelPfsyncConfig::maxUpdates)
          .returns(true, KernelPfsyncConfig::defer);
      assertThat(first.peer()).isEqualTo(peer());
      KernelPfsyncConfig second = pfsync.change(config -> config.withSyncdev("ix0"));
      assertThat(second).isEqualTo(first.withSyncdev("ix0"));
      assertThat(pfsync.config()).isEqualTo(second);
      assertThat(pfsync.change(config -> config.withPeer(null).withDefer(false)))
          .isEqualTo(second.withPeer(null).withDefer(false));
      assertThat(pfsync.change(config -> config.withSyncdev("")).syncdev()).isEmpty();
    }
    assertThat(kernel.openDescriptors()).isZero();
  }

  private static InetAddress peer() {
    return com.google.common.net.InetAddresses.forString("192.0.2.9");
  }

  @ParameterizedTest
  @CsvSource({"V14, 1301, 1400", "V15, 1400, 1500"})
  void theVersionSurvivesOtherChanges(Release release, int version, int byDefault)
      throws Exception {
    try (KernelPfsync pfsync = boot(release)) {
      assertThat(pfsync.config().version()).isEqualTo(byDefault);
      assertThat(pfsync.change(config -> config.withVersion(version)).version()).isEqualTo(version);
      assertThat(pfsync.change(config -> config.withMaxUpdates(3)).version()).isEqualTo(version);
      assertThat(pfsync.change(config -> config.withVersion(0)).version()).isEqualTo(byDefault);
    }
  }

  @Test
  void linkLocalPeersKeepTheirScope() throws Exception {
    try (KernelPfsync pfsync = boot(Release.V14)) {
      InetAddress peer = link("fe80::1:2", 2);
      KernelPfsyncConfig config =
          pfsync.change(present -> present.withSyncdev("ix0").withPeer(peer));
      assertThat(config.peer()).isEqualTo(peer);
      assertThat(((Inet6Address) config.peer()).getScopeId()).isEqualTo(2);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> config.withPeer(InetAddress.getByName("fe80::1")))
          .withMessageContaining("fe80::1%2");
    }
  }

  /** Packed by the reference library. */
  @Test
  void requestsAndRepliesAreThoseOfTheKernelsOwnLibrary() throws Exception {
    for (String name : List.of("pfsync-v4", "pfsync-v6", "pfsync-nodev")) {
      NvList golden = NvListTest.read(name);
      KernelPfsyncConfig config = KernelPfsync.decode(golden);
      assertThat(KernelPfsync.encode(config).toBytes()).as(name).isEqualTo(NvListTest.file(name));
    }
    KernelPfsyncConfig v6 = KernelPfsync.decode(NvListTest.read("pfsync-v6"));
    assertThat(v6.defer()).isTrue();
    assertThat(((Inet6Address) v6.peer()).getScopeId()).isEqualTo(2);
    KernelPfsyncConfig multicast = KernelPfsync.decode(NvListTest.read("pfsync-get"));
    assertThat(multicast).isEqualTo(new KernelPfsyncConfig("em1", null, 128, false, 1500, true));
  }

  @ParameterizedTest
  @EnumSource(names = {"V13_0", "V13_1"})
  void release13CannotDoEverything(Release release) throws Exception {
    try (KernelPfsync pfsync = boot(release)) {
      assertThatExceptionOfType(PfUnsupportedException.class)
          .isThrownBy(() -> pfsync.change(config -> config.withVersion(1400)));
      InetAddress v6 = InetAddress.getByName("2001:db8::1");
      assertThatExceptionOfType(PfUnsupportedException.class)
          .isThrownBy(() -> pfsync.change(config -> config.withPeer(v6)))
          .withMessageContaining("2001:db8");
      assertThat(pfsync.config().bulkDone()).isFalse();
    }
  }

  @Test
  void aReadOnce13StaysPlain() throws Exception {
    InMemoryPf thirteen = InMemoryPf.of(Release.V13_1);
    List<String> journal = new ArrayList<>();
    try (KernelPfsync pfsync =
        KernelPfsync.open(SystemCallJournal.recording(thirteen, journal::add))) {
      assertThat(pfsync.config()).isEqualTo(pfsync.config());
    }
    assertThat(journal.stream().filter(line -> line.contains("0xc02069fa"))).hasSize(1);
    assertThat(journal.stream().filter(line -> line.contains("0xc02069f8"))).hasSize(2);
  }

  @Test
  void everySetNamesAVersionOrTheKernelPanics() throws Exception {
    try (KernelPfsync pfsync = boot(Release.V14)) {
      assertThat(pfsync.change(config -> config.withVersion(0).withMaxUpdates(7)).maxUpdates())
          .isEqualTo(7);
    }
    byte[] without = NvList.builder().number("maxupdates", 1).number("flags", 0).build().toBytes();
    ByteBuffer ifreq = Struct.of(32).putInt(20, without.length);
    Struct.putString(ifreq, 0, "pfsync0");
    int fd = kernel.socket(2, 2, 0);
    assertThatIllegalStateException()
        .isThrownBy(
            () -> kernel.ioctl(fd, KernelPfsync.SIOCSETPFSYNCNV, ifreq, 24, Struct.wrap(without)))
        .withMessageContaining("kernel panic");
  }

  @Test
  void aSetWithoutMaxupdatesOrFlagsZeroesEverything() throws Exception {
    try (KernelPfsync pfsync = boot(Release.V14)) {
      assertThat(pfsync.change(config -> config.withSyncdev("em1")).syncdev()).isEqualTo("em1");
      byte[] bytes = NvList.builder().text("syncdev", "em1").number("version", 0).build().toBytes();
      ByteBuffer ifreq = Struct.of(32).putInt(20, bytes.length);
      Struct.putString(ifreq, 0, "pfsync0");
      int fd = kernel.socket(2, 2, 0);
      assertThat(kernel.ioctl(fd, KernelPfsync.SIOCSETPFSYNCNV, ifreq, 24, Struct.wrap(bytes)))
          .isZero();
      assertThat(pfsync.config())
          .returns("", KernelPfsyncConfig::syncdev)
          .returns(0, KernelPfsyncConfig::maxUpdates);
    }
  }

  @Test
  void refusalsSayWhatToDo() throws Exception {
    try (KernelPfsync pfsync = boot(Release.V14)) {
      kernel.failNext(KernelPfsync.SIOCGETPFSYNCNV, 1);
      assertThatExceptionOfType(PfPrivilegeException.class)
          .isThrownBy(pfsync::config)
          .withMessageContaining("run as root");
      assertThatExceptionOfType(PfException.class)
          .isThrownBy(() -> pfsync.change(config -> config.withSyncdev("em7")))
          .withMessageContaining("does the interface exist");
      kernel.pfsyncLoaded(false);
      assertThatExceptionOfType(PfModuleException.class)
          .isThrownBy(pfsync::config)
          .withMessageContaining("kldload pfsync");
      assertThatExceptionOfType(PfModuleException.class).isThrownBy(pfsync::counters);
    }
  }

  @ParameterizedTest
  @CsvSource({"V13_0, 13", "V14, 15", "V15, 17"})
  void theCountersTellHowManyActionsThereAre(Release release, int actions) throws Exception {
    try (KernelPfsync pfsync = boot(release)) {
      assertThat(pfsync.counters().iacts()).hasSize(actions);
      assertThat(pfsync.counters().oacts()).hasSize(actions);
      byte[] stats = kernel.sysctl("net.pfsync.stats");
      ByteBuffer words = Struct.wrap(stats);
      for (int i = 0; i < stats.length / 8; i++) {
        words.putLong(8 * i, i);
      }
      kernel.sysctl("net.pfsync.stats", stats);
      assertThat(pfsync.counters())
          .returns(9L, KernelPfsyncCounters::stale)
          .returns(15L, KernelPfsyncCounters::oerrors)
          .satisfies(counters -> assertThat(counters.oacts().get(0)).isEqualTo(16L + actions));
    }
  }

  @Test
  void variablesAreReadAndChanged() throws Exception {
    try (KernelPfsync pfsync = boot(Release.V14)) {
      assertThat(pfsync.carpDemotionFactor()).isEqualTo(240);
      pfsync.setCarpDemotionFactor(0);
      assertThat(pfsync.carpDemotionFactor()).isZero();
      pfsync.setDeferDelayMillis(20);
      assertThat(pfsync.deferDelayMillis()).isEqualTo(20);
    }
  }
}
