package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimFrame;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

/** Nodes on the simulated LAN: a primary with advskew 0, a secondary with advskew 100. */
class CarpNodeTest {

  private static final InetAddress SHARED = LinkAddress.parse("192.0.2.1").address();
  private static final InetAddress GROUP = LinkAddress.parse("224.0.0.18").address();
  private static final Duration SETTLED = Duration.ofMillis(10_500);

  private final SimNetwork net = new SimNetwork(1);
  private final SimSegment lan = net.segment("lan");
  private final SimHost a = net.host("fw-a");
  private final SimHost b = net.host("fw-b");
  private final List<RoleChange> changesOfB = new ArrayList<>();

  @BeforeEach
  void attach() {
    a.attach(lan, "em1", "192.0.2.2/24");
    b.attach(lan, "em1", "192.0.2.3/24");
  }

  private static VirtualRouter router(int advskew) {
    return VirtualRouter.onInterface("em1")
        .vhid(1)
        .password("mekmitasdigoat")
        .address("192.0.2.1/24")
        .advskew(advskew);
  }

  private static CarpNodeBuilder node(SimHost host, VirtualRouter router) {
    return CarpNode.builder(host)
        .virtualRouter(router)
        .preempt(true)
        .randomCounters(new Random(host.name().hashCode())::nextLong);
  }

  private CarpNode primary() throws IOException {
    return node(a, router(0)).start();
  }

  private CarpNode secondary() throws IOException {
    return node(b, router(100)).onRoleChange(changesOfB::add).start();
  }

  private void settle() {
    net.advance(SETTLED);
  }

  private static void assertRoles(CarpNode first, Role role, CarpNode second, Role other) {
    assertThat(List.of(first.role("em1", 1), second.role("em1", 1))).containsExactly(role, other);
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

    sendFrom(b, new CarpAdvert(1, 1, 0, 0, 7), "mekmitasdigoat", 255);
    net.advance(Duration.ofMillis(10));

    assertThat(primary.role("em1", 1)).isEqualTo(BACKUP);
  }

  @Test
  void hostilePacketsChangeNothingAndAreCountedByReason() throws IOException {
    CarpNode primary = primary();
    settle();
    CarpAdvert better = new CarpAdvert(1, 0, 0, 0, 7);

    sendFrom(b, better, "guessed", 255);
    sendFrom(b, better, "mekmitasdigoat", 254);
    send(b, new byte[36], 255);
    send(b, new byte[35], 255);
    send(b, new byte[0], 255);
    sendFrom(b, new CarpAdvert(9, 0, 0, 0, 7), "mekmitasdigoat", 255);
    Random random = new Random(42);
    for (int i = 0; i < 1000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      send(b, noise, 255);
    }
    net.advance(Duration.ofMillis(10));

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    CarpCounters statistics = primary.statistics().total();
    assertThat(statistics.rejected(CarpReject.BADAUTH)).isEqualTo(1);
    assertThat(statistics.rejected(CarpReject.BADTTL)).isEqualTo(1);
    assertThat(statistics.rejected(CarpReject.BADVHID)).isGreaterThanOrEqualTo(1);
    assertThat(statistics.rejected(CarpReject.BADLEN)).isGreaterThanOrEqualTo(2);
    assertThat(statistics.rejected()).isEqualTo(1006);
  }

  @Test
  void anEchoOfItsOwnAdvertDoesNotDethroneTheMaster() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    lan.tap(frames::add);
    CarpNode primary = primary();
    net.advance(Duration.ofSeconds(3));
    byte[] advert = Arrays.copyOfRange(frames.get(0).payload(), 20, 56);

    b.send(packet(advert, 255, LinkAddress.parse("192.0.2.2").address()));
    net.advance(Duration.ofMillis(10));

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(primary.statistics().total().rejected(CarpReject.OWN_ADDRESS)).isEqualTo(1);
  }

  @Test
  void aPausedBackupHearsWhatArrivedMeanwhileBeforeItBelievesTheSilence() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();
    int before = changesOfB.size();

    b.pause();
    net.advance(Duration.ofSeconds(30));
    b.resume();
    settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(changesOfB).hasSize(before);
  }

  @Test
  void aPausedMasterThatWasReplacedTakesOverAgainWithoutTwoMastersForLong() throws IOException {
    CarpNode primary = primary();
    CarpNode secondary = secondary();
    settle();

    a.pause();
    net.advance(Duration.ofSeconds(30));
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    a.resume();
    net.advance(Duration.ofMillis(10));

    assertRoles(primary, MASTER, secondary, BACKUP);
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
  void aListenerMayThrowAndMayCloseItsNode() throws IOException {
    CarpNode[] holder = new CarpNode[1];
    holder[0] =
        node(a, router(0))
            .onRoleChange(
                change -> {
                  if (change.to() == MASTER) {
                    holder[0].close();
                  }
                  throw new IllegalStateException("a listener's own mistake");
                })
            .start();
    CarpNode secondary = secondary();
    settle();

    assertRoles(holder[0], INIT, secondary, MASTER);
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

  private static void sendFrom(SimHost host, CarpAdvert advert, String password, int ttl)
      throws IOException {
    byte[] bytes = new byte[CarpView.LENGTH];
    byte[] key = password.getBytes(StandardCharsets.UTF_8);
    advert.encode(bytes, 0, CarpAuthenticator.of(key, advert.vhid(), List.of(SHARED)));
    send(host, bytes, ttl);
  }

  private static void send(SimHost host, byte[] payload, int ttl) throws IOException {
    host.send(packet(payload, ttl, null));
  }

  private static OutboundPacket packet(byte[] payload, int ttl, InetAddress source) {
    return new OutboundPacket("em1", 112, source, GROUP, ttl, 0xe0, true, null, payload);
  }
}
