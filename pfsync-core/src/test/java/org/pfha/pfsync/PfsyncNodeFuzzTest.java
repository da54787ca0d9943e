package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.IpDatagram;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.wire.StateFormat;

/** The whole way of a packet: transport, sources, engine by pfHA's own rules, table, answers. */
class PfsyncNodeFuzzTest {

  private static final int LIMIT = 50;
  private static final String LINK = "sync0";

  /**
   * Before each packet a byte says how long it is, in units of four, and how long it takes; one in
   * eight is from a stranger, one in eight goes to the link as it is, without a header.
   */
  @FuzzTest(maxDuration = "1m")
  void aNodeStandsWhatItsLinkBrings(byte[] input) throws IOException {
    SimNetwork network = new SimNetwork(1);
    SimHost host = network.host("fw-a");
    host.attach(network.segment("sync"), LINK, "172.16.1.2/24");
    DemotionLedger ledger = new DemotionLedger();
    StateTable table = StateTable.withLimit(LIMIT);
    PfsyncNode node =
        PfsyncNode.builder(host)
            .onInterface(LINK)
            .table(table)
            .creatorId(0xa)
            .peer("172.16.1.3")
            .profile(PfsyncProfile.FREEBSD_15)
            .format(StateFormat.V1400)
            .strictMerge()
            .rememberRemoved(8)
            .bulkDeadline(Duration.ofSeconds(20))
            .demoting(ledger)
            .onEvent(event -> assertThat(event.kind()).isNotNull())
            .start();
    for (int i = 1; i <= 5; i++) {
      node.insert(States.tcp(i, 0xa));
    }
    int at = 0;
    while (at < input.length) {
      int length = Math.min((input[at] & 0xff) * 4, input.length - at - 1);
      byte[] payload = Arrays.copyOfRange(input, at + 1, at + 1 + length);
      host.deliver(LINK, at % 8 == 7 ? payload : datagram(payload, at % 8 == 6));
      network.advance(Duration.ofMillis((input[at] & 0x0f) * 250L));
      assertThat(table.size()).isLessThanOrEqualTo(LIMIT);
      at += 1 + length;
    }
    assertThat(table.digest()).isEqualTo(table.digestFromScratch());
    assertThat(node.explain()).isNotEmpty();
    network.advance(Duration.ofSeconds(60));
    assertThat(ledger.total()).as("whatever was sent, the wait ends").isZero();
    node.close();
  }

  private static byte[] datagram(byte[] payload, boolean stranger) throws IOException {
    InetAddress here = InetAddress.getByAddress(new byte[] {(byte) 172, 16, 1, 2});
    InetAddress peer = InetAddress.getByAddress(new byte[] {(byte) 172, 16, 1, 3});
    InetAddress other = InetAddress.getByAddress(new byte[] {(byte) 172, 16, 1, 66});
    InetAddress source = stranger ? other : peer;
    return IpDatagram.build(
        new OutboundPacket(LINK, PfsyncNode.PROTOCOL, source, here, 255, 0, true, null, payload),
        source,
        1);
  }
}
