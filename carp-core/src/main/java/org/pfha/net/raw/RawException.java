package org.pfha.net.raw;

import java.io.IOException;
import org.pfha.net.sys.SystemCallException;

/**
 * Something a host refuses to a raw transport. The subclasses are those whose cause is known, with
 * what to do about it in their message. Immutable.
 */
public class RawException extends IOException {

  private static final long serialVersionUID = 1L;

  private static final int EPERM = 1;
  private static final int ENXIO = 6;
  private static final int EACCES = 13;
  private static final int ENODEV = 19;

  private RawException(String message, SystemCallException cause) {
    super(message, cause);
  }

  private RawException(String message) {
    super(message);
  }

  /** The process may not do it. */
  public static final class NoPrivilege extends RawException {
    private static final long serialVersionUID = 1L;

    private NoPrivilege(String message, SystemCallException cause) {
      super(message, cause);
    }
  }

  /** There is no such interface, or not any more. */
  public static final class NoInterface extends RawException {
    private static final long serialVersionUID = 1L;

    private NoInterface(String message, SystemCallException cause) {
      super(message, cause);
    }

    NoInterface(String message) {
      super(message);
    }
  }

  /** The kernel, or another program, has the protocol to itself. */
  public static final class ProtocolTaken extends RawException {
    private static final long serialVersionUID = 1L;

    private ProtocolTaken(String message, SystemCallException cause) {
      super(message, cause);
    }
  }

  /** Says what a failed call means; the numbers that systems disagree in come with it. */
  static RawException of(String what, SystemCallException cause, int... takenErrnos) {
    int errno = cause.errno();
    if (errno == EPERM || errno == EACCES) {
      return new NoPrivilege(
          what
              + " is not allowed: run as root, or on Linux with CAP_NET_RAW (and CAP_NET_ADMIN to"
              + " hold virtual addresses, CAP_SYS_NICE to run at real-time priority), such as by"
              + " systemd's AmbientCapabilities",
          cause);
    }
    if (errno == ENODEV || errno == ENXIO) {
      return new NoInterface(what + " failed: there is no such interface", cause);
    }
    for (int taken : takenErrnos) {
      if (errno == taken) {
        return new ProtocolTaken(
            what
                + " failed: this kernel keeps the protocol to itself; unload its carp or pfsync"
                + " module, or drive that in place of a node of one's own",
            cause);
      }
    }
    return new RawException("%s failed: %s".formatted(what, cause.getMessage()), cause);
  }
}
