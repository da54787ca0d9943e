package org.pfha.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.Subscription;

class SimNetworkTest {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final InetAddress GROUP = InetAddresses.forString("224.0.0.18");
  private static final InetAddress GROUP6 = InetAddresses.forString("ff02::12");

  private final SimNetwork net = new SimNetwork(7);
  private final SimSegment lan = net.segment("lan");
  private final SimHost a = host("a", 1);
  private final SimHost b = host("b", 2);
  private final SimHost c = host("c", 3);
  private final List<String> heard = new ArrayList<>();

  private SimHost host(String name, int number) {
    SimHost host = net.host(name);
    host.attach(lan, "em1", "192.0.2." + number + "/24", "fe80::" + number + "/64");
    return host;
  }

  private Subscription listen(SimHost host) {
    return host.receive(
        112,
        packet -> heard.add(host + " " + packet.source().getHostAddress() + " " + payload(packet)));
  }

  private static int payload(IpPacket packet) {
    return packet.array()[packet.payloadOffset()];
  }

  private static OutboundPacket packet(InetAddress to, int... payload) {
    byte[] bytes = new byte[Math.max(1, payload.length)];
    IntStream.range(0, payload.length).forEach(i -> bytes[i] = (byte) payload[i]);
    return new OutboundPacket("em1", 112, null, to, 255, 0x10, true, null, bytes);
  }

