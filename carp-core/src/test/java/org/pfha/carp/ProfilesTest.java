package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.engine.VrrpProfile;

/** Profiles, the sub-second one, and VRRPv3, in the node. */
class ProfilesTest {

  private final SimPair pair = new SimPair();

  @ParameterizedTest
  @EnumSource(value = CarpProfile.class, mode = EnumSource.Mode.EXCLUDE, names = "PFHA_SUBSECOND")
  void everyProfileElectsAMasterAndFailsOverToAPeerOfOurs(CarpProfile profile) throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).profile(profile)).start();
    CarpNode secondary = pair.secondary();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);

    pair.a.crash();
    pair.settle();
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void theSubsecondProfileFailsOverWithinOneTenthOfASecond() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0).subsecond(5)).start();
    CarpNode secondary = SimPair.node(pair.b, router(0).subsecond(8)).start();
    pair.advance(Duration.ofSeconds(1));
    assertRoles(primary, MASTER, secondary, BACKUP);

    pair.a.crash();
    boolean inTime =
        pair.net.runUntil(() -> secondary.role("em1", 1) == MASTER, Duration.ofMillis(100));

    assertThat(inTime).isTrue();
  }

  @Test
  void theUsualProfileHasNoIntervalsBelowASecond() {
    assertThatThrownBy(SimPair.node(pair.a, router(10).advbase(0))::start)
        .hasMessageContainingAll("advbase 0", "PFHA_SUBSECOND");
  }

  private static VirtualRouter vrrp(int priority) {
    return VirtualRouter.onInterface("em1")
        .vhid(1)
        .vrrp(VrrpProfile.RFC_9568)
        .priority(priority)
        .interval(Duration.ofMillis(100))
        .address("192.0.2.1/24");
  }

  @Test
  void vrrpElectsTheHigherPriorityAndResignsOnAnOrderlyStop() throws IOException {
    CarpNode primary = SimPair.node(pair.a, vrrp(200)).start();
    CarpNode secondary = SimPair.node(pair.b, vrrp(100)).start();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().rejected()).isZero();
    assertThat(secondary.explain("em1", 1).describe())
        .contains(
            "own: priority 100 every 10 cs", "heard: priority 200 every 10 cs from 192.0.2.2");

    primary.close();
    pair.advance(Duration.ofMillis(100));
    assertRoles(primary, INIT, secondary, MASTER);
  }

  @Test
  void vrrpOverIpv6() throws IOException {
    VirtualRouter router =
        VirtualRouter.onInterface("em1")
            .vhid(1)
            .vrrp(VrrpProfile.RFC_9568)
            .address("2001:db8::1/64");
    CarpNode primary = SimPair.node(pair.a, router.priority(200)).start();
    CarpNode secondary = SimPair.node(pair.b, router.priority(100)).start();
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(secondary.statistics().total().get("ipackets6")).isPositive();
    assertThat(secondary.statistics().total().rejected()).isZero();

    pair.a.crash();
    pair.settle();
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
  }

  @Test
  void aDemotedVrrpMasterIsReplaced() throws IOException {
    CarpNode primary = SimPair.node(pair.a, vrrp(200)).start();
    CarpNode secondary = SimPair.node(pair.b, vrrp(100)).start();
    pair.settle();

    try (Demotion demotion = primary.demotion().demote("pfsync", "bulk update pending", 240)) {
      pair.settle();
      assertRoles(primary, BACKUP, secondary, MASTER);
      assertThat(demotion).isNotNull();
    }
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @Test
  void vrrpIsReconfiguredWhileItRuns() throws IOException {
    CarpNode primary = SimPair.node(pair.a, vrrp(200)).start();
    CarpNode secondary = SimPair.node(pair.b, vrrp(100)).onRoleChange(pair.changesOfB::add).start();
    pair.settle();
    int changes = pair.changesOfB.size();

    primary.reconfigure("em1", 1, r -> r.alias("192.0.2.80/24"));
    secondary.reconfigure("em1", 1, r -> r.alias("192.0.2.80/24"));
    pair.settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(changes);

    secondary.reconfigure("em1", 1, r -> r.priority(250));
    pair.settle();
    assertRoles(primary, BACKUP, secondary, MASTER);
  }

  @Test
  void carpAndVrrpWithTheSameIdDoNotBelieveEachOther() throws IOException {
    CarpNode carp = SimPair.node(pair.a, router(0)).start();
    CarpNode vrrp = SimPair.node(pair.b, vrrp(100)).start();
    pair.settle();

    assertRoles(carp, MASTER, vrrp, MASTER);
    assertThat(carp.statistics().total().get("badver")).isPositive();
    assertThat(vrrp.statistics().total().get("badver")).isPositive();
  }

  @Test
  void theOwnerOfTheAddressesDoesNotWait() throws IOException {
    CarpNode owner = SimPair.node(pair.a, vrrp(255)).start();
    assertThat(owner.role("em1", 1)).isEqualTo(MASTER);
    assertThat(owner.explain("em1", 1).lastChange().reason()).isEqualTo(RoleReason.ADDRESS_OWNER);
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(
            SimPair.node(
                    pair.a,
                    vrrp(0)
                        .password("secret")
                        .peer("192.0.2.3")
                        .address("2001:db8::1/64")
                        .interval(Duration.ofMillis(15)))
                ::start)
        .hasMessageContainingAll(
            "VRRPv3 has none",
            "multicast only",
            "priority 0",
            "addresses of both families",
            "PT0.015S");
  }
}
