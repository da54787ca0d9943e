package org.pfha.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.pfha.examples.conformance.Json;

/** Whatever a file says is the record of a config sync: reports, or why it is none. */
class ConfigSyncRecordFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void aRecordIsReadOrTellsWhyNot(byte[] file) throws IOException {
    String text = new String(file, StandardCharsets.UTF_8);
    try {
      for (Json each : Json.parse("record", text).items()) {
        ConfigSyncReport report = ConfigSyncReport.of(each);
        assertThat(ConfigSyncReport.of(Json.parse("again", report.json()))).isEqualTo(report);
      }
    } catch (IOException | IllegalArgumentException e) {
      assertThat(e.getMessage()).startsWith("record");
    }
  }
}
