package org.pfha.pf.device;

/** The kernel's secure level forbids it, even to root, until the next boot. Immutable. */
public final class PfSecurelevelException extends PfException {

  private static final long serialVersionUID = 1L;

  private final int level;

  PfSecurelevelException(String message, int errno, int level, Throwable cause) {
    super(message, errno, cause);
    this.level = level;
  }

  /**
   * {@code kern.securelevel}.
   *
   * @return 3 or more
   */
  public int level() {
    return level;
  }
}
