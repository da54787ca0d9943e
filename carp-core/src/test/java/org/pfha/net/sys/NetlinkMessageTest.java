package org.pfha.net.sys;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class NetlinkMessageTest {

  private static final NetlinkMessage GET_FAMILY =
      NetlinkMessage.generic(
          16,
          5,
          1,
          3,
          0,
          List.of(new NetlinkAttribute(2, "pfctl\0".getBytes(StandardCharsets.US_ASCII))));

  @Test
  void theRequestForAFamilyIsTheOneFreebsdWrites() {
    Assumptions.assumeTrue(ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN, "golden bytes");
    assertThat(HexFormat.of().formatHex(GET_FAMILY.toBytes()))
        .isEqualTo("20000000100005000100000000000000030000000a000200706663746c000000");
  }

  @Test
  void messagesBehindEachOtherAreReadBack() {
    byte[] one = GET_FAMILY.toBytes();
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertThat(NetlinkMessage.parse(two))
        .hasSize(2)
        .allSatisfy(
            message -> {
              assertThat(message.type()).isEqualTo(16);
              assertThat(message.command()).isEqualTo(3);
              assertThat(message.attributes()).hasSize(1);
              assertThat(message.attributes().get(0).value()).hasSize(6).startsWith('p', 'f');
            });
    assertThat(NetlinkMessage.parse(Arrays.copyOf(two, two.length - 1))).hasSize(1);
  }

  @Test
  void hostileBytesNeverThrow() {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int run = 0; run < 100_000; run++) {
      byte[] bytes = Arrays.copyOf(GET_FAMILY.toBytes(), random.nextInt(80));
      for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      for (NetlinkMessage message : NetlinkMessage.parse(bytes)) {
        assertThat(message.payload().length).as("seed %d", seed).isLessThan(bytes.length);
        message.attributes().forEach(each -> NetlinkAttribute.parse(each.value()));
      }
    }
  }
}
