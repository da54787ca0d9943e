package org.pfha.configsync.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.pfha.configsync.dialect.PhpData;
import org.pfha.configsync.dialect.Sections;

/** Whatever the bytes are: a tree that can be written, or the reader's own exception. */
class ConfigFuzzTest {

  @FuzzTest(maxDuration = "60s")
  void noFileThrows(byte[] file) throws ConfigFormatException {
    ConfigTree tree;
    try {
      tree = ConfigTree.parse(file);
    } catch (ConfigFormatException e) {
      return;
    }
    ConfigTree again = ConfigTree.parse(tree.toXml());
    if (tree.root().equals("opnsense")) {
      assertThat(again).isEqualTo(tree);
    }
    assertThat(tree.diff(tree).isEmpty()).isTrue();
    assertThat(again.sections().map().keySet()).isEqualTo(tree.sections().map().keySet());
  }

  @FuzzTest(maxDuration = "60s")
  void noBlobThrows(byte[] blob) {
    try {
      assertThat(PhpData.write(PhpData.read(blob))).isNotEmpty();
    } catch (PhpData.MalformedException e) {
      assertThat(e).hasNoCause();
    }
  }

  @FuzzTest(maxDuration = "60s")
  void noFileOfSectionsThrows(byte[] file) throws ConfigFormatException {
    Sections dialect = new Sections("acme");
    ConfigTree tree;
    try {
      tree = dialect.read(file);
    } catch (ConfigFormatException e) {
      return;
    }
    assertThat(dialect.read(dialect.write(tree))).isEqualTo(tree);
    Sections.contents(tree)
        .forEach((name, content) -> assertThat(content).hasSizeLessThanOrEqualTo(file.length));
  }
}
