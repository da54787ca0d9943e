package org.pfha.pf;

/**
 * What is taken of an update whose ends may be behind a state's own (spec pfsync 9.3). Immutable.
 *
 * <p>How far an end has got is a number here: its state in the upper half, its {@code seqlo} in the
 * lower.
 */
public enum MergeRule {
  /** As the kernel does: if one end is news, the responder is taken even if it is stale. */
  KERNEL,
  /** Each end for itself, by state first and then by sequence: what is stale is never taken. */
  STRICT;

  /** The initiator in the message is behind. */
  public static final int SRC_STALE = 1;

  /** The responder in the message is behind. */
  public static final int DST_STALE = 2;

  private static final int BOTH = SRC_STALE | DST_STALE;

  /**
   * Which ends of a message are behind.
   *
   * @param tcp whether sequence numbers count
   * @param localSrc the state's initiator
   * @param src the message's
   * @param localDst the state's responder
   * @param dst the message's
   * @return {@link #SRC_STALE} and {@link #DST_STALE}
   */
  public int stale(boolean tcp, long localSrc, long src, long localDst, long dst) {
    boolean srcStale = tcp ? isStale(localSrc, src) : state(localSrc) > state(src);
    boolean dstStale =
        !tcp
            ? state(localDst) > state(dst)
            : this == STRICT ? isStale(localDst, dst) : kernelsDstIsStale(localDst, dst);
    return (srcStale ? SRC_STALE : 0) | (dstStale ? DST_STALE : 0);
  }

  /**
   * Which ends stay as they are.
   *
   * @param stale from {@link #stale}
   * @return {@link #SRC_STALE} and {@link #DST_STALE}; both if the message changes nothing
   */
  public int stays(int stale) {
    return this == STRICT || stale == BOTH ? stale : stale & SRC_STALE;
  }

  /**
   * Whether a message changes nothing.
   *
   * @param stale from {@link #stale}
   * @return true if both ends are behind
   */
  public static boolean isOld(int stale) {
    return stale == BOTH;
  }

  /**
   * The timeout index after a message that changes something: that of an older connection than the
   * one that is kept would not fit.
   *
   * @param stale from {@link #stale}
   * @param index the message's
   * @param proto IP protocol
   * @param src the initiator that is kept
   * @param dst the responder that is kept
   * @return a timeout index
   */
  public int timeout(int stale, int index, int proto, long src, long dst) {
    return this == STRICT && stale != 0 ? Timeouts.indexFor(proto, state(src), state(dst)) : index;
  }

  private static int state(long end) {
    return (int) (end >>> 32);
  }

  private static boolean isAhead(long local, long news) {
    return (int) local - (int) news > 0;
  }

  private static boolean isStale(long local, long news) {
    if (state(local) > state(news)) {
      // A finished SYN-proxy handshake legitimately lowers the number.
      return !(state(local) >= StatePeer.PROXY_SRC && state(news) < StatePeer.PROXY_SRC);
    }
    return state(local) == state(news) && isAhead(local, news);
  }

  private static boolean kernelsDstIsStale(long local, long news) {
    return state(local) > state(news)
        || (state(local) >= StatePeer.SYN_SENT && isAhead(local, news));
  }
}
