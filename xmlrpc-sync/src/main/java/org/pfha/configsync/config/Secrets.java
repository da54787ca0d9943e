package org.pfha.configsync.config;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What no rendering of a configuration shows: by the name of the element, by the place, and by the
 * look of the value where neither says anything. Errs on the side of hiding. Thread-safe.
 */
public final class Secrets {
  /** What stands in the place of a secret. */
  public static final String HIDDEN = "(secret)";

  /** Anywhere in a name: both products, their plug-ins and packages. */
  private static final Pattern PARTS =
      Pattern.compile(
          "passw|passphrase|secret|psk|hash$|token|private|apikey|api_key|credential|community"
              + "|otp|seed|salt|cookie|bindpw|custom_options");

  /** The end of a name, after a separator or alone. */
  private static final Pattern ENDS =
      Pattern.compile("(?:.*[_-])?(?:pass|pw|pwd|prv|priv_key|key|keys|pin|shared)\\d*");

  private static final Pattern KEYS = Pattern.compile(".*key\\d*");

  /** End like a secret, and are none. */
  private static final Set<String> PUBLIC =
      Set.of("pubkey", "publickey", "public_key", "public-key", "keyid", "authorizedkeys");

  /** Elements whose text is a key although their name does not say so, by the section. */
  private static final Pattern PLACES =
      Pattern.compile("(?i)openvpn/.*/tls|voucher/.*/(?:publickey|magic|roll.*/used)");

  private static final Pattern CRYPT = Pattern.compile("(?s)\\$[0-9A-Za-z]{1,8}\\$.*");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern RANDOM = Pattern.compile("[A-Za-z0-9+/_\\-\\s]{24,}={0,2}\\s*");

  private static final int SHORTEST = 24; // of what RANDOM finds
  private static final int SHOWN = 200; // characters

  private Secrets() {}

  /**
   * Whether a value must not be shown.
   *
   * @param path the element's path, names separated by {@code /}
   * @param name its own name
   * @param value its text
   * @return true for what may be a secret; false for every empty value
   */
  public static boolean isSecret(String path, String name, String value) {
    return !value.isEmpty()
        && (isSecretPlace(path, name) || (!isPublic(name) && looksSecret(value)));
  }

  private static boolean isPublic(String name) {
    return PUBLIC.contains(name.toLowerCase(Locale.ROOT));
  }

  /** Whether no value there may be shown, however it looks. */
  static boolean isSecretPlace(String path, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !PUBLIC.contains(lower)
        && (PARTS.matcher(lower).find()
            || ENDS.matcher(lower).matches()
            || KEYS.matcher(lower).matches()
            || PLACES.matcher(path).matches());
  }

  /**
   * Whether a value alone looks like a secret: a password hash, PEM, or long and random.
   *
   * @param value any text
   * @return false for what people write and for identifiers
   */
  public static boolean looksSecret(String value) {
    if ((value.startsWith("$") && CRYPT.matcher(value).matches()) || value.contains("-----BEGIN")) {
      return true;
    }
    return value.length() >= SHORTEST
        && RANDOM.matcher(value).matches()
        && !UUID.matcher(value.trim()).matches()
        && mixed(value);
  }

  /** Letters and digits interleaved, as in encoded bytes, not words and not a plain number. */
  private static boolean mixed(String value) {
    int changes = 0;
    int spaces = 0;
    int kind = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      int now = c >= '0' && c <= '9' ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 3 : 0;
      if (c == ' ') {
        spaces++;
      }
      if (now != 0 && kind != 0 && now != kind) {
        changes++;
      }
      kind = now == 0 ? kind : now;
    }
    return spaces * 16 <= value.length() && changes * 8 >= value.length();
  }

  /**
   * A value as it may be shown: secrets hidden, on one line, without control characters, cut.
   *
   * @param path the element's path
   * @param name its own name
   * @param value its text
   * @return what to show
   */
  public static String show(String path, String name, String value) {
    return isSecret(path, name, value) ? HIDDEN : '"' + line(value) + '"';
  }

  /** A value that is no secret, on one line, without control characters, cut; unquoted. */
  static String line(String value) {
    if (isPlain(value)) {
      return value;
    }
    StringBuilder line = new StringBuilder();
    value
        .codePoints()
        .limit(SHOWN)
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                line.append('\\').appendCodePoint(c);
              } else if (Character.isISOControl(c)
                  || Character.getType(c) == Character.FORMAT
                  || Character.getType(c) == Character.SURROGATE) {
                line.append(String.format("\\u%04x", c));
              } else {
                line.appendCodePoint(c);
              }
            });
    return line.append(value.codePointCount(0, value.length()) > SHOWN ? "…" : "").toString();
  }

  /** Most values are short and of ASCII. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return value.length() <= SHOWN;
  }
}
