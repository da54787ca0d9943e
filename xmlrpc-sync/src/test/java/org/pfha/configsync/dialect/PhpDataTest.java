package org.pfha.configsync.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PHP's serialised data: values, and nothing that could be more than a value. */
class PhpDataTest {

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "N;",
        "b:1;",
        "i:-7;",
        "d:1.5;",
        "s:3:\"Jé\";",
        "a:0:{}",
        "a:2:{i:0;s:1:\"x\";s:1:\"k\";a:1:{i:5;N;}}"
      })
  void dataComesBackAsItWas(String text) throws Exception {
    assertThat(PhpData.write(PhpData.read(bytes(text)))).isEqualTo(bytes(text));
  }

  @Test
  void arraysKeepTheirOrderAndTheirKindsOfKeys() throws Exception {
    Object value = PhpData.read(bytes("a:2:{s:1:\"z\";i:1;i:3;b:0;}"));
    assertThat(value).isEqualTo(Map.of("z", 1L, 3L, false));
    assertThat(((Map<?, ?>) value).keySet().toArray()).containsExactly("z", 3L);
    assertThat(PhpData.write(List.of("a"))).isEqualTo(bytes("a:1:{i:0;s:1:\"a\";}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "O:8:\"stdClass\":0:{}",
        "C:3:\"Foo\":0:{}",
        "a:1:{i:0;O:8:\"Exploits\":1:{s:1:\"f\";s:1:\"x\";}}",
        "R:1;",
        "r:1;",
        "a:1:{i:0;R:1;}",
        "E:3:\"A:B\";",
        "S:1:\"\\41\";",
        "a:2147483647:{}",
        "a:999999999999999999:{i:0;N;}",
        "a:-1:{}",
        "s:2147483647:\"x\";",
        "s:-1:\"\";",
        "s:1:\"\u00e9\";",
        "i:99999999999999999999;",
        "b:2;",
        "i:1;i:2;",
        "a:1:{a:0:{}i:1;}",
        "a:1:{i:0;i:1;",
        "",
        "x"
      })
  void everythingElseIsRefused(String text) {
    assertThatThrownBy(() -> PhpData.read(bytes(text)))
        .isInstanceOf(PhpData.MalformedException.class);
  }

  @Test
  void depthIsLimited() {
    String deep = "a:1:{i:0;".repeat(100_000) + "N;" + "}".repeat(100_000);
    assertThatThrownBy(() -> PhpData.read(bytes(deep)))
        .isInstanceOf(PhpData.MalformedException.class);
  }

  @Test
  void randomBytesAreDataOrRefused() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] good = bytes("a:2:{i:0;s:1:\"x\";s:1:\"k\";a:1:{i:5;d:0.5;}}");
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = Arrays.copyOf(good, good.length - random.nextInt(3));
      for (int n = random.nextInt(4); n >= 0; n--) {
        bytes[random.nextInt(bytes.length)] = (byte) ":;{}\"0129aisdbNO".charAt(random.nextInt(16));
      }
      try {
        Object value = PhpData.read(bytes);
        assertThat(PhpData.write(value)).as("seed " + seed).isNotEmpty();
      } catch (PhpData.MalformedException e) {
        assertThat(e).hasMessageNotContaining("Exploits");
      }
    }
  }
}
