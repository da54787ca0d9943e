package org.pfha.examples.conformance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A parsed JSON value that says where in the file it stands when it is not what the reader expects.
 * Immutable.
 */
public final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final String where;
  private final @Nullable Object value;

  private Json(String where, @Nullable Object value) {
    this.where = where;
    this.value = value;
  }

  /**
   * Parses a file.
   *
   * @param file one JSON value in UTF-8; no field twice
   * @return the value
   * @throws IOException naming file and line, if it cannot be read or is not JSON
   */
  public static Json parse(Path file) throws IOException {
    return parse(String.valueOf(file.getFileName()), Files.readString(file));
  }

  /**
   * Parses a text.
   *
   * @param name of the text, for errors
   * @param text one JSON value; no field twice
   * @return the value
   * @throws IOException naming the place, if it is not JSON
   */
  public static Json parse(String name, String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      Json json = read(parser, name);
      if (parser.nextToken() != null) {
        throw new IOException(name + ": more than one JSON value");
      }
      return json;
    } catch (NumberFormatException e) {
      throw new IOException("%s: not JSON: %s".formatted(name, e.getMessage()), e);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IOException(
          "%s: not JSON, line %d: %s".formatted(name, line, e.getOriginalMessage()), e);
    }
  }

  private static Json read(JsonParser parser, String where) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException(where + ": empty");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Json> fields = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String name = parser.currentName();
          parser.nextToken();
          fields.put(name, read(parser, where + "." + name));
        }
        yield new Json(where, fields);
      }
      case START_ARRAY -> {
        List<Json> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser, where + "[" + items.size() + "]"));
        }
        yield new Json(where, items);
      }
      case VALUE_STRING -> new Json(where, parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json(where, parser.getDecimalValue());
      case VALUE_TRUE -> new Json(where, true);
      case VALUE_FALSE -> new Json(where, false);
      case VALUE_NULL -> new Json(where, null);
      default -> throw new IOException(where + ": unexpected " + token);
    };
  }

  /**
   * Whether it is an object with a field.
   *
   * @param name of the field
   * @return false for everything else
   */
  public boolean has(String name) {
    return value instanceof Map<?, ?> && fields().containsKey(name);
  }

  /**
   * A field of an object.
   *
   * @param name of the field
   * @return its value
   * @throws IllegalArgumentException if there is none
   */
  public Json get(String name) {
    Json field = fields().get(name);
    if (field == null) {
      throw new IllegalArgumentException(where + " has no field '" + name + "'");
    }
    return field;
  }

  /**
   * The fields of an object.
   *
   * @return by name, in the order of the text
   * @throws IllegalArgumentException if it is no object
   */
  @SuppressWarnings("unchecked") // only read() makes maps, of this type
  public Map<String, Json> fields() {
    return (Map<String, Json>) as(Map.class, "an object");
  }

  /**
   * The items of an array.
   *
   * @return in the order of the text
   * @throws IllegalArgumentException if it is no array
   */
  @SuppressWarnings("unchecked") // only read() makes lists, of this type
  public List<Json> items() {
    return (List<Json>) as(List.class, "an array");
  }

  /**
   * A text.
   *
   * @return the text
   * @throws IllegalArgumentException if it is none
   */
  public String text() {
    return as(String.class, "a string");
  }

  /**
   * A whole number.
   *
   * @return the number
   * @throws IllegalArgumentException if it is none of 64 bits
   */
  public long number() {
    try {
      return as(BigDecimal.class, "a number").longValueExact();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(where + " is not a whole number of 64 bits", e);
    }
  }

  /**
   * A whole number.
   *
   * @return the number
   * @throws IllegalArgumentException if it is none
   * @throws ArithmeticException if it has more than 32 bits
   */
  public int integer() {
    return Math.toIntExact(number());
  }

  /**
   * A number.
   *
   * @return the nearest
   * @throws IllegalArgumentException if it is none
   */
  public double real() {
    return as(BigDecimal.class, "a number").doubleValue();
  }

  /**
   * A truth.
   *
   * @return it
   * @throws IllegalArgumentException if it is none
   */
  public boolean bool() {
    return as(Boolean.class, "true or false");
  }

  /**
   * Whether it is an object.
   *
   * @return it is
   */
  public boolean isObject() {
    return value instanceof Map;
  }

  /**
   * Whether it is an array.
   *
   * @return it is
   */
  public boolean isArray() {
    return value instanceof List;
  }

  /**
   * Whether it is null.
   *
   * @return it is
   */
  public boolean isNull() {
    return value == null;
  }

  /**
   * Whether it is a text.
   *
   * @return it is
   */
  public boolean isText() {
    return value instanceof String;
  }

  /**
   * Whether it is true or false.
   *
   * @return it is
   */
  public boolean isBoolean() {
    return value instanceof Boolean;
  }

  /**
   * Whether it is a number.
   *
   * @return it is
   */
  public boolean isNumber() {
    return value instanceof BigDecimal;
  }

  private <T> T as(Class<T> type, String what) {
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(where + " is not " + what + ": " + this);
    }
    return type.cast(value);
  }

  /** The value as JSON-like text, for reports. */
  @Override
  public String toString() {
    return String.valueOf(value); // of 9E99999999, too: written out, it would fill the memory
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Json json && Objects.equals(value, json.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }
}
