package org.pfha.configsync.config;

/** A configuration that cannot be read, or cannot be written so that it can be read again. */
public final class ConfigFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Makes one.
   *
   * @param message what is wrong, without any value of the configuration
   */
  public ConfigFormatException(String message) {
    super(message);
  }
}
