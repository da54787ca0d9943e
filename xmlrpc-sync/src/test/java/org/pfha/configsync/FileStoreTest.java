package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreTest {
  /** Longer than what is compared at once; the last byte counts as well. */
  @Test
  void aFileIsKnownAgainOnlyByAllItsBytes(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("config.xml");
    byte[] saved = "0123456789".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    ConfigStore store = ConfigStores.file(file);
    store.save(saved);
    assertThat(store.holds(saved)).isTrue();
    byte[] other = saved.clone();
    other[other.length - 1] = 'x';
    Files.write(file, other);
    assertThat(store.holds(saved)).isFalse();
    Files.write(file, java.util.Arrays.copyOf(saved, saved.length - 1));
    assertThat(store.holds(saved)).isFalse();
    Files.write(file, java.util.Arrays.copyOf(saved, saved.length + 1));
    assertThat(store.holds(saved)).isFalse();
  }

  @Test
  void theBackupIsTheWholeFileBefore(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("config.xml");
    byte[] old = "old ".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
    Files.write(file, old);
    ConfigStores.file(file).save(new byte[] {1});
    assertThat(directory.resolve("config.xml.bak")).hasBinaryContent(old);
    assertThat(file).hasBinaryContent(new byte[] {1});
  }
}
