package org.pfha.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class IpPacketFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void whatIsWholeCanBeRead(byte[] bytes) {
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, "em1", 1);
    if (packet.check() != IpPacket.Check.OK) {
      return;
    }
    assertThat(packet.payloadOffset()).isBetween(packet.packetOffset() + 20, bytes.length);
    assertThat(packet.payloadOffset() + packet.payloadLength()).isLessThanOrEqualTo(bytes.length);
    assertThat(packet.protocol()).isBetween(0, 255);
    assertThat(packet.ttl()).isBetween(0, 255);
    assertThat(packet.isFrom(packet.source().getAddress())).isTrue();
    assertThat(packet.isTo(packet.destination().getAddress())).isTrue();
    assertThat(packet.isToMulticast()).isEqualTo(packet.destination().isMulticastAddress());
    assertThat(packet.copy()).hasSize(packet.packetLength());
    assertThat(packet.toString()).isNotEmpty();
    packet.addressSum();
  }
}
