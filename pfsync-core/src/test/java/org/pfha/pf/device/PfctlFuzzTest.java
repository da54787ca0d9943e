package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.pfha.net.sys.NetlinkAttribute;
import org.pfha.net.sys.NetlinkAttributes;
import org.pfha.net.sys.NetlinkMessage;
import org.pfha.pf.PfState;

class PfctlFuzzTest {

  @FuzzTest(maxDuration = "70s")
  void repliesAreReadOrAreNone(byte[] data) {
    for (NetlinkMessage message : NetlinkMessage.parse(data)) {
      assertThat(message.errorText().orElse("").length()).isLessThanOrEqualTo(data.length);
      PfState state = PfctlState.decode(message.body());
      if (state != null) {
        byte[] again = NetlinkAttribute.toBytes(PfctlState.encode(state));
        assertThat(PfctlState.decode(NetlinkAttributes.of(again, 0, again.length)))
            .isEqualTo(state);
      }
      PfStatus status = PfctlMessage.status(message.body());
      assertThat(status.packets()).hasSizeGreaterThanOrEqualTo(8);
    }
  }
}
