package org.pfha.examples.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Assumptions;
import org.pfha.examples.conformance.Json;
import org.pfha.examples.lab.Capture;
import org.pfha.examples.lab.Lab;
import org.pfha.examples.lab.LabHost;
import org.pfha.examples.lab.LabProcess;
import org.pfha.examples.lab.NodeSettings;
import org.pfha.examples.lab.Programs;
import org.pfha.examples.lab.Seen;
import org.pfha.net.LinkAddress;

/** Two hosts on a switch, and the record of what they send. */
final class Pair implements AutoCloseable {

  static final String SOURCE_A = "10.66.0.1";
  static final String SOURCE_B = "10.66.0.2";

  /** A machine with a dozen other things to do must not fail a test. */
  static final Duration SLACK = Duration.ofSeconds(10);

  /** Two clocks and a queue: what a lower bound may be short of. */
  private static final long PRECISION = 1_000_000;

  final Lab lab;
  final LabHost a;
  final LabHost b;
  final Capture wire;

  Pair() throws IOException {
    lab = Lab.open();
    boolean done = false;
    try {
      a = lab.host("a", SOURCE_A + "/16", "fe80::a/64", "2001:db8:66::a/64");
      b = lab.host("b", SOURCE_B + "/16", "fe80::b/64", "2001:db8:66::b/64");
      wire = lab.capture(a, b);
      done = true;
    } finally {
      if (!done) {
        lab.close();
      }
    }
  }

  /** A third host on the switch. */
  LabHost third() throws IOException {
    return lab.host("c", "10.66.0.3/16", "fe80::c/64", "2001:db8:66::c/64");
  }

  static LabProcess started(NodeSettings settings) throws IOException {
    LabProcess node = settings.start(Programs.SMALL);
    node.await(line -> line.contains(" running: "), Duration.ofSeconds(60));
    return node;
  }

  static Predicate<Seen> advertOf(LabHost host, int vhid) {
    return frame -> frame.host().equals(host.name()) && frame.isAdvertOf(vhid);
  }

  /** The last advert of a host that ends in order: 255/255 of CARP, priority 0 of VRRP. */
  static Predicate<Seen> goodbyeOf(LabHost host, int vhid) {
    return advertOf(host, vhid)
        .and(
            frame ->
                frame.kind() == Seen.Kind.VRRP
                    ? frame.payload()[2] == 0
                    : frame.payload()[2] == -1 && frame.payload()[5] == -1);
  }

  static Predicate<Seen> from(LabHost host, Seen.Kind kind, String address) {
    InetAddress about = LinkAddress.parse(address).address();
    return frame -> frame.host().equals(host.name()) && frame.is(kind, about);
  }

  /** Waits for a frame. */
  Seen await(Predicate<Seen> wanted, Duration most) throws IOException {
    return await(wanted, 1, most).get(0);
  }

  /** Waits for some frames. */
  List<Seen> await(Predicate<Seen> wanted, int count, Duration most) throws IOException {
    try {
      return wire.await(wanted, count, most);
    } catch (IOException e) {
      throw new IOException(e.getMessage() + lab.logs(), e);
    }
  }

  /** Waits for a host's first advert. */
  void awaitMaster(LabHost host, int vhid, Duration most) throws IOException {
    await(advertOf(host, vhid), most);
  }

  /**
   * A host that hears a master says nothing, for longer than it would wait for a dead one. Where
   * the master itself was held up by a machine that has too much to do, nothing can be said.
   */
  void assertSilent(LabHost host, int vhid, Duration time) throws IOException {
    wire.watch(time);
    for (Seen advert : wire.all(advertOf(host, vhid))) {
      long heard =
          wire.last(
                  frame ->
                      frame.isAdvertOf(vhid)
                          && !frame.host().equals(host.name())
                          && frame.atNanos() < advert.atNanos())
              .map(Seen::atNanos)
              .orElse(0L);
      long silence = advert.atNanos() - heard;
      Assumptions.assumeTrue(
          heard == 0 || silence < time.toNanos() / 2,
          () -> "the machine held the master up for %d ms".formatted(silence / 1_000_000));
      fail(
          "%s advertises %d ms behind its master%s"
              .formatted(host, silence / 1_000_000, lab.logs()));
    }
  }

  /**
   * Waits for the successor's first advert behind the dead one's last, and checks the silence
   * between them.
   */
  long assertTakesOver(LabHost successor, LabHost dead, int vhid, long leastNanos, Duration most)
      throws IOException {
    Seen last = wire.last(advertOf(dead, vhid)).orElseThrow();
    Predicate<Seen> after = advertOf(successor, vhid).and(seen -> seen.atNanos() > last.atNanos());
    Seen first = await(after, Duration.ofNanos(leastNanos).plus(most));
    Seen truly = wire.last(advertOf(dead, vhid)).orElseThrow();
    long silence = first.atNanos() - truly.atNanos();
    assertThat(silence)
        .as("silence between %s and %s", truly, first)
        .isGreaterThan(leastNanos - PRECISION)
        .isLessThan(leastNanos + most.toNanos());
    return silence;
  }

  /** What a node says of itself. */
  static Json status(LabHost host) throws IOException {
    return Json.parse("status of " + host, get(host, "/status"));
  }

  static String get(LabHost host, String path) throws IOException {
    String request =
        "exec 3<>/dev/tcp/127.0.0.1/%d; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
            .formatted(NodeSettings.STATUS_PORT, path);
    String answer = host.run("bash", "-c", request);
    int body = answer.indexOf("\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200");
    return answer.substring(body + 4);
  }

  /** What a node counts for its only virtual router. */
  static long counter(Json status, String name) {
    List<Json> routers = List.copyOf(status.get("carp").get("routers").fields().values());
    return routers.get(0).get(name).number();
  }

  static String role(Json status) {
    return status.get("routers").items().get(0).get("role").text();
  }

  @Override
  public void close() {
    lab.close();
  }
}
