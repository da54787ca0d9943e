package org.pfha.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpAuthenticator;
import org.pfha.examples.inspect.Datagrams.Datagram;
import org.pfha.examples.inspect.Datagrams.Flaw;
import org.pfha.net.InternetChecksum;
import org.pfha.net.pcap.PcapRecord;

/** IP options, fragments and extension headers in front of what is inspected. */
class DatagramsTest {

  private static final byte[] ADVERT = advert();

  private static byte[] advert() {
    byte[] advert = new byte[36];
    CarpAuthenticator key =
        CarpAuthenticator.of(new byte[0], 1, List.of(InetAddresses.forString("192.0.2.1")));
    new CarpAdvert(1, 1, 0, 0, 42).encode(advert, 0, key);
    return advert;
  }

  @Test
  void optionsAreHonoured() {
    byte[] packet = v4(24, 0, ADVERT);
    Datagram datagram = take(packet);
    assertThat(datagram.flaws()).isEmpty();
    assertThat(datagram.bytes()).isEqualTo(packet);
    assertThat(text(packet)).isEqualTo("CARP vhid 1 1/0 counter 000000000000002a");
  }

  @Test
  void whatTheCaptureOrTheIpLayerDidIsToldApart() {
    byte[] packet = v4(20, 0, ADVERT);
    assertThat(take(Arrays.copyOf(packet, 40)).flaws()).containsExactly(Flaw.CUT_OFF);
    packet[10]++;
    assertThat(take(packet).flaws()).containsExactly(Flaw.BAD_IP_CHECKSUM);
    packet[0] = 0x41;
    assertThat(take(packet).flaws()).contains(Flaw.BAD_HEADER);
  }

  @Test
  void fragmentsInAnyOrderBecomeOnePacket() {
    byte[] first = v4(20, 0x2000, Arrays.copyOf(ADVERT, 16));
    byte[] second = v4(20, 2, Arrays.copyOfRange(ADVERT, 16, 36));
    for (List<byte[]> order : List.of(List.of(first, second), List.of(second, first))) {
      Datagrams datagrams = new Datagrams();
      assertThat(datagrams.take(record(order.get(0)))).isNull();
      Datagram whole = datagrams.take(record(order.get(1)));
      assertThat(whole).isNotNull();
      assertThat(whole.flaws()).containsExactly(Flaw.FRAGMENTED);
      assertThat(Arrays.copyOfRange(whole.bytes(), 20, 56)).isEqualTo(ADVERT);
    }
  }

  @Test
  void whatClaimsToBeBehindTheLastFragmentIsLeftOut() {
    Datagrams datagrams = new Datagrams();
    assertThat(datagrams.take(record(v4(20, 0x2000 | 200, new byte[8])))).isNull();
    assertThat(datagrams.take(record(v4(20, 2, Arrays.copyOfRange(ADVERT, 16, 36))))).isNull();
    Datagram whole = datagrams.take(record(v4(20, 0x2000, Arrays.copyOf(ADVERT, 16))));
    assertThat(whole).isNotNull();
    assertThat(Arrays.copyOfRange(whole.bytes(), 20, whole.bytes().length)).isEqualTo(ADVERT);
  }

  @Test
  void extensionHeadersAreSteppedOverAndTold() {
    byte[] hopByHop = {112, 0, 1, 4, 0, 0, 0, 0};
    byte[] packet = v6(0, concat(hopByHop, ADVERT));
    Datagram datagram = take(packet);
    assertThat(datagram.flaws()).containsExactly(Flaw.EXTENSION_HEADERS);
    assertThat(datagram.bytes()).isEqualTo(v6(112, ADVERT));
  }

