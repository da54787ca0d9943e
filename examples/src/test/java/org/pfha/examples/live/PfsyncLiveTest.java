package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.pfha.examples.conformance.Json;
import org.pfha.examples.lab.LabProcess;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs;
import org.pfha.examples.lab.Programs.Carp;

/** pfsync between two nodes over real sockets: a feeder on host a, {@code pfha node} on b. */
@NeedsLab({"nft", "tc"})
class PfsyncLiveTest {

  private static final int STATES = 100_000;
  private static final String GROUP = "224.0.0.240";
  private static final List<String> JVM =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m");
  private static final Duration MOST = Duration.ofSeconds(60);

  private static LabProcess feeder(Pair pair, String... more) throws IOException {
    String[] arguments = new String[more.length + 1];
    arguments[0] = Pair.SOURCE_B;
    System.arraycopy(more, 0, arguments, 1, more.length);
    LabProcess feeder = Programs.java(pair.a, StateFeeder.class.getName(), JVM, arguments);
    feeder.await("ready"::equals, MOST);
    return feeder;
  }

  private static LabProcess node(Pair pair, boolean multicast) throws IOException {
    NodeSettings settings =
        new NodeSettings(pair.b)
            .carp(new Carp(1, "sync", "10.66.0.100", 1, 0), "pfha")
            .pfsync(
                "b",
                link -> link.texts("peers", List.of(Pair.SOURCE_A)).field("multicast", multicast));
    LabProcess node = settings.start(JVM);
    node.await(line -> line.contains(" running: "), MOST);
    return node;
  }

  /** What the feeder answers to a command. */
  private static String ask(LabProcess feeder, String command) throws IOException {
    long answered = feeder.lines().stream().filter(line -> line.startsWith("#")).count();
    feeder.say(command);
    return feeder.await(line -> line.startsWith("#" + (answered + 1) + ": "), MOST);
  }

  private static Json pfsync(Pair pair) throws IOException {
    return Pair.status(pair.b).get("pfsync");
  }

  private static Json awaitPfsync(Pair pair, Predicate<Json> wanted) throws IOException {
    long end = System.nanoTime() + MOST.toNanos();
    Json now = pfsync(pair);
    while (!wanted.test(now) && System.nanoTime() - end < 0) {
      pair.wire.watch(Duration.ofMillis(200));
      now = pfsync(pair);
    }
    assertThat(wanted.test(now)).as("status of pfsync: %s", now).isTrue();
    return now;
  }

  private static void assertSame(Pair pair, LabProcess feeder) throws IOException {
    String fed = ask(feeder, "report");
    Json there = awaitPfsync(pair, status -> fed.contains(status.get("identity_digest").text()));
    assertThat(there.get("states").integer()).isEqualTo(STATES);
    for (String counter : List.of("badver", "badact", "badlen", "badval", "badttl", "badpeer")) {
      assertThat(there.get("counters").get(counter).number()).as(counter).isZero();
    }
  }

  @Test
  void everyStateArrivesByMulticastAndComesBackInBulk() throws IOException {
    try (Pair pair = new Pair()) {
      node(pair, true);
      LabProcess feeder = feeder(pair, GROUP);
      ask(feeder, "insert " + STATES + " 20000");
      assertSame(pair, feeder);

      feeder.kill();
      LabProcess restarted = feeder(pair, GROUP);
      awaitBulk(restarted);
      assertSame(pair, restarted);
    }
  }

  private static void awaitBulk(LabProcess feeder) throws IOException {
    long end = System.nanoTime() + MOST.toNanos();
    String line = ask(feeder, "report");
    while (!line.contains("bulk DONE")) {
      assertThat(System.nanoTime() - end).as(line).isNegative();
      line = ask(feeder, "report");
    }
    assertThat(line).contains(": " + STATES + " states");
  }

  @Test
  void everyStateArrivesByUnicastOverASlowLink() throws IOException {
    try (Pair pair = new Pair()) {
      pair.a.run(
          "tc", "qdisc", "add", "dev", "eth0", "root", "tbf", "rate", "60mbit", "burst", "64kb",
          "latency", "500ms");
      node(pair, false);
      LabProcess feeder = feeder(pair);
      // The bulk transfer that the node asks for at its start would want more than the link has.
      awaitPfsync(pair, status -> !status.get("awaiting_bulk").bool());
      String fed = ask(feeder, "insert " + STATES + " 15000");
      assertThat(fed).endsWith(" 0 errors");
      assertSame(pair, feeder);
    }
  }

  /** What a lossy link has swallowed is asked for when it is updated. */
  @Test
  void whatIsLostIsAskedForWhenItIsUpdated() throws IOException {
    try (Pair pair = new Pair()) {
      node(pair, false);
      LabProcess feeder = feeder(pair);
      pair.b.run(
          "nft",
          "add table netdev lossy; add chain netdev lossy in { type filter hook ingress device eth0"
              + " priority 0; }; add rule netdev lossy in ip protocol 240 numgen random mod 100 < 5"
              + " counter drop");
      ask(feeder, "insert " + STATES + " 20000");
      Json lossy = awaitPfsync(pair, status -> status.get("states").integer() > STATES / 2);
      String rules = pair.b.run("nft", "list", "table", "netdev", "lossy");
      assertThat(rules).as("packets were dropped").containsPattern("counter packets [1-9]");
      pair.b.run("nft", "delete", "table", "netdev", "lossy");
      assertThat(lossy.get("states").integer()).isLessThan(STATES);

      ask(feeder, "update " + STATES + " 20000");
      assertSame(pair, feeder);
    }
  }
}
