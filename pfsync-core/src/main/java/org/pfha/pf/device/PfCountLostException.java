package org.pfha.pf.device;

/**
 * The states are gone, but the kernel could not say how many: do not repeat the request. Immutable.
 */
public final class PfCountLostException extends PfException {

  private static final long serialVersionUID = 1L;

  PfCountLostException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