  @Test
  void fragmentsOfIpv6BecomeOnePacket() {
    byte[] first = concat(new byte[] {112, 0, 0, 1, 9, 9, 9, 9}, Arrays.copyOf(ADVERT, 24));
    byte[] second =
        concat(new byte[] {112, 0, 0, 24, 9, 9, 9, 9}, Arrays.copyOfRange(ADVERT, 24, 36));
    Datagrams datagrams = new Datagrams();
    assertThat(datagrams.take(record(v6(44, second)))).isNull();
    Datagram whole = datagrams.take(record(v6(44, first)));
    assertThat(whole).isNotNull();
    assertThat(whole.flaws()).containsExactly(Flaw.FRAGMENTED);
    assertThat(whole.bytes()).isEqualTo(v6(112, ADVERT));
  }

  @Test
  void unfinishedFragmentsAreForgotten() {
    Datagrams datagrams = new Datagrams();
    IntStream.range(0, 100_000)
        .forEach(
            i -> {
              byte[] fragment = v4(20, 0x2000, new byte[8]);
              fragment[4] = (byte) (i >> 8);
              fragment[5] = (byte) i;
              assertThat(datagrams.take(record(fragment))).isNull();
            });
  }

  @Test
  void fragmentsOfAnEarlierDatagramAreNotMixedIn() {
    byte[] stale = new byte[16];
    byte[] first = v4(20, 0x2000, Arrays.copyOf(ADVERT, 16));
    byte[] second = v4(20, 2, Arrays.copyOfRange(ADVERT, 16, 36));
    Datagrams datagrams = new Datagrams();
    assertThat(datagrams.take(record(v4(20, 0x2000, stale)))).isNull();
    long later = 31_000_000_000L;
    assertThat(datagrams.take(new PcapRecord(later, first.length, first))).isNull();
    Datagram whole = datagrams.take(new PcapRecord(later, second.length, second));
    assertThat(whole).isNotNull();
    assertThat(Arrays.copyOfRange(whole.bytes(), 20, 56)).isEqualTo(ADVERT);
  }

  @Test
  void endlessFragmentsOfOneDatagramAreGivenUp() {
    Datagrams datagrams = new Datagrams();
    for (int i = 0; i < 100_000; i++) {
      assertThat(datagrams.take(record(v4(20, 0x2001, new byte[1000])))).isNull();
    }
  }

  @Test
  void otherProtocolsAreNothing() {
    byte[] udp = v4(20, 0, ADVERT);
    udp[9] = 17;
    assertThat(new Datagrams().take(record(udp))).isNull();
    assertThat(new Datagrams().take(record(v6(17, ADVERT)))).isNull();
    assertThat(new Datagrams().take(record(new byte[] {0x45}))).isNull();
    assertThat(new Datagrams().take(record(new byte[] {0x15, 0}))).isNull();
  }

  private static String text(byte[] packet) {
    Heard heard = new Decoder(CarpKeys.none(), null).decode(record(packet));
    assertThat(heard).isNotNull();
    return heard.text();
  }

  private static Datagram take(byte[] packet) {
    Datagram datagram = new Datagrams().take(record(packet));
    assertThat(datagram).isNotNull();
    return datagram;
  }

  private static PcapRecord record(byte[] ip) {
    return new PcapRecord(0, ip.length, ip);
  }

  private static byte[] v4(int header, int fragment, byte[] payload) {
    ByteBuffer packet =
        ByteBuffer.allocate(header + payload.length)
            .put((byte) (0x40 | header / 4))
            .put((byte) 0)
            .putShort((short) (header + payload.length))
            .putShort((short) 7)
            .putShort((short) fragment)
            .put((byte) 255)
            .put((byte) 112)
            .putShort((short) 0)
            .putInt(0xc0000202)
            .putInt(0xe0000012);
    byte[] bytes = packet.put(header, payload).array();
    int sum = InternetChecksum.of(bytes, 0, header);
    bytes[10] = (byte) (sum >> 8);
    bytes[11] = (byte) sum;
    return bytes;
  }

  private static byte[] v6(int next, byte[] payload) {
    return ByteBuffer.allocate(40 + payload.length)
        .putInt(0x6e000000)
        .putShort((short) payload.length)
        .put((byte) next)
        .put((byte) 255)
        .put(InetAddresses.forString("fe80::1").getAddress())
        .put(InetAddresses.forString("ff02::12").getAddress())
        .put(payload)
        .array();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
