package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pfha.examples.conformance.Json;
import org.pfha.examples.lab.LabHost;
import org.pfha.examples.lab.LabProcess;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs;
import org.pfha.examples.lab.Programs.Vrrp;
import org.pfha.examples.lab.Seen;

/** VRRPv3 with keepalived 2.2, IPv4 and IPv6. */
@NeedsLab("keepalived")
class KeepalivedTest {

  /** One of each family. */
  static Stream<Vrrp> fast() {
    return Stream.of(
        new Vrrp(21, 254, 100, List.of("10.66.2.9/24", "10.66.2.2/24", "203.0.113.5/32")),
        new Vrrp(31, 90, 500, List.of("fe80::5e:31/64")));
  }

  /** The same again, at a second's pace. */
  static Stream<Vrrp> slow() {
    return Stream.of(
        new Vrrp(20, 200, 1000, List.of("10.66.2.1/24")),
        new Vrrp(30, 180, 1000, List.of("fe80::5e:30/64", "2001:db8:66::30/64")));
  }

  /** Each host's part, by turns that of keepalived and that of the node. */
  private interface Start {
    LabProcess on(LabHost host, Vrrp router) throws IOException;
  }

  private static LabProcess keepalived(LabHost host, Vrrp router) throws IOException {
    return Programs.keepalived(host, List.of(router));
  }

  private static LabProcess node(LabHost host, Vrrp router) throws IOException {
    return Pair.started(new NodeSettings(host).preempting().vrrp(router));
  }

  @ParameterizedTest
  @MethodSource("fast")
  void takesOverFromKeepalived(Vrrp router) throws IOException {
    Pair.play(
        pair -> {
          failOver(pair, router, KeepalivedTest::keepalived, KeepalivedTest::node);
          Json status = Pair.status(pair.b);
          assertThat(Pair.counter(status, "badsum")).isZero();
          assertThat(Pair.role(status)).isEqualTo("MASTER");
        });
  }

  @ParameterizedTest
  @MethodSource("slow")
  @Tag("live-long")
  void takesOverFromASlowKeepalived(Vrrp router) throws IOException {
    takesOverFromKeepalived(router);
  }

  @ParameterizedTest
  @MethodSource("slow")
  @Tag("live-long")
  void aSlowKeepalivedTakesOver(Vrrp router) throws IOException {
    keepalivedTakesOver(router);
  }

  @ParameterizedTest
  @MethodSource("fast")
  void keepalivedTakesOver(Vrrp router) throws IOException {
    Pair.play(
        pair -> {
          failOver(pair, router, KeepalivedTest::node, KeepalivedTest::keepalived);
        });
  }

  /** A dies without a word, comes back and has its role again, then ends in order. */
  private static void failOver(Pair pair, Vrrp router, Start first, Start second)
      throws IOException {
    int vrid = router.vrid();
    Vrrp backup = router.priority(router.priority() - 20);
    LabProcess master = first.on(pair.a, router);
    pair.awaitMaster(pair.a, vrid, Pair.SLACK);
    second.on(pair.b, backup);
    pair.assertSilent(pair.b, vrid, backup.masterDownNanos(), Duration.ofSeconds(1));

    master.kill();
    pair.assertTakesOver(pair.b, pair.a, vrid, backup.masterDownNanos(), Pair.SLACK);
    for (String address : backup.addresses()) {
      pair.await(Pair.from(pair.b, Seen.Kind.ANNOUNCEMENT, address), Pair.SLACK);
    }

    pair.wire.clear();
    LabProcess again = first.on(pair.a, router);
    Seen back = pair.await(Pair.advertOf(pair.a, vrid), Pair.SLACK);
    // One advert may cross the better one's first; from then on the worse is silent.
    long settled = back.atNanos() + router.intervalMillis() * 1_000_000L / 2;
    pair.wire.watch(Duration.ofMillis(3L * router.intervalMillis() + 500));
    assertThat(pair.wire.all(Pair.advertOf(pair.b, vrid).and(seen -> seen.atNanos() > settled)))
        .as("adverts of the worse one")
        .isEmpty();

    again.terminate();
    pair.await(Pair.goodbyeOf(pair.a, vrid), Pair.SLACK);
    long silence = pair.assertTakesOver(pair.b, pair.a, vrid, backup.skewNanos(), Pair.SLACK);
    assertThat(silence)
        .as("it does not wait for a dead one")
        .isLessThan(backup.skewNanos() + 2L * router.intervalMillis() * 1_000_000);
  }
}
