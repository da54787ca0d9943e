package org.pfha.pf.device;

/**
 * This kernel knows none of the requests for it. Immutable.
 */
public final class PfUnsupportedException extends PfException {

  private static final long serialVersionUID = 1L;

  PfUnsupportedException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
