package org.pfha.net.sys;

import java.io.IOException;

/** A system call that failed, with its errno. Immutable. */
public final class SystemCallException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * A failed call, for whoever implements {@link SystemCalls}.
   *
   * @param call such as {@code ioctl(5, 0x541b)}
   * @param errno such as 13 for EACCES, or 0 if the kernel answered what cannot be read
   * @param reason in words
   */
  public SystemCallException(String call, int errno, String reason) {
    super("%s: %s (errno %d)".formatted(call, reason, errno));
    this.call = call;
    this.errno = errno;
  }

  /**
   * The call.
   *
   * @return such as {@code ioctl(5, 0x541b)}
   */
  public String call() {
    return call;
  }

  /**
   * Why, in this system's numbering.
   *
   * @return such as 13 for EACCES, or 0 if the kernel answered what cannot be read
   */
  public int errno() {
    return errno;
  }
}
