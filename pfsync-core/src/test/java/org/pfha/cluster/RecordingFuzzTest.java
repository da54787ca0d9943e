package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** Whatever a file says: a recording that is written as it was read, or the line that is wrong. */
class RecordingFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void noFileThrowsAnythingElse(byte[] file) {
    Recording recording;
    try {
      recording = Recording.parse(new String(file, StandardCharsets.UTF_8).lines().toList());
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).contains("line");
      return;
    }
    assertThat(Recording.parse(recording.lines())).isEqualTo(recording);
  }
}
