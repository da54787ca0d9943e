package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.SimPair.assertRoles;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.VrrpProfile;
import org.pfha.net.OutboundPacket;
import org.pfha.net.VipController;
import org.pfha.net.sim.SimHost;

/** A program that stands still for a while, as in a long garbage collection or a migration. */
class PauseTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final SimPair pair = new SimPair();

  @Test
  void aBackupHearsWhatArrivedMeanwhileBeforeItBelievesTheSilence() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    int before = pair.changesOfB.size();

    pair.b.pause();
    pair.advance(LONG);
    pair.b.resume();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(before);
  }

  @Test
  void aMasterThatWasReplacedTakesOverAgainWithoutTwoMastersForLong() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    pair.a.pause();
    pair.advance(LONG);
    assertThat(secondary.role("em1", 1)).isEqualTo(MASTER);
    pair.a.resume();
    pair.soon();

    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @Test
  void aWorseMasterDoesNotFlapThePeerThatReplacedIt() throws IOException {
    CarpNode worse = SimPair.node(pair.a, router(100)).preempt(false).start();
    pair.settle();
    pair.a.pause();
    CarpNode better = SimPair.node(pair.b, router(0)).onRoleChange(pair.changesOfB::add).start();
    pair.settle();
    assertThat(better.role("em1", 1)).isEqualTo(MASTER);
    int before = pair.changesOfB.size();
    long sent = worse.statistics().total().get("opackets");

    pair.a.resume();
    pair.settle();

    assertRoles(worse, BACKUP, better, MASTER);
    assertThat(pair.changesOfB).hasSize(before);
    assertThat(worse.statistics().total().get("opackets"))
        .as("it heard the new master before it would have sent")
        .isEqualTo(sent);
  }

  /** Fills the receive queue of a paused host with what nobody there has asked for. */
  private void flood(SimHost host) throws IOException {
    InetAddress destination = host.link("em1").orElseThrow().addresses().get(0).address();
    for (int i = 0; i < SimHost.RECEIVE_QUEUE + 1; i++) {
      (host == pair.b ? pair.a : pair.b)
          .send(
              new OutboundPacket(
                  "em1", 200, null, destination, 64, 0, false, null, new byte[] {1}));
    }
    pair.soon();
  }

  @Test
  void aBackupWhoseQueueOverflowedListensOnceMoreBeforeItTakesOver() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    int before = pair.changesOfB.size();

    pair.b.pause();
    flood(pair.b);
    pair.advance(LONG);
    assertThat(pair.b.receiveQueueDrops()).isGreaterThan(20);
    pair.b.resume();
    pair.settle();

    assertRoles(primary, MASTER, secondary, BACKUP);
    assertThat(pair.changesOfB).hasSize(before);
  }

  @Test
  void butNotForLongIfTheMasterIsDead() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();
    pair.b.pause();
    flood(pair.b);
    pair.advance(Duration.ofSeconds(5));
    primary.statistics();
    pair.a.crash();
    pair.advance(LONG);

    pair.b.resume();
    boolean took =
        pair.net.runUntil(() -> secondary.role("em1", 1) == MASTER, Duration.ofMillis(1_940));

    assertThat(took).as("within one interval of the slowest master").isTrue();
  }

  /** Adverts of a worse master move no deadline, and must not begin the wait for more anew. */
  @Test
  void aLateBackupOfHighPriorityTakesOverFromAWorseMasterThatKeepsTalking() throws IOException {
    CarpNode worse = SimPair.node(pair.b, vrrp(100)).start();
    pair.settle();
    CarpNode better = SimPair.node(pair.a, vrrp(200)).start();
    pair.a.pause();
    pair.advance(Duration.ofSeconds(2));
    pair.a.resume();
    pair.advance(Duration.ofSeconds(1));

    assertRoles(better, MASTER, worse, BACKUP);
  }

  /** Libraries are loaded, the host is asked for this and that: nobody listens yet. */
  @Test
  void aSlowStartIsNoSilence() throws IOException {
    pair.primary();
    pair.settle();
    CarpNode slow =
        SimPair.node(pair.b, router(100))
            .virtualAddresses(
                new VipController() {
                  @Override
                  public void prepare(Vip vip) {
                    pair.advance(Duration.ofSeconds(5));
                  }

                  @Override
                  public void hold(Vip vip, Duration lifetime) {}

                  @Override
                  public void release(Vip vip) {}

                  @Override
                  public void close() {}
                })
            .onRoleChange(pair.changesOfB::add)
            .start();
    pair.settle();

    assertThat(slow.role("em1", 1)).isEqualTo(BACKUP);
    assertThat(pair.changesOfB).hasSize(1);
  }

  private static VirtualRouter vrrp(int priority) {
    return VirtualRouter.onInterface("em1")
        .vhid(1)
        .vrrp(VrrpProfile.RFC_9568)
        .address("192.0.2.1/24")
        .interval(Duration.ofMillis(100))
        .priority(priority);
  }

  @Test
  void aMasterWhoseQueueOverflowedSettlesWithinOneAdvert() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode secondary = pair.secondary();
    pair.settle();

    pair.a.pause();
    flood(pair.a);
    pair.advance(LONG);
    pair.a.resume();
    pair.advance(Duration.ofMillis(1_500));

    assertRoles(primary, MASTER, secondary, BACKUP);
  }

  @Test
  void aLateLoopIsReported() throws IOException {
    pair.primary();
    pair.settle();
    pair.a.pause();
    pair.advance(LONG);
    pair.a.resume();
    pair.soon();

    assertThat(pair.eventsOfA(LoopDelay.class))
        .singleElement()
        .satisfies(
            delay -> {
              assertThat(delay.cause()).isEqualTo("a timer was late");
              assertThat(delay.delay()).isBetween(LONG.minusSeconds(2), LONG);
            });
  }

  @Test
  void aLoopThatIsOnTimeIsNot() throws IOException {
    pair.primary();
    pair.settle();
    assertThat(pair.eventsOfA(LoopDelay.class)).isEmpty();
  }

  @Test
  void aListenerThatHoldsUpTheLoopIsNamed() throws IOException {
    WatchedHost transport = new WatchedHost(pair.a);
    CarpNode.builder(transport)
        .virtualRouter(router(0))
        .randomCounters(new Random(1)::nextLong)
        .watchdog(Duration.ofMillis(50))
        .onEvent(pair.eventsOfA::add)
        .onRoleChange(change -> transport.pass(Duration.ofMillis(51)))
        .start();
    pair.soon();

    assertThat(pair.eventsOfA(LoopDelay.class))
        .singleElement()
        .hasToString(
            "event loop: a listener at 1@em1: INIT -> BACKUP (initialization complete), 51 ms");
  }
}
