package org.pfha.examples.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFormatException;
import org.pfha.configsync.rpc.XmlRpc;

/** Single values of XML-RPC, as pfSense and OPNsense write and read them. */
final class WireVectors {

  private static final String METHOD = "any.test";

  private WireVectors() {}

  /** Returns false when the file is no such list. */
  static boolean run(String name, Path file, Report report) throws IOException {
    List<Json> vectors = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        vectors.add(Json.parse(name, line));
      }
    }
    if (!vectors.stream().allMatch(v -> v.has("native") || v.has("value_xml"))) {
      return false;
    }
    Decoding decoding = decoding(vectors);
    for (Json vector : vectors) {
      String id = name + "#" + vector.get("name").text();
      try {
        if (vector.has("native")) {
          encode(id, vector, decoding, report);
        } else {
          decode(id, vector, decoding, report);
        }
      } catch (RuntimeException e) {
        report.failed(id, "an answer", e.toString());
      }
    }
    return true;
  }

  /** Only OPNsense's reader counts parameters; what a writer writes names the product. */
  private static Decoding decoding(List<Json> vectors) {
    boolean opnSense =
        vectors.stream()
            .anyMatch(
                v ->
                    v.has("param_count")
                        || (v.has("xml") && v.get("xml").text().contains("opnsense.")));
    return opnSense ? Decoding.LIKE_OPNSENSE : Decoding.LIKE_PFSENSE;
  }

  /** What the library writes, a product's reader understands as it does the product's writer. */
  private static void encode(String id, Json vector, Decoding decoding, Report report) {
    Json value = vector.get("native");
    String actual;
    try {
      byte[] xml = XmlRpc.encodeCall(METHOD, value(value, decoding));
      actual = canonical(XmlRpc.decodeCall(xml, decoding).parameters().get(0));
    } catch (RpcFormatException e) {
      actual = "refused";
    }
    if (vector.has("error")) {
      report.check(id, "refused", actual);
      return;
    }
    boolean readable = vector.get("well_formed").bool() && vector.has("decoded_again");
    String product = readable ? canonical(vector.get("decoded_again")) : "";
    if (product.equals(actual)) {
      report.passed(id);
      return;
    }
    String otherwise = otherwise(value, readable);
    boolean kept = actual.equals("refused") || actual.equals(canonical(sent(value)));
    if (!otherwise.isEmpty() && kept) {
      report.refusedByPolicy(id, otherwise);
    } else {
      report.failed(id, product, actual);
    }
  }

  /** Why the library deliberately does not send what the product sends, empty when it must. */
  private static String otherwise(Json value, boolean readable) {
    if (!readable) {
      return "no XML parser reads what the product sends";
    }
    return switch (value.get("t").text()) {
      case "nil" -> "null has no counterpart in a configuration";
      case "string" ->
          value.get("v").text().indexOf('\r') >= 0
              ? "a carriage return is sent so that it survives"
              : "";
      case "int" -> {
        long number = Long.parseLong(value.get("v").text());
        yield number != (int) number ? "a number beyond 32 bits is sent as text" : "";
      }
      case "double" ->
          Double.isFinite(real(value)) ? "" : "infinity and NaN cannot be read by anyone";
      case "map" ->
          value.get("v").items().stream()
              .map(pair -> otherwise(pair.items().get(1), true))
              .filter(why -> !why.isEmpty())
              .findFirst()
              .orElse("");
      default -> "";
    };
  }

  /** A value after the library's own rewriting. */
  private static Object sent(Json value) {
    Object plain = value(value, Decoding.STRICT);
    return plain instanceof Long number && number != number.intValue() ? plain.toString() : plain;
  }

  private static void decode(String id, Json vector, Decoding decoding, Report report) {
    boolean none = vector.has("param_count") && vector.get("param_count").integer() == 0;
    String expected =
        vector.has("error") ? "refused" : none ? "nothing" : canonical(vector.get("decoded"));
    String xml =
        "<methodCall><methodName>"
            + METHOD
            + "</methodName><params><param><value>"
            + vector.get("value_xml").text()
            + "</value></param></params></methodCall>";
    String actual;
    try {
      RpcCall call = XmlRpc.decodeCall(xml.getBytes(StandardCharsets.UTF_8), decoding);
      Object value = call.parameters().isEmpty() ? "" : call.parameters().get(0);
      boolean text =
          decoding == Decoding.LIKE_OPNSENSE && value instanceof byte[] bytes && isText(bytes);
      actual =
          call.parameters().isEmpty()
              ? "nothing"
              : text ? "string " + text((byte[]) value) : canonical(value);
    } catch (RpcFormatException e) {
      actual = "refused";
    }
    report.check(id, expected, actual);
  }

  /** PHP has one type for text and bytes; the recorder called bytes what is no UTF-8. */
  private static boolean isText(byte[] bytes) {
    return java.util.Arrays.equals(text(bytes).getBytes(StandardCharsets.UTF_8), bytes);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** As pfSense, a table counts from 0 or from 1 to be an array; as OPNsense, from 0. */
  private static boolean isArray(List<Json> pairs, Decoding decoding) {
    return countsFrom(0, pairs) || (decoding == Decoding.LIKE_PFSENSE && countsFrom(1, pairs));
  }

  private static boolean countsFrom(int first, List<Json> pairs) {
    for (int i = 0; i < pairs.size(); i++) {
      Json key = pairs.get(i).items().get(0);
      if (!key.has("int") || key.get("int").integer() != first + i) {
        return false;
      }
    }
    return true;
  }

  private static double real(Json json) {
    return switch (json.get("v").text()) {
      case "INF" -> Double.POSITIVE_INFINITY;
      case "-INF" -> Double.NEGATIVE_INFINITY;
      case "NAN" -> Double.NaN;
      default -> Double.parseDouble(json.get("v").text());
    };
  }

  private static Object number(String text) {
    long number = Long.parseLong(text);
    if (number == (int) number) {
      return (int) number;
    }
    return number;
  }

  private static Object value(Json json, Decoding decoding) {
    return switch (json.get("t").text()) {
      case "nil" -> XmlRpc.Nil.NIL;
      case "string" -> json.get("v").text();
      case "int" -> number(json.get("v").text());
      case "boolean" -> json.get("v").bool();
      case "double" -> real(json);
      case "bytes" ->
          new String(Base64.getDecoder().decode(json.get("v").text()), StandardCharsets.UTF_8);
      case "base64" -> Base64.getDecoder().decode(json.get("v").text());
      case "dateTime" -> new XmlRpc.DateTime(json.get("v").text());
      case "map" -> table(json.get("v").items(), decoding);
      default -> throw new IllegalArgumentException("unknown type " + json.get("t"));
    };
  }

  private static Object table(List<Json> pairs, Decoding decoding) {
    Map<String, Object> map = new LinkedHashMap<>();
    pairs.forEach(pair -> map.put(key(pair.items().get(0)), value(pair.items().get(1), decoding)));
    return isArray(pairs, decoding) ? List.copyOf(map.values()) : map;
  }

  private static String key(Json key) {
    return key.has("int") ? Integer.toString(key.get("int").integer()) : key.get("str").text();
  }

  /** PHP knows lists and maps as one kind of table, and decimal names as numbers. */
  private static String canonical(Json json) {
    return switch (json.get("t").text()) {
      case "nil" -> "nil";
      case "double" -> "double " + real(json);
      case "bytes" -> "base64 " + json.get("v").text();
      case "map" -> {
        StringBuilder table = new StringBuilder("{");
        for (Json pair : json.get("v").items()) {
          entry(table, key(pair.items().get(0)), canonical(pair.items().get(1)));
        }
        yield table.append('}').toString();
      }
      default -> json.get("t").text() + " " + json.get("v");
    };
  }

  static String canonical(Object value) {
    if (value instanceof List<?> list) {
      StringBuilder table = new StringBuilder("{");
      for (int i = 0; i < list.size(); i++) {
        entry(table, Integer.toString(i), canonical(list.get(i)));
      }
      return table.append('}').toString();
    }
    if (value instanceof Map<?, ?> map) {
      StringBuilder table = new StringBuilder("{");
      map.forEach((name, item) -> entry(table, name.toString(), canonical(item)));
      return table.append('}').toString();
    }
    if (value instanceof XmlRpc.Nil) {
      return "nil";
    }
    if (value instanceof XmlRpc.DateTime date) {
      return "dateTime " + date.text();
    }
    if (value instanceof byte[] bytes) {
      return "base64 " + Base64.getEncoder().encodeToString(bytes);
    }
    String type =
        value instanceof Integer || value instanceof Long
            ? "int"
            : value instanceof Boolean ? "boolean" : value instanceof Double ? "double" : "string";
    return type + " " + value;
  }

  private static void entry(StringBuilder table, String key, String value) {
    table.append('[').append(key.length()).append(':').append(key).append("]=").append(value);
    table.append(';');
  }
}
