package org.pfha.configsync.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What XML can carry, and entities beyond those a parser has already decoded. Thread-safe. */
public final class ConfigXml {
  private static final Pattern ENTITY =
      Pattern.compile("&(?:(amp|lt|gt|quot|apos)|#(\\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));");

  private static final int MAX_NAME = 128;

  private ConfigXml() {}

  /**
   * Whether XML 1.0 can carry a text.
   *
   * @param text any text
   * @return false with control characters or lone surrogates
   */
  public static boolean isXml(String text) {
    int i = 0;
    while (i < text.length()) {
      int c = text.codePointAt(i);
      if (!isXml(c)) {
        return false;
      }
      i += Character.charCount(c);
    }
    return true;
  }

  static boolean isXml(int c) {
    return c >= 0x20
        ? c < 0xd800 || (c > 0xdfff && c < 0xfffe) || c > 0xffff
        : c == '\t' || c == '\n' || c == '\r';
  }

  /** Whether a name can be an element's: ASCII only, as both products read and write them. */
  static boolean isName(String name) {
    int length = name.length();
    boolean good = length > 0 && length <= MAX_NAME && isFirst(name.charAt(0));
    for (int i = 1; good && i < length; i++) {
      char c = name.charAt(i);
      good = isFirst(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    }
    return good;
  }

  private static boolean isFirst(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  static String decode(String text) {
    if (text.indexOf('&') < 0) {
      return text;
    }
    return ENTITY
        .matcher(text)
        .replaceAll(
            m ->
                Matcher.quoteReplacement(character(m.group(1), m.group(2), m.group(3), m.group())));
  }

  private static String character(
      @Nullable String name, @Nullable String decimal, @Nullable String hex, String whole) {
    if (name != null) {
      return switch (name) {
        case "amp" -> "&";
        case "lt" -> "<";
        case "gt" -> ">";
        case "quot" -> "\"";
        default -> "'";
      };
    }
    int c =
        decimal != null ? Integer.parseInt(decimal) : hex != null ? Integer.parseInt(hex, 16) : 0;
    return c <= Character.MAX_CODE_POINT && isXml(c) ? Character.toString(c) : whole;
  }
}
