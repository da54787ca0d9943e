package org.pfha.carp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;

/** Adverts of real keepalived processes, and broken ones. */
class VrrpViewTest {

  private static final String VERSION_2 =
      "45c0002800010000ff70d04f0a420001e0000012210ac80100010bb00a4201010000000000000000";
  private static final String VERSION_3 =
      "45e0002078b04000ff705ecfc00002fbe0000012310b96010064d2f8c000020b";
  private static final String VERSION_3_IPV6 =
      "6e000000002870fffe800000000000000000000000000001ff020000000000000000000000000012"
          + "310b960200640db1fe8000000000000000000000005e000b20010db800000000000000000000000b";

  private static IpPacket packet(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, "em0", 0);
    assertThat(packet.check()).isEqualTo(IpPacket.Check.OK);
    return packet;
  }

  private static VrrpView view(String hex) {
    return new VrrpView().wrap(packet(hex));
  }

  private static InetAddress address(String text) {
    return LinkAddress.parse(text).address();
  }

  @Test
  void version3IsReadAndWrittenWithItsPseudoHeader() {
    for (String hex : List.of(VERSION_3, VERSION_3_IPV6)) {
      IpPacket packet = packet(hex);
      VrrpView view = view(hex);
      assertThat(view.check()).isEqualTo(CarpReject.NONE);
      assertThat(view.isVrrp()).isTrue();
      assertThat(view.isChecksumRight()).isTrue();
      byte[] encoded = view.advert().encode(packet.source(), packet.destination());
      assertThat(encoded)
          .isEqualTo(
              Arrays.copyOfRange(packet.array(), packet.payloadOffset(), packet.array().length));
    }
    assertThat(view(VERSION_3).advert())
        .isEqualTo(new VrrpAdvert(11, 150, 100, List.of(address("192.0.2.11"))));
  }

  @Test
  void version2IsRecognisedAndRead() {
    VrrpView view = view(VERSION_2);
    assertThat(view.isVrrp()).isTrue();
    assertThat(view.version()).isEqualTo(2);
    assertThat(view.intervalSeconds()).isEqualTo(1);
    assertThat(view.intervalCentis()).isEqualTo(100);
    assertThat(view.authType()).isZero();
    assertThat(view.authData()).containsOnly(0).hasSize(8);
    assertThat(view.addresses()).containsExactly(address("10.66.1.1"));
    assertThat(view.toString()).contains("version 2", "10.66.1.1");
  }

  @Test
  void anAdvertOfCarpIsNotTakenForVrrp() {
    byte[] bytes = new byte[CarpView.LENGTH];
    CarpAuthenticator key = CarpAuthenticator.of(new byte[0], 1, List.of(address("192.0.2.1")));
    new CarpAdvert(1, 1, 0, 0, 7).encode(bytes, 0, key);
    String header = "45e0003800004000ff7000000a010001e0000012";
    byte[] whole = HexFormat.of().parseHex(header + HexFormat.of().formatHex(bytes));
    int sum = org.pfha.net.InternetChecksum.of(whole, 0, 20);
    whole[10] = (byte) (sum >> 8);
    whole[11] = (byte) sum;
    assertThat(view(HexFormat.of().formatHex(whole)).isVrrp()).isFalse();
  }

  @Test
  void everyChangedBitOfAMessageIsNoticedByTheChecksum() {
    for (int bit = 20 * 8; bit < 32 * 8; bit++) {
      byte[] bytes = HexFormat.of().parseHex(VERSION_3);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      VrrpView view = view(HexFormat.of().formatHex(bytes));
      if (view.check() == CarpReject.NONE && view.version() == 3) {
        assertThat(view.isChecksumRight()).as("bit %d", bit).isFalse();
      }
    }
  }

  @Test
  void whatIsMissingIsNotRead() {
    String header = "45e0001c78b04000ff705ed3c00002fbe0000012";
    VrrpView view = view(header + "310b96ff0064d2f8");
    assertThat(view.check()).isEqualTo(CarpReject.NONE);
    assertThat(view.count()).isEqualTo(255);
    assertThat(view.hasAllAddresses()).isFalse();
    assertThat(view.addresses()).isEmpty();
    assertThat(view.hasAddresses(new byte[255][4])).isFalse();
    assertThat(view.isVrrp()).isFalse();
    assertThat(view(header + "910b96ff0064d2f8").check()).isEqualTo(CarpReject.BADVER);
  }

  @Test
  void aValueThatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new VrrpAdvert(1, 1, 4096, List.of())).hasMessageContaining("4096");
    VrrpAdvert mixed =
        new VrrpAdvert(1, 1, 1, List.of(address("192.0.2.1"), address("2001:db8::1")));
    assertThatThrownBy(() -> mixed.encode(address("192.0.2.9"), address("224.0.0.18")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
