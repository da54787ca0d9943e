package org.pfha.pf.device;

/**
 * This is a jail that has no {@code /dev/pf}: a devfs rule of the host has to expose it. Immutable.
 */
public final class PfJailException extends PfException {

  private static final long serialVersionUID = 1L;

  PfJailException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
