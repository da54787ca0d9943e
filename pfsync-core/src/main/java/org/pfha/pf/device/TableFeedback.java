package org.pfha.pf.device;

import java.util.Arrays;

/** What became of an address or table in a request, under the kernel's numbers. */
public enum TableFeedback {
  /** Nothing. */
  NONE(0),
  /** Matches. */
  MATCH(1),
  /** Was added. */
  ADDED(2),
  /** Was deleted. */
  DELETED(3),
  /** Was changed. */
  CHANGED(4),
  /** Its counters were zeroed. */
  CLEARED(5),
  /** Stands twice in the request. */
  DUPLICATE(6),
  /** Does not match: an address that the table negates, or is not in it. */
  NOT_MATCH(7),
  /** Contradicts another of the request or the table. */
  CONFLICT(8),
  /** Was not counted. */
  NO_COUNT(9);

  private final int number;

  TableFeedback(int number) {
    this.number = number;
  }

  static TableFeedback of(int number) {
    return Arrays.stream(values()).filter(each -> each.number == number).findAny().orElse(NONE);
  }
}
