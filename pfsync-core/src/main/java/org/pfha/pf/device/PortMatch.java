package org.pfha.pf.device;

import static com.google.common.base.Preconditions.checkArgument;

import java.util.Arrays;

/**
 * Which ports match. Immutable.
 *
 * @param operator how the two compare
 * @param first 0–65535
 * @param second 0–65535, of the operators that take two
 */
public record PortMatch(Operator operator, int first, int second) {

  /** How a port is compared, under the kernel's numbers. */
  public enum Operator {
    /** Every port matches. */
    ANY(0),
    /** Above the first and below the second. */
    INSIDE(1),
    /** The first. */
    EQUAL(2),
    /** Not the first. */
    NOT_EQUAL(3),
    /** Below the first. */
    LESS(4),
    /** Up to the first. */
    LESS_OR_EQUAL(5),
    /** Above the first. */
    GREATER(6),
    /** From the first. */
    GREATER_OR_EQUAL(7),
    /** Below the first or above the second. */
    OUTSIDE(8),
    /** From the first to the second. */
    RANGE(9);

    private final int number;

    Operator(int number) {
      this.number = number;
    }

    /**
     * The kernel's number of it.
     *
     * @return 0–9
     */
    public int number() {
      return number;
    }

    /**
     * The operator of a number.
     *
     * @param number the kernel's
     * @return the operator; {@link #ANY} for a number that it does not have
     */
    public static Operator of(int number) {
      return Arrays.stream(values()).filter(each -> each.number == number).findAny().orElse(ANY);
    }
  }

  /** Every port. */
  public static final PortMatch ANY = new PortMatch(Operator.ANY, 0, 0);

  /** Checks the ranges. */
  public PortMatch {
    checkArgument(first >= 0 && first <= 0xffff, "port %s is not between 0 and 65535", first);
    checkArgument(second >= 0 && second <= 0xffff, "port %s is not between 0 and 65535", second);
  }

  /**
   * One port.
   *
   * @param port 0–65535
   * @return what matches it only
   */
  public static PortMatch of(int port) {
    return new PortMatch(Operator.EQUAL, port, 0);
  }

  /**
   * A run of ports.
   *
   * @param first 0–65535
   * @param last 0–65535
   * @return what matches from the first to the last
   */
  public static PortMatch range(int first, int last) {
    return new PortMatch(Operator.RANGE, first, last);
  }

  /**
   * Whether a port matches.
   *
   * @param port 0–65535
   * @return true if it does
   */
  public boolean matches(int port) {
    return switch (operator) {
      case ANY -> true;
      case INSIDE -> port > first && port < second;
      case EQUAL -> port == first;
      case NOT_EQUAL -> port != first;
      case LESS -> port < first;
      case LESS_OR_EQUAL -> port <= first;
      case GREATER -> port > first;
      case GREATER_OR_EQUAL -> port >= first;
      case OUTSIDE -> port < first || port > second;
      case RANGE -> port >= first && port <= second;
    };
  }
}
