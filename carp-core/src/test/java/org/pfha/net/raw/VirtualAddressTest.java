package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.Subscription;
import org.pfha.net.VipController;
import org.pfha.net.VipController.Vip;

/** The host answers at a virtual address while it is told to, and not for long afterwards. */
@NeedsNamespaces("ping")
@Execution(ExecutionMode.CONCURRENT)
class VirtualAddressTest {

  private static final Vip V4 = vip("192.0.2.100/24");
  private static final Vip V6 = vip("2001:db8::100/64");
  private static final Duration LIFETIME = Duration.ofSeconds(2);

  private Wire wire;
  private Wire.Host left;
  private Wire.Host right;
  private Wire.Host third;

  @BeforeEach
  void plugIn() throws Exception {
    wire = Wire.of("left", "right", "third");
    left = wire.host("left");
    right = wire.host("right");
    third = wire.host("third");
  }

  @AfterEach
  void unplug() {
    wire.close();
  }

  private static Vip vip(String address) {
    return new Vip("em0", CarpProcess.VHID, LinkAddress.parse(address));
  }

  @Test
  void anAddressIsThereWhileItIsHeldAndGoesByItselfUnlessRenewed() throws Exception {
    try (VipController addresses = left.call(HostAddresses::onInterface)) {
      for (Vip vip : List.of(V4, V6)) {
        addresses.prepare(vip);
        assertThat(addressesOf(left, "em0")).doesNotContain(text(vip));
        addresses.hold(vip, LIFETIME);
        assertThat(addressesOf(left, "em0")).contains(text(vip));
        assertThat(left.exec("ip", "addr", "show", "dev", "em0", "to", text(vip)))
            .contains("valid_lft 2sec preferred_lft 0sec");
      }
      addresses.release(V6);
      addresses.release(V6);
      assertThat(addressesOf(left, "em0")).contains(text(V4)).doesNotContain(text(V6));
      for (int i = 0; i < 4; i++) {
        pause(1_000);
        addresses.hold(V4, LIFETIME);
      }
      assertThat(addressesOf(left, "em0")).as("renewed").contains(text(V4));
      addresses.hold(V6, LIFETIME);
      pause(4_200);
      assertThat(addressesOf(left, "em0"))
          .as("not renewed")
          .containsExactlyInAnyOrder("192.0.2.1", "2001:db8::1");
      assertThat(left.exec("ip", "-6", "route"))
          .as("the subnet's route has not gone with the address")
          .contains("2001:db8::/64 dev em0");
    }
  }

  @Test
  void whatAnEarlierRunHasLeftIsRemovedButNotWhatIsThereForGood() throws Exception {
    left.ip("addr add 192.0.2.100/32 dev em0 valid_lft 1000 preferred_lft 1000");
    try (VipController addresses = left.call(HostAddresses::onInterface)) {
      addresses.prepare(V4);
      assertThat(addressesOf(left, "em0")).doesNotContain(text(V4));
      left.ip("addr add 192.0.2.101/32 dev em0");
      assertThatThrownBy(() -> addresses.prepare(vip("192.0.2.101/24")))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("192.0.2.101", "em0", "for good");
      assertThatThrownBy(() -> addresses.prepare(new Vip("em9", 1, V4.address())))
          .isInstanceOf(RawException.NoInterface.class)
          .hasMessageContainingAll("192.0.2.100", "em9");
      addresses.hold(V4, LIFETIME);
    }
    assertThat(addressesOf(left, "em0")).as("closed").doesNotContain(text(V4));
  }

  @Test
  void withoutAnAddressOfItsOwnTheInterfaceGetsTheWholeSubnet() throws Exception {
    left.ip("addr flush dev em0 scope global");
    try (VipController addresses = left.call(HostAddresses::onInterface)) {
      addresses.prepare(V4);
      addresses.hold(V4, LIFETIME);
      assertThat(left.exec("ip", "addr", "show", "dev", "em0")).contains("192.0.2.100/24");
      assertThat(answers("192.0.2.100")).containsExactly(macOf(left, "em0"));
    }
  }

  @Test
  void aMacvlanAnswersAtTheVirtualMac() throws Exception {
    String virtual = MacAddress.virtual(CarpProcess.VHID).toString();
    try (VipController addresses = left.call(HostAddresses::onMacvlan)) {
      for (Vip vip : List.of(V4, V6)) {
        addresses.prepare(vip);
        assertThat(answers(text(vip))).isEmpty();
        addresses.hold(vip, LIFETIME);
        assertThat(answers(text(vip))).containsExactly(virtual);
        assertThat(third.exec("ping", "-c", "1", "-W", "2", text(vip))).contains("1 received");
        addresses.release(vip);
        assertThat(answers(text(vip))).isEmpty();
      }
      assertThat(answers("192.0.2.1")).as("its own").containsExactly(macOf(left, "em0"));
    }
    assertThat(left.exec("ip", "link")).doesNotContain("carp");
  }

