package org.pfha.net.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import org.pfha.net.pcap.PcapReader.End;

class PcapFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void noFileThrows(byte[] file) throws IOException {
    PcapReader reader = new PcapReader(new ByteArrayInputStream(file));
    long bytes = 0;
    for (Optional<PcapRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
      PcapRecord record = next.get();
      assertThat(record.ip().length).isLessThanOrEqualTo(record.frame().length);
      bytes += record.frame().length;
    }
    assertThat(bytes).isLessThanOrEqualTo(file.length);
    assertThat(reader.end()).isNotEqualTo(End.NOT_YET);
  }
}
