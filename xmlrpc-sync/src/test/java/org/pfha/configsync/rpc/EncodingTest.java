package org.pfha.configsync.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is read again, by pfSense's and OPNsense's rules too. */
class EncodingTest {

  private static String written(Object value) throws RpcFormatException {
    String xml = new String(XmlRpc.encodeCall("m", value), UTF_8);
    return xml.substring(xml.indexOf("<value>") + 7, xml.lastIndexOf("</value>"));
  }

  @Test
  void valuesAreWrittenSoThatEveryPeerUnderstands() throws RpcFormatException {
    assertThat(written("")).isEqualTo("<string></string>");
    assertThat(written("a&<b>]]>\"'")).isEqualTo("<string>a&amp;&lt;b&gt;]]&gt;\"'</string>");
    assertThat(written("a\r\n\tb")).isEqualTo("<string>a&#13;\n\tb</string>");
    assertThat(written("𝄞")).isEqualTo("<string>𝄞</string>");
    assertThat(written(-5)).isEqualTo("<int>-5</int>");
    assertThat(written(5L)).isEqualTo("<int>5</int>");
    assertThat(written(1L << 31)).isEqualTo("<string>2147483648</string>");
    assertThat(written(true)).isEqualTo("<boolean>1</boolean>");
    assertThat(written(1e25)).isEqualTo("<double>10000000000000000000000000</double>");
    assertThat(written(new byte[] {0, -1})).isEqualTo("<base64>AP8=</base64>");
    assertThat(written(new XmlRpc.DateTime("20261120T10:11:12")))
        .isEqualTo("<dateTime.iso8601>20261120T10:11:12</dateTime.iso8601>");
    assertThat(written(List.of())).isEqualTo("<array><data></data></array>");
    assertThat(written(Map.of())).isEqualTo("<array><data></data></array>");
    assertThat(written(Map.of("a&b", List.of("x"))))
        .isEqualTo(
            "<struct><member><name>a&amp;b</name><value><array><data><value><string>x</string>"
                + "</value></data></array></value></member></struct>");
  }

  @Test
  void whatOthersMightNotUnderstandIsNotSent() {
    for (Object value :
        List.of(XmlRpc.Nil.NIL, Double.NaN, Double.POSITIVE_INFINITY, 'c', new Object())) {
      assertThatThrownBy(() -> XmlRpc.encodeCall("m", value))
          .isInstanceOf(RpcFormatException.class);
    }
    assertThatThrownBy(() -> XmlRpc.encodeCall("m", Map.of("n".repeat(257), 1)))
        .isInstanceOf(RpcFormatException.class);
    Object deep = "x";
    for (int i = 0; i < 64; i++) {
      deep = List.of(deep);
    }
    Object tooDeep = deep;
    assertThatThrownBy(() -> XmlRpc.encodeCall("m", tooDeep))
        .isInstanceOf(RpcFormatException.class);
  }

  /** The recorded values, written by this encoder, read by the rules of each product. */
  @Test
  void theRecordedValuesArriveInBothProducts() throws IOException {
    int compared = 0;
    for (String product : List.of("pear", "ixr")) {
      Decoding decoding = product.equals("pear") ? Decoding.LIKE_PFSENSE : Decoding.LIKE_OPNSENSE;
      for (Map<String, Object> row : Wire.table(product + "-encode.jsonl")) {
        Map<?, ?> recorded = (Map<?, ?>) row.get("native");
        if (!row.containsKey("decoded_again") || hasNil(recorded)) {
          continue;
        }
        Object value;
        try {
          value = value(recorded);
          Object arrived =
              XmlRpc.decodeCall(XmlRpc.encodeCall("m", value), decoding).parameters().get(0);
          assertThat(loosely(Wire.canonical(arrived)))
              .as(product + " " + row.get("name"))
              .isEqualTo(loosely(Wire.canonical(recorded)));
          compared++;
        } catch (IllegalArgumentException | RpcFormatException e) {
          // Bytes that are no text, infinity: refused where they are sent.
          assertThat((String) row.get("name")).matches("invalid-utf8|double-(inf|nan)");
        }
      }
    }
    assertThat(compared).isGreaterThan(70);
  }

  private static boolean hasNil(Map<?, ?> recorded) {
    return recorded.toString().contains("t=nil");
  }

  /** A large number travels as text, and OPNsense knows bytes as text when they are empty. */
  private static String loosely(String canonical) {
    return canonical.replaceAll("(int|string) (-?\\d{10,})", "number $2");
  }

  private static Object value(Map<?, ?> recorded) {
    Object v = recorded.get("v");
    return switch ((String) recorded.get("t")) {
      case "int" -> Long.valueOf((String) v);
      case "double" ->
          Double.valueOf(((String) v).replace("INF", "Infinity").replace("NAN", "NaN"));
      case "base64" -> Base64.getDecoder().decode((String) v);
      case "bytes" -> throw new IllegalArgumentException("no text");
      case "dateTime" -> new XmlRpc.DateTime((String) v);
      case "map" -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Object pair : (List<?>) v) {
          Map<?, ?> key = (Map<?, ?>) ((List<?>) pair).get(0);
          map.put(
              (String) key.values().iterator().next(), value((Map<?, ?>) ((List<?>) pair).get(1)));
        }
        yield map;
      }
      default -> v;
    };
  }

  @Test
  void randomValuesSurviveTheWire() throws RpcFormatException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int run = 0; run < 300; run++) {
      Object value = random(random, 5);
      Object again = XmlRpc.decodeCall(XmlRpc.encodeCall("m", value)).parameters().get(0);
      assertThat(Wire.canonical(again))
          .as("seed " + seed + ", run " + run)
          .isEqualTo(Wire.canonical(value));
    }
  }

  private static Object random(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 6)) {
      case 0 -> random.nextInt();
      case 1 -> random.nextBoolean();
      case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10);
      case 3 -> {
        byte[] bytes = new byte[random.nextInt(100)];
        random.nextBytes(bytes);
        yield bytes;
      }
      case 4, 5 -> text(random, random.nextInt(8) == 0 ? 40_000 : 20);
      case 6 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
          list.add(random(random, depth - 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i >= 0; i--) {
          map.put(text(random, 10), random(random, depth - 1));
        }
        yield map;
      }
    };
  }

  private static String text(Random random, int longest) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(longest); i > 0; i--) {
      int c = random.nextInt(random.nextBoolean() ? 0x80 : 0x110000);
      boolean xml =
          c == '\t'
              || c == '\n'
              || c == '\r'
              || (c >= ' ' && c < 0xD800)
              || (c >= 0xE000 && c != 0xFFFE && c != 0xFFFF);
      text.appendCodePoint(xml ? c : '\r');
    }
    return text.toString();
  }

  @Test
  void aMessageMayBeSentAgainAndIsCutAtNoCharacter() throws Exception {
    String text = "é漢𝄞&".repeat(20_000);
    EncodedMessage message = XmlRpc.call("m", List.of(text));
    assertThat(message.length()).isEqualTo(message.toByteArray().length);
    for (int time = 0; time < 2; time++) {
      assertThat(XmlRpc.decodeCall(message.open(), Decoding.STRICT).parameters())
          .containsExactly(text);
    }
    assertThat(message).hasToString("EncodedMessage[" + message.length() + " bytes]");
  }
}
