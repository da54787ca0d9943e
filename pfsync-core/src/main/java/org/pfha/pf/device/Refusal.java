package org.pfha.pf.device;

/** How a kernel in memory says no; has no stack trace, as it is an answer and not a fault. */
final class Refusal extends Exception {

  private static final long serialVersionUID = 1L;

  final int errno;

  Refusal(Errno errno) {
    this(errno.code);
  }

  Refusal(int errno) {
    super(Errno.name(errno), null, false, false);
    this.errno = errno;
  }

  static void unless(boolean condition, Errno errno) throws Refusal {
    if (!condition) {
      throw new Refusal(errno);
    }
  }
}
