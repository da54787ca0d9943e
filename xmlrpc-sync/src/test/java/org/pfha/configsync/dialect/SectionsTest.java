package org.pfha.configsync.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.XmlRpc;

/** Bytes stay the bytes they were, in the file and on the wire, and nothing else gets in. */
class SectionsTest {
  private static final Sections DIALECT = new Sections("acme");

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyContentSurvivesTheFile() throws Exception {
    Map<String, byte[]> sections = new LinkedHashMap<>();
    sections.put("empty", new byte[0]);
    sections.put("text", utf8("  two lines\n\tand ]]> <a b=\"c\">&amp; 😀  \n"));
    sections.put("crlf", utf8("a\r\nb"));
    sections.put("nul", new byte[] {0});
    sections.put("no-utf8", new byte[] {(byte) 0xff, (byte) 0xfe});
    sections.put("surrogate", new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
    sections.put("0.name_of-all.Kinds", utf8("x"));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = new byte[random.nextInt(60)];
      random.nextBytes(bytes);
      sections.put("random" + i, bytes);
    }
    ConfigTree tree = Sections.tree("7 \"beta\"", sections);
    ConfigTree again = DIALECT.read(DIALECT.write(tree));
    assertThat(again.version()).isEqualTo("7 \"beta\"");
    Map<String, byte[]> held = Sections.contents(again);
    assertThat(held.keySet()).containsExactlyElementsOf(sections.keySet());
    sections.forEach(
        (name, bytes) -> assertThat(held.get(name)).as(name + ", seed " + seed).isEqualTo(bytes));
    assertThat(again).isEqualTo(tree);
  }

  @Test
  void everyContentSurvivesTheWire() throws Exception {
    for (byte[] bytes :
        List.of(new byte[0], utf8("text & <x>\n"), utf8("a\r"), new byte[] {0, 1, (byte) 200})) {
      ConfigNode node = Sections.tree("7", Map.of("s", bytes)).section("s");
      Object sent = DIALECT.toWire(node);
      byte[] answer = XmlRpc.result(sent).toByteArray();
      ConfigNode got = DIALECT.fromWire("s", XmlRpc.decodeResponse(answer));
      assertThat(got).isEqualTo(node);
      assertThat(DIALECT.digest(got)).isEqualTo(DIALECT.digest(node)).hasSize(64);
    }
  }

  @Test
  void aDigestIsThatOfTheBytesAndAbsenceHasItsOwn() {
    ConfigTree tree = Sections.tree("7", Map.of("abc", utf8("abc")));
    assertThat(DIALECT.digest(tree.section("abc")))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(DIALECT.digest(ConfigNode.Fields.NONE)).isEqualTo("absent");
  }

  /** A section that arrives as base64 although it is text is the same section. */
  @Test
  void textAndBytesAreOneThing() throws Exception {
    assertThat(DIALECT.fromWire("s", utf8("text"))).isEqualTo(DIALECT.fromWire("s", "text"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "../x",
        "a/b",
        "a b",
        "-x",
        ".x",
        "version",
        "revision",
        "ü",
        "a\nb"
      })
  void namesThatCannotBeAreRefused(String name) {
    assertThatThrownBy(() -> Sections.tree("7", Map.of(name, new byte[0])))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> DIALECT.fromWire(name, "x")).isInstanceOf(RpcFault.class);
  }

  @Test
  void valuesThatAreNoSectionsAreRefused() {
    for (Object value : List.of(5, true, 1.5, List.of("x"), Map.of("a", "b"), XmlRpc.Nil.NIL)) {
      assertThatThrownBy(() -> DIALECT.fromWire("s", value))
          .as(value.toString())
          .isInstanceOfSatisfying(
              RpcFault.class, fault -> assertThat(fault.code()).isEqualTo(-32602));
    }
    byte[] tooLong = new byte[Sections.MAX_SECTION + 1];
    assertThatThrownBy(() -> DIALECT.fromWire("s", tooLong)).isInstanceOf(RpcFault.class);
    assertThatThrownBy(() -> Sections.tree("7", Map.of("s", tooLong)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<other/>",
        "<pfha><section name='a'>1</section><section name='a'>2</section></pfha>",
        "<pfha><section name='../a'>1</section></pfha>",
        "<pfha><section>1</section></pfha>",
        "<pfha><section name='a'><b/></section></pfha>",
        "<pfha><section name='a' encoding='base64'>!!</section></pfha>",
        "<pfha><surprise/></pfha>",
        "<!DOCTYPE pfha><pfha/>",
        "<!DOCTYPE pfha [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><pfha>&e;</pfha>",
        "<pfha><section name='a'>&undefined;</section></pfha>"
      })
  void filesThatAreNoneAreRefused(String file) {
    assertThatThrownBy(() -> DIALECT.read(utf8(file))).isInstanceOf(ConfigFormatException.class);
  }

  @Test
  void mutatedFilesNeverThrowAnythingElse() throws Exception {
    byte[] file =
        DIALECT.write(
            Sections.tree("7", Map.of("a", utf8("text & more"), "b", new byte[] {0, 1, 2})));
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      byte[] mutated = Arrays.copyOf(file, file.length - random.nextInt(4));
      for (int n = random.nextInt(5); n >= 0; n--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      try {
        ConfigTree tree = DIALECT.read(mutated);
        assertThat(DIALECT.read(DIALECT.write(tree))).as("seed " + seed).isEqualTo(tree);
      } catch (ConfigFormatException e) {
        assertThat(e.getMessage()).as("seed " + seed).doesNotContain("text & more");
      }
    }
  }

  @Test
  void theDifferenceShowsSizesOnly() {
    ConfigTree before = Sections.tree("7", Map.of("a", utf8("secret one")));
    ConfigTree after = Sections.tree("7", Map.of("a", utf8("secret two!"), "b", utf8("third")));
    assertThat(DIALECT.diff(before, after).toString())
        .contains("~ a: 10 bytes, sha256 ", " -> 11 bytes, sha256 ", "+ b: 5 bytes")
        .doesNotContain("secret", "third");
  }
}
