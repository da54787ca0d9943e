package org.pfha.pf.device;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteOrder;

class NvListFuzzTest {

  @FuzzTest(maxDuration = "70s")
  void bytesAreRefusedOrPackToThemselves(byte[] data) {
    NvListView view = new NvListView().wrap(data, 0, data.length);
    for (int flags = 0; flags <= (NvList.IGNORE_CASE | NvList.NO_UNIQUE); flags++) {
      if (view.check(flags) == NvReject.NONE) {
        ByteOrder order = data[2] < 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        assertThat(view.value().toBytes(order)).isEqualTo(data);
        assertThat(view.value()).hasSameHashCodeAs(view.value());
        assertThat(view.value().toString()).isNotEmpty();
      }
    }
  }
}
