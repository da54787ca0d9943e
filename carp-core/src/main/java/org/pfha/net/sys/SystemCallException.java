package org.pfha.net.sys;

import java.io.IOException;

/** A system call that failed, with its errno. Immutable. */
public final class SystemCallException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String call;
  private final int errno;

  /**
   * A failure, of a kernel or of something that stands in for one.
   *
   * @param call such as {@code ioctl(5, 0x541b)}
   * @param errno in this system's numbering
   * @param reason for people
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
   * @return such as 13 for EACCES
   */
  public int errno() {
    return errno;
  }
}
