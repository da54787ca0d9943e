package org.pfha.pfsync;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.Arrays;
import org.pfha.net.IpDatagram;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;

/** Whatever one side sends, the other hears whole packets of its own release, or nothing. */
class PfsyncBridgeFuzzTest {

  private static final StateFormat[] FORMATS = {
    StateFormat.V1301, StateFormat.V1400, StateFormat.V1500
  };

  /** The first byte chooses the releases; before each packet one says its length in fours. */
  @FuzzTest(maxDuration = "1m")
  void onlyWholePacketsPass(byte[] input) throws IOException {
    if (input.length < 2) {
      return;
    }
    StateFormat from = FORMATS[(input[0] & 0x7f) % 3];
    StateFormat to = FORMATS[(input[0] & 0x7f) / 3 % 3];
    SimNetwork net = new SimNetwork(1);
    SimSegment right = net.segment("right");
    SimHost bridge = net.host("bridge");
    bridge.attach(net.segment("left"), "em1", "172.16.1.9/24");
    bridge.attach(right, "em2", "172.16.2.9/24");
    IpPacket seen = new IpPacket();
    right.tap(
        frame -> {
          byte[] ip = frame.payload();
          seen.wrap(ip, 0, ip.length, "em2", 0);
          assertThat(seen.check()).isEqualTo(IpPacket.Check.OK);
          PfsyncPacket.Decoded decoded =
              PfsyncPacket.decode(seen.array(), seen.payloadOffset(), seen.payloadLength(), to);
          assertThat(decoded.isComplete()).as("%s", decoded).isTrue();
        });
    BridgeSide left = new BridgeSide(bridge, "em1", from).peer("172.16.1.2");
    BridgeSide other = new BridgeSide(bridge, "em2", to).peer("172.16.2.3");
    BridgeSide there = input[0] < 0 ? other.oneStatePerSection() : other;
    try (PfsyncBridge running =
        PfsyncBridge.start(left, there, loss -> assertThat(loss.field()).isNotNull())) {
      for (int at = 1; at < input.length; ) {
        int length = Math.min((input[at] & 0xff) * 4, input.length - at - 1);
        bridge.deliver("em1", datagram(Arrays.copyOfRange(input, at + 1, at + 1 + length)));
        at += 1 + length;
      }
      BridgeStatistics heard = running.statistics().get(0);
      assertThat(heard.hdrops() + heard.badver()).isLessThanOrEqualTo(heard.ipackets());
    }
  }

  private static byte[] datagram(byte[] payload) throws IOException {
    OutboundPacket packet =
        new OutboundPacket(
            "em1",
            PfsyncTransport.PROTOCOL,
            LinkAddress.parse("172.16.1.2").address(),
            LinkAddress.parse("172.16.1.9").address(),
            PfsyncTransport.TTL,
            0,
            true,
            null,
            payload);
    return IpDatagram.build(packet, packet.source(), 1);
  }
}
