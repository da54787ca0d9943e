package org.pfha.carp.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.LinkAddress;

/** Golden HMACs of the compiled FreeBSD and OpenBSD routines. */
class CarpAuthenticatorTest {

  private static final HexFormat HEX = HexFormat.of();

  private static List<InetAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(text -> LinkAddress.parse(text).address()).toList();
  }

  private static byte[] key(String password) {
    return password.getBytes(StandardCharsets.UTF_8);
  }

  private static String sign(CarpAuthenticator authenticator, long counter) {
    byte[] out = new byte[20];
    authenticator.sign(counter, out, 0);
    return HEX.formatHex(out);
  }

  @Test
  void oneAddress() {
    assertThat(
            sign(
                CarpAuthenticator.of(key("mekmitasdigoat"), 1, addresses("192.0.2.1")),
                0x0123456789abcdefL))
        .isEqualTo("804538a172de9d658c695edfe8729c0371ca91eb");
  }

  @Test
  void orderAndDuplicatesDoNotMatter() {
    String golden = "c179aa37a93835b3a91c7ee61b32d7d11fc65dd7";
    assertThat(
            sign(
                CarpAuthenticator.of(
                    key("foobar"), 7, addresses("203.0.113.9", "10.20.30.40", "192.0.2.77")),
                1))
        .isEqualTo(golden);
    assertThat(
            sign(
                CarpAuthenticator.of(
                    key("foobar"),
                    7,
                    addresses(
                        "0.0.0.0", "192.0.2.77", "10.20.30.40", "203.0.113.9", "192.0.2.77", "::")),
                1))
        .isEqualTo(golden);
  }

  @Test
  void bothFamiliesAreHashedAndOpenBsdLeavesLinkLocalOut() {
    List<InetAddress> mixed =
        addresses("2001:db8::64", "198.51.100.100", "fe80::64", "192.0.2.100", "2001:db8::1:64");
    long counter = 0x5555555566666666L;

    assertThat(sign(CarpAuthenticator.of(key("both"), 100, mixed), counter))
        .isEqualTo("6cd51faa905dcd6ff8cd101d0e00de07770187f7");
    assertThat(sign(CarpAuthenticator.openBsd(key("both"), 100, mixed, null), counter))
        .isEqualTo("2aaecac21803d3072de5eb7e256da87e1fb12b0b");
  }

  @Test
  void everyChangedBitOfCounterOrHmacIsNoticed() {
    CarpAuthenticator authenticator =
        CarpAuthenticator.of(key("mekmitasdigoat"), 1, addresses("192.0.2.1"));
    byte[] bytes = new byte[CarpView.LENGTH];
    new CarpAdvert(1, 1, 0, 0, 42).encode(bytes, 0, authenticator);
    CarpView view = new CarpView().wrap(bytes, 0, bytes.length);
    assertThat(view.check()).isEqualTo(CarpReject.NONE);
    assertThat(authenticator.verify(view)).isTrue();
    for (int bit = 8 * 8; bit < 36 * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(authenticator.verify(view)).as("bit %d", bit).isFalse();
      assertThat(view.check()).as("bit %d", bit).isEqualTo(CarpReject.BADSUM);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
    }
    assertThat(authenticator.verify(view)).isTrue();
  }

  @Test
  void tooLongAKeyIsRefusedWithoutShowingIt() {
    assertThatThrownBy(() -> CarpAuthenticator.of(key("abcdefghijklmnopqrstu"), 1, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("abc");
  }
}