  private static void send(SimHost from, InetAddress to, int... payload) {
    try {
      from.send(packet(to, payload));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InetAddress ip(String text) {
    return InetAddresses.forString(text);
  }

  @Test
  void multicastReachesThoseWhoJoinedOnThatLinkAndNobodyElse() throws IOException {
    listen(a);
    listen(b);
    listen(c);
    a.join("em1", GROUP);
    Subscription once = b.join("em1", GROUP);
    Subscription twice = b.join("em1", GROUP);
    send(a, GROUP, 1);
    net.advance(SECOND);
    once.close();
    once.close();
    send(a, GROUP, 2);
    net.advance(SECOND);
    twice.close();
    send(a, GROUP, 3);
    net.advance(SECOND);
    assertThat(heard).containsExactly("b 192.0.2.1 1", "b 192.0.2.1 2");
  }

  @Test
  void unicastReachesTheHolderOfTheAddressOnly() {
    listen(a);
    listen(b);
    listen(c);
    send(a, ip("192.0.2.3"), 5);
    send(a, ip("192.0.2.9"), 6);
    send(b, ip("fe80::3"), 7);
    net.advance(SECOND);
    assertThat(heard).containsExactly("c 192.0.2.1 5", "c fe80:0:0:0:0:0:0:2 7");
  }

  @Test
  void realHeadersAreOnTheWire() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    lan.tap(frames::add);
    a.join("em1", GROUP6);
    send(a, GROUP, 1);
    send(a, GROUP6, 1);
    IpPacket view = new IpPacket();
    for (SimFrame frame : frames) {
      assertThat(view.wrap(frame.payload(), 0, frame.payload().length, "em1", 0).check())
          .isEqualTo(IpPacket.Check.OK);
      assertThat(view.ttl()).isEqualTo(255);
      assertThat(view.trafficClass()).isEqualTo(0x10);
      assertThat(view.protocol()).isEqualTo(112);
    }
    assertThat(frames).hasSize(2);
    assertThat(frames.get(0).payload()[6]).as("DF").isEqualTo((byte) 0x40);
    assertThat(frames.get(0).ethernetDestination()).hasToString("01:00:5e:00:00:12");
    assertThat(frames.get(1).ethernetDestination()).hasToString("33:33:00:00:00:12");
  }

  @Test
  void aPacketThatCannotLeaveIsRefusedWithTheReason() {
    a.linkDown("em1");
    assertThatThrownBy(() -> a.send(packet(GROUP)))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("em1", "224.0.0.18", "down");
    a.linkUp("em1");
    assertThatThrownBy(() -> a.send(packet(GROUP, new int[1481])))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("1501 bytes are more than its MTU of 1500");
    a.powerOff();
    assertThatThrownBy(() -> a.send(packet(GROUP)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("powered off");
  }

  @Test
  void aLinkThatIsDownHearsNothingAndItsListenerIsTold() {
    List<Boolean> states = new ArrayList<>();
    b.onLinkChange(link -> states.add(link.up()));
    listen(b);
    send(a, ip("192.0.2.2"), 1);
    b.linkDown("em1"); // while the packet is under way
    net.advance(SECOND);
    b.linkDown("em1");
    b.linkUp("em1");
    net.advance(SECOND);
    assertThat(heard).isEmpty();
    assertThat(states).containsExactly(false, true);
  }

  @Test
  void partitionsAndOneWayLossHoldUntilHealed() {
    listen(a);
    listen(b);
    listen(c);
    lan.partition(Set.of(a));
    send(a, ip("192.0.2.2"), 1);
    send(b, ip("192.0.2.3"), 2);
    net.advance(SECOND);
    lan.heal();
    lan.lossOneWay(a, b, 1);
    send(a, ip("192.0.2.2"), 3);
    send(b, ip("192.0.2.1"), 4);
    net.advance(SECOND);
    lan.heal();
    send(a, ip("192.0.2.2"), 5);
    net.advance(SECOND);
    assertThat(heard).containsExactly("c 192.0.2.2 2", "a 192.0.2.2 4", "b 192.0.2.1 5");
  }

  @Test
  void aPausedHostFirstRunsItsLateTimersAndCanDrainWhatHasArrived() {
    EventLoop loop = b.loop();
    b.receive(112, packet -> heard.add("packet of " + packet.arrivalNanos()));
    loop.schedule(
        2_000_000_000L,
        () -> {
          heard.add("timer at " + net.now());
          heard.add("drained " + b.drain());
        });
    b.pause();
    net.advance(SECOND);
    send(a, ip("192.0.2.2"), 1);
    net.advance(SECOND.multipliedBy(4));
    assertThat(heard).isEmpty();
    b.resume();
    net.advance(SECOND);
    assertThat(heard).containsExactly("timer at 5000000000", "packet of 1000010000", "drained 1");
  }

  @Test
  void theReceiveQueueIsBounded() {
    b.pause();
    for (int i = 0; i < SimHost.RECEIVE_QUEUE + 3; i++) {
      send(a, ip("192.0.2.2"), i);
    }
    net.advance(SECOND);
    assertThat(b.receiveQueueDrops()).isEqualTo(3);
  }

  @Test
  void powerOffEndsEverythingAndTheHostCanBeUsedAgain() throws IOException {
    EventLoop before = b.loop();
    before.schedule(500_000_000L, () -> heard.add("timer of the dead"));
    listen(b);
    b.join("em1", GROUP);
    b.powerOff();
    assertThatThrownBy(() -> before.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    net.advance(SECOND);
    b.powerOn();
    send(a, GROUP, 1);
    net.advance(SECOND);
    listen(b);
    b.join("em1", GROUP);
    send(a, GROUP, 2);
    net.advance(SECOND);
    assertThat(heard).containsExactly("b 192.0.2.1 2");
    assertThat(before.inLoop()).isFalse();
    assertThat(b.loop().inLoop()).isTrue();
  }

  @Test
  void announcementsAreLearnedAndSeenOnTheWire() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    lan.tap(frames::add);
    InetAddress virtual = ip("192.0.2.100");
    assertThat(lan.whoAnswers(virtual)).isEmpty();
    a.announce("em1", virtual, MacAddress.virtual(1));
    b.announce("em1", ip("2001:db8::1"), MacAddress.virtual(2));
    assertThat(lan.whoAnswers(virtual)).contains(MacAddress.virtual(1));
    assertThat(frames).extracting(SimFrame::etherType).containsExactly(0x0806, 0x86dd);
    assertThat(frames.get(0).toEthernet()).hasSize(42);
    assertThat(frames.get(1).announcement()).contains(ip("2001:db8::1"));
  }

  @Test
  void aTaskThatThrowsMakesAdvanceThrowAndTheNextAdvanceGoesOn() {
    a.loop()
        .schedule(
            5,
            () -> {
              throw new AssertionError("boom");
            });
    a.loop().schedule(6, () -> heard.add("next"));
    assertThatThrownBy(() -> net.advance(SECOND))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("host a", "at 5 ns", "boom")
        .hasCauseInstanceOf(AssertionError.class);
    net.advance(SECOND);
    assertThat(heard).containsExactly("next");
  }

  @Test
  void aLivelockIsReportedInsteadOfHanging() {
    SimNetwork small = new SimNetwork(1, 0, 1000);
    EventLoop loop = small.host("spinner").loop();
    Runnable[] again = new Runnable[1];
    again[0] = () -> loop.execute(again[0]);
    loop.execute(again[0]);
    assertThatThrownBy(() -> small.advance(SECOND)).hasMessageContaining("livelock");
  }

  @Test
  void runUntilStopsAsSoonAsTheConditionHoldsAndGivesUpAtItsLimit() {
    a.loop().schedule(300, () -> heard.add("x"));
    assertThat(net.runUntil(() -> !heard.isEmpty(), SECOND)).isTrue();
    assertThat(net.now()).isEqualTo(300);
    assertThat(net.runUntil(() -> false, SECOND)).isFalse();
    assertThat(net.now()).isEqualTo(1_000_000_300L);
  }

  @Test
  void timeMayOverflow() {
    SimNetwork late = new SimNetwork(1, Long.MAX_VALUE - 10);
    EventLoop loop = late.host("x").loop();
    loop.schedule(late.now() + 100, () -> heard.add("second"));
    loop.schedule(Long.MAX_VALUE, () -> heard.add("first"));
    late.advance(SECOND);
    assertThat(heard).containsExactly("first", "second");
  }

  @Test
  void theSeedDecidesEverything() {
    List<Integer> one = trace(42);
    assertThat(trace(42)).isEqualTo(one).hasSizeGreaterThan(500);
    assertThat(trace(43)).isNotEqualTo(one);
  }

  @Test
  void faultsDoWhatTheySay() {
    assertThat(received(SimFaults.NONE)).isEqualTo(IntStream.range(0, 100).boxed().toList());
    assertThat(received(SimFaults.NONE.withLoss(1))).isEmpty();
    assertThat(received(SimFaults.NONE.withLoss(0.5))).hasSizeBetween(25, 75).isSorted();
    assertThat(received(SimFaults.NONE.withDuplication(1))).hasSize(200);
    assertThat(received(SimFaults.NONE.withDelay(Duration.ZERO, Duration.ofMillis(50))))
        .hasSize(100)
        .isSorted();
    List<Integer> reordered = received(SimFaults.NONE.withReordering(0.5));
    assertThat(reordered).hasSize(100);
    assertThat(reordered).isNotEqualTo(reordered.stream().sorted().toList());
  }

  private static List<Integer> received(SimFaults faults) {
    SimNetwork net = new SimNetwork(11);
    SimSegment lan = net.segment("lan");
    lan.faults(faults);
    SimHost a = net.host("a");
    SimHost b = net.host("b");
    a.attach(lan, "em1", "192.0.2.1/24");
    b.attach(lan, "em1", "192.0.2.2/24");
    List<Integer> got = new ArrayList<>();
    b.receive(112, packet -> got.add(payload(packet)));
    IntStream.range(0, 100).forEach(i -> send(a, ip("192.0.2.2"), i));
    net.advance(SECOND);
    return got;
  }

  private static List<Integer> trace(long seed) {
    SimNetwork net = new SimNetwork(seed);
    SimSegment lan = net.segment("lan");
    lan.faults(new SimFaults(0.1, 0.1, 0.1, Duration.ofMillis(1), Duration.ofMillis(5)));
    SimHost a = net.host("a");
    SimHost b = net.host("b");
    a.attach(lan, "em1", "192.0.2.1/24");
    b.attach(lan, "em1", "192.0.2.2/24");
    List<Integer> trace = new ArrayList<>();
    lan.tap(
        frame -> trace.add(31 * Arrays.hashCode(frame.payload()) + Long.hashCode(frame.atNanos())));
    b.receive(112, packet -> send(b, ip("192.0.2.1"), payload(packet) + 1));
    a.receive(112, packet -> send(a, ip("192.0.2.2"), payload(packet) + 1));
    a.loop().schedule(0, () -> IntStream.range(0, 50).forEach(i -> send(a, ip("192.0.2.2"), i)));
    net.advance(Duration.ofMillis(200));
    return trace;
  }

  @Test
  void announcementsReachThoseWhoObserveTheirNeighboursButNotTheAnnouncer() throws IOException {
    MacAddress virtual = MacAddress.virtual(1);
    Subscription observing =
        b.observeNeighbours(claim -> heard.add("b " + claim.address() + " at " + claim.mac()))
            .orElseThrow();
    a.observeNeighbours(claim -> heard.add("a " + claim.address()));

    a.announce("em1", InetAddresses.forString("192.0.2.100"), virtual);
    a.announce("em1", InetAddresses.forString("2001:db8::100"), virtual);
    net.advance(SECOND);
    assertThat(heard)
        .containsExactly(
            "b /192.0.2.100 at 00:00:5e:00:01:01",
            "b /2001:db8:0:0:0:0:0:100 at 00:00:5e:00:01:01");

    lan.partition(Set.of(a));
    a.announce("em1", InetAddresses.forString("192.0.2.100"), virtual);
    net.advance(SECOND);
    lan.heal();
    observing.close();
    a.announce("em1", InetAddresses.forString("192.0.2.100"), virtual);
    net.advance(SECOND);
    assertThat(heard).hasSize(2);
  }
}
