package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.examples.conformance.Json;
import org.pfha.examples.lab.LabHost;
import org.pfha.examples.lab.LabProcess;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Seen;

/** CARP with UCarp 1.5.2. */
@NeedsLab("ucarp")
class UcarpTest {

  private static final String GROUP = "--mcast=";

  /** UCarp reads adverts and looks at its clock once an interval, and up to a second late. */
  private static Duration ucarpLateness(Carp router) {
    long interval = router.advbase() * 1_000_000_000L + router.advskew() * 1_000_000_000L / 256;
    return Duration.ofNanos(interval).plusSeconds(1).plus(Pair.SLACK);
  }

  /** The failovers of the golden data: every password, skew and base that was captured. */
  record Failover(String name, Carp ucarp, int skew, String profile, List<String> options) {

    NodeSettings node(LabHost host) throws IOException {
      NodeSettings node = new NodeSettings(host).carp(ucarp.advskew(skew), profile);
      for (String option : options) {
        if (option.startsWith(GROUP)) {
          node = node.sendingTo(option.substring(GROUP.length()));
        }
      }
      return node;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Failover> failovers() {
    return Stream.of(
        new Failover(
            "ucarp-basic", new Carp(1, "love", "10.66.0.100", 1, 0), 100, "pfha", List.of()),
        new Failover(
            "ucarp-pass19",
            new Carp(254, "0123456789abcdefghi", "10.66.255.254", 1, 1),
            200,
            "freebsd14",
            List.of()),
        new Failover(
            "ucarp-utf8", new Carp(77, "pässwörd", "172.31.5.6", 1, 10), 20, "pfha", List.of()),
        new Failover(
            "ucarp-broadcast",
            new Carp(128, "x", "10.66.0.128", 1, 0),
            50,
            "openbsd",
            List.of("--nomcast")),
        new Failover(
            "ucarp-othergroup",
            new Carp(8, "group", "10.66.0.58", 1, 0),
            30,
            "pfha",
            List.of(GROUP + "239.10.20.30")),
        new Failover(
            "ucarp-slow", new Carp(33, "slow one", "192.0.2.33", 2, 128), 255, "ucarp", List.of()));
  }

  @ParameterizedTest
  @MethodSource("failovers")
  void eachTakesOverFromTheOther(Failover failover) throws IOException {
    Carp ucarp = failover.ucarp;
    Carp own = ucarp.advskew(failover.skew);
    int vhid = ucarp.vhid();
    Pair.play(
        pair -> {
          String[] options = failover.options.toArray(String[]::new);
          LabProcess master = Programs.ucarp(pair.a, Pair.SOURCE_A, ucarp, options);
          pair.awaitMaster(
              pair.a, vhid, Duration.ofNanos(ucarp.masterDownNanos()).plus(ucarpLateness(ucarp)));
          LabProcess node = Pair.started(failover.node(pair.b));
          pair.assertSilent(pair.b, vhid, own.masterDownNanos(), Duration.ofMillis(500));
          Json status = Pair.status(pair.b);
          assertThat(Pair.role(status)).isEqualTo("BACKUP");
          assertThat(Pair.counter(status, "badauth")).isZero();

          master.kill();
          pair.assertTakesOver(pair.b, pair.a, vhid, own.masterDownNanos(), Pair.SLACK);
          pair.await(Pair.from(pair.b, Seen.Kind.ANNOUNCEMENT, ucarp.address()), Pair.SLACK);

          // The old one comes back, hears the new one, and waits: it was not told to preempt.
          pair.wire.clear();
          Programs.ucarp(pair.a, Pair.SOURCE_A, ucarp, options);
          pair.assertSilent(pair.a, vhid, ucarp.masterDownNanos(), Duration.ofMillis(1500));
          node.kill();
          pair.assertTakesOver(pair.a, pair.b, vhid, ucarp.masterDownNanos(), ucarpLateness(ucarp));
        });
  }

  /**
   * With advbase 0 UCarp reads adverts too late to hear a master in time, so that it is no backup
   * worth testing. As the better one it can be tested: the node hears and believes every advert, is
   * silent as long as they come, and takes over behind its own master-down time, not UCarp's.
   */
  @Test
  void belowASecondTheNodeIsSilentAsLongAsUcarpIsNot() throws IOException {
    Carp ucarp = new Carp(9, "fast", "198.51.100.9", 0, 64);
    Carp own = ucarp.advskew(96);
    long masterDown = 3L * 96 * 1_000_000_000L / 256;
    Pair.play(
        pair -> {
          LabProcess master = Programs.ucarp(pair.a, Pair.SOURCE_A, ucarp);
          pair.awaitMaster(pair.a, 9, Pair.SLACK);
          Pair.started(new NodeSettings(pair.b).carp(own, "pfha-subsecond"));
          pair.assertSilent(pair.b, 9, masterDown, Duration.ofSeconds(5));
          Json status = Pair.status(pair.b);
          assertThat(Pair.role(status)).isEqualTo("BACKUP");
          assertThat(Pair.counter(status, "badauth")).isZero();
          assertThat(Pair.counter(status, "ipackets")).as("four a second").isGreaterThan(15);
          master.kill();
          pair.assertTakesOver(pair.b, pair.a, 9, masterDown, Pair.SLACK);
          // It lives and is alone: everybody hears of it.
          pair.wire.clear();
          pair.await(Pair.advertOf(pair.b, 9), 10, Pair.SLACK);
        });
  }

  @Test
  void preemptsAWorseUcarp() throws IOException {
    Carp worse = new Carp(5, "tiger", "10.66.0.55", 1, 100);
    try (Pair pair = new Pair()) {
      Programs.ucarp(pair.b, Pair.SOURCE_B, worse);
      pair.awaitMaster(pair.b, 5, ucarpLateness(worse).plusSeconds(4));
      Pair.started(new NodeSettings(pair.a).preempting().carp(worse.advskew(0), "pfha"));
      Seen first = pair.await(Pair.advertOf(pair.a, 5), Pair.SLACK);
      assertYields(pair, first);
    }
  }

  private static void assertYields(Pair pair, Seen first) throws IOException {
    // UCarp reads the better advert up to a second late, answers with one more, and is silent.
    pair.wire.watch(Duration.ofSeconds(4));
    List<Seen> late =
        pair.wire.all(
            Pair.advertOf(pair.b, 5)
                .and(frame -> frame.atNanos() > first.atNanos() + 3_500_000_000L));
    assertThat(late).isEmpty();
  }

  @Test
  void isPreemptedByABetterUcarp() throws IOException {
    Carp better = new Carp(5, "tiger", "10.66.0.55", 1, 0);
    try (Pair pair = new Pair()) {
      Pair.started(new NodeSettings(pair.b).carp(better.advskew(100), "pfha"));
      pair.awaitMaster(pair.b, 5, Pair.SLACK);
      Programs.ucarp(pair.a, Pair.SOURCE_A, better, "--preempt");
      Seen first = pair.await(Pair.advertOf(pair.a, 5), Pair.SLACK);
      pair.wire.watch(Duration.ofMillis(2500));
      assertThat(
              pair.wire.all(
                  Pair.advertOf(pair.b, 5)
                      .and(frame -> frame.atNanos() > first.atNanos() + 200_000_000L)))
          .as("adverts behind the better one's first")
          .isEmpty();
      assertThat(Pair.role(Pair.status(pair.b))).isEqualTo("BACKUP");
    }
  }

  /** Both halves of the segment have a master of the same skew; then they are joined. */
  @Test
  void equalMastersEndInOne() throws IOException {
    Carp even = new Carp(6, "even", "10.66.0.56", 1, 0);
    try (Pair pair = new Pair()) {
      pair.lab.unplug(pair.b);
      Programs.ucarp(pair.a, Pair.SOURCE_A, even);
      Pair.started(new NodeSettings(pair.b).carp(even, "pfha"));
      pair.awaitMaster(pair.a, 6, ucarpLateness(even).plusSeconds(3));
      pair.awaitMaster(pair.b, 6, Pair.SLACK);
      pair.lab.plug(pair.b);
      pair.wire.watch(Duration.ofSeconds(6));
      pair.wire.clear();
      pair.wire.watch(Duration.ofSeconds(4));
      long masters =
          Stream.of(pair.a, pair.b)
              .filter(host -> !pair.wire.all(Pair.advertOf(host, 6)).isEmpty())
              .count();
      assertThat(masters).as("masters").isEqualTo(1);
    }
  }

  @Test
  void takesOverFromAUcarpThatStepsDown() throws IOException {
    Carp better = new Carp(7, "step down", "10.66.0.57", 1, 0);
    Carp own = better.advskew(20);
    Pair.play(
        pair -> {
          LabProcess master = Programs.ucarp(pair.a, Pair.SOURCE_A, better);
          pair.awaitMaster(pair.a, 7, ucarpLateness(better).plusSeconds(3));
          Pair.started(new NodeSettings(pair.b).carp(own, "pfha"));
          pair.assertSilent(pair.b, 7, own.masterDownNanos(), Duration.ZERO);
          master.signal("USR2");
          pair.assertTakesOver(pair.b, pair.a, 7, own.masterDownNanos(), Pair.SLACK);
        });
  }

  /** An orderly end is told with 255/255, and UCarp does not wait for the silence. */
  @Test
  void ucarpTakesOverAtOnceWhenTheMasterBowsOut() throws IOException {
    Carp better = new Carp(12, "good night", "10.66.0.60", 2, 0);
    Carp backup = better.advskew(200);
    Pair.play(
        pair -> {
          LabProcess node = Pair.started(new NodeSettings(pair.a).carp(better, "pfha"));
          pair.awaitMaster(pair.a, 12, Pair.SLACK);
          Programs.ucarp(pair.b, Pair.SOURCE_B, backup);
          pair.assertSilent(pair.b, 12, backup.masterDownNanos(), Duration.ZERO);
          assertThat(node.terminate()).isEqualTo(143);
          Seen bowOut = pair.await(Pair.goodbyeOf(pair.a, 12), Pair.SLACK);
          Seen first = pair.await(Pair.advertOf(pair.b, 12), Pair.SLACK);
          assertThat(first.atNanos() - bowOut.atNanos())
              .as("silence")
              .isLessThan(backup.masterDownNanos() - 1_000_000_000L);
        });
  }

  @Test
  void withAnotherPasswordBothAreMasterAndTheNodeSaysWhy() throws IOException {
    Carp theirs = new Carp(11, "one", "10.66.0.59", 1, 0);
    Carp own = new Carp(11, "two", "10.66.0.59", 1, 100);
    try (Pair pair = new Pair()) {
      Programs.ucarp(pair.a, Pair.SOURCE_A, theirs);
      LabProcess node = Pair.started(new NodeSettings(pair.b).carp(own, "pfha"));
      pair.awaitMaster(pair.a, 11, ucarpLateness(theirs).plusSeconds(3));
      pair.awaitMaster(pair.b, 11, Pair.SLACK);
      pair.await(Pair.advertOf(pair.a, 11), 4, Pair.SLACK);
      Json status = Pair.status(pair.b);
      assertThat(Pair.role(status)).isEqualTo("MASTER");
      assertThat(Pair.counter(status, "badauth")).isPositive();
      node.await(line -> line.contains("password"), Pair.SLACK);
    }
  }
}
