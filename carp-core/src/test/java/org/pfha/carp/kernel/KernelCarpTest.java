package org.pfha.carp.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.engine.Role;
import org.pfha.net.sys.NetlinkMessage;

class KernelCarpTest {

  private InMemoryCarp kernel = new InMemoryCarp(14);

  private KernelCarp boot(int release) throws Exception {
    kernel = new InMemoryCarp(release);
    kernel.addInterface("em0");
    return KernelCarp.open(kernel);
  }

  private static Inet4Address v4(String text) throws Exception {
    return (Inet4Address) InetAddress.getByName(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15})
  void aVirtualHostIsCreatedReadChangedAndForced(int release) throws Exception {
    try (KernelCarp carp = boot(release)) {
      assertThat(carp.vhid("em0", 7)).isEmpty();
      KernelVhid created =
          carp.create(KernelVhid.carp("em0", 7).withAdvertisement(2, 100), "secret");
      assertThat(created.role()).isEqualTo(Role.INIT);
      assertThat(kernel.passphrase("em0", 7)).isEqualTo("secret");
      kernel.role("em0", 7, Role.BACKUP);
      KernelVhid changed = carp.change(created.withAdvertisement(1, 50));
      assertThat(changed).returns(1, KernelVhid::advbase).returns(50, KernelVhid::advskew);
      assertThat(changed.role()).isEqualTo(Role.BACKUP);
      assertThat(carp.force("em0", 7, Role.MASTER).role()).isEqualTo(Role.MASTER);
      carp.setPassphrase("em0", 7, "other");
      assertThat(kernel.passphrase("em0", 7)).isEqualTo("other");
      assertThat(carp.vhid("em0", 7).orElseThrow().advskew())
          .as("every set writes the advskew, so each repeats what it was")
          .isEqualTo(50);
    }
    assertThat(kernel.openDescriptors()).isZero();
    assertThat(kernel.leaks()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15})
  void allVirtualHostsAreReadWithoutTheLeakingRequest(int release) throws Exception {
    try (KernelCarp carp = boot(release)) {
      assertThat(carp.vhids("em0")).isEmpty();
      for (int vhid : new int[] {200, 1, 255}) {
        assertThat(carp.create(KernelVhid.carp("em0", vhid), "x").vhid()).isEqualTo(vhid);
      }
      assertThat(carp.vhids("em0")).extracting(KernelVhid::vhid).containsExactly(1, 200, 255);
    }
    assertThat(kernel.leaks()).isZero();
  }

  @Test
  void peersAreForKernelsThatKnowThem() throws Exception {
    try (KernelCarp carp = boot(14)) {
      KernelVhid vhid = carp.create(KernelVhid.carp("em0", 1), "x");
      assertThat(vhid.peer()).isEqualTo(v4("224.0.0.18"));
      Inet6Address peer6 = (Inet6Address) InetAddress.getByName("2001:db8::2");
      KernelVhid changed = carp.change(vhid.withPeers(v4("192.0.2.2"), peer6));
      assertThat(changed.peer()).isEqualTo(v4("192.0.2.2"));
      assertThat(changed.peer6()).isEqualTo(peer6);
      assertThat(carp.change(changed.withAdvertisement(3, 4)).peer()).isEqualTo(changed.peer());
      assertThat(carp.change(changed.withPeers(v4("224.0.0.18"), null)).peer())
          .isEqualTo(v4("224.0.0.18"));
    }
    try (KernelCarp carp = boot(13)) {
      assertThat(carp.knowsPeers()).isFalse();
      KernelVhid vhid = carp.create(KernelVhid.carp("em0", 1), "x");
      assertThat(vhid.peer()).isNull();
      assertThatExceptionOfType(KernelCarpException.NotSupported.class)
          .isThrownBy(() -> carp.change(vhid.withPeers(v4("192.0.2.2"), null)));
    }
  }

