package org.pfha.configsync.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recorded tables of values on the wire, and one text form for values of both worlds. */
final class Wire {
  private Wire() {}

  static List<Map<String, Object>> table(String name) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(Wire.class.getResourceAsStream(name), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        try (JsonParser json = new JsonFactory().createParser(line)) {
          json.nextToken();
          rows.add(object(json));
        }
      }
    }
    return rows;
  }

  private static Map<String, Object> object(JsonParser json) throws IOException {
    Map<String, Object> object = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      object.put(name, value(json));
    }
    return object;
  }

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> object(json);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(json));
        }
        yield list;
      }
      case VALUE_TRUE, VALUE_FALSE -> json.getBooleanValue();
      default -> json.getText();
    };
  }

  /** A value of the tables: PHP knows lists and maps as one, and decimal names as numbers. */
  static String canonical(Map<?, ?> recorded) {
    Object v = recorded.get("v");
    return switch ((String) recorded.get("t")) {
      case "nil" -> "nil";
      case "double" -> "double " + Double.valueOf((String) v);
      case "base64", "bytes" -> "base64 " + v;
      case "map" -> {
        StringBuilder table = new StringBuilder("{");
        for (Object pair : (List<?>) v) {
          Map<?, ?> key = (Map<?, ?>) ((List<?>) pair).get(0);
          entry(
              table,
              key.values().iterator().next(),
              canonical((Map<?, ?>) ((List<?>) pair).get(1)));
        }
        yield table.append('}').toString();
      }
      default -> recorded.get("t") + " " + v;
    };
  }

  /** A decoded value. */
  static String canonical(Object value) {
    if (value instanceof List<?> list) {
      StringBuilder table = new StringBuilder("{");
      for (int i = 0; i < list.size(); i++) {
        entry(table, i, canonical(list.get(i)));
      }
      return table.append('}').toString();
    }
    if (value instanceof Map<?, ?> map) {
      StringBuilder table = new StringBuilder("{");
      map.forEach((name, item) -> entry(table, name, canonical(item)));
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

  private static void entry(StringBuilder table, Object key, String value) {
    table.append('[').append(key).append("]=").append(value).append(';');
  }

  static byte[] call(String valueXml) {
    return ("<?xml version=\"1.0\"?><methodCall><methodName>pfsense.test</methodName><params><param><value>"
            + valueXml
            + "</value></param></params></methodCall>")
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] answer(String valueXml) {
    return ("<?xml version=\"1.0\"?><methodResponse><params><param><value>"
            + valueXml
            + "</value></param></params></methodResponse>")
        .getBytes(StandardCharsets.UTF_8);
  }
}
