package org.pfha.pfsync.wire;

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
  /** The family is neither 2 nor 28. */
  BAD_FAMILY("af");

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

  static FieldCheck ofProgress(int timeout, int src, int dst, StateFormat format) {
    if (timeout >= format.timeouts) {
      return BAD_TIMEOUT;
    }
    if (src > 12) {
      return BAD_SRC_STATE;
    }
    return dst > 12 ? BAD_DST_STATE : OK;
  }
}
