package org.pfha.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.pfha.net.OutboundPacket;

/** What cheap hardware does: clocks that drift, hosts that are slow, switches that echo or drop. */
class SimHardwareTest {

  private static final InetAddress GROUP = InetAddresses.forString("224.0.0.18");
  private static final InetAddress B = InetAddresses.forString("192.0.2.2");
  private static final int HEADER = 20;

  private final SimNetwork net = new SimNetwork(7);
  private final SimSegment lan = net.segment("lan");
  private final SimHost a = host("a", 1);
  private final SimHost b = host("b", 2);
  private final List<String> seen = new ArrayList<>();
  private final long start = net.now();

  private SimHost host(String name, int number) {
    SimHost host = net.host(name);
    host.attach(lan, "em1", "192.0.2." + number + "/24");
    return host;
  }

  @BeforeEach
  void listen() throws IOException {
    for (SimHost host : List.of(a, b)) {
      host.join("em1", GROUP);
      host.receive(112, packet -> note(host + " hears " + packet.payloadLength()));
    }
  }

  private void note(String what) {
    seen.add("%d ms: %s".formatted((net.now() - start) / 1_000_000, what));
  }

  private static void send(SimHost from, InetAddress to, int bytes) throws IOException {
    from.send(new OutboundPacket("em1", 112, null, to, 255, 0, true, null, new byte[bytes]));
  }

  private static long time(SimHost host) {
    return host.loop().clock().nanoTime();
  }

  // --- drift

  @Test
  void aClockThatDriftsGainsAndKeepsWhatItHasGained() {
    long before = time(a);
    a.drift(0.01);
    assertThat(time(a)).as("it does not jump").isEqualTo(before);
    net.advance(Duration.ofSeconds(100));
    assertThat(time(a) - before).isEqualTo(Duration.ofSeconds(101).toNanos());
    a.drift(0);
    net.advance(Duration.ofSeconds(100));
    assertThat(time(a) - before).isEqualTo(Duration.ofSeconds(201).toNanos());
    a.drift(-0.01);
    net.advance(Duration.ofSeconds(100));
    assertThat(time(a) - before).isEqualTo(Duration.ofMinutes(5).toNanos());
    assertThat(time(b) - before).as("another's does not").isEqualTo(net.now() - start);
  }

  @Test
  void timersGoByTheClockOfTheirHost() {
    a.drift(0.25);
    a.loop().schedule(time(a) + 1_000_000_000L, () -> note("a fast second"));
    b.drift(-0.2);
    b.loop().schedule(time(b) + 1_000_000_000L, () -> note("a slow second"));
    net.advance(Duration.ofSeconds(2));
    assertThat(seen).containsExactly("800 ms: a fast second", "1250 ms: a slow second");
  }

  @Test
  void timersThatAreSetStayWhereTheyAre() {
    a.loop().schedule(time(a) + 1_000_000_000L, () -> note("a second"));
    a.drift(0.25);
    net.advance(Duration.ofSeconds(2));
    assertThat(seen).containsExactly("1000 ms: a second");
    assertThatThrownBy(() -> a.drift(-1)).hasMessageContaining("stops the clock");
  }

  // --- slow

  @Test
  void aSlowHostDealsWithEverythingLaterButKnowsWhenItArrived() throws IOException {
    long[] arrival = new long[1];
    b.receive(112, packet -> arrival[0] = packet.arrivalNanos() - start);
    b.slow(Duration.ofMillis(50));
    b.loop().execute(() -> note("task"));
    b.loop().schedule(time(b) + 1_000_000_000L, () -> note("timer"));
    send(a, B, 7);
    net.advance(Duration.ofSeconds(2));
    assertThat(seen).containsExactlyInAnyOrder("50 ms: task", "50 ms: b hears 7", "1050 ms: timer");
    assertThat(arrival[0]).as("on the wire it was in time").isLessThan(1_000_000);
    seen.clear();
    b.slow(Duration.ZERO);
    b.loop().execute(() -> note("task"));
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactly("2000 ms: task");
  }

  @Test
  void tasksStayInTheirOrderWhenTheHostBecomesFaster() {
    b.slow(Duration.ofMillis(50));
    b.loop().execute(() -> note("first"));
    b.slow(Duration.ZERO);
    b.loop().execute(() -> note("second"));
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactly("50 ms: first", "50 ms: second");
    assertThatThrownBy(() -> b.slow(Duration.ofMillis(-1))).hasMessageContaining("negative");
  }

  // --- switches

  @Test
  void aSwitchThatEchoesSendsGroupsBackToTheirSender() throws IOException {
    lan.echo(true);
    send(a, GROUP, 5);
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactlyInAnyOrder("0 ms: a hears 5", "0 ms: b hears 5");
    seen.clear();
    send(a, B, 6);
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).as("what is for one host is not echoed").containsExactly("1000 ms: b hears 6");
    seen.clear();
    lan.echo(false);
    send(a, GROUP, 5);
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactly("2000 ms: b hears 5");
  }

  @Test
  void aBlackHoleSwallowsWhatIsLargerAndTellsNobody() throws IOException {
    List<Integer> sent = new ArrayList<>();
    lan.tap(frame -> sent.add(frame.payload().length));
    lan.blackHole(576);
    send(a, B, 576 - HEADER);
    send(a, B, 577 - HEADER);
    send(a, GROUP, 1480);
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactly("0 ms: b hears 556");
    assertThat(sent).as("all of them were on the wire").containsExactly(576, 577, 1500);
    seen.clear();
    lan.blackHole(Integer.MAX_VALUE);
    send(a, B, 1480);
    net.advance(Duration.ofSeconds(1));
    assertThat(seen).containsExactly("1000 ms: b hears 1480");
  }
}
