package org.pfha.carp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.pfha.net.IpPacket;
import org.pfha.net.LinkAddress;

/** Whatever bytes arrive: what a view accepts can be read, and is written again as it was. */
class AdvertFuzzTest {

  private static final CarpAuthenticator KEY =
      CarpAuthenticator.of(new byte[] {1}, 1, List.of(LinkAddress.parse("192.0.2.1").address()));
  private static final InetAddress GROUP = LinkAddress.parse("224.0.0.18").address();

  @FuzzTest(maxDuration = "1m")
  void carp(byte[] bytes) {
    CarpView view = new CarpView().wrap(bytes, 0, bytes.length);
    CarpReject verdict = view.check();
    assertThat(view.toString()).isNotEmpty();
    if (view.isShort()) {
      assertThat(verdict).isIn(CarpReject.BADLEN, CarpReject.BADVER);
      return;
    }
    boolean authentic = KEY.verify(view);
    byte[] encoded = new byte[CarpView.LENGTH];
    view.advert().encode(encoded, 0, KEY);
    CarpView again = new CarpView().wrap(encoded, 0, encoded.length);
    assertThat(again.check()).isEqualTo(CarpReject.NONE);
    assertThat(again.advert()).isEqualTo(view.advert());
    assertThat(KEY.verify(again)).isTrue();
    assertThat(Arrays.equals(again.hmac(), view.hmac())).isEqualTo(authentic);
    assertThat(view.isBowOut()).isEqualTo(view.advert().isBowOut());
    if (view.hasTrailingData()) {
      assertThat(bytes.length).isGreaterThan(CarpView.LENGTH);
    }
  }

  @FuzzTest(maxDuration = "1m")
  void vrrp(byte[] bytes) {
    IpPacket packet = new IpPacket().wrap(bytes, 0, bytes.length, "em0", 0);
    if (packet.check() != IpPacket.Check.OK) {
      return;
    }
    VrrpView view = new VrrpView().wrap(packet);
    assertThat(view.toString()).isNotEmpty();
    if (view.check() != CarpReject.NONE) {
      assertThat(view.isVrrp()).isFalse();
      return;
    }
    assertThat(view.addresses()).hasSizeLessThanOrEqualTo(view.count());
    assertThat(view.authData().length).isIn(0, 8);
    assertThat(view.hasAddresses(new byte[][] {{1, 2, 3, 4}, {5, 6, 7, 8}})).isIn(true, false);
    boolean plain =
        view.isVrrp() && view.version() == 3 && view.reserved() == 0 && !packet.isIpv6();
    if (plain) {
      byte[] encoded = view.advert().encode(packet.source(), packet.destination());
      assertThat(encoded.length).isLessThanOrEqualTo(packet.payloadLength());
      assertThat(new VrrpAdvert(1, 1, 1, view.addresses()).encode(GROUP, GROUP)).isNotEmpty();
    }
  }
}