  @Test
  void aMacvlanThatIsLeftIsReplacedButNotSomebodyElses() throws Exception {
    String name = "";
    VipController abandoned = left.call(HostAddresses::onMacvlan);
    abandoned.prepare(V4);
    abandoned.hold(V4, LIFETIME);
    assertThat(answers(text(V4))).hasSize(1);
    try (VipController addresses = left.call(HostAddresses::onMacvlan)) {
      addresses.prepare(V4);
      assertThat(answers(text(V4))).isEmpty();
      addresses.hold(V4, LIFETIME);
      name = left.exec("sh", "-c", "ip -o link | sed -n 's/.*\\(carp[0-9.]*\\)@.*/\\1/p'");
      assertThat(name.lines()).as("one macvlan").hasSize(1);
      left.ip("link del " + name);
      addresses.hold(V4, LIFETIME); // as when its interface has gone and come again
      assertThat(answers(text(V4))).hasSize(1);
    }
    left.ip("link add link em0 name %s type macvlan".formatted(name));
    try (VipController addresses = left.call(HostAddresses::onMacvlan)) {
      assertThatThrownBy(() -> addresses.prepare(V4)).hasMessageContaining("somebody else");
    }
    assertThat(left.exec("ip", "link")).as("not deleted").contains(name);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void twoMasterDownTimesAfterAKillOnlyTheNewMasterAnswers(boolean macvlan) throws Exception {
    Process first = left.start(ProcessBuilder.Redirect.PIPE, CarpProcess.command(0, macvlan));
    try (BufferedReader roles = first.inputReader(StandardCharsets.UTF_8)) {
      assertThat(roles.readLine()).isEqualTo("BACKUP");
      Process second = right.start(ProcessBuilder.Redirect.PIPE, CarpProcess.command(50, macvlan));
      try (BufferedReader others = second.inputReader(StandardCharsets.UTF_8)) {
        assertThat(roles.readLine()).isEqualTo("MASTER");
        assertThat(others.readLine()).isEqualTo("BACKUP");
        String virtual = MacAddress.virtual(CarpProcess.VHID).toString();
        for (String address : List.of(CarpProcess.ADDRESS_V4, CarpProcess.ADDRESS_V6)) {
          assertThat(answers(address)).containsExactly(macvlan ? virtual : macOf(left, "em0"));
        }
        first.destroyForcibly();
        assertThat(first.waitFor()).isEqualTo(128 + 9);
        assertThat(others.readLine()).isEqualTo("MASTER");
        pause((3_000 + 50 * 1_000 / 256)); // the second master-down time
        for (String address : List.of(CarpProcess.ADDRESS_V4, CarpProcess.ADDRESS_V6)) {
          assertThat(left.exec("ip", "addr")).doesNotContain(address);
          assertThat(answers(address)).containsExactly(macvlan ? virtual : macOf(right, "em0"));
        }
      }
    }
  }

  /** The MACs that claim an address when the third host asks for it. */
  private Set<String> answers(String address) throws Exception {
    InetAddress asked = InetAddress.getByName(address);
    Set<String> macs = Collections.synchronizedSet(new TreeSet<>());
    try (RawTransport listener =
        third.call(
            () -> {
              RawTransport opened = RawTransport.builder().link("em0", 112).open();
              Optional<Subscription> observing =
                  opened.observeNeighbours(
                      claim -> {
                        if (claim.isAbout(asked.getAddress())) {
                          macs.add(claim.mac().toString());
                        }
                      });
              assertThat(observing).isPresent();
              return opened;
            })) {
      assertThat(listener.links()).hasSize(1);
      third.ip("neigh flush dev em0");
      try {
        third.exec("ping", "-c", "1", "-W", "1", address);
      } catch (IOException e) {
        // nobody answers
      }
      pause(100); // for a second answer
    }
    return Set.copyOf(macs);
  }

  private static List<String> addressesOf(Wire.Host host, String link) throws IOException {
    return host.exec("ip", "-o", "addr", "show", "dev", link)
        .lines()
        .map(line -> line.replaceFirst(".*inet6? ([0-9a-f.:]+)/.*", "$1"))
        .filter(address -> !address.startsWith("fe80"))
        .toList();
  }

  private static String macOf(Wire.Host host, String link) throws IOException {
    return host.exec("cat", "/sys/class/net/%s/address".formatted(link));
  }

  private static String text(Vip vip) {
    String text = vip.address().address().getHostAddress();
    return text.replace("2001:db8:0:0:0:0:0:", "2001:db8::");
  }

  /** Real time must pass: the kernel's. */
  private static void pause(long millis) {
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (until - System.nanoTime() > 0) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
