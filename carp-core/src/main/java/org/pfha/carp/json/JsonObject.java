package org.pfha.carp.json;

import java.util.Collection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes one JSON object, field by field, for what the CARP packages report. Confined to one
 * thread.
 */
public final class JsonObject {

  private final StringBuilder out = new StringBuilder("{");

  /** An object without fields. */
  public JsonObject() {}

  /**
   * Adds a text.
   *
   * @param name of the field
   * @param value any text, or null
   * @return this
   */
  public JsonObject field(String name, @Nullable String value) {
    name(name);
    if (value == null) {
      out.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  /**
   * Adds texts.
   *
   * @param name of the field
   * @param values any texts
   * @return this
   */
  public JsonObject texts(String name, Collection<String> values) {
    name(name).append('[');
    String comma = "";
    for (String value : values) {
      out.append(comma);
      quote(value);
      comma = ",";
    }
    out.append(']');
    return this;
  }

  /**
   * Adds what is JSON already.
   *
   * @param name of the field
   * @param value JSON
   * @return this
   */
  public JsonObject json(String name, String value) {
    name(name).append(value);
    return this;
  }

  /**
   * Adds a number.
   *
   * @param name of the field
   * @param value to add
   * @return this
   */
  public JsonObject field(String name, long value) {
    name(name).append(value);
    return this;
  }

  /**
   * Adds a truth.
   *
   * @param name of the field
   * @param value to add
   * @return this
   */
  public JsonObject field(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  /**
   * Adds an object.
   *
   * @param name of the field
   * @param value to add
   * @return this
   */
  public JsonObject field(String name, JsonObject value) {
    name(name).append(value);
    return this;
  }

  /**
   * Adds a list.
   *
   * @param name of the field
   * @param items its items
   * @param each makes JSON of an item: a {@link JsonObject}, or text that is JSON already
   * @param <T> of the items
   * @return this
   */
  public <T> JsonObject list(
      String name, Collection<? extends T> items, Function<? super T, ?> each) {
    name(name).append('[');
    String comma = "";
    for (T item : items) {
      out.append(comma).append(each.apply(item));
      comma = ",";
    }
    out.append(']');
    return this;
  }

  private StringBuilder name(String name) {
    if (out.length() > 1) {
      out.append(',');
    }
    quote(name);
    return out.append(':');
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    out.append('"');
  }

  @Override
  public String toString() {
    return out + "}";
  }
}
