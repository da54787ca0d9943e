package org.pfha.examples.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON that says where it is not what a reader expects. */
class JsonTest {

  @Test
  void aPlaceIsNamed() throws IOException {
    Json json = Json.parse("file", "{\"nodes\": [{\"vhid\": \"one\"}]}");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> json.get("nodes").items().get(0).get("vhid").number())
        .withMessage("file.nodes[0].vhid is not a number: one");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> json.get("peers"))
        .withMessage("file has no field 'peers'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9E99999999", "-9E99999999", "1E-99999999", "1E2147483647", "0.5", "1E19"})
  void aNumberOfAnySizeIsRefusedAtOnceWhereItDoesNotFit(String number) throws IOException {
    Json json = Json.parse("file", number);
    assertThatIllegalArgumentException().isThrownBy(json::number);
    assertThatIllegalArgumentException()
        .isThrownBy(json::items)
        .withMessageStartingWith("file is not an array: ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(60));
    assertThat(json.real()).isEqualTo(Double.parseDouble(number));
  }

  @ParameterizedTest
  @CsvSource({"1E3, 1000", "-0, 0", "12.0, 12", "9223372036854775807, 9223372036854775807"})
  void aWholeNumberMayBeWrittenOtherwise(String number, long value) throws IOException {
    assertThat(Json.parse("file", number).number()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[1,]", "{\"a\": 1, \"a\": 2}", "1 2", "nul", "1E99999999999"})
  void whatIsNoJsonIsNamedAsSuch(String text) {
    assertThatThrownBy(() -> Json.parse("file", text))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("file");
  }
}
