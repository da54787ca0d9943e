package org.pfha.pf;

import static com.google.common.base.Preconditions.checkArgument;

/**
 * How long states live without traffic, by timeout index (spec pfsync 6), and from which number of
 * states on they live less. Immutable.
 *
 * <p>Adaptive scaling is pf's: with more than {@code start} states each timeout is multiplied by
 * {@code (end − states) / (end − start)}, and at {@code end} everything is due. pfctl sets 60 % and
 * 120 % of the state limit unless told otherwise; here it is off unless asked for, as a node that
 * only mirrors others must not expire what they keep.
 */
public final class Timeouts {

  /** The first index that is none on any release. */
  public static final int COUNT = 25;

  /** pf's defaults, without adaptive scaling. */
  public static final Timeouts DEFAULT =
      new Timeouts(
          new int[] {
            120, 30, 86400, 900, 45, 90, 60, 30, 60, 20, 10, 60, 30, 60, 30, 10, 0, 0, 0, 30, 120,
            30, 86400, 900, 90
          },
          0,
          0);

  private static final int FALLBACK_SECONDS = 30;
  private static final int ICMP = 1;
  private static final int UDP = 17;
  private static final int ICMP6 = 58;

  private final int[] seconds;
  private final int adaptiveStart;
  private final int adaptiveEnd;

  private Timeouts(int[] seconds, int adaptiveStart, int adaptiveEnd) {
    this.seconds = seconds;
    this.adaptiveStart = adaptiveStart;
    this.adaptiveEnd = adaptiveEnd;
  }

  /**
   * The same timeouts but for one.
   *
   * @param index 0–24
   * @param newSeconds at least 0; 0 means the 30 s of an index that is no state's lifetime
   * @return timeouts
   */
  public Timeouts with(int index, int newSeconds) {
    checkArgument(index >= 0 && index < COUNT, "timeout index %s is not 0 to 24", index);
    checkArgument(newSeconds >= 0, "timeout of %s s is negative", newSeconds);
    int[] others = seconds.clone();
    others[index] = newSeconds;
    return new Timeouts(others, adaptiveStart, adaptiveEnd);
  }

  /**
   * The same timeouts, scaled.
   *
   * @param start states above which timeouts shrink
   * @param end states at which they are 0; above {@code start}
   * @return timeouts
   */
  public Timeouts adaptive(int start, int end) {
    checkArgument(
        start >= 0 && end > start, "adaptive scaling from %s to %s is no range", start, end);
    return new Timeouts(seconds, start, end);
  }

  /**
   * How long a state of this index lives without traffic.
   *
   * @param index a timeout index; one that is no state's lifetime counts as 30 s
   * @return seconds, positive
   */
  public int seconds(int index) {
    int value = index >= 0 && index < COUNT ? seconds[index] : 0;
    return value > 0 ? value : FALLBACK_SECONDS;
  }

  /**
   * By how much adaptive scaling shortens a timeout.
   *
   * @param index a timeout index
   * @param states how many there are
   * @return seconds, 0 to {@link #seconds}
   */
  public int shortenedBy(int index, int states) {
    if (adaptiveEnd == 0 || states <= adaptiveStart) {
      return 0;
    }
    int whole = seconds(index);
    if (states >= adaptiveEnd) {
      return whole;
    }
    long scaled = (long) whole * (adaptiveEnd - states) / (adaptiveEnd - adaptiveStart);
    return (int) (whole - scaled);
  }

  /**
   * Whether there are so many states that all are due.
   *
   * @param states how many there are
   * @return true at the end of adaptive scaling and above
   */
  public boolean allDue(int states) {
    return adaptiveEnd != 0 && states >= adaptiveEnd;
  }

  /**
   * The index pf would give to a state.
   *
   * @param proto IP protocol
   * @param src state number of the initiator
   * @param dst state number of the responder
   * @return 0–13
   */
  public static int indexFor(int proto, int src, int dst) {
    if (proto == PfState.TCP) {
      if (src >= 9 && dst >= 9) {
        return 5;
      } else if (src >= 7 && dst >= 7) {
        return 4;
      } else if (src < 4 || dst < 4) {
        return 1;
      }
      return src >= 7 || dst >= 7 ? 3 : 2;
    }
    if (proto == ICMP || proto == ICMP6) {
      return 9;
    }
    int first = proto == UDP ? 6 : 11;
    return src == 2 && dst == 2 ? first + 2 : dst == 0 ? first : first + 1;
  }
}
