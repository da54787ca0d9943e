package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigTree;

/** The file: read and written like the product does, replaced as a whole or not at all. */
class ConfigFileTest {

  @ParameterizedTest
  @ValueSource(
      strings = {"config-primary.xml", "config-secondary.xml", "expected-secondary-after-sync.xml"})
  void aFileOfTheProductIsWrittenAsItWasRead(String name) throws Exception {
    assertThat(new String(Samples.tree(name).toXml(), StandardCharsets.UTF_8))
        .isEqualTo(new String(Samples.bytes(name), StandardCharsets.UTF_8));
  }

  @Test
  void theDigestKnowsContentButNotLayout() throws Exception {
    ConfigTree tree =
        Samples.parse("<pfsense><a>1</a><b><vlan>x</vlan><vlan>y</vlan></b></pfsense>");
    ConfigTree laidOut =
        Samples.parse("<pfsense>\n\t<b>\n<vlan>x</vlan>\n\n<vlan>y</vlan></b> <a>1</a></pfsense>");
    ConfigTree swapped =
        Samples.parse("<pfsense><a>1</a><b><vlan>y</vlan><vlan>x</vlan></b></pfsense>");
    assertThat(laidOut.digest()).isEqualTo(tree.digest());
    assertThat(swapped.digest()).isNotEqualTo(tree.digest());
  }

  @Test
  void savingReplacesTheFileAndKeepsThePreviousOneBesideIt(@TempDir Path directory)
      throws IOException {
    Path file = Files.writeString(directory.resolve("config.xml"), "first");
    ConfigStore store = ConfigStores.file(file);
    store.save("second".getBytes(StandardCharsets.UTF_8));
    store.save("third".getBytes(StandardCharsets.UTF_8));
    assertThat(store.load()).asString(StandardCharsets.UTF_8).isEqualTo("third");
    assertThat(directory.resolve("config.xml.bak")).hasContent("second");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("config.xml", "config.xml.bak");
    }
    for (String name : new String[] {"config.xml", "config.xml.bak"}) {
      assertThat(Files.getPosixFilePermissions(directory.resolve(name)))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void aSaveThatFailsLeavesTheOldFileAndNoRemains(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("config.xml"), "first");
    // The backup cannot be made: a directory with content stands in its place.
    Files.createDirectories(directory.resolve("config.xml.bak/kept"));
    assertThatThrownBy(
            () -> ConfigStores.file(file).save("second".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(IOException.class);
    assertThat(file).hasContent("first");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }
}
