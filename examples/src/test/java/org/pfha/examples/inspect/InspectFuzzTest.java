package org.pfha.examples.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.common.net.InetAddresses;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pfha.net.pcap.PcapReader;
import org.pfha.net.pcap.PcapRecord;

class InspectFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void noCaptureThrows(byte[] file) throws IOException {
    CarpKeys keys =
        new CarpKeys(
            List.of(
                new CarpKeys.Router(
                    "one", 1, new byte[] {1}, List.of(InetAddresses.forString("192.0.2.1")))));
    Inspection inspection =
        new Inspection(new Decoder(keys, null), Set.of(), Set.of(), (at, line) -> {});
    PcapReader reader = new PcapReader(new ByteArrayInputStream(file));
    InspectText text = new InspectText(inspection, new PrintWriter(Writer.nullWriter()));
    for (Optional<PcapRecord> next = reader.next(); next.isPresent(); next = reader.next()) {
      Heard heard = inspection.take(next.get());
      if (heard != null) {
        text.packet(heard, true);
      }
    }
    text.summary("fuzz", reader.end());
    InspectJson.write(inspection, "fuzz", reader.end(), Writer.nullWriter());
    assertThat(inspection.understood()).isLessThanOrEqualTo(inspection.records());
  }
}
