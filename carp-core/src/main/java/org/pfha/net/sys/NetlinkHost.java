package org.pfha.net.sys;

import java.util.Locale;

/** What the two kernels that know netlink disagree in (spec pf-ioctl 10 and 11). Immutable. */
public enum NetlinkHost {
  /** FreeBSD from 13.2: errors are positive. */
  FREEBSD(38, 0x1000_0000, 0xffff, 0x1006, 1, 35, 55),
  /** Linux: errors are negative. */
  LINUX(16, 0x8_0000, 1, 20, -1, 11, 105);

  final int addressFamily;
  final int closeOnExec;
  final int socketLevel;
  final int receiveTimeout;
  final int errnoSign;
  final int eagain;
  final int enobufs;

  NetlinkHost(
      int addressFamily,
      int closeOnExec,
      int socketLevel,
      int receiveTimeout,
      int errnoSign,
      int eagain,
      int enobufs) {
    this.addressFamily = addressFamily;
    this.closeOnExec = closeOnExec;
    this.socketLevel = socketLevel;
    this.receiveTimeout = receiveTimeout;
    this.errnoSign = errnoSign;
    this.eagain = eagain;
    this.enobufs = enobufs;
  }

  /**
   * The kernel this runs on.
   *
   * @return by the system's name
   * @throws UnsupportedOperationException naming the system, if it is neither
   */
  public static NetlinkHost ofThisMachine() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return switch (system) {
      case "freebsd" -> FREEBSD;
      case "linux" -> LINUX;
      default ->
          throw new UnsupportedOperationException(
              "netlink is on FreeBSD and Linux, not on " + system);
    };
  }
}
