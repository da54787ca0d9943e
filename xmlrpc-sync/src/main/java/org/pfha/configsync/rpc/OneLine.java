package org.pfha.configsync.rpc;

/**
 * Foreign text made fit for a log: one line, bounded, nothing a terminal would obey. Source: spec
 * section 22, attack 25.
 */
public final class OneLine {
  private OneLine() {}

  /**
   * Cleans a text.
   *
   * @param text what a peer sent: a user name, a fault, a header
   * @param limit the most characters
   * @return controls, format characters, line separators and lone surrogates are {@code _}
   */
  public static String of(String text, int limit) {
    StringBuilder line = new StringBuilder();
    text.codePoints().limit(limit).forEach(c -> line.appendCodePoint(harmless(c) ? c : '_'));
    return line.toString();
  }

  private static boolean harmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
