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

/** Single values of XML-RPC, as pfSense writes and reads them. */
final class WireVectors {

  private static final String METHOD = "pfsense.test";

  private WireVectors() {}

  /** Returns false when the file is no such list, or is that of OPNsense's own library. */
  static boolean run(String name, Path file, Report report) throws IOException {
    if (String.valueOf(file.getFileName()).startsWith("ixr")) {
      return false;
    }
    List<Json> vectors = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      if (!line.isBlank()) {
        vectors.add(Json.parse(name, line));
      }
    }
    if (!vectors.stream().allMatch(v -> v.has("native") || v.has("value_xml"))) {
      return false;
    }
    for (Json vector : vectors) {
      String id = name + "#" + vector.get("name").text();
      try {
        if (vector.has("native")) {
          encode(id, vector, report);
        } else {
          decode(id, vector, report);
        }
      } catch (RuntimeException e) {
        report.failed(id, "an answer", e.toString());
      }
    }
    return true;
  }

  private static void encode(String id, Json vector, Report report) {
    String otherwise =
        !vector.has("error") && !vector.get("well_formed").bool()
            ? "no XML parser reads this; the library refuses to send it"
            : otherwise(vector.get("native"));
    if (!otherwise.isEmpty()) {
      report.notCovered(id + ": " + otherwise);
      return;
    }
    String expected =
        vector.has("error")
            ? "refused"
            : vector.get("xml").text() + " decoded " + canonical(vector.get("decoded_again"));
    String actual;
    try {
      byte[] xml = XmlRpc.encodeCall(METHOD, value(vector.get("native")));
      actual =
          new String(xml, StandardCharsets.UTF_8)
              + " decoded "
              + canonical(XmlRpc.decodeCall(xml).parameters().get(0));
    } catch (RpcFormatException e) {
      actual = "refused";
    }
    report.check(id, expected, actual);
  }

  private static void decode(String id, Json vector, Report report) {
    String expected = vector.has("error") ? "refused" : canonical(vector.get("decoded"));
    String xml =
        "<methodCall><methodName>"
            + METHOD
            + "</methodName><params><param><value>"
            + vector.get("value_xml").text()
            + "</value></param></params></methodCall>";
    String actual;
    try {
      RpcCall call = XmlRpc.decodeCall(xml.getBytes(StandardCharsets.UTF_8), Decoding.LIKE_PFSENSE);
      actual = canonical(call.parameters().get(0));
    } catch (RpcFormatException e) {
      actual = "refused";
    }
    report.check(id, expected, actual);
  }

  /** What the library deliberately sends otherwise, empty when it is nothing. */
  private static String otherwise(Json value) {
    switch (value.get("t").text()) {
      case "string" -> {
        return value.get("v").text().indexOf('\r') >= 0
            ? "a carriage return is sent so that it survives"
            : "";
      }
      case "int" -> {
        long number = Long.parseLong(value.get("v").text());
        return number != (int) number ? "a number beyond 32 bits is sent as text" : "";
      }
      case "double" -> {
        String text = value.get("v").text();
        return !text.matches("-?\\d+\\.\\d+") || text.endsWith(".0")
            ? "a double is written in Java's form; configurations have none"
            : "";
      }
      case "map" -> {
        List<Json> pairs = value.get("v").items();
        if (!pairs.isEmpty() && countsFrom(1, pairs)) {
          return "a list of PHP that begins at 1 has no counterpart in Java";
        }
        return pairs.stream()
            .map(pair -> otherwise(pair.items().get(1)))
            .filter(why -> !why.isEmpty())
            .findFirst()
            .orElse("");
      }
      default -> {
        return "";
      }
    }
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

  private static Object value(Json json) {
    return switch (json.get("t").text()) {
      case "nil" -> XmlRpc.Nil.NIL;
      case "string" -> json.get("v").text();
      case "int" -> Integer.valueOf(json.get("v").text());
      case "boolean" -> json.get("v").bool();
      case "double" -> Double.valueOf(json.get("v").text());
      case "base64" -> Base64.getDecoder().decode(json.get("v").text());
      case "dateTime" -> new XmlRpc.DateTime(json.get("v").text());
      case "map" -> table(json.get("v").items());
      default -> throw new IllegalArgumentException("unknown type " + json.get("t"));
    };
  }

  private static Object table(List<Json> pairs) {
    Map<String, Object> map = new LinkedHashMap<>();
    pairs.forEach(pair -> map.put(key(pair.items().get(0)), value(pair.items().get(1))));
    return countsFrom(0, pairs) ? List.copyOf(map.values()) : map;
  }

  private static String key(Json key) {
    return key.has("int") ? Integer.toString(key.get("int").integer()) : key.get("str").text();
  }

  /** PHP knows lists and maps as one kind of table, and decimal names as numbers. */
  private static String canonical(Json json) {
    return switch (json.get("t").text()) {
      case "nil" -> "nil";
      case "double" -> "double " + Double.valueOf(json.get("v").text());
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

  private static String canonical(Object value) {
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
