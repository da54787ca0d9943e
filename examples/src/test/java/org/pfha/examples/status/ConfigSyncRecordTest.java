package org.pfha.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt.Outcome;
import org.pfha.configsync.SyncStatus;
import org.pfha.configsync.SyncStep;
import org.pfha.examples.conformance.Json;

/** The file by which a push tells a node's page how it went. */
class ConfigSyncRecordTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
  private static final Instant LATER = NOON.plusSeconds(3600);

  @TempDir private Path directory;

  private static SyncStatus status(
      String peer, Instant attempt, @Nullable Instant success, @Nullable SyncException error) {
    Outcome outcome = error == null ? Outcome.VERIFIED : Outcome.DIFFERS;
    return new SyncStatus(
        peer,
        attempt,
        success,
        Duration.ofMillis(120),
        error,
        Map.of("RULES", new SyncStatus.Area(attempt, success, outcome)),
        List.of("a \"warning\""));
  }

  private static SyncException unreachable(String peer) {
    return new SyncException.Unreachable(new SyncException.At(peer, SyncStep.GREET), "refused");
  }

  private static Json json(String text) throws Exception {
    return Json.parse("report", text);
  }

  @Test
  void aFailureLeavesTheLastSuccessAsItWas() throws Exception {
    Path file = directory.resolve("sync.json");
    assertThat(ConfigSyncRecord.read(file)).as("none yet").isEmpty();
    ConfigSyncRecord.write(file, status("https://b", NOON, NOON, null));
    ConfigSyncRecord.write(file, status("https://c", NOON, NOON, null));
    ConfigSyncRecord.write(file, status("https://b", LATER, null, unreachable("https://b")));

    List<String> read = ConfigSyncRecord.read(file);
    assertThat(read).hasSize(2);
    Json b = json(read.get(1));
    assertThat(b.get("peer").text()).isEqualTo("https://b");
    assertThat(b.get("last_attempt").text()).isEqualTo("2026-03-01T13:00:00Z");
    assertThat(b.get("last_success").text()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(b.get("error").text()).contains("refused");
    assertThat(b.get("warnings").items()).hasSize(1);
    Json area = b.get("areas").items().get(0);
    assertThat(area.get("name").text()).isEqualTo("RULES");
    assertThat(area.get("outcome").text()).isEqualTo("DIFFERS");
    assertThat(area.get("last_success").text()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(json(read.get(0)).get("error").isNull()).isTrue();
    try (var files = Files.list(directory)) {
      assertThat(files).as("nothing half written").containsExactly(file);
    }
  }

  @Test
  void aFileThatIsNoneIsSaidAndDoesNoHarm() throws Exception {
    for (String content : List.of("", "{", "{}", "[1]", "[{\"peer\":1}]", "x".repeat(2 << 20))) {
      Path file = Files.writeString(directory.resolve("broken.json"), content);
      List<String> read = ConfigSyncRecord.read(file);
      assertThat(read).as(content.substring(0, Math.min(20, content.length()))).hasSize(1);
      assertThat(json(read.get(0)).get("error").text()).startsWith("cannot be read: ");
    }
  }
}
