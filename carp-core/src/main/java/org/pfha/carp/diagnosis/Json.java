package org.pfha.carp.diagnosis;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object, field by field. Confined to one thread. */
final class Json {

  private final StringBuilder out = new StringBuilder("{");

  /** What every diagnosis has. */
  static Json of(String kind, CarpDiagnosis diagnosis) {
    return new Json()
        .put("kind", kind)
        .put("severity", diagnosis.severity().name())
        .put("link", diagnosis.link())
        .put("vhid", diagnosis.vhid())
        .put("atNanos", diagnosis.atNanos())
        .put("text", diagnosis.text());
  }

  Json put(String name, @Nullable String value) {
    name(name);
    if (value == null) {
      out.append("null");
    } else {
      quote(value);
    }
    return this;
  }

  Json put(String name, long value) {
    name(name).out.append(value);
    return this;
  }

  Json put(String name, boolean value) {
    name(name).out.append(value);
    return this;
  }

  Json put(String name, Collection<String> values) {
    name(name).out.append('[');
    String comma = "";
    for (String value : values) {
      out.append(comma);
      quote(value);
      comma = ",";
    }
    out.append(']');
    return this;
  }

  /** A value that is JSON already. */
  Json putJson(String name, String json) {
    name(name).out.append(json);
    return this;
  }

  private Json name(String name) {
    if (out.length() > 1) {
      out.append(',');
    }
    quote(name);
    out.append(':');
    return this;
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
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
