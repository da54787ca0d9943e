package org.pfha.net.raw;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.IpPacket;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;
import org.pfha.net.OutboundPacket;
import org.pfha.net.Subscription;

/** What a transport promises, between two hosts on a real segment. */
@NeedsNamespaces
class RawTransportTest {

  private static final int CARP = 112;
  private static final int PFSYNC = 240;
  private static final InetAddress GROUP_V4 = address("224.0.0.18");
  private static final InetAddress GROUP_V6 = address("ff02::12");
  private static final MacAddress VIRTUAL = MacAddress.virtual(7);
  private static final long PATIENCE_SECONDS = 10;

  private Wire wire;
  private RawTransport left;
  private RawTransport right;
  private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

  private record Heard(
      String link,
      String source,
      String destination,
      int protocol,
      int ttl,
      int trafficClass,
      String payload,
      long arrivalNanos,
      long deliveredNanos,
      boolean dontFragment) {
    static Heard of(IpPacket packet) {
      return new Heard(
          packet.link(),
          packet.source().getHostAddress(),
          packet.destination().getHostAddress(),
          packet.protocol(),
          packet.ttl(),
          packet.trafficClass(),
          new String(packet.array(), packet.payloadOffset(), packet.payloadLength(), US_ASCII),
          packet.arrivalNanos(),
          System.nanoTime(),
          !packet.isIpv6() && packet.array()[packet.packetOffset() + 6] == 0x40);
    }
  }

  @BeforeEach
  void plugIn() throws Exception {
    wire = Wire.of("left", "right");
    left = open("left", false);
    right = open("right", false);
    right.receive(CARP, packet -> heard.add(Heard.of(packet)));
  }

  private RawTransport open(String host, boolean virtualMac) throws Exception {
    return wire.host(host)
        .call(
            () ->
                RawTransport.builder()
                    .link("em0", CARP, PFSYNC)
                    .virtualMac(virtualMac)
                    .receiveBuffer(1 << 20)
                    .open());
  }

  @AfterEach
  void unplug() {
    left.close();
    right.close();
    wire.close();
  }

  private static InetAddress address(String text) {
    return LinkAddress.parse(text).address();
  }

  private static OutboundPacket packet(InetAddress destination, String payload) {
    return packet(destination, null, 255, payload.getBytes(US_ASCII));
  }

  private static OutboundPacket packet(
      InetAddress destination, InetAddress source, int ttl, byte[] payload) {
    return new OutboundPacket("em0", CARP, source, destination, ttl, 0xe0, true, VIRTUAL, payload);
  }

  private Heard next() throws InterruptedException {
    Heard next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("a packet").isNotNull();
    return next;
  }

  /** Packets of one sender keep their order: whatever is not before this one never comes. */
  private void nothingUntil(InetAddress destination) throws Exception {
    left.send(packet(destination, "end"));
    assertThat(next().payload).isEqualTo("end");
  }

  @ParameterizedTest
  @ValueSource(strings = {"224.0.0.18", "ff02::12", "192.0.2.2", "2001:db8::2"})
  void aPacketArrivesAsItWasSent(String to) throws Exception {
    InetAddress destination = address(to);
    if (destination.isMulticastAddress()) {
      right.join("em0", destination);
    }
    boolean ipv6 = destination.getAddress().length == 16;
    for (int ttl : new int[] {255, 254, 1}) {
      long before = System.nanoTime();
      left.send(packet(destination, null, ttl, "hello".getBytes(US_ASCII)));
      Heard got = next();
      assertThat(got)
          .returns("em0", Heard::link)
          .returns(destination.getHostAddress(), Heard::destination)
          .returns(CARP, Heard::protocol)
          .returns(ttl, Heard::ttl)
          .returns(0xe0, Heard::trafficClass)
          .returns("hello", Heard::payload);
      assertThat(got.arrivalNanos - before).isNotNegative();
      assertThat(got.deliveredNanos - got.arrivalNanos).isNotNegative();
      if (ipv6) {
        assertThat(InetAddress.getByName(got.source))
            .isEqualTo(to.startsWith("ff02") ? linkLocal(left) : address("2001:db8::1"));
      } else {
        assertThat(got.source).isEqualTo("192.0.2.1");
        assertThat(got.dontFragment).isTrue();
      }
    }
  }

