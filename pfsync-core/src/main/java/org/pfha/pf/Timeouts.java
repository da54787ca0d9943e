package org.pfha.pf;

/** pf's timeouts by index, with their default seconds (spec pfsync 6). */
public final class Timeouts {

  /** The first index that is none on a release 13. */
  public static final int COUNT = 20;

  private static final int[] SECONDS = {
    120, 30, 86400, 900, 45, 90, 60, 30, 60, 20, 10, 60, 30, 60, 30, 10, 0, 0, 0, 30
  };
  private static final int FALLBACK_SECONDS = 30;
  private static final int ICMP = 1;
  private static final int UDP = 17;
  private static final int ICMP6 = 58;

  private Timeouts() {}

  /**
   * How long a state of this index lives without traffic.
   *
   * @param index a timeout index; one that is no state's lifetime counts as 30 s
   * @return seconds, positive
   */
  public static int seconds(int index) {
    int seconds = index >= 0 && index < COUNT ? SECONDS[index] : 0;
    return seconds > 0 ? seconds : FALLBACK_SECONDS;
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
