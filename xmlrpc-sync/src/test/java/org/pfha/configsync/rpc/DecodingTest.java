package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pfha.configsync.rpc.RpcFormatException.Flaw;

/** Every recorded value is read as the product read it; strictly, what is odd is refused. */
class DecodingTest {

  @TestFactory
  List<DynamicTest> pfSenseReadsItLikeThis() throws IOException {
    return rows("pear-decode.jsonl", Decoding.LIKE_PFSENSE);
  }

  @TestFactory
  List<DynamicTest> opnSenseReadsItLikeThis() throws IOException {
    return rows("ixr-decode.jsonl", Decoding.LIKE_OPNSENSE);
  }

  private static List<DynamicTest> rows(String table, Decoding decoding) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (Map<String, Object> row : Wire.table(table)) {
      String name = (String) row.get("name");
      byte[] call = Wire.call((String) row.get("value_xml"));
      tests.add(DynamicTest.dynamicTest(name, () -> reads(call, decoding, row)));
    }
    return tests;
  }

  private static void reads(byte[] call, Decoding decoding, Map<String, Object> row)
      throws RpcFormatException {
    if (row.containsKey("error")) {
      assertThatThrownBy(() -> XmlRpc.decodeCall(call, decoding))
          .isInstanceOf(RpcFormatException.class);
      return;
    }
    List<Object> parameters = XmlRpc.decodeCall(call, decoding).parameters();
    if (row.containsKey("param_count")) {
      assertThat(parameters).hasSize(Integer.parseInt((String) row.get("param_count")));
    }
    if (row.containsKey("decoded")) {
      String expected = Wire.canonical((Map<?, ?>) row.get("decoded"));
      String actual = Wire.canonical(parameters.get(0));
      // OPNsense's empty bytes are an empty text in PHP.
      assertThat(actual.equals("base64 ") ? actual + "|string " : actual).contains(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "int-junk", "int-empty", "int-hex", "int-overflow64", "boolean-true-word",
        "boolean-false-word", "boolean-empty", "double-comma", "double-nan", "base64-junk",
        "date-junk", "date-empty", "array-without-data", "struct-duplicate-name", "struct-no-name",
        "struct-value-first", "struct-no-value", "text-and-type", "two-types", "unknown-type",
        "upper-case-type", "ex-nil-ns", "ex-i8", "ex-serializable"
      })
  void strictlyThisIsRefused(String name) throws IOException {
    byte[] call = null;
    for (Map<String, Object> row : Wire.table("pear-decode.jsonl")) {
      call = name.equals(row.get("name")) ? Wire.call((String) row.get("value_xml")) : call;
    }
    byte[] found = call;
    assertThatThrownBy(() -> XmlRpc.decodeCall(found))
        .isInstanceOfSatisfying(
            RpcFormatException.class, e -> assertThat(e.flaw()).isEqualTo(Flaw.BAD_VALUE));
  }

  @Test
  void strictlyEverythingElseIsReadAsPfSenseReadsIt() throws IOException {
    int read = 0;
    for (Map<String, Object> row : Wire.table("pear-decode.jsonl")) {
      try {
        Object value =
            XmlRpc.decodeCall(Wire.call((String) row.get("value_xml"))).parameters().get(0);
        assertThat(Wire.canonical(value))
            .as((String) row.get("name"))
            .isEqualTo(Wire.canonical((Map<?, ?>) row.get("decoded")));
        read++;
      } catch (RpcFormatException e) {
        assertThat(e.flaw()).as((String) row.get("name")).isEqualTo(Flaw.BAD_VALUE);
      }
    }
    assertThat(read).isGreaterThanOrEqualTo(50);
  }

  @Test
  void pfSenseAcceptsAnyRootNoParametersAndSeveralValuesInOne() throws RpcFormatException {
    String two = "<param><value><string/></value><value><int>240</int></value></param>";
    RpcCall call = lenient("<foo><methodName>m</methodName><params>" + two + "</params></foo>");
    assertThat(call.method()).isEqualTo("m");
    assertThat(call.parameters()).containsExactly("", 240);
    assertThat(lenient("<methodCall><methodName>m</methodName></methodCall>").parameters())
        .isEmpty();
    assertThat(lenient("<methodCall><params/></methodCall>").method()).isEmpty();
    String strict =
        "<methodCall><methodName>m</methodName><params>" + two + "</params></methodCall>";
    assertThatThrownBy(() -> XmlRpc.decodeCall(strict.getBytes(UTF_8)))
        .isInstanceOf(RpcFormatException.class);
  }

  private static RpcCall lenient(String xml) throws RpcFormatException {
    return XmlRpc.decodeCall(xml.getBytes(UTF_8), Decoding.LIKE_PFSENSE);
  }

  @ParameterizedTest
  @CsvSource({
    "'', NOT_XML",
    "hello, NOT_XML",
    "<methodCall><methodName>m</methodName>, NOT_XML",
    "<methodResponse><params/></methodResponse>, NOT_A_MESSAGE",
    "<methodCall><params/></methodCall>, NOT_A_MESSAGE",
    "<methodCall><methodName>m</methodName><other/></methodCall>, BAD_VALUE",
    "<!DOCTYPE x><methodCall/>, REFUSED"
  })
  void eachFlawHasItsKind(String body, Flaw flaw) {
    assertThatThrownBy(() -> XmlRpc.decodeCall(body.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            RpcFormatException.class, e -> assertThat(e.flaw()).isEqualTo(flaw));
  }

  @Test
  void numbersOfPhpAreReadAsPhpReadsThem() throws RpcFormatException {
    String[][] rows = {
      {"1e3", "1000"}, {"1.9", "1"}, {"  7", "7"}, {"-9223372036854775809", "-9223372036854775808"}
    };
    for (String[] row : rows) {
      RpcCall call =
          XmlRpc.decodeCall(Wire.call("<int>" + row[0] + "</int>"), Decoding.LIKE_PFSENSE);
      assertThat(call.parameters().get(0)).hasToString(row[1]);
    }
  }
}