  private static InetAddress linkLocal(RawTransport transport) {
    return transport.link("em0").orElseThrow().addresses().stream()
        .map(LinkAddress::address)
        .filter(InetAddress::isLinkLocalAddress)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theSourceIsTheSendersChoiceEvenWhereTheLinkHasNoAddress() throws Exception {
    right.join("em0", GROUP_V4);
    right.join("em0", GROUP_V6);
    left.send(packet(GROUP_V4, address("198.51.100.9"), 255, new byte[36]));
    assertThat(next().source).isEqualTo("198.51.100.9");
    left.send(packet(GROUP_V6, address("2001:db8::99"), 255, new byte[36]));
    assertThat(address(next().source)).isEqualTo(address("2001:db8::99"));
    BlockingQueue<Link> changes = new LinkedBlockingQueue<>();
    left.onLinkChange(changes::add);
    wire.host("left").ip("addr flush dev em0");
    while (!left.link("em0").orElseThrow().addresses().isEmpty()) {
      assertThat(changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isNotNull();
    }
    left.send(packet(GROUP_V4, "from nowhere"));
    assertThat(next()).returns("0.0.0.0", Heard::source).returns("from nowhere", Heard::payload);
  }

  @Test
  void onlyJoinedGroupsOfTheOwnProtocolAreHeardAndNotOnesOwn() throws Exception {
    left.receive(CARP, packet -> heard.add(Heard.of(packet)));
    left.join("em0", GROUP_V4);
    left.join("em0", GROUP_V6);
    left.send(packet(GROUP_V4, "not joined by the other, and not looped back"));
    left.send(packet(GROUP_V6, "neither is this"));
    left.send(
        new OutboundPacket(
            "em0", PFSYNC, null, address("192.0.2.2"), 255, 0, true, null, new byte[8]));
    nothingUntil(address("192.0.2.2"));
    Subscription once = right.join("em0", GROUP_V4);
    Subscription twice = right.join("em0", GROUP_V4);
    once.close();
    once.close();
    nothingUntil(GROUP_V4);
    twice.close();
    left.send(packet(GROUP_V4, "left by all"));
    nothingUntil(address("192.0.2.2"));
  }

  @Test
  void framesComeFromTheVirtualMacWhereThatIsWanted() throws Exception {
    try (RawTransport virtual = open("left", true)) {
      left.send(packet(GROUP_V4, "own"));
      left.announce("em0", address("192.0.2.100"), VIRTUAL);
      assertThat(learned()).doesNotContain(VIRTUAL.toString());
      virtual.send(packet(GROUP_V4, "virtual"));
      assertThat(learned()).contains(VIRTUAL.toString());
    }
  }

  private String learned() throws IOException {
    return Wire.run("ip", "netns", "exec", wire.bridge(), "bridge", "fdb", "show", "br", "br0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void announcementsAreSeenByOthersAndMoveTheirNeighbours(boolean virtualMac) throws Exception {
    MacAddress own = left.link("em0").orElseThrow().mac();
    MacAddress announced = virtualMac ? VIRTUAL : own;
    Wire.Host host = wire.host("right");
    host.ip("neigh replace 192.0.2.100 lladdr 02:00:00:00:00:01 dev em0 nud stale");
    host.ip("neigh replace 2001:db8::100 lladdr 02:00:00:00:00:01 dev em0 nud stale");
    BlockingQueue<String> claims = new LinkedBlockingQueue<>();
    CountDownLatch observing = new CountDownLatch(1);
    assertThat(
            right.observeNeighbours(
                claim ->
                    claims.add(claim.kind() + " " + claim.mac() + " " + claim.ethernetSource())))
        .isPresent();
    right.loop().execute(observing::countDown);
    assertThat(observing.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    try (RawTransport announcer = open("left", virtualMac)) {
      announcer.observeNeighbours(claim -> claims.add("looped back"));
      announcer.announce("em0", address("192.0.2.100"), VIRTUAL);
      assertThat(claims.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(NeighbourView.Kind.ARP_REQUEST + " " + announced + " " + own);
      announcer.announce("em0", address("2001:db8::100"), VIRTUAL);
      assertThat(claims.poll(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo(
              NeighbourView.Kind.NEIGHBOUR_ADVERTISEMENT + " " + announced + " " + announced);
    }
    assertThat(host.exec("ip", "neigh", "show", "192.0.2.100")).contains(announced.toString());
    assertThat(host.exec("ip", "neigh", "show", "2001:db8::100")).contains(announced.toString());
    assertThat(claims).isEmpty();
  }

  @Test
  void thePacketsOfAPauseKeepTheirTimesAndAreDrainedFirst() throws Exception {
    right.join("em0", GROUP_V4);
    long lateNanos = Long.MAX_VALUE;
    // a kernel begins to stamp packets a while after the first socket has asked for it
    for (int i = 0; i < 5 && lateNanos > 50_000_000L; i++) {
      lateNanos = lateAfterPause();
    }
    assertThat(lateNanos).as("stamped late").isLessThan(50_000_000L);
    assertThatThrownBy(right::drain).isInstanceOf(IllegalStateException.class);
  }

  /** Sends into a pause of half a second; says how much behind it the first is said to arrive. */
  private long lateAfterPause() throws Exception {
    CountDownLatch paused = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<Integer> drained = new CompletableFuture<>();
    right
        .loop()
        .execute(
            () -> {
              paused.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              drained.complete(right.drain());
            });
    paused.await();
    long sent = System.nanoTime();
    left.send(packet(GROUP_V4, "packet 0"));
    long sentNanos = System.nanoTime() - sent;
    for (int i = 1; i < 1_000; i++) {
      left.send(packet(GROUP_V4, "packet " + i));
    }
    CompletableFuture.runAsync(
            go::countDown, CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS))
        .get();
    assertThat(drained.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(1_000);
    Heard first = next();
    assertThat(first.payload).isEqualTo("packet 0");
    assertThat(first.deliveredNanos - sent).as("the pause").isGreaterThan(500_000_000L);
    for (int i = 1; i < 1_000; i++) {
      assertThat(next().payload).isEqualTo("packet " + i);
    }
    assertThat(first.arrivalNanos - sent).as("not before it was sent").isGreaterThan(-5_000_000L);
    return first.arrivalNanos - sent - sentNanos;
  }

  @Test
  void theLoopAloneRunsAtRealTimePriorityIfAsked() throws Exception {
    try (RawTransport urgent =
        wire.host("left").call(() -> RawTransport.builder().link("em0", CARP).realtime(3).open())) {
      CompletableFuture<String> policies = new CompletableFuture<>();
      urgent
          .loop()
          .execute(
              () -> {
                String loop = policy();
                Thread started =
                    new Thread(() -> policies.complete(loop + ", started by it " + policy()));
                started.start();
              });
      assertThat(policies.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isEqualTo("2 3, started by it 0 0");
      assertThat(policy()).isEqualTo("0 0");
    }
    assertThatThrownBy(() -> RawTransport.builder().link("em0", CARP).realtime(100).open())
        .hasMessageContaining("priority of 100");
  }

  /** Policy and real-time priority: the 41st and 40th fields of the thread's stat. */
  private static String policy() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
      return fields.get(38) + " " + fields.get(37);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void receivingAllocatesNothingForAPacket() throws Exception {
    int[] received = new int[1];
    for (InetAddress group : new InetAddress[] {GROUP_V4, GROUP_V6}) {
      left.join("em0", group);
      left.receive(CARP, packet -> received[0] += packet.payloadLength());
      long fewest = Long.MAX_VALUE;
      for (int round = 0; round < 100; round++) { // until it is compiled
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<long[]> drained = new CompletableFuture<>();
        left.loop()
            .execute(
                () -> {
                  try {
                    go.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  long before = allocated();
                  int packets = left.drain();
                  drained.complete(new long[] {allocated() - before, packets});
                });
        for (int i = 0; i < 100; i++) {
          right.send(packet(group, null, 255, new byte[36]));
        }
        go.countDown();
        long[] result = drained.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (result[1] >= 90) {
          fewest = Math.min(fewest, result[0] / result[1]);
        }
      }
      assertThat(fewest).as("bytes for a packet to " + group).isLessThan(16);
    }
    assertThat(received[0]).isPositive();
  }

  /** What this thread has allocated; by reflection, since the module does not read management. */
  private static long allocated() {
    try {
      Object threads =
          Class.forName("java.lang.management.ManagementFactory")
              .getMethod("getThreadMXBean")
              .invoke(null);
      return (long)
          Class.forName("com.sun.management.ThreadMXBean")
              .getMethod("getCurrentThreadAllocatedBytes")
              .invoke(threads);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no counter of allocations", e);
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndWhatJustFitsArrives() throws Exception {
    right.join("em0", GROUP_V4);
    right.join("em0", GROUP_V6);
    byte[] payload = new byte[1480];
    Arrays.fill(payload, (byte) 'x');
    for (InetAddress to : new InetAddress[] {GROUP_V4, address("192.0.2.2")}) {
      left.send(packet(to, null, 255, payload));
      assertThat(next().payload).hasSize(1480);
      assertThatThrownBy(() -> left.send(packet(to, null, 255, new byte[1481])))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("1501", "MTU of 1500", to.getHostAddress(), "em0");
    }
    for (InetAddress to : new InetAddress[] {GROUP_V6, address("2001:db8::2")}) {
      left.send(packet(to, null, 255, Arrays.copyOf(payload, 1460)));
      assertThat(next().payload).hasSize(1460);
      assertThatThrownBy(() -> left.send(packet(to, null, 255, payload)))
          .isInstanceOf(IOException.class);
    }
    left.send(packet(GROUP_V4, null, 255, new byte[0]));
    assertThat(next().payload).isEmpty();
  }

  @Test
  void aLinkThatLosesItsCarrierIsDownAndRecovers() throws Exception {
    BlockingQueue<Link> changes = new LinkedBlockingQueue<>();
    left.onLinkChange(changes::add);
    right.join("em0", GROUP_V4);
    wire.carrier(wire.host("left"), false);
    awaitUp(changes, false);
    for (InetAddress to : new InetAddress[] {GROUP_V4, address("192.0.2.2")}) {
      assertThatThrownBy(() -> left.send(packet(to, "lost")))
          .isInstanceOf(IOException.class)
          .hasMessageContainingAll("em0", "the link is down");
    }
    assertThatThrownBy(() -> left.announce("em0", address("192.0.2.100"), VIRTUAL))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the link is down");
    wire.carrier(wire.host("left"), true);
    awaitUp(changes, true);
    wire.host("left").ip("link set em0 down");
    awaitUp(changes, false);
    wire.host("left").ip("link set em0 up");
    awaitUp(changes, true);
    nothingUntil(GROUP_V4);
  }

  private static void awaitUp(BlockingQueue<Link> changes, boolean up) throws Exception {
    Link change;
    do {
      change = changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(change).as("up = " + up).isNotNull();
    } while (change.up() != up);
  }

  @Test
  void anInterfaceThatVanishesIsDownAndWhenItComesAgainItsGroupsAreJoinedAnew() throws Exception {
    BlockingQueue<Link> changes = new LinkedBlockingQueue<>();
    right.onLinkChange(changes::add);
    right.join("em0", GROUP_V4);
    Subscription gone = right.join("em0", GROUP_V6);
    Wire.Host host = wire.host("right");
    for (int i = 0; i < 3; i++) {
      wire.unplug(host);
      awaitUp(changes, false);
      assertThat(right.link("em0").orElseThrow())
          .returns(false, Link::up)
          .satisfies(link -> assertThat(link.addresses()).isEmpty());
      assertThatThrownBy(() -> right.send(packet(GROUP_V4, "lost")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the interface is gone");
      wire.plug(host);
      awaitUp(changes, true);
      left.send(packet(GROUP_V4, "again"));
      assertThat(next().payload).isEqualTo("again");
    }
    gone.close();
  }

  @Test
  void addressesThatComeAndGoAreTold() throws Exception {
    BlockingQueue<Link> changes = new LinkedBlockingQueue<>();
    left.onLinkChange(changes::add);
    LinkAddress added = LinkAddress.parse("192.0.2.77/24");
    wire.host("left").ip("addr add 192.0.2.77/24 dev em0");
    assertThat(changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).addresses())
        .startsWith(LinkAddress.parse("192.0.2.1/24"))
        .contains(added);
    wire.host("left").ip("addr change 192.0.2.77/24 dev em0 valid_lft 100 preferred_lft 100");
    wire.host("left").ip("addr del 192.0.2.77/24 dev em0");
    assertThat(changes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS).addresses())
        .as("another lifetime is no change")
        .doesNotContain(added);
  }

  @Test
  void aReceiverThatFailsDeprivesNoOther() throws Exception {
    right.receive(
        CARP,
        packet -> {
          throw new IllegalStateException("a receiver's fault");
        });
    BlockingQueue<String> third = new LinkedBlockingQueue<>();
    Subscription last = right.receive(CARP, packet -> third.add(Heard.of(packet).payload));
    left.send(packet(address("192.0.2.2"), "one"));
    assertThat(third.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("one");
    assertThat(next().payload).isEqualTo("one");
    last.close();
    nothingUntil(address("192.0.2.2"));
    assertThat(third).as("closed").isEmpty();
  }

  @Test
  void sendingNeverWaitsForAFullQueue() throws Exception {
    wire.host("left")
        .exec(
            "tc", "qdisc", "add", "dev", "em0", "root", "tbf", "rate", "8kbit", "burst", "1600",
            "limit", "3000");
    long before = System.nanoTime();
    int refused = 0;
    for (int i = 0; i < 200; i++) {
      try {
        left.send(packet(GROUP_V4, null, 255, new byte[1400]));
      } catch (IOException e) {
        assertThat(e).hasMessageContainingAll("224.0.0.18", "em0");
        refused++;
      }
    }
    assertThat(refused).isPositive();
    assertThat(System.nanoTime() - before).as("200 packets").isLessThan(5_000_000_000L);
    wire.host("left").exec("tc", "qdisc", "del", "dev", "em0", "root");
    right.join("em0", GROUP_V4);
    nothingUntil(GROUP_V4);
  }

  @Test
  void itCanBeClosedWhileItReceivesAndAgain() throws Exception {
    right.join("em0", GROUP_V4);
    Thread flood =
        new Thread(
            () -> {
              try {
                while (!Thread.currentThread().isInterrupted()) {
                  left.send(packet(GROUP_V4, "flood"));
                }
              } catch (IOException e) {
                // closed below it
              }
            });
    flood.start();
    assertThat(next().payload).isEqualTo("flood");
    Subscription joined = right.join("em0", GROUP_V6);
    right.close();
    right.close();
    joined.close();
    left.close();
    flood.join();
    assertThatThrownBy(() -> left.send(packet(GROUP_V4, "closed")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
    assertThatCode(() -> assertThat(right.links()).hasSize(1)).doesNotThrowAnyException();
  }

  @Test
  void whatIsNotThereOrNotMeantIsNamed() {
    assertThatThrownBy(
            () -> wire.host("left").call(() -> RawTransport.builder().link("em9", CARP).open()))
        .isInstanceOf(RawException.NoInterface.class)
        .hasMessageContainingAll("em9", "em0", "lo");
    assertThatThrownBy(
            () ->
                RawTransport.builder()
                    .link("a name that is too long", 0)
                    .link("em0")
                    .link("em0")
                    .receiveBuffer(0)
                    .open())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("too long", "protocol 0", "em0 is there twice", "0 bytes");
    assertThatThrownBy(() -> RawTransport.builder().open()).hasMessageContaining("no link");
    assertThatThrownBy(() -> left.join("em9", GROUP_V4))
        .isInstanceOf(RawException.NoInterface.class)
        .hasMessageContainingAll("em9", "224.0.0.18");
    assertThatThrownBy(() -> left.join("em0", address("192.0.2.9")))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("192.0.2.9", "not a multicast address");
    assertThatThrownBy(() -> left.receive(89, packet -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("protocol 89");
    assertThatThrownBy(
            () ->
                left.send(
                    new OutboundPacket(
                        "em9", CARP, null, GROUP_V4, 255, 0, true, null, new byte[1])))
        .isInstanceOf(IOException.class)
        .hasMessageContainingAll("em9", "not opened for that link");
  }
}
