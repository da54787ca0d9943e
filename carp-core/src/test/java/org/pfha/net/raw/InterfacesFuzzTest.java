package org.pfha.net.raw;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkMessage;

/** Whatever a kernel says of its interfaces is read, or is not; nothing is thrown. */
class InterfacesFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void linuxMessages(byte[] bytes) {
    for (int type : new int[] {RouteMessage.NEW_LINK, RouteMessage.NEW_ADDRESS}) {
      NetlinkMessage message = new NetlinkMessage(type, 0, 0, 0, bytes);
      RouteMessage.link(message).ifPresent(link -> assertThat(link.link().name()).isNotNull());
      RouteMessage.Address address = RouteMessage.address(message);
      if (address != null) {
        assertThat(address.address().prefixLength()).isBetween(0, 128);
      }
    }
  }

  @FuzzTest(maxDuration = "60s")
  void freebsdMessages(byte[] bytes) {
    for (Interface each : FreebsdInterfaces.parse(bytes)) {
      assertThat(each.link().addresses()).doesNotContainNull();
    }
  }

  @Test
  void anAddressThatLooksLikeIpv4WithinIpv6IsIpv6() {
    byte[] mapped = new byte[16];
    mapped[10] = -1;
    mapped[11] = -1;
    mapped[15] = 1;
    byte[] attributes =
        NetlinkAttribute.toBytes(List.of(new NetlinkAttribute(RouteMessage.IFA_ADDRESS, mapped)));
    byte[] payload =
        ByteBuffer.allocate(8 + attributes.length)
            .order(ByteOrder.nativeOrder())
            .put((byte) 10)
            .put((byte) 128)
            .put(8, attributes)
            .array();
    NetlinkMessage message = new NetlinkMessage(RouteMessage.NEW_ADDRESS, 0, 0, 0, payload);
    assertThat(RouteMessage.address(message))
        .isNotNull()
        .satisfies(found -> assertThat(found.address().prefixLength()).isEqualTo(128));
  }
}
