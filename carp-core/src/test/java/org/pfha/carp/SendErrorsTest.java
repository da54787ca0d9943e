package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.CarpProfile;

/** A link that carries nothing although it is up (spec carp 9.2). */
class SendErrorsTest {

  private final SimPair pair = new SimPair();

  @Test
  void threeFailuresDemoteTheNodeAndThreeSuccessesLiftIt() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();

    pair.a.refuseSends("em1", true);
    pair.advance(Duration.ofSeconds(2));
    assertThat(primary.demotion().total()).as("two are not enough").isZero();
    pair.advance(Duration.ofSeconds(1));
    assertThat(primary.demotion().entries())
        .singleElement()
        .hasToString("+240 carp 1@em1: send errors");
    pair.advance(Duration.ofSeconds(60));
    assertThat(primary.demotion().total()).as("once, however long it lasts").isEqualTo(240);

    pair.a.refuseSends("em1", false);
    pair.advance(Duration.ofSeconds(10));
    assertThat(primary.demotion().total()).isZero();
    assertThat(primary.statistics().total().get("oerrors")).isPositive();
  }

  @Test
  void theOtherVirtualRoutersAreHandedOverToo() throws IOException {
    pair.a.attach(pair.net.segment("wan"), "em0", "198.51.100.2/24");
    pair.b.attach(pair.net.segment("wan"), "em0", "198.51.100.3/24");
    CarpNode primary = SimPair.node(pair.a, router(0), router("em0", 7, 0)).start();
    CarpNode secondary = SimPair.node(pair.b, router(100), router("em0", 7, 100)).start();
    pair.settle();

    pair.a.refuseSends("em0", true);
    pair.settle();

    assertRoles(primary, BACKUP, secondary, MASTER);
    assertThat(secondary.role("em0", 7)).isEqualTo(MASTER);
  }

  @Test
  void bothFamiliesCountTowardsTheSameNumbers() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).address("2001:db8::1/64")).start();
    pair.settle();
    pair.a.refuseSends("em1", true);
    pair.advance(Duration.ofSeconds(2));

    assertThat(primary.demotion().total()).isEqualTo(240);
  }

  @Test
  void freebsd13NeverRecovers() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).profile(CarpProfile.FREEBSD_13)).start();
    pair.settle();
    pair.a.refuseSends("em1", true);
    pair.advance(Duration.ofSeconds(10));
    pair.a.refuseSends("em1", false);
    pair.advance(Duration.ofMinutes(1));

    assertThat(primary.demotion().total()).isEqualTo(240);
    primary.close();
    assertThat(primary.demotion().total()).as("but even it ends with the node").isZero();
  }

  @Test
  void onePeerThatCannotBeReachedIsNotTheLinksFault() throws IOException {
    pair.a.attach(pair.net.segment("wan"), "em0", "198.51.100.2/24");
    CarpNode primary =
        SimPair.node(pair.a, router(0).address("2001:db8::1/64").peer("192.0.2.3")).start();
    pair.a.mtu("em1", 68); // an IPv4 advert fits, an IPv6 one does not
    pair.settle();

    assertThat(primary.statistics().total().get("oerrors")).isPositive();
    assertThat(primary.statistics().total().get("opackets")).isPositive();
  }

  @Test
  void closingWhileNothingCanBeSentEndsAllTheSame() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();
    pair.a.refuseSends("em1", true);
    pair.advance(Duration.ofSeconds(10));

    primary.close();

    assertThat(primary.demotion().entries()).isEmpty();
  }
}
