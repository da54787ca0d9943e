package org.pfha.configsync.config;

/** A configuration that cannot be read, or cannot be written so that it can be read again. */
public final class ConfigFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int line;

  /**
   * Makes one.
   *
   * @param message what is wrong, without any value of the configuration
   */
  public ConfigFormatException(String message) {
    super(message);
    line = 0;
  }

  /**
   * Makes one that says where.
   *
   * @param message what is wrong, without any value of the configuration
   * @param line counted from 1; 0 when unknown
   */
  public ConfigFormatException(String message, int line) {
    super(line > 0 ? message + " (line " + line + ")" : message);
    this.line = line;
  }

  /**
   * Where.
   *
   * @return the line, counted from 1; 0 when it is not about a file being read
   */
  public int line() {
    return line;
  }
}
