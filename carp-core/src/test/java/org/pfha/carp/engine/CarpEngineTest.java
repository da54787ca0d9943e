package org.pfha.carp.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;

class CarpEngineTest {

  private static final long SECOND = 1_000_000_000L;
  private static final List<InetAddress> DUAL =
      List.of(LinkAddress.parse("2001:db8::1").address(), LinkAddress.parse("192.0.2.1").address());

  private final Recorder actions = new Recorder();
  private long random;
  private final CarpEngine engine = engine(100, true);

  private CarpEngine engine(int advskew, boolean preempt) {
    CarpParameters parameters =
        CarpParameters.of(1, DUAL).withInterval(1, advskew).withPreempt(preempt, 0);
    return new CarpEngine(parameters, () -> random += 1000);
  }

  private static void hear(
      CarpEngine engine, CarpAdvert advert, boolean ipv6, long at, CarpActions actions) {
    IpPacket packet =
        Packets.carp(
            advert,
            CarpAuthenticator.of(new byte[0], 1, DUAL),
            ipv6 ? "fe80::2" : "192.0.2.252",
            at);
    engine.received(Packets.view(packet), packet, actions);
  }

  private static CarpAdvert advert(int advbase, int advskew, long counter) {
    return new CarpAdvert(1, advbase, advskew, 0, counter);
  }

  private void becomeMaster() {
    engine.linkUp(0, actions);
    engine.tick(engine.nextDeadlineNanos().orElseThrow(), actions);
    assertThat(engine.role()).isEqualTo(Role.MASTER);
  }

  @Test
  void becomingMasterAdvertisesBothFamiliesThenAnnouncesEachAddress() {
    becomeMaster();

    assertThat(actions.log)
        .containsExactly(
            "INIT->BACKUP initialization complete",
            "BACKUP->MASTER master timed out",
            "v4 1/100 #1000",
            "v6 1/100 #2000",
            "announce 192.0.2.1",
            "announce 2001:db8:0:0:0:0:0:1");
  }

  @Test
  void aTakeoverIsAnnouncedWithTheNextTwoAdvertsAgain() {
    becomeMaster();
    for (int i = 0; i < 5; i++) {
      engine.tick(engine.nextDeadlineNanos().orElseThrow(), actions);
    }

    assertThat(actions.log.stream().filter("announce 192.0.2.1"::equals)).hasSize(3);
  }

  @Test
  void onceAPeerWasHeardItsCounterIsContinued() {
    engine.linkUp(0, actions);
    hear(engine, advert(1, 0, -1), false, SECOND, actions);
    actions.log.clear();

    engine.tick(10 * SECOND, actions);

    assertThat(actions.log).contains("v4 1/100 #0", "v6 1/100 #1");
  }

  @Test
  void losingOneFamilyIsEnoughForATakeover() {
    engine.linkUp(0, actions);
    hear(engine, advert(1, 0, 1), false, 3 * SECOND, actions);

    engine.tick(3_390_624_999L, actions);
    assertThat(engine.role()).isEqualTo(Role.BACKUP);
    engine.tick(3_390_625_000L, actions);
    assertThat(engine.role()).isEqualTo(Role.MASTER);
  }

  @Test
  void demotionSlowsTheAdvertsButNotTheTakeover() {
    engine.demotion(240, 0, actions);
    engine.linkUp(0, actions);

    assertThat(engine.nextDeadlineNanos()).hasValue(3_390_625_000L);
    assertThat(engine.effectiveSkew()).isEqualTo(240);
    assertThat(actions.log).hasSize(1);
  }

  @Test
  void aMasterAdvertisesANewDemotionAtOnceAndOthersDoNot() {
    becomeMaster();
    actions.log.clear();

    engine.demotion(50, 4 * SECOND, actions);
    engine.demotion(50, 4 * SECOND, actions);
    assertThat(actions.log).containsExactly("v4 1/150 #3000", "v6 1/150 #4000");

    engine.demotion(-500, 4 * SECOND, actions);
    assertThat(engine.effectiveSkew()).as("never below zero").isZero();
    engine.demotion(Integer.MAX_VALUE, 4 * SECOND, actions);
    assertThat(engine.effectiveSkew()).as("never above 240").isEqualTo(240);
  }

