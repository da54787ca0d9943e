package org.pfha.configsync.json;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "~~, ~\"\"~",
        "wan, ~\"wan\"~",
        "a\"b\\c, ~\"a\\\"b\\\\c\"~",
        "~a\n\t\u0000b~, ~\"a\\u000a\\u0009\\u0000b\"~",
        "é€\u007f, ~\"é€\u007f\"~",
        "x\ud83d\ude00, ~\"x\\ud83d\\ude00\"~",
        "\ud83d, ~\"\\ud83d\"~"
      })
  void charactersThatJsonDoesNotTakeAreEscaped(String text, String json) {
    assertThat(JsonText.quote(new StringBuilder(), text)).hasToString(json);
  }
}
