package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.SimPair.PASSWORD;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.SimPair.send;
import static org.pfha.carp.SimPair.sendFrom;
import static org.pfha.carp.engine.Role.MASTER;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpReject;
import org.pfha.net.LinkAddress;
import org.pfha.net.sim.SimFrame;

/** What a node counts, for a node, a link and a virtual router, under the kernel's names. */
class StatisticsTest {

  private static final CarpAdvert BETTER = new CarpAdvert(1, 0, 0, 0, 7);

  private final SimPair pair = new SimPair();

  @Test
  void theSixteenKernelCountersComeFirstInTheKernelsOrder() throws IOException {
    CarpNode primary = pair.primary();

    assertThat(primary.statistics().total().asMap().keySet().stream().limit(16))
        .containsExactly(
            "ipackets",
            "ipackets6",
            "badif",
            "badttl",
            "hdrops",
            "badsum",
            "badver",
            "badlen",
            "badauth",
            "badvhid",
            "badaddrs",
            "opackets",
            "opackets6",
            "onomem",
            "ostates",
            "preempt");
    assertThat(primary.statistics().total().asMap()).containsKeys("baddst", "badtype", "oerrors");
    assertThatThrownBy(() -> primary.statistics().total().get("nonsense"))
        .hasMessageContaining("nonsense");
  }

  @Test
  void sentAndReceivedAreCountedWhereTheyBelong() throws IOException {
    pair.a.attach(pair.net.segment("wan"), "em0", "198.51.100.2/24");
    CarpNode primary =
        SimPair.node(
                pair.a,
                router(0),
                router("em1", 2, 0).address("2001:db8::1/64"),
                router("em0", 7, 0))
            .start();
    CarpNode secondary = pair.secondary();
    pair.settle();

    CarpStatistics sent = primary.statistics();
    assertThat(sent.router("em1", 1).get("opackets")).isEqualTo(8);
    assertThat(sent.router("em1", 2).get("opackets")).isEqualTo(8);
    assertThat(sent.router("em1", 2).get("opackets6")).isEqualTo(8);
    assertThat(sent.links().get("em1").get("opackets")).isEqualTo(16);
    assertThat(sent.links().get("em0").get("opackets")).isEqualTo(8);
    assertThat(sent.total().get("opackets")).isEqualTo(24);
    assertThat(sent.router("em1", 1).get("tomaster")).isEqualTo(1);
    assertThat(sent.router("em1", 1).get("rolechanges")).isEqualTo(2);
    assertThat(sent.router("em1", 1).get("announcements")).isEqualTo(3);

    CarpStatistics received = secondary.statistics();
    assertThat(received.router("em1", 1).get("ipackets")).isEqualTo(8);
    assertThat(received.links().get("em1").get("ipackets")).isEqualTo(16);
    assertThat(received.total().get("badvhid")).as("of vhid 2").isEqualTo(8);
    assertThatThrownBy(() -> received.router("em1", 2)).hasMessageContaining("[1@em1]");
  }

  @Test
  void everyReasonToRejectHasItsCounterAndHostilePacketsChangeNothing() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();

