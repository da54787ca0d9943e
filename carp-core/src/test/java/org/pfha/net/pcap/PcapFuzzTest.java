package org.pfha.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;

class PcapFuzzTest {

  /** A capture is hostile input as well: somebody has sent it by mail. */
  @FuzzTest(maxDuration = "1m")
  void capturesAreReadOrRefused(byte[] file) {
    try (PcapReader reader = new PcapReader(new ByteArrayInputStream(file))) {
      List<PcapRecord> records = reader.readAll();
      assertThat(records.stream().mapToLong(record -> record.ip().length).sum())
          .as("no more bytes than there are")
          .isLessThanOrEqualTo(file.length);
      assertThat(reader.end()).isNotNull();
    } catch (IOException refused) {
      assertThat(refused).hasMessageMatching("(?s).+");
    }
  }
}
