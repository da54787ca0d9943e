package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimFaults;

/** The same life over IPv4, over IPv6 and over both. */
class FamiliesTest {

  private final SimPair pair = new SimPair();

  enum Families {
    IPV4("192.0.2.1/24"),
    IPV6("2001:db8::1/64"),
    BOTH("192.0.2.1/24", "2001:db8::1/64");

    private final ImmutableList<String> addresses;

    Families(String... addresses) {
      this.addresses = ImmutableList.copyOf(addresses);
    }

    VirtualRouter router(int advskew) {
      VirtualRouter router =
          VirtualRouter.onInterface("em1").vhid(1).password(SimPair.PASSWORD).advskew(advskew);
      for (String address : addresses) {
        router = router.address(address);
      }
      return router;
    }

    List<InetAddress> inet() {
      return addresses.stream().map(text -> LinkAddress.parse(text).address()).toList();
    }
  }

  /** VRRP wants it, FreeBSD does it, and Linux tells the link-local address last. */
  @Test
  void ipv6AdvertsComeFromTheLinkLocalAddress() throws IOException {
    pair.a.addAddress("em1", "fe80::2/64");
    List<InetAddress> sources = new ArrayList<>();
    pair.b.join("em1", LinkAddress.parse("ff02::12").address());
    pair.b.receive(CarpView.PROTOCOL, packet -> sources.add(packet.source()));
    SimPair.node(pair.a, Families.IPV6.router(0)).start();
    pair.settle();

    assertThat(sources).isNotEmpty().containsOnly(LinkAddress.parse("fe80::2").address());
  }

  @ParameterizedTest
  @EnumSource
  void aPairElectsDemotesPreemptsAndSaysGoodbye(Families families) throws IOException {
    CarpNode primary = SimPair.node(pair.a, families.router(0)).start();
    CarpNode secondary = SimPair.node(pair.b, families.router(100)).start();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    for (InetAddress address : families.inet()) {
      assertThat(pair.lan.whoAnswers(address)).contains(MacAddress.virtual(1));
    }

    Demotion demotion = primary.demotion().demote("pfsync", "bulk update pending", 240);
    pair.soon();
    assertRoles(primary, BACKUP, secondary, MASTER);
    demotion.close();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);

    primary.close();
    pair.soon();
    assertRoles(primary, INIT, secondary, MASTER);
    assertThat(secondary.statistics().total().rejected()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aDeadMasterIsReplacedAfterThreeIntervalsAndTheSkew(Families families) throws IOException {
    SimPair.node(pair.a, families.router(0)).start();
    CarpNode secondary = SimPair.node(pair.b, families.router(100)).start();
    pair.settle();
    long lastHeard = 10_000_000_000L + SimFaults.NONE.delay().toNanos();

    pair.a.crash();
    assertThat(pair.net.runUntil(() -> secondary.role("em1", 1) == MASTER, SimPair.SETTLED))
        .isTrue();

    assertThat(pair.net.now() - lastHeard).isEqualTo(3_390_625_000L);
  }

  @ParameterizedTest
  @EnumSource
  void forgedAdvertsAreOfNoUse(Families families) throws IOException {
    CarpNode primary = SimPair.node(pair.a, families.router(50)).start();
    pair.settle();
    for (InetAddress address : families.inet()) {
      boolean ipv6 = Advertiser.isIpv6(address);
      byte[] advert = new byte[CarpView.LENGTH];
      new CarpAdvert(1, 1, 0, 0, 7)
          .encode(advert, 0, CarpAuthenticator.of(new byte[] {1}, 1, families.inet()));
      pair.b.send(
          new OutboundPacket("em1", 112, null, Advertiser.group(ipv6), 255, 0, true, null, advert));
    }
    pair.soon();

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(primary.statistics().total().get("badauth")).isEqualTo(families.inet().size());
  }

  @Test
  void losingOneFamilyOfTwoIsEnoughForATakeover() throws IOException {
    CarpNode primary = SimPair.node(pair.a, Families.BOTH.router(0)).start();
    CarpNode secondary = SimPair.node(pair.b, Families.BOTH.router(100)).start();
    pair.settle();

    pair.a.mtu("em1", 68); // an IPv6 advert has 76 bytes
    boolean took =
        pair.net.runUntil(() -> secondary.role("em1", 1) == MASTER, Duration.ofSeconds(4));

    assertThat(took).isTrue();
    assertThat(primary.statistics().total().get("oerrors")).isPositive();
  }
}
