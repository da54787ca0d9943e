package org.pfha.examples.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import org.pfha.examples.conformance.Json;

/** Whatever a configuration says: a node can be made of it, or everything wrong is told. */
class NodeConfigFuzzTest {

  private static final Set<String> LINKS = Set.of("em0", "em1");

  @FuzzTest(maxDuration = "1m")
  void noFileThrows(byte[] file) {
    Json json;
    try {
      json = Json.parse("node.json", new String(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      assertThat(e.getMessage()).startsWith("node.json");
      return;
    }
    try {
      NodeConfig config = NodeConfig.read(json, Path.of("/nowhere"), LINKS);
      assertThat(config.routers()).isNotEmpty();
      assertThat(config.toString()).isNotEmpty();
    } catch (NodeConfig.Rejected e) {
      assertThat(e.problems()).isNotEmpty();
    }
  }
}