    sendFrom(pair.b, BETTER, "guessed", 255);
    sendFrom(pair.b, BETTER, PASSWORD, 254);
    send(pair.b, new byte[36], 255);
    send(pair.b, new byte[35], 255);
    send(pair.b, new byte[0], 255);
    sendFrom(pair.b, new CarpAdvert(9, 0, 0, 0, 7), PASSWORD, 255);
    Random random = new Random(42);
    for (int i = 0; i < 1000; i++) {
      byte[] noise = new byte[random.nextInt(80)];
      random.nextBytes(noise);
      send(pair.b, noise, 255);
    }
    pair.soon();

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    CarpCounters counters = primary.statistics().total();
    assertThat(counters.get("badauth")).isEqualTo(1);
    assertThat(counters.rejected(CarpReject.BADTTL)).isEqualTo(1);
    assertThat(counters.rejected(CarpReject.BADVHID)).isGreaterThanOrEqualTo(1);
    assertThat(counters.rejected(CarpReject.BADLEN)).isGreaterThanOrEqualTo(2);
    assertThat(counters.rejected()).isEqualTo(1006);
    assertThat(counters.get("ipackets")).isEqualTo(1006);
  }

  @Test
  void theLastRejectSaysWhoSentWhatWhen() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();
    assertThat(primary.statistics().total().lastReject()).isEmpty();

    sendFrom(pair.b, new CarpAdvert(1, 3, 70, 0, 0xabcL), "guessed", 255);
    pair.soon();

    RejectedAdvert last = primary.statistics().router("em1", 1).lastReject().orElseThrow();
    assertThat(last.reason()).isEqualTo(CarpReject.BADAUTH);
    assertThat(last.source()).isEqualTo(LinkAddress.parse("192.0.2.3").address());
    assertThat(last.claims()).isEqualTo(new RejectedAdvert.Claims(1, 3, 70, 0xabcL));
    assertThat(pair.net.now() - last.atNanos()).isBetween(0L, SimPair.SOON.toNanos());
    assertThat(last).hasToString("badauth from 192.0.2.3 (vhid 1, 3/70, counter 0000000000000abc)");

    sendFrom(pair.b, new CarpAdvert(9, 0, 0, 0, 7), PASSWORD, 255);
    pair.soon();
    assertThat(primary.statistics().total().lastReject().orElseThrow().reason())
        .isEqualTo(CarpReject.BADVHID);
    assertThat(primary.statistics().router("em1", 1).lastReject()).contains(last);
  }

  @Test
  void anOwnEchoIsNamedAndDoesNotDethroneTheMaster() throws IOException {
    List<SimFrame> frames = new ArrayList<>();
    pair.lan.tap(frames::add);
    CarpNode primary = pair.primary();
    pair.advance(Duration.ofSeconds(3));
    byte[] advert = Arrays.copyOfRange(frames.get(0).payload(), 20, 56);

    pair.b.send(SimPair.packet(advert, 255, LinkAddress.parse("192.0.2.2").address()));
    pair.soon();

    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    assertThat(primary.statistics().total().rejected(CarpReject.OWN_ADDRESS)).isEqualTo(1);
  }

  @Test
  void onlyOpenbsdCountsPreempt() throws IOException {
    CarpNode openbsd = SimPair.node(pair.a, router(0).profile(CarpProfile.OPENBSD)).start();
    pair.settle();
    assertThat(openbsd.statistics().total().get("preempt")).isEqualTo(1);
    openbsd.close();
    CarpNode freebsd = pair.primary();
    pair.settle();
    assertThat(freebsd.statistics().total().get("preempt")).isZero();
  }

  @Test
  void oddAdvertsAreBelievedAndCountedUnlessStrict() throws IOException {
    CarpNode primary = pair.primary();
    CarpNode strict = SimPair.node(pair.b, router(200).strict(true)).start();
    pair.settle();
    SimFrame[] last = new SimFrame[1];
    pair.lan.tap(frame -> last[0] = frame.announcement().isEmpty() ? frame : last[0]);
    pair.advance(Duration.ofSeconds(1));
    byte[] odd = Arrays.copyOfRange(last[0].payload(), 20, 57);
    odd[36] = 1;

    pair.a.send(SimPair.packet(odd, 255, null));
    pair.soon();

    assertThat(strict.statistics().total().get("badlen")).isEqualTo(1);
    assertThat(primary.statistics().total().get("odd-trailing-bytes")).isZero();
  }

  @Test
  void countersBeginAgainAtZero() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();
    sendFrom(pair.b, BETTER, "guessed", 255);
    pair.soon();

    primary.resetStatistics();

    assertThat(primary.statistics().total().asMap().values()).containsOnly(0L);
    assertThat(primary.statistics().total().lastReject()).isEmpty();
    pair.advance(Duration.ofSeconds(1));
    assertThat(primary.statistics().total().get("opackets")).isEqualTo(1);
  }

  @Test
  void whatARemovedVirtualRouterCountedStaysInTheTotal() throws IOException {
    CarpNode primary = SimPair.node(pair.a, router(0), router("em1", 2, 0)).start();
    pair.settle();

    primary.remove("em1", 2);

    CarpStatistics statistics = primary.statistics();
    assertThat(statistics.routers()).containsOnlyKeys("1@em1");
    assertThat(statistics.total().get("opackets")).as("8, 8 and a bow-out").isEqualTo(17);
  }

  @Test
  void itReadsAsTextAndAsJson() throws IOException {
    CarpNode primary = pair.primary();
    pair.settle();
    sendFrom(pair.b, new CarpAdvert(1, 3, 70, 0, 0xabcL), "guessed", 255);
    pair.soon();

    assertThat(primary.statistics().describe())
        .contains(
            """
            1@em1
              1 ipackets
              1 badauth
              8 opackets
            """)
        .contains("last reject: badauth from 192.0.2.3");
    String json = primary.statistics().toJson();
    assertThat(json)
        .startsWith("{\"total\":{\"ipackets\":1,\"ipackets6\":0,\"badif\":0,")
        .contains("\"routers\":{\"1@em1\":{")
        .contains(
            "\"source\":\"192.0.2.3\"",
            "\"advbase\":3,\"advskew\":70,\"counter\":\"0000000000000abc\"");
    assertIsJson(json);
  }

  static void assertIsJson(String text) throws IOException {
    int depth = 0;
    try (JsonParser parser = new JsonFactory().createParser(text)) {
      while (parser.nextToken() != null) {
        depth += parser.currentToken().isStructStart() ? 1 : 0;
        depth -= parser.currentToken().isStructEnd() ? 1 : 0;
      }
    }
    assertThat(depth).isZero();
  }
}
