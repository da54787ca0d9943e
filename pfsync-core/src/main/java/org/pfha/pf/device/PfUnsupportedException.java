package org.pfha.pf.device;

import org.jspecify.annotations.Nullable;

/** This kernel knows none of the requests for it. Immutable. */
public final class PfUnsupportedException extends PfException {

  private static final long serialVersionUID = 1L;

  PfUnsupportedException(String message, int errno, @Nullable Throwable cause) {
    super(message, errno, cause);
  }
}
