package org.pfha.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Quietly.class)
class RecordingTest {

  @ParameterizedTest
  @ValueSource(longs = {2, 6, 14, 71, 150, 914})
  void aNodeAloneDoesTheSameAgain(long seed) {
    Scenario scenario = Scenario.of(seed);
    for (int node = 0; node < scenario.nodes().size(); node++) {
      Recording recording = Recording.of(new Simulation(), scenario, node);
      assertThat(recording.outputs()).hasSizeGreaterThan(20);
      assertThat(recording.replay(Firmware.PLAIN)).isEqualTo(recording.outputs());
    }
  }

  @Test
  void aNodeThatBehavesOtherwiseIsNoticed() {
    Recording recording = Recording.of(new Simulation(), Scenario.of(14), 1);
    assertThat(recording.replay(PlantedBug.DEMOTION_NOT_REMOVED)).isNotEqualTo(recording.outputs());
  }

  @Test
  void whatIsWrittenIsReadAgain(@TempDir Path directory) throws IOException {
    Recording recording = Recording.of(new Simulation(), Scenario.of(14), 1);
    Path file = directory.resolve("seed-14.txt");
    recording.write(file);
    Recording read = Recording.read(file);
    assertThat(read.events()).isEqualTo(recording.events());
    assertThat(read.replay(Firmware.PLAIN)).isEqualTo(recording.outputs());
  }

  @Test
  void somethingElseIsNoRecording(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("other"), "something else\n");
    assertThatThrownBy(() -> Recording.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is no recording");
  }
}
