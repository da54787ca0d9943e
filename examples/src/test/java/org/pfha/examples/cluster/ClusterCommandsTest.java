package org.pfha.examples.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.pfha.net.pcap.PcapReader;
import picocli.CommandLine;

@Isolated("the soak counts this process's descriptors and memory")
class ClusterCommandsTest {

  private final StringWriter printed = new StringWriter();

  @Test
  void manySeedsEndInOneLineOfJson() {
    assertThat(run(new SimulateCommand(), "--seeds", "20", "--from", "7", "--threads", "2"))
        .isZero();
    assertThat(printed.toString())
        .contains("20 seeds from 7")
        .containsPattern("\\{\"from\":7,\"seeds\":20,\"threads\":2,.*\"failed\":0}\\R$");
  }

  @Test
  void oneSeedIsReplayedWithSomeOfItsFaults() {
    assertThat(run(new SimulateCommand(), "--from", "14", "--timeline", "--faults", "0")).isZero();
    assertThat(printed.toString())
        .contains("seed=14")
        .containsOnlyOnce("begins: ")
        .contains("peace");
  }

  @Test
  void aFaultThatIsNotThereIsNamed() {
    assertThat(run(new SimulateCommand(), "--from", "14", "--faults", "99")).isEqualTo(2);
    assertThat(printed.toString()).contains("seed 14 has the faults 0 to", "not '99'");
  }

  @Test
  void everySegmentIsCaptured(@TempDir Path directory) throws IOException {
    assertThat(run(new SimulateCommand(), "--from", "3", "--pcap", directory.toString())).isZero();
    for (String segment : new String[] {"lan", "sync"}) {
      try (InputStream in = Files.newInputStream(directory.resolve(segment + ".pcap"));
          PcapReader reader = new PcapReader(in)) {
        assertThat(reader.readAll()).hasSizeGreaterThan(20);
      }
    }
  }

  @Test
  void anIdlePairIsMeasured() {
    assertThat(run(new SimulateCommand(), "--idle", "1")).isZero();
    assertThat(printed.toString()).contains("\"vhids\":10,\"hours\":1").contains("\"failed\":0");
  }

  @Test
  void aShortSoakEndsWithEqualTables() {
    assertThat(run(new SoakCommand(), "--seconds", "4", "--rate", "2000")).isZero();
    assertThat(printed.toString()).contains("\"tables_equal\":true", "\"no_descriptor_leak\":true");
  }

  private int run(Object command, String... arguments) {
    CommandLine line = new CommandLine(command);
    line.setOut(new PrintWriter(printed)).setErr(new PrintWriter(printed));
    return line.execute(arguments);
  }
}
