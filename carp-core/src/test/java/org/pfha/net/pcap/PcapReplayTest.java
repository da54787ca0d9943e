package org.pfha.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.RoleChange;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.Subscription;

/**
 * The capture: ucarp 10.66.0.1 (advskew 0) adverts each second from 0 to 6.001 s and is killed;
 * ucarp 10.66.0.2 (advskew 100) adverts from 10.675 to 17.632 s.
 */
class PcapReplayTest {

  private static final InetAddress PRIMARY = InetAddresses.forString("10.66.0.1");

  private final List<PcapRecord> capture = capture();

  private static List<PcapRecord> capture() {
    try (InputStream in = PcapReplayTest.class.getResourceAsStream("/captures/ucarp-basic.pcap")) {
      return new PcapReader(in).readAll();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static CarpNodeBuilder node(PcapReplay replay, int advskew) {
    return CarpNode.builder(replay)
        .virtualRouter(
            VirtualRouter.onInterface("eth0")
                .vhid(1)
                .password("love")
                .address("10.66.0.100/24")
                .advskew(advskew))
        .randomCounters(new Random(1)::nextLong);
  }

  @Test
  void aNodeInThePlaceOfTheSecondaryTakesOverWhenThePrimaryFallsSilent() throws IOException {
    PcapReplay replay = PcapReplay.of(capture, Set.of(PRIMARY), "eth0", "10.66.0.2/24");
    List<RoleChange> changes = new ArrayList<>();
    CarpNode node = node(replay, 100).onRoleChange(changes::add).start();
    replay.advance(Duration.ofSeconds(9));

    assertThat(node.role("eth0", 1)).isEqualTo(BACKUP);
    assertThat(node.statistics().total().get("ipackets")).isEqualTo(7);
    assertThat(node.statistics().total().rejected()).isZero();
    assertThat(replay.sent()).isEmpty();

    replay.runToEnd();

    assertThat(node.role("eth0", 1)).isEqualTo(MASTER);
    long start = capture.get(0).atNanos();
    assertThat(secondsSince(start, changes.get(changes.size() - 1).atNanos()))
        .as("three silent seconds and 100/256 s behind the last advert")
        .isBetween(6.001 + 3.39, 6.002 + 3.392);
    assertThat(replay.now()).isEqualTo(capture.get(capture.size() - 1).atNanos());
    assertThat(replay.sent()).anyMatch(frame -> frame.announcement().isPresent());
    assertThat(replay.sent().get(0).atNanos() - changes.get(changes.size() - 1).atNanos())
        .isNotNegative();
  }

  @Test
  void aNodeSlowerThanBothIsMasterOnlyWhileBothAreSilent() throws IOException {
    PcapReplay replay = PcapReplay.of(capture, "eth0", "10.66.0.3/24");
    CarpNode node = node(replay, 240).start();
    replay.advance(Duration.ofMillis(9_900));
    assertThat(node.role("eth0", 1)).isEqualTo(BACKUP);
    replay.advance(Duration.ofMillis(100));
    assertThat(node.role("eth0", 1)).isEqualTo(MASTER);
    replay.advance(Duration.ofMillis(700));
    assertThat(node.role("eth0", 1)).isEqualTo(BACKUP);
    replay.runToEnd();
    assertThat(node.statistics().total().get("ipackets")).isEqualTo(13);
    assertThat(node.statistics().total().rejected()).isZero();
  }

  @Test
  void packetsArriveAtTheirOwnInstantsUntilTheReceiverIsClosed() {
    PcapReplay replay = PcapReplay.of(capture, "eth0", "10.66.0.3/24");
    List<Double> arrivals = new ArrayList<>();
    long start = replay.now();
    Subscription receiving =
        replay.receive(
            112,
            packet -> {
              assertThat(packet.arrivalNanos()).isEqualTo(replay.loop().clock().nanoTime());
              assertThat(packet.link()).isEqualTo("eth0");
              arrivals.add(secondsSince(start, packet.arrivalNanos()));
            });
    replay.receive(113, packet -> arrivals.add(-1.0));

    assertThat(replay.runUntil(() -> arrivals.size() == 3, Duration.ofMinutes(1))).isTrue();
    assertThat(arrivals.get(2)).isBetween(2.0, 2.01);
    receiving.close();
    replay.runToEnd();
    assertThat(arrivals).hasSize(3);
  }

  @Test
  void theFailureOfAReceiverReachesTheCaller() {
    PcapReplay replay = PcapReplay.of(capture, "eth0", "10.66.0.3/24");
    replay.receive(
        112,
        packet -> {
          throw new IllegalArgumentException("no");
        });
    assertThatThrownBy(replay::runToEnd).hasRootCauseMessage("no");
  }

  @Test
  void brokenPacketsAndOtherFramesAreLeftOut() {
    List<PcapRecord> broken =
        List.of(
            new PcapRecord(10, 4, new byte[] {0x45, 0, 0, 99}),
            new PcapRecord(5, 60, new byte[0]),
            new PcapRecord(7, 1, new byte[] {0}));
    PcapReplay replay = PcapReplay.of(broken, "eth0");
    replay.receive(0, packet -> assertThat(packet).isNull());
    assertThat(replay.now()).isEqualTo(5);
    replay.runToEnd();
    replay.runToEnd();
    assertThat(replay.now()).isEqualTo(10);
    PcapReplay.of(List.of(), "eth0").runToEnd();
  }

  private static double secondsSince(long start, long at) {
    return (at - start) / 1e9;
  }
}
