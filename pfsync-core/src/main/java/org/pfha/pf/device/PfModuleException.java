package org.pfha.pf.device;

/** A kernel module is not loaded: pf, or pfsync for inserting states. Immutable. */
public final class PfModuleException extends PfException {

  private static final long serialVersionUID = 1L;

  PfModuleException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
