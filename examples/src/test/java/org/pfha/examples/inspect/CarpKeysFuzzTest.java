package org.pfha.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import org.pfha.carp.wire.CarpView;

/** Whatever a file of passwords or a configuration says: keys, or the line that is wrong. */
class CarpKeysFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void noFileThrows(byte[] file) {
    CarpKeys keys;
    try {
      keys = CarpKeys.read("keys", file);
    } catch (IOException e) {
      assertThat(e.getMessage()).startsWith("keys: ");
      return;
    }
    byte[] advert = new byte[CarpView.LENGTH];
    advert[1] = 1;
    CarpView view = new CarpView().wrap(advert, 0, advert.length);
    assertThat(keys.check(view)).isNotNull();
  }
}
