package org.pfha.examples.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.pfha.configsync.doctor.LiveStatus;

/** Whatever a file says is the status of a node: a status, or a word about what it is not. */
class StatusFileFuzzTest {

  @FuzzTest(maxDuration = "1m")
  void noStatusThrows(byte[] file) {
    try {
      List<Optional<LiveStatus>> nodes =
          StatusFile.read("status.json", new String(file, StandardCharsets.UTF_8));
      assertThat(nodes).isNotEmpty();
      nodes.forEach(node -> node.ifPresent(status -> assertThat(status.routers()).isNotEmpty()));
    } catch (IOException e) {
      assertThat(e.getMessage()).startsWith("status.json");
    }
  }
}
