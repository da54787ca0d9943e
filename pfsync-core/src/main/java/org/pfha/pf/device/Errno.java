package org.pfha.pf.device;

/** What a request of FreeBSD's pf can answer other than success (spec pf-ioctl 2). */
enum Errno {
  EPERM(1),
  ENOENT(2),
  ESRCH(3),
  ENXIO(6),
  E2BIG(7),
  ENOMEM(12),
  EACCES(13),
  EBUSY(16),
  EEXIST(17),
  ENODEV(19),
  EINVAL(22),
  ENOTTY(25),
  EFBIG(27),
  ENOSPC(28),
  ERANGE(34),
  EMSGSIZE(40),
  EPROTONOSUPPORT(43),
  EOPNOTSUPP(45),
  EBADMSG(89);

  final int code;

  Errno(int code) {
    this.code = code;
  }

  boolean is(int errno) {
    return errno == code;
  }

  /** Such as {@code EINVAL}, or {@code errno 77} for one that pf does not use. */
  static String name(int errno) {
    for (Errno each : values()) {
      if (each.code == errno) {
        return each.name();
      }
    }
    return "errno " + errno;
  }
}
