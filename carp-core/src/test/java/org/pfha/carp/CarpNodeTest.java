package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.PASSWORD;
import static org.pfha.carp.SimPair.SETTLED;
import static org.pfha.carp.SimPair.SHARED;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.node;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.SimPair.sendFrom;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.net.MacAddress;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/** Nodes on the simulated LAN: a primary with advskew 0, a secondary with advskew 100. */
class CarpNodeTest {

  private final SimPair pair = new SimPair();
  private final SimNetwork net = pair.net;
  private final SimSegment lan = pair.lan;
  private final SimHost a = pair.a;
  private final SimHost b = pair.b;
  private final List<RoleChange> changesOfB = pair.changesOfB;

  private CarpNode primary() throws IOException {
    return pair.primary();
  }

  private CarpNode secondary() throws IOException {
    return pair.secondary();
  }

  private void settle() {
    pair.settle();
  }

  @Test
  void theFasterNodeBecomesMasterAndAnswersForTheAddress() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();

    assertRoles(primary, BACKUP, secondary, BACKUP);
    settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(lan.whoAnswers(SHARED)).contains(MacAddress.virtual(1));
    assertThat(primary.statistics().total().get("opackets"))
        .isEqualTo(8); // one at each second from 3 to 10
    assertThat(secondary.statistics().total().get("ipackets")).isEqualTo(8);
    assertThat(secondary.statistics().total().rejected()).isZero();
  }

  @Test
  void advertsAreSentAsFreebsdSendsThem() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    lan.tap(frames::add);
    primary();
    net.advance(Duration.ofSeconds(3));

    SimFrame frame = frames.get(0);
    assertThat(frame.ethernetSource()).isEqualTo(MacAddress.virtual(1));
    assertThat(frame.payload()).hasSize(56).startsWith(0x45, 0xe0);
    assertThat(frame.payload()[8]).as("TTL").isEqualTo((byte) 255);
    assertThat(frames.get(1).announcement()).as("advert first, then ARP").contains(SHARED);
  }

  @Test
  void failoverTakesExactlyThreeIntervalsAndTheSkew() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();
    long lastHeard = 10_000_000_000L + SimFaults.NONE.delay().toNanos();

    a.crash();
    assertThat(net.runUntil(() -> secondary.role("em1", 1) == MASTER, SETTLED)).isTrue();

    assertThat(net.now() - lastHeard).isEqualTo(3_390_625_000L);
    settle();
    RoleChange change = changesOfB.get(changesOfB.size() - 1);
    assertThat(change.reason()).isEqualTo(RoleReason.MASTER_TIMED_OUT);
    assertThat(change).hasToString("1@em1: BACKUP -> MASTER (master timed out)");
    assertThat(primary.statistics().total().get("oerrors")).isZero();
  }

  @Test
  void theBetterNodePreemptsWhenItComesBack() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();
    a.linkDown("em1");
    settle();
    assertRoles(primary, INIT, secondary, MASTER);
    assertThat(primary.demotion().total()).isEqualTo(240);

    a.linkUp("em1");
    settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.demotion().total()).isZero();
    assertThat(changesOfB.get(changesOfB.size() - 1).reason())
        .isEqualTo(RoleReason.MORE_FREQUENT_ADVERTISEMENT);
  }

  @Test
  void withoutPreemptALivingMasterIsLeftAlone() throws IOException {
    CarpNode secondary = node(b, router(100)).preempt(false).start();
    settle();
    CarpNode primary = node(a, router(0)).preempt(false).start();
    settle();

    assertRoles(primary, BACKUP, secondary, MASTER);
  }

  @Test
  void aDemotedMasterSaysSoAtOnceAndIsReplacedWithinItsNextBreath() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();

    Demotion demotion = primary.demotion().demote("pfsync", "bulk update pending", 240);
    net.advance(Duration.ofMillis(10));
    assertRoles(primary, BACKUP, secondary, MASTER);

    demotion.close();
    settle();
    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @Test
  void wrongPasswordsMakeTwoMastersWhoCountEachOther() throws IOException {
    CarpNode primary = primary();
    CarpNode stranger = node(b, router(100).password("other")).start();
    settle();

    assertRoles(primary, MASTER, stranger, MASTER);
    assertThat(primary.statistics().total().get("badauth")).isPositive();
    assertThat(stranger.statistics().total().get("badauth")).isPositive();
  }

  @Test
  void equalNodesAgreeOnOneMasterSinceTheMasterYieldsOnlyToWhatItHears() throws IOException {
    CarpNode first = node(a, router(0)).start();
    net.advance(Duration.ofMillis(300));
    CarpNode second = node(b, router(0)).start();
    settle();

    assertRoles(first, MASTER, second, BACKUP);
  }

  @Test
  void anEqualAdvertMakesTheMasterYield() throws IOException {
    CarpNode primary = primary();
    settle();

    sendFrom(b, new CarpAdvert(1, 1, 0, 0, 7), PASSWORD, 255);
    net.advance(Duration.ofMillis(10));

    assertThat(primary.role("em1", 1)).isEqualTo(BACKUP);
  }

  @Test
  void closingBowsOutSoThatThePeerTakesOverAtOnce() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = node(b, router(100)).preempt(false).onRoleChange(changesOfB::add).start();
    settle();

    primary.close();
    primary.close();
    net.advance(Duration.ofMillis(10));

    assertRoles(primary, INIT, secondary, MASTER);
    assertThat(changesOfB.get(changesOfB.size() - 1).reason())
        .isEqualTo(RoleReason.MASTER_WILL_TIME_OUT);
    long sent = primary.statistics().total().get("opackets");
    settle();
    assertThat(primary.statistics().total().get("opackets")).isEqualTo(sent);
  }

  @Test
  void aPartitionMakesTwoMastersAndItsEndMakesOne() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();
    partition();
    settle();
    assertRoles(primary, MASTER, secondary, MASTER);

    lan.heal();
    settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @SuppressWarnings("unchecked")
  private void partition() {
    lan.partition(Set.of(a), Set.of(b));
  }

  @Test
  void dualStackAdvertisesBothFamiliesAndDependsOnEach() throws IOException {
    CarpNode primary = node(a, router(0).address("2001:db8::1/64")).start();
    CarpNode secondary = node(b, router(100).address("2001:db8::1/64")).start();
    settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(primary.statistics().total().get("opackets6")).isEqualTo(8);
    assertThat(secondary.statistics().total().get("ipackets6")).isEqualTo(8);
    assertThat(secondary.statistics().total().rejected()).isZero();
  }

  @Test
  void everyMistakeIsNamedAtOnceAndNoPasswordIsEverShown() {
    CarpNodeBuilder builder =
        CarpNode.builder(a)
            .virtualRouter(
                VirtualRouter.onInterface("em7")
                    .password("a secret that is far too long")
                    .address("nonsense")
                    .advskew(255));

    assertThatThrownBy(builder::start)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("no vhid", "29 bytes", "nonsense", "advskew 255", "em7", "[em1]")
        .hasMessageNotContaining("secret");
  }
}
