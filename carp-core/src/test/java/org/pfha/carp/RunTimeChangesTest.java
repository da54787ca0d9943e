package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;

/** What an operator does to a running node. */
class RunTimeChangesTest {

  private static final InetAddress ALIAS = LinkAddress.parse("192.0.2.80").address();

  private final SimPair pair = new SimPair();

  @Test
  void aMasterThatIsAskedToStepDownIsReplacedAtOnce() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0)).preempt(false).start();
    CarpNode secondary = pair.secondary();
    pair.settle();

    primary.request("em1", 1, BACKUP);
    pair.soon();

    assertRoles(primary, BACKUP, secondary, MASTER);
    assertThat(primary.explain("em1", 1).lastChange().reason())
        .isEqualTo(RoleReason.USER_REQUESTED);
    pair.settle();
    assertRoles(primary, BACKUP, secondary, MASTER);
  }

  @Test
  void aBackupThatIsAskedToTakeOverDoesSoUntilItHearsABetterOne() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    secondary.request("em1", 1, MASTER);
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @Test
  void initCannotBeRequestedAndNothingHappensInInit() throws IOException {
    CarpNode primary = pair.primary();
    assertThatThrownBy(() -> primary.request("em1", 1, Role.INIT))
        .hasMessageContaining("use disable");
    assertThatThrownBy(() -> primary.request("em1", 9, MASTER))
        .hasMessageContaining("no virtual router 9@em1")
        .hasMessageContaining("1@em1");
    pair.a.linkDown("em1");
    pair.soon();

    primary.request("em1", 1, MASTER);

    assertThat(primary.role("em1", 1)).isEqualTo(INIT);
  }

  @Test
  void disablingTheNodeBowsOutOfEverythingAndEnablingComesBack() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0), router("em1", 2, 0)).start();
    CarpNode secondary = SimPair.node(pair.b, router(100), router("em1", 2, 100)).start();
    pair.settle();

    primary.disable();
    pair.soon();
    assertRoles(primary, INIT, secondary, MASTER);
    assertThat(secondary.role("em1", 2)).isEqualTo(MASTER);
    assertThat(primary.demotion().total()).isZero();
    primary.add(router("em1", 3, 0));
    pair.settle();
    assertThat(primary.role("em1", 3)).as("what is added meanwhile waits too").isEqualTo(INIT);

    primary.enable();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.role("em1", 3)).isEqualTo(MASTER);
  }

  @Test
  void oneVirtualRouterCanBeDisabledAndALinkThatComesUpDoesNotEnableIt() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0), router("em1", 2, 0)).start();
    pair.settle();

    primary.disable("em1", 1);
    primary.disable("em1", 1);
    pair.a.linkDown("em1");
    pair.soon();
    pair.a.linkUp("em1");
    pair.settle();

    assertThat(primary.role("em1", 1)).isEqualTo(INIT);
    assertThat(primary.role("em1", 2)).isEqualTo(MASTER);
    assertThat(primary.explain("em1", 1).describe()).contains("it is disabled");
    primary.enable("em1", 1);
    pair.settle();
    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void virtualRoutersComeAndGo() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    secondary.add(router("em1", 2, 100));
    primary.add(router("em1", 2, 0));
    pair.settle();
    assertThat(primary.role("em1", 2)).isEqualTo(MASTER);
    assertThat(secondary.role("em1", 2)).isEqualTo(BACKUP);

    primary.remove("em1", 2);
    pair.soon();

    assertThat(secondary.role("em1", 2)).as("it bowed out").isEqualTo(MASTER);
    assertThatThrownBy(() -> primary.role("em1", 2)).hasMessageContaining("no virtual router");
    long before = primary.statistics().total().get("badvhid");
    pair.settle();
    assertThat(primary.statistics().total().get("badvhid")).isGreaterThan(before);
    assertThat(pair.eventsOfA(RoleChange.class))
        .last()
        .hasToString("2@em1: MASTER -> INIT (stopped)");
    primary.add(router("em1", 2, 0));
    pair.settle();
    assertThat(primary.role("em1", 2)).isEqualTo(MASTER);
  }

  @Test
  void removingAVirtualRouterTakesItsPenaltiesWithIt() throws IOException {
    pair.a.attach(pair.net.segment("wan"), "em0", "198.51.100.2/24");
    CarpNode primary = SimPair.node(pair.a, router(0), router("em0", 7, 0)).start();
    pair.a.linkDown("em0");
    pair.soon();
    assertThat(primary.demotion().total()).isEqualTo(240);

    primary.remove("em0", 7);

    assertThat(primary.demotion().entries()).isEmpty();
    pair.a.linkUp("em0");
    pair.a.linkDown("em0");
    pair.soon();
    assertThat(primary.demotion().entries()).isEmpty();
  }

  @Test
  void whatIsWrongWithAnAdditionIsSaidAndNothingIsAdded() throws IOException {
    CarpNode primary = pair.primary();
    assertThatThrownBy(() -> primary.add(router(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("there already");
    assertThatThrownBy(() -> primary.add(router("em9", 2, 255)))
        .hasMessageContainingAll("em9", "advskew 255");
    primary.close();
    assertThatThrownBy(() -> primary.add(router("em1", 2, 0)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anAliasFollowsTheRoleAndIsAnnouncedAndHashedWithoutAHeartbeatOfItsOwn() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).alias("192.0.2.80/24")).start();
    CarpNode secondary = SimPair.node(pair.b, router(100).alias("192.0.2.80/24")).start();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.lan.whoAnswers(ALIAS)).contains(MacAddress.virtual(1));
    assertThat(primary.statistics().total().get("opackets")).isEqualTo(8);
    assertThat(secondary.statistics().total().rejected()).isZero();
  }

  @Test
  void anAddressAddedOnBothNodesLeavesTheMasterMaster() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    int changes = pair.changesOfB.size();

    primary.reconfigure("em1", 1, r -> r.alias("192.0.2.80/24"));
    assertThat(pair.lan.whoAnswers(ALIAS)).contains(MacAddress.virtual(1));
    pair.advance(Duration.ofMillis(1500)); // the peer refuses adverts for a while
    secondary.reconfigure("em1", 1, r -> r.alias("192.0.2.80/24"));
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(changes);
    primary.reconfigure("em1", 1, r -> r.withoutAddress("192.0.2.80"));
    secondary.reconfigure("em1", 1, r -> r.withoutAddress("192.0.2.80"));
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(changes);
  }

  @Test
  void aSecondFamilyIsJoinedWhenItsFirstAddressComes() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    primary.reconfigure("em1", 1, r -> r.address("2001:db8::1/64"));
    secondary.reconfigure("em1", 1, r -> r.address("2001:db8::1/64"));
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().get("ipackets6")).isGreaterThan(8);
    primary.reconfigure("em1", 1, r -> r.withoutAddress("2001:db8::1"));
    secondary.reconfigure("em1", 1, r -> r.withoutAddress("2001:db8::1"));
    long before = primary.statistics().total().get("opackets6");
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.statistics().total().get("opackets6")).isEqualTo(before);
  }

  @Test
  void anotherSkewCountsFromTheNextAdvert() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    primary.reconfigure("em1", 1, r -> r.advskew(200));
    pair.settle();

    assertRoles(primary, BACKUP, secondary, MASTER);
  }

  @Test
  void anotherProfileRestartsIt() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();

    primary.reconfigure("em1", 1, r -> r.profile(CarpProfile.FREEBSD_14));

    assertThat(primary.role("em1", 1)).isEqualTo(BACKUP);
    pair.settle();
    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void aWrongConfigurationChangesNothing() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();

    assertThatThrownBy(() -> primary.reconfigure("em1", 1, r -> r.advbase(0).address("x")))
        .hasMessageContainingAll("advbase 0", "'x'");
    assertThatThrownBy(() -> primary.reconfigure("em1", 1, r -> r.vhid(2)))
        .hasMessageContaining("cannot become");
    assertThatThrownBy(() -> primary.reconfigure("em1", 1, r -> r.withoutAddress("192.0.2.1")))
        .hasMessageContaining("has no address");
    assertThatThrownBy(() -> primary.reconfigure("em1", 1, r -> r.withoutAddress("192.0.2.99")))
        .hasMessageContaining("has no address 192.0.2.99");

    pair.settle();
    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void preemptionWaitsForItsDelayAfterTheLinkCameUp() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).preemptDelay(Duration.ofSeconds(20))).start();
    CarpNode secondary = pair.secondary();
    pair.settle();
    assertThat(primary.role("em1", 1)).as("nobody else was there").isEqualTo(MASTER);
    pair.a.linkDown("em1");
    pair.settle();
    pair.a.linkUp("em1");
    pair.settle();

    assertRoles(primary, BACKUP, secondary, MASTER);
    assertThat(primary.explain("em1", 1).describe()).contains("preempt is delayed");
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
  }
}
