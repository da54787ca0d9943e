package org.pfha.pf.device;

/**
 * The process may not do this: not root, or the device's mode or a devfs rule is against it.
 * Immutable.
 */
public final class PfPrivilegeException extends PfException {

  private static final long serialVersionUID = 1L;

  PfPrivilegeException(String message, int errno, Throwable cause) {
    super(message, errno, cause);
  }
}
