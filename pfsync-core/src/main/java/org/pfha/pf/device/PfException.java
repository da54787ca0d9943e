package org.pfha.pf.device;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request that pf refused, or an answer that cannot be. The subclasses say what can be done about
 * it. Immutable.
 */
public class PfException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  PfException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  PfException(String message) {
    super(message);
    this.errno = 0;
  }

  /**
   * Why, in FreeBSD's numbering.
   *
   * @return such as 22 for EINVAL, or 0 if the kernel did not refuse but answered nonsense
   */
  public final int errno() {
    return errno;
  }
}