  @Test
  void stoppingBowsOutAndLinkLossIsSilent() {
    becomeMaster();
    actions.log.clear();
    engine.stop(5 * SECOND, actions);
    assertThat(actions.log)
        .containsExactly("v4 255/255 #3000", "v6 255/255 #4000", "MASTER->INIT stopped");
    assertThat(engine.nextDeadlineNanos()).isEmpty();

    engine.linkUp(6 * SECOND, actions);
    actions.log.clear();
    engine.linkDown(6 * SECOND, actions);
    assertThat(actions.log).containsExactly("BACKUP->INIT hardware interface down");
  }

  @Test
  void timersWorkAcrossTheOverflowOfTheClock() {
    long start = Long.MAX_VALUE - SECOND;
    engine.linkUp(start, actions);

    engine.tick(start + 2 * SECOND, actions);
    assertThat(engine.role()).isEqualTo(Role.BACKUP);
    engine.tick(start + 4 * SECOND, actions);
    assertThat(engine.role()).isEqualTo(Role.MASTER);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomLivesKeepTheRules(long seed) {
    Random dice = new Random(seed);
    CarpEngine any = engine(dice.nextInt(255), dice.nextBoolean());
    Recorder log = new Recorder();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      String life = "seed " + seed + ", step " + step;
      log.log.clear();
      Role before = any.role();
      now += dice.nextLong(SECOND);
      int event = dice.nextInt(12);
      switch (event) {
        case 0 -> any.linkDown(now, log);
        case 1, 2 -> any.linkUp(now, log);
        case 3 -> any.demotion(dice.nextInt(-300, 300), now, log);
        case 4 -> any.stop(now, log);
        case 5, 6, 7 -> hear(any, dice, now, log, life);
        default -> any.tick(now, log);
      }
      assertThat(any.nextDeadlineNanos().isPresent())
          .as("a timer runs exactly while it operates, %s", life)
          .isEqualTo(any.role() != Role.INIT);
      if (event >= 8 && any.role() != Role.INIT) {
        assertThat(any.nextDeadlineNanos().orElseThrow())
            .as("no timer is forgotten, %s", life)
            .isGreaterThan(now);
      }
      boolean sent = log.log.stream().anyMatch(line -> line.startsWith("v4"));
      assertThat(sent && before != Role.MASTER && any.role() != Role.MASTER)
          .as("only a master speaks, %s", life)
          .isFalse();
      if (before != Role.MASTER && any.role() == Role.MASTER) {
        assertThat(sent).as("a new master speaks at once, %s", life).isTrue();
      }
      if (before != any.role()) {
        assertThat(log.log).as(life).anyMatch(l -> l.startsWith(before + "->" + any.role()));
      }
      assertThat(any.effectiveSkew()).as(life).isBetween(0, 240);
    }
  }

  private static void hear(CarpEngine any, Random dice, long now, Recorder log, String life) {
    int theirBase = dice.nextInt(4);
    int theirSkew = dice.nextInt(256);
    Role before = any.role();
    int mine = 256 + any.effectiveSkew();
    hear(any, advert(theirBase, theirSkew, dice.nextLong()), dice.nextBoolean(), now, log);
    if (before == Role.MASTER) {
      boolean better = mine < 256 * theirBase + theirSkew;
      boolean replaced = log.log.contains("MASTER->BACKUP " + RoleReason.SILENT_TOO_LONG);
      assertThat(any.role()).as(life).isEqualTo(better && !replaced ? Role.MASTER : Role.BACKUP);
    }
  }

  private static final class Recorder implements CarpActions {
    private final List<String> log = new ArrayList<>();

    @Override
    public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
      throw new AssertionError("there is no VRRP here: " + advert);
    }

    @Override
    public void sendAdvert(CarpAdvert advert, boolean ipv6) {
      log.add(
          "%s %d/%d #%d"
              .formatted(ipv6 ? "v6" : "v4", advert.advbase(), advert.advskew(), advert.counter()));
    }

    @Override
    public void sendErrorDemotion(int amount) {
      log.add("demote " + amount);
    }

    @Override
    public void announce(InetAddress address) {
      log.add("announce " + address.getHostAddress());
    }

    @Override
    public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
      log.add(from + "->" + to + " " + reason);
    }
  }
}
