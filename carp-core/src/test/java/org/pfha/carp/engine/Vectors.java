package org.pfha.carp.engine;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The golden vectors of CARP, as maps and lists. */
final class Vectors {

  private static final Path FILE = Path.of("src/test/resources/vectors/carp/vectors.json");

  private Vectors() {}

  /** The vectors of a section. */
  static List<Map<String, Object>> section(String name) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(FILE.toFile())) {
      parser.nextToken();
      List<Map<String, Object>> vectors = new ArrayList<>();
      for (Object vector : list(map(read(parser)).get(name))) {
        vectors.add(map(vector));
      }
      return vectors;
    }
  }

  private static Object read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    switch (token) {
      case START_OBJECT -> {
        Map<String, Object> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, read(parser));
        }
        return fields;
      }
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser));
        }
        return items;
      }
      case VALUE_NUMBER_INT -> {
        return parser.getIntValue();
      }
      case VALUE_TRUE, VALUE_FALSE -> {
        return parser.getBooleanValue();
      }
      default -> {
        return parser.getText();
      }
    }
  }

  @SuppressWarnings("unchecked") // read() makes no other maps
  static Map<String, Object> map(@Nullable Object value) {
    return (Map<String, Object>) java.util.Objects.requireNonNull(value);
  }

  @SuppressWarnings("unchecked") // read() makes no other lists
  static List<Object> list(@Nullable Object value) {
    return (List<Object>) java.util.Objects.requireNonNull(value);
  }

  static int number(Map<String, Object> vector, String field) {
    return (Integer) java.util.Objects.requireNonNull(vector.get(field), field);
  }
}
