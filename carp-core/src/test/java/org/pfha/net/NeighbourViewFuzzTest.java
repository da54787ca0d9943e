package org.pfha.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever is on the wire: the check says so, and what it let pass can be read. */
class NeighbourViewFuzzTest {

  private final NeighbourView view = new NeighbourView();

  @FuzzTest(maxDuration = "1m")
  void hostileFramesAreNamed(byte[] frame) {
    view.wrap(frame, 0, frame.length, "em1", 0);
    if (view.check() == NeighbourView.Check.OK) {
      assertThat(view.isAbout(view.address().getAddress())).isTrue();
      assertThat(view.address().isMulticastAddress()).isFalse();
      assertThat(view.mac().toBytes()).hasSize(6);
      assertThat(view.ethernetSource().toBytes()).hasSize(6);
    }
    assertThat(view.toString()).contains("em1");
  }
}