  @Test
  void release15AlsoSpeaksVrrp() throws Exception {
    try (KernelCarp carp = boot(15)) {
      KernelVhid vhid = carp.create(KernelVhid.vrrp("em0", 9, 200, 50), "unused");
      assertThat(vhid.protocol()).isEqualTo(KernelVhid.Protocol.VRRP);
      assertThat(carp.change(vhid.withPriority(100, 300)))
          .returns(100, KernelVhid::priority)
          .returns(300, KernelVhid::interval);
      assertThatExceptionOfType(KernelCarpException.NotSupported.class)
          .isThrownBy(() -> carp.change(KernelVhid.carp("em0", 9)))
          .withMessageContaining("create it anew");
    }
    try (KernelCarp carp = boot(14)) {
      assertThatExceptionOfType(KernelCarpException.class)
          .isThrownBy(() -> carp.create(KernelVhid.vrrp("em0", 9, 200, 50), "unused"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 15})
  void nothingIsCreatedByAccident(int release) throws Exception {
    try (KernelCarp carp = boot(release)) {
      assertThatExceptionOfType(KernelCarpException.NoVhid.class)
          .isThrownBy(() -> carp.change(KernelVhid.carp("em0", 3)))
          .withMessage("there is no vhid 3 on em0");
      assertThatExceptionOfType(KernelCarpException.NoVhid.class)
          .isThrownBy(() -> carp.setPassphrase("em0", 3, "x"));
      assertThatExceptionOfType(KernelCarpException.NoVhid.class)
          .isThrownBy(() -> carp.force("em0", 3, Role.MASTER));
      assertThat(carp.vhids("em0")).isEmpty();
      assertThat(carp.create(KernelVhid.carp("em0", 3), "x").vhid()).isEqualTo(3);
      assertThatExceptionOfType(KernelCarpException.class)
          .isThrownBy(() -> carp.create(KernelVhid.carp("em0", 3), "y"))
          .withMessageContaining("exists already");
      assertThatExceptionOfType(KernelCarpException.class)
          .isThrownBy(() -> carp.force("em0", 3, Role.MASTER))
          .withMessageContaining("is INIT");
      assertThatIllegalArgumentException().isThrownBy(() -> carp.force("em0", 3, Role.INIT));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14})
  void whatIsWrongIsToldWithWhatToDo(int release) throws Exception {
    try (KernelCarp carp = boot(release)) {
      assertThatExceptionOfType(KernelCarpException.NoInterface.class)
          .isThrownBy(() -> carp.vhid("em9", 1))
          .withMessageContaining("no such interface");
      assertThat(carp.create(KernelVhid.carp("em0", 1), "x").vhid()).isEqualTo(1);
      kernel.privileged(false);
      assertThatExceptionOfType(KernelCarpException.NotPermitted.class)
          .isThrownBy(() -> carp.change(KernelVhid.carp("em0", 1)))
          .withMessageContaining("run as root");
      assertThatExceptionOfType(KernelCarpException.NotPermitted.class)
          .isThrownBy(() -> carp.addDemotion(1));
      kernel.loaded(false);
      assertThatExceptionOfType(KernelCarpException.NoModule.class)
          .isThrownBy(carp::demotion)
          .withMessageContaining("kldload carp");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, NotPermitted",
    "6, NoInterface",
    "43, NoModule",
    "45, NoInterface",
    "49, NoInterface",
    "22, KernelCarpException",
    "5, KernelCarpException"
  })
  void everyErrnoHasItsException(int errno, String type) throws Exception {
    for (int release : new int[] {13, 14}) {
      try (KernelCarp carp = boot(release)) {
        kernel.failNext(release == 13 ? "SIOCGVH" : "GET", errno);
        assertThatExceptionOfType(KernelCarpException.class)
            .isThrownBy(() -> carp.vhid("em0", 1))
            .returns(errno, KernelCarpException::errno)
            .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type));
      }
    }
  }

  @Test
  void demotionIsAddedAndTakenBack() throws Exception {
    try (KernelCarp carp = boot(14)) {
      carp.addDemotion(240);
      carp.addDemotion(10);
      assertThat(carp.demotion()).isEqualTo(250);
      carp.addDemotion(-240);
      assertThat(carp.demotion()).isEqualTo(10);
    }
  }

