package org.pfha.carp.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;

/**
 * The fail-over sequence of two FreeBSD 13 hosts, ARP included: the old master's late replies and
 * every takeover are what they should be, seen from either host.
 */
class CapturedFailoverTest {

  private static final MacAddress MAC_1 = new MacAddress(0x5254_0000_0101L);
  private static final MacAddress MAC_2 = new MacAddress(0x5254_0000_0202L);

  private final List<CarpDiagnosis> told = new ArrayList<>();
  private int claims;
  private int adverts;

  /** From its first advert after the other's to the other's next one a host is MASTER. */
  private void watch(String own, MacAddress mac, long delayOfReplies) throws IOException {
    CarpWatch watch =
        new CarpWatch(
            new Watched(
                "vtnet0",
                1,
                1_000_000_000L,
                3_000_000_000L,
                WatchedSegment.addresses("10.1.0.10"),
                WatchedSegment.addresses(own),
                mac),
            () ->
                HmacExplainer.of(
                    1, "vrrppass".getBytes(UTF_8), WatchedSegment.addresses("10.1.0.10")),
            new HmacBudget(),
            ReplayPolicy.REPORT,
            told::add);
    ByteBuffer file = ByteBuffer.wrap(capture()).order(ByteOrder.LITTLE_ENDIAN).position(24);
    boolean master = false;
    while (file.hasRemaining()) {
      long at = file.getInt() * 1_000_000_000L + file.getInt() * 1000L;
      byte[] frame = new byte[file.getInt()];
      file.getInt();
      file.get(frame);
      while (watch.isWaiting() && watch.deadlineNanos() - at <= 0) {
        watch.tick(watch.deadlineNanos());
      }
      byte[] ip = Arrays.copyOfRange(frame, 14, frame.length);
      IpPacket packet = new IpPacket().wrap(ip, 0, ip.length, "vtnet0", at);
      if (packet.check() == IpPacket.Check.OK && packet.protocol() == CarpView.PROTOCOL) {
        boolean mine = packet.isFrom(LinkAddress.parse(own).address().getAddress());
        if (mine != master) {
          master = mine;
          watch.role(
              mine ? Role.MASTER : Role.BACKUP,
              mine ? RoleReason.MASTER_TIMED_OUT : RoleReason.MORE_FREQUENT_ADVERTISEMENT,
              at);
        }
        byte[] payload = Arrays.copyOfRange(ip, packet.payloadOffset(), ip.length);
        CarpView view = WatchedSegment.view(payload);
        assertThat(view.hmac()).hasSize(20);
        if (mine) {
          watch.sent(payload, at);
        } else {
          watch.accepted(view, packet);
          adverts++;
        }
      }
      boolean reply = frame[21] == 2;
      NeighbourView claim =
          new NeighbourView()
              .wrap(frame, 0, frame.length, "vtnet0", reply ? at + delayOfReplies : at);
      if (claim.check() == NeighbourView.Check.OK && !MacAddress.at(frame, 6).equals(mac)) {
        watch.claimed(claim);
        claims++;
      }
    }
  }

  private static byte[] capture() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            CapturedFailoverTest.class.getResourceAsStream("/captures/carp-failover-v4.pcap"))) {
      return in.readAllBytes();
    }
  }

  @Test
  void theFirstHostHasNothingToReport() throws IOException {
    watch("10.1.0.1", MAC_1, 0);

    assertThat(adverts).isEqualTo(20);
    assertThat(claims).as("takeovers and late replies of the second host").isEqualTo(7);
    assertThat(told).isEmpty();
  }

  @Test
  void theSecondHostHasNothingToReport() throws IOException {
    watch("10.1.0.2", MAC_2, 0);

    assertThat(adverts).isEqualTo(25);
    assertThat(claims).isPositive();
    assertThat(told).isEmpty();
  }

  /** If they came four seconds behind the takeover, nobody could take them for the old master's. */
  @Test
  void theSameRepliesLaterWouldBeConflicts() throws IOException {
    watch("10.1.0.1", MAC_1, 4_000_000_000L);

    assertThat(told).isNotEmpty().first().isInstanceOf(CarpDiagnosis.SplitBrain.class);
  }
}
