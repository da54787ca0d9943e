package org.pfha.pf.device;

/** There is no such table, anchor or interface. Immutable. */
public final class PfAbsentException extends PfException {

  private static final long serialVersionUID = 1L;

  PfAbsentException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
