package org.pfha.carp;

import java.util.Collection;
import java.util.function.Function;

/** Writes one JSON object, field by field. Confined to one thread. */
final class JsonText {

  private final StringBuilder out = new StringBuilder("{");

  JsonText field(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  JsonText field(String name, long value) {
    name(name).append(value);
    return this;
  }

  JsonText field(String name, boolean value) {
    name(name).append(value);
    return this;
  }

  JsonText field(String name, JsonText value) {
    name(name).append(value);
    return this;
  }

  /** Of JSON, as {@link JsonText} or as text. */
  <T> JsonText list(String name, Collection<? extends T> items, Function<? super T, ?> each) {
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
