package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.examples.lab.LabHost;
import org.pfha.examples.lab.LabProcess;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs.Carp;
import org.pfha.examples.lab.Seen;
import org.pfha.net.MacAddress;

/** Two nodes, and a third host that only wants to reach the address. */
@NeedsLab({"ping", "arping"})
class ThirdHostTest {

  private static final String V4 = "10.66.0.100";
  private static final String V6 = "2001:db8:66::100";
  private static final Carp BETTER = new Carp(1, "third host", V4, 1, 0);
  private static final Carp WORSE = BETTER.advskew(100);

  private static NodeSettings node(LabHost host, Carp router, String kind) throws IOException {
    return new NodeSettings(host)
        .preempting()
        .virtualAddresses(kind)
        .carp(router, "pfha", V6 + "/64");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "macvlan"})
  void thePingFollowsTheAddressAndTheDeadOneIsSilent(String kind) throws IOException {
    try (Pair pair = new Pair()) {
      LabHost third = pair.third();
      LabProcess master = Pair.started(node(pair.a, BETTER, kind));
      pair.awaitMaster(pair.a, 1, Pair.SLACK);
      Pair.started(node(pair.b, WORSE, kind));
      LabProcess ping = third.start(List.of("ping", "-n", "-i", "0.05", V4));
      LabProcess ping6 = third.start(List.of("ping", "-n", "-i", "0.05", V6));
      for (String address : List.of(V4, V6)) {
        pair.await(Pair.from(pair.a, Seen.Kind.PONG, address), Pair.SLACK);
      }
      pair.assertSilent(pair.b, 1, Duration.ofNanos(WORSE.masterDownNanos()));

      master.kill();
      pair.assertTakesOver(pair.b, pair.a, 1, WORSE.masterDownNanos(), Pair.SLACK);
      long last = pair.wire.last(Pair.advertOf(pair.a, 1)).orElseThrow().atNanos();
      for (String address : List.of(V4, V6)) {
        Seen told = pair.await(Pair.from(pair.b, Seen.Kind.ANNOUNCEMENT, address), Pair.SLACK);
        assertThat(told.claimedMac())
            .as("where %s answers now", address)
            .isEqualTo(
                kind.equals("macvlan") ? MacAddress.virtual(1) : new MacAddress(0x0200_0000_0062L));
        pair.await(Pair.from(pair.b, Seen.Kind.PONG, address), Pair.SLACK);
      }

      // Two master-down times behind the end of the old master nobody hears of it any more.
      Duration left =
          Duration.ofNanos(
              last + 2 * WORSE.masterDownNanos() - System.currentTimeMillis() * 1_000_000);
      pair.wire.watch(left.isNegative() ? Duration.ZERO : left);
      ping.kill();
      ping6.kill();
      pair.wire.clear();
      third.run("ip", "neigh", "flush", "dev", "eth0");
      third.run("arping", "-c", "3", "-w", "5", "-I", "eth0", V4);
      third.run("ping", "-n", "-c", "2", "-W", "5", V6);
      for (String address : List.of(V4, V6)) {
        Predicate<Seen> answers =
            Pair.from(pair.b, Seen.Kind.ANSWER, address)
                .or(Pair.from(pair.b, Seen.Kind.PONG, address));
        pair.await(answers, Pair.SLACK);
        assertThat(pair.wire.all(frame -> frame.host().equals("a") && !frame.isAdvert()))
            .as("frames of the dead master's host about %s", address)
            .noneMatch(frame -> frame.address().getHostAddress().equals(address));
      }
      pair.await(Pair.from(pair.b, Seen.Kind.ANSWER, V4), Pair.SLACK);
      pair.await(Pair.from(pair.b, Seen.Kind.ANSWER, V6), Pair.SLACK);
      assertThat(pair.a.run("ip", "addr")).doesNotContain(V4 + "/").doesNotContain(V6 + "/");

      // Back again, in order this time.
      LabProcess again = Pair.started(node(pair.a, BETTER, kind));
      pair.await(Pair.advertOf(pair.a, 1), Pair.SLACK);
      third.start(List.of("ping", "-n", "-i", "0.05", V4));
      pair.await(Pair.from(pair.a, Seen.Kind.PONG, V4), Pair.SLACK);
      pair.wire.clear();
      pair.assertSilent(pair.b, 1, Duration.ofSeconds(3));
      again.terminate();
      Seen goodbye = pair.await(Pair.goodbyeOf(pair.a, 1), Pair.SLACK);
      Seen next = pair.await(Pair.advertOf(pair.b, 1), Pair.SLACK);
      assertThat(next.atNanos() - goodbye.atNanos())
          .as("silence behind a bow-out")
          .isLessThan(1_000_000_000L);
      assertThat(pair.a.run("ip", "addr")).doesNotContain(V4 + "/").doesNotContain(V6 + "/");
    }
  }
}