  @Test
  void switchesAndCountersAreRead() throws Exception {
    try (KernelCarp carp = boot(14)) {
      assertThat(carp.allowed()).isTrue();
      carp.setAllowed(false);
      assertThat(carp.allowed()).isFalse();
      assertThat(carp.preempts()).isFalse();
      carp.setPreempts(true);
      assertThat(carp.preempts()).isTrue();
      assertThat(carp.sendErrorDemotion()).isEqualTo(240);
      assertThat(carp.interfaceDownDemotion()).isEqualTo(240);
      assertThat(carp.counters().badauth()).isZero();
    }
  }

  @Test
  void theCountersAreInTheOrderOfTheKernel() {
    byte[] stats = new byte[128];
    for (int i = 0; i < 16; i++) {
      java.nio.ByteBuffer.wrap(stats)
          .order(java.nio.ByteOrder.nativeOrder())
          .putLong(8 * i, 100 + i);
    }
    KernelCarpCounters counters = KernelCarpCounters.decode(stats);
    assertThat(counters.ipackets()).isEqualTo(100);
    assertThat(counters.badauth()).isEqualTo(108);
    assertThat(counters.opackets()).isEqualTo(111);
    assertThat(counters.preempt()).isEqualTo(115);
    assertThat(KernelCarpCounters.decode(new byte[3]).ipackets()).isZero();
  }

  /** Written by FreeBSD's own message writer. */
  @Test
  void requestsAreThoseOfTheKernelsOwnLibrary() {
    assertThat(hex(19, 0x305, 19, 1, CarpNetlink.get("em0", 0)))
        .isEqualTo("1c0000001300050313000000000000000100000008000900656d3000");
    assertThat(
            hex(
                19,
                5,
                20,
                2,
                CarpNetlink.set(
                    KernelVhid.carp("em0", 10).withAdvertisement(1, 50), Role.BACKUP, null)))
        .isEqualTo(
            "3c00000013000500140000000000000002000000080001000a000000080002000100000008000300"
                + "01000000080004003200000008000900656d3000");
  }

  private static String hex(
      int type,
      int flags,
      int sequence,
      int command,
      List<org.pfha.net.sys.NetlinkAttribute> attributes) {
    return HexFormat.of()
        .formatHex(NetlinkMessage.generic(type, flags, sequence, command, 0, attributes).toBytes());
  }

  @Test
  void aReplyOfTheKernelIsRead() throws Exception {
    byte[] reply =
        HexFormat.of()
            .parseHex(
                "7000000013000703130000006712000001000000080001000a0000000800020002000000"
                    + "05000a000200000008000300010000000800040064000000"
                    + "08000700e000001214000800ff020000000000000000000000000012"
                    + "180005007365637265740000000000000000000000000000");
    KernelVhid vhid = CarpNetlink.decode("em0", NetlinkMessage.parse(reply).get(0).body());
    assertThat(vhid)
        .isEqualTo(
            new KernelVhid(
                "em0",
                10,
                Role.MASTER,
                KernelVhid.Protocol.CARP,
                1,
                100,
                v4("224.0.0.18"),
                (Inet6Address) InetAddress.getByName("ff02::12"),
                0,
                0));
    assertThat(vhid.toString()).doesNotContain("secret");
  }

  @Test
  void nonsenseOfTheKernelIsAnException() throws Exception {
    try (KernelCarp carp = boot(13)) {
      assertThat(carp.create(KernelVhid.carp("em0", 1), "x")).isNotNull();
      assertThat(carp.vhid("em0", 1).orElseThrow().peer6()).isNull();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelVhid.carp("", 0).withAdvertisement(0, 255))
        .withMessageContaining("vhid 0")
        .withMessageContaining("interface ''");
  }

  @Test
  void passphrasesAreBounded() throws Exception {
    try (KernelCarp carp = boot(14)) {
      for (String passphrase : new String[] {"", "\0", "a".repeat(21)}) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> carp.create(KernelVhid.carp("em0", 1), passphrase))
            .withMessageNotContaining("aaa");
      }
    }
  }
}
