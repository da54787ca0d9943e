package org.pfha.carp.kernel;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A request that the kernel's carp refused, or an answer that cannot be. The subclasses say what
 * can be done about it. Immutable.
 */
public class KernelCarpException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int errno;

  KernelCarpException(String message, int errno, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
  }

  /**
   * Why, in FreeBSD's numbering.
   *
   * @return such as 22 for EINVAL, or 0 if it was not the kernel that refused
   */
  public final int errno() {
    return errno;
  }

  /** The module is not loaded. Immutable. */
  public static final class NoModule extends KernelCarpException {
    private static final long serialVersionUID = 1L;

    NoModule(String message, int errno, Throwable cause) {
      super(message, errno, cause);
    }
  }

  /** There is no such interface, or it cannot do CARP. Immutable. */
  public static final class NoInterface extends KernelCarpException {
    private static final long serialVersionUID = 1L;

    NoInterface(String message, int errno, Throwable cause) {
      super(message, errno, cause);
    }
  }

  /** There is no such virtual host. Immutable. */
  public static final class NoVhid extends KernelCarpException {
    private static final long serialVersionUID = 1L;

    NoVhid(String message, int errno, @Nullable Throwable cause) {
      super(message, errno, cause);
    }
  }

  /** This process may not. Immutable. */
  public static final class NotPermitted extends KernelCarpException {
    private static final long serialVersionUID = 1L;

    NotPermitted(String message, int errno, Throwable cause) {
      super(message, errno, cause);
    }
  }

  /** This release cannot. Immutable. */
  public static final class NotSupported extends KernelCarpException {
    private static final long serialVersionUID = 1L;

    NotSupported(String message) {
      super(message, 0, null);
    }
  }
}
