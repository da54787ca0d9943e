package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.net.MacAddress;

/** FreeBSD's socket addresses (spec pf-ioctl 11). */
class BsdSocketAddressTest {

  private static final MacAddress MAC = new MacAddress(0x0200_0000_0001L);

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  @Test
  void eachFamilyIsLaidOutAsInTheHeaders() {
    Inet4Address v4 = (Inet4Address) InetAddresses.forString("192.0.2.1");
    Inet6Address v6 = (Inet6Address) InetAddresses.forString("fe80::1");
    assertThat(new BsdSocketAddress.Inet(v4, 80).toBytes())
        .isEqualTo(hex("10 02 0050 c0000201 0000000000000000"));
    assertThat(new BsdSocketAddress.Inet6(v6, 80, 1, 3).toBytes())
        .isEqualTo(hex("1c 1c 0050 00000001 fe800000000000000000000000000001 03000000"));
    assertThat(new BsdSocketAddress.Link("em0", MAC, 3, 6).toBytes())
        .startsWith(hex("36 12 0300 06 03 06 00 656d30 020000000001"))
        .hasSize(54);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "em0", "\u00e9\u00ff\u0080", "0123456789012345678901234567890123456789"})
  void theNameOfAnInterfaceIsWhateverBytesItHas(String name) {
    BsdSocketAddress link = new BsdSocketAddress.Link(name, MAC, 0xffff, 255);
    assertThat(BsdSocketAddress.ofBytes(link.toBytes())).isEqualTo(link);
  }

  @Test
  void aNameThatDoesNotFitIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BsdSocketAddress.Link("x".repeat(41), MAC, 1, 6))
        .withMessageContaining("xxx");
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 6, index -1",
    "65536, 6, index 65536",
    "1, -1, type -1",
    "1, 256, type 256",
  })
  void numbersOutOfRangeAreNamed(int index, int type, String named) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BsdSocketAddress.Link("em0", MAC, index, type))
        .withMessageContaining(named);
  }

  @Test
  void whatIsCutOffOrOfAnotherLengthThanItSaysIsNone() {
    Inet4Address v4 = (Inet4Address) InetAddresses.forString("192.0.2.1");
    Inet6Address v6 = (Inet6Address) InetAddresses.forString("2001:db8::1");
    for (BsdSocketAddress address :
        List.of(
            new BsdSocketAddress.Inet(v4, 0),
            new BsdSocketAddress.Inet6(v6, 0, 0, 0),
            new BsdSocketAddress.Link("em0", MAC, 1, 6))) {
      byte[] whole = address.toBytes();
      for (int length = 0; length <= whole.length + 1; length++) {
        byte[] other = Arrays.copyOf(whole, length);
        if (length != whole.length) {
          assertThatIllegalArgumentException()
              .isThrownBy(() -> BsdSocketAddress.ofBytes(other))
              .withMessageContaining("%d bytes", length);
        }
      }
      whole[0]++;
      assertThatIllegalArgumentException().isThrownBy(() -> BsdSocketAddress.ofBytes(whole));
    }
  }

  @ParameterizedTest
  @CsvSource({"5, 41", "5, 255", "6, 0", "6, 8"})
  void anInterfaceWhoseLengthsDoNotFitIsNone(int at, int length) {
    byte[] link = new BsdSocketAddress.Link("em0", MAC, 1, 6).toBytes();
    link[at] = (byte) length;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BsdSocketAddress.ofBytes(link))
        .withMessageContaining(Integer.toString(length));
  }
}
