package org.pfha.examples.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pfha.examples.docs.Page;

/** The configuration that the page about Linux shows is one. */
class LinuxPageTest {

  @TempDir private Path directory;

  @Test
  void theConfigurationOfThePageIsAccepted() throws Exception {
    List<Page.Block> json =
        Page.read("docs/linux.md").blocks().stream()
            .filter(block -> block.language().equals("json"))
            .toList();
    assertThat(json).hasSize(1);
    secret("carp.password", "open sesame");
    secret("status.token", "0123456789abcdef");
    Path file = Files.writeString(directory.resolve("node.json"), json.get(0).text());
    NodeConfig config = NodeConfig.read(file, List.of("em0", "em1", "em2"));
    assertThat(config.routers()).hasSize(2);
    assertThat(config.pfsync()).isPresent();
  }

  private void secret(String name, String text) throws Exception {
    Path file =
        Files.createFile(
            directory.resolve(name),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, text + "\n");
  }
}
