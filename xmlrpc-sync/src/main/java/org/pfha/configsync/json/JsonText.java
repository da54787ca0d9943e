package org.pfha.configsync.json;

/** Text in JSON. Thread-safe. */
public final class JsonText {

  private JsonText() {}

  /**
   * Adds a string. Halves of surrogate pairs are escaped, as one may stand alone.
   *
   * @param json is added to
   * @param text any characters
   * @return the same builder
   */
  public static StringBuilder quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }
}
