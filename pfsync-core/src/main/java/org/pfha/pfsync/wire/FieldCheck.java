package org.pfha.pfsync.wire;

import org.pfha.pf.StatePeer;

/** The field of a message that is out of range: {@code badval} (spec pfsync 8 step 1). */
public enum FieldCheck {
  /** All are in range. */
  OK(""),
  /** The timeout index is none that this release knows. */
  BAD_TIMEOUT("timeout"),
  /** The initiator's state is above 12. */
  BAD_SRC_STATE("src.state"),
  /** The responder's state is above 12. */
  BAD_DST_STATE("dst.state"),
  /** The direction is above 2. */
  BAD_DIRECTION("direction"),
  /** The family is neither IPv4 nor IPv6. */
  BAD_FAMILY("af"),
  /** The family of the stack key is neither IPv4 nor IPv6; the kernel does not look. */
  BAD_STACK_FAMILY("stack_af"),
  /** The family of a route's next hop is neither IPv4 nor IPv6; the kernel does not look. */
  BAD_ROUTE_FAMILY("rt_af"),
  /** A name does not end; FreeBSD 15 looks at {@code ifname} only, the others at none. */
  BAD_NAME("ifname");

  private final String field;

  FieldCheck(String field) {
    this.field = field;
  }

  /**
   * Which field.
   *
   * @return the field's name in the protocol, empty if OK
   */
  public String field() {
    return field;
  }

  static FieldCheck ofProgress(int timeout, int src, int dst, int timeouts) {
    if (timeout >= timeouts) {
      return BAD_TIMEOUT;
    }
    if (src > StatePeer.PROXY_DST) {
      return BAD_SRC_STATE;
    }
    return dst > StatePeer.PROXY_DST ? BAD_DST_STATE : OK;
  }
}
