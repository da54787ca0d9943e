package org.pfha.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.IpPacket;
import org.pfha.net.MacAddress;
import org.pfha.net.OutboundPacket;
import org.pfha.net.pcap.PcapReader.End;
import org.pfha.net.pcap.PcapWriter.LinkType;
import org.pfha.net.pcap.PcapWriter.Resolution;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;

class PcapTest {

  @ParameterizedTest
  @ValueSource(strings = {"ucarp-basic", "ucarp-preempt", "keepalived-v3-6", "keepalived-v2-pass"})
  void capturesOfRealPeersAreRead(String name) throws IOException {
    try (InputStream in = PcapTest.class.getResourceAsStream("/captures/" + name + ".pcap")) {
      PcapReader reader = new PcapReader(in);
      List<PcapRecord> records = reader.readAll();
      assertThat(reader.end()).isEqualTo(End.COMPLETE);
      List<byte[]> adverts =
          records.stream()
              .filter(PcapRecord::isIp)
              .map(PcapRecord::ip)
              .filter(ip -> view(ip).protocol() == 112)
              .toList();
      assertThat(adverts)
          .hasSizeGreaterThan(5)
          .allSatisfy(ip -> assertThat(view(ip).ttl()).isEqualTo(255));
    }
  }

  private static IpPacket view(byte[] ip) {
    IpPacket view = new IpPacket().wrap(ip, 0, ip.length, "pcap", 0);
    assertThat(view.check()).isEqualTo(IpPacket.Check.OK);
    return view;
  }

  @ParameterizedTest
  @EnumSource(LinkType.class)
  void aSimulatedSegmentIsWrittenAndReadBack(LinkType linkType) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    SimNetwork net = new SimNetwork(1);
    SimSegment lan = net.segment("lan");
    SimHost a = net.host("a");
    a.attach(lan, "em1", "192.0.2.1/24");
    byte[] payload = {1, 2, 3};
    try (PcapWriter writer = new PcapWriter(out, linkType, Resolution.NANOSECONDS)) {
      writer.follow(lan);
      net.advance(Duration.ofNanos(1_500_000_007L));
      a.send(
          new OutboundPacket(
              "em1",
              112,
              null,
              InetAddresses.forString("224.0.0.18"),
              255,
              0,
              true,
              null,
              payload));
      a.announce("em1", InetAddresses.forString("192.0.2.9"), MacAddress.virtual(1));
    }
    PcapReader reader = new PcapReader(new ByteArrayInputStream(out.toByteArray()));
    List<PcapRecord> records = reader.readAll();
    assertThat(reader.end()).isEqualTo(End.COMPLETE);
    assertThat(records).hasSize(linkType == LinkType.ETHERNET ? 2 : 1);
    assertThat(records.get(0).atNanos()).isEqualTo(1_500_000_007L);
    IpPacket first = view(records.get(0).ip());
    assertThat(Arrays.copyOfRange(first.array(), first.payloadOffset(), first.packetLength()))
        .isEqualTo(payload);
  }

  @Test
  void bothByteOrdersBothResolutionsAndVlanTagsAreUnderstood() throws IOException {
    byte[] ip = {0x45, 1, 2, 3};
    byte[] tagged =
        ByteBuffer.allocate(22)
            .put(new byte[12])
            .putInt(0x88a80001)
            .putInt(0x81000002)
            .putShort((short) 0x0800)
            .array();
    byte[] frame = Arrays.copyOf(tagged, 26);
    System.arraycopy(ip, 0, frame, 22, 4);
    for (ByteOrder order : List.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)) {
      for (int magic : new int[] {0xa1b2c3d4, 0xa1b23c4d}) {
        byte[] file =
            ByteBuffer.allocate(24 + 16 + 26)
                .order(order)
                .putInt(magic)
                .putInt(0)
                .putLong(0)
                .putInt(65535)
                .putInt(1)
                .putInt(3)
                .putInt(4)
                .putInt(26)
                .putInt(60)
                .put(frame)
                .array();
        PcapRecord record = read(file).next().orElseThrow();
        assertThat(record.atNanos()).isEqualTo(3_000_000_000L + (magic == 0xa1b2c3d4 ? 4000 : 4));
        assertThat(record.originalLength()).isEqualTo(60);
        assertThat(record.ip()).isEqualTo(ip);
      }
    }
  }

  @Test
  void aBrokenFileEndsWithItsReason() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PcapWriter writer = new PcapWriter(out, LinkType.RAW, Resolution.MICROSECONDS);
    writer.write(1, new byte[10]);
    byte[] file = out.toByteArray();
    assertThat(endOf(file)).isEqualTo(End.COMPLETE);
    assertThat(endOf(Arrays.copyOf(file, file.length - 1))).isEqualTo(End.TRUNCATED);
    assertThat(endOf(Arrays.copyOf(file, 24 + 15))).isEqualTo(End.TRUNCATED);
    assertThat(endOf(Arrays.copyOf(file, 23))).isEqualTo(End.NOT_PCAP);
    byte[] oversized = file.clone();
    oversized[24 + 8 + 3] = 0x7f;
    assertThat(endOf(oversized)).isEqualTo(End.OVERSIZED_RECORD);
    byte[] otherLink = file.clone();
    otherLink[20] = 105;
    assertThat(endOf(otherLink)).isEqualTo(End.UNSUPPORTED_LINK_TYPE);
  }

  @Test
  void randomBytesNeverThrow() throws IOException {
    long seed = 4711;
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 2000; run++) {
      byte[] file = new byte[random.nextInt(200)];
      random.nextBytes(file);
      if (file.length >= 24) {
        ByteBuffer.wrap(file).putInt(0, 0xa1b2c3d4).putInt(20, random.nextBoolean() ? 1 : 101);
      }
      if (file.length >= 40) {
        ByteBuffer.wrap(file).putInt(32, random.nextInt(-1, 200));
      }
      assertThat(endOf(file)).as("seed %d run %d", seed, run).isNotEqualTo(End.NOT_YET);
    }
  }

  private static PcapReader read(byte[] file) throws IOException {
    return new PcapReader(new ByteArrayInputStream(file));
  }

  private static End endOf(byte[] file) throws IOException {
    PcapReader reader = read(file);
    reader.readAll();
    return reader.end();
  }
}
