package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;
import org.pfha.pf.Timeouts;

/**
 * What an update does to a state, as a function of both (spec pfsync 9.3). Immutable.
 *
 * <p>Laws of both rules:
 *
 * <ul>
 *   <li>merging what came out once more changes nothing, and nothing is stale then;
 *   <li>if both ends are stale, nothing changes; if neither is, both are the message's.
 * </ul>
 *
 * <p>Law of {@link #strict} alone, which {@link #of the kernel's rule} breaks when one end is stale
 * and the other is not: no end ever goes back. Two nodes that exchange their versions under it
 * agree on the state and sequence of both ends.
 *
 * @param src the initiator afterwards
 * @param dst the responder afterwards
 * @param timeout index of the timeout afterwards, which begins anew unless both ends were stale
 * @param srcStale whether our initiator was ahead
 * @param dstStale whether our responder was ahead
 */
public record Merge(StatePeer src, StatePeer dst, int timeout, boolean srcStale, boolean dstStale) {

  /**
   * Merges as the kernel does: if one end of the message is news, its responder is taken even if it
   * is stale.
   *
   * @param local the state here
   * @param src the initiator in the message
   * @param dst the responder in the message
   * @param timeout index in the message
   * @return what is to be kept
   */
  public static Merge of(PfState local, StatePeer src, StatePeer dst, int timeout) {
    int stale = stale(false, local, src, dst);
    boolean srcStale = (stale & PfsyncEvent.SRC_STALE) != 0;
    boolean dstStale = (stale & PfsyncEvent.DST_STALE) != 0;
    if (srcStale && dstStale) {
      return unchanged(local);
    }
    return new Merge(
        srcStale ? local.src() : replaced(local.src().scrub(), src),
        replaced(dstBlock(local.dst(), dst), dst),
        timeout,
        srcStale,
        dstStale);
  }

  /**
   * Merges each end for itself, by state first and then by sequence: what is stale is never taken.
   *
   * @param local the state here
   * @param src the initiator in the message
   * @param dst the responder in the message
   * @param timeout index in the message
   * @return what is to be kept
   */
  public static Merge strict(PfState local, StatePeer src, StatePeer dst, int timeout) {
    int stale = stale(true, local, src, dst);
    boolean srcStale = (stale & PfsyncEvent.SRC_STALE) != 0;
    boolean dstStale = (stale & PfsyncEvent.DST_STALE) != 0;
    if (srcStale && dstStale) {
      return unchanged(local);
    }
    StatePeer newSrc = srcStale ? local.src() : replaced(local.src().scrub(), src);
    StatePeer newDst = dstStale ? local.dst() : replaced(dstBlock(local.dst(), dst), dst);
    // The message's index is that of an older connection than the one that is kept.
    int newTimeout =
        srcStale || dstStale
            ? Timeouts.indexFor(local.proto(), newSrc.state(), newDst.state())
            : timeout;
    return new Merge(newSrc, newDst, newTimeout, srcStale, dstStale);
  }

  private static Merge unchanged(PfState local) {
    return new Merge(local.src(), local.dst(), local.timeout(), true, true);
  }

  /**
   * How many peers were stale.
   *
   * @return 0–2
   */
  public int staleCount() {
    return (srcStale ? 1 : 0) + (dstStale ? 1 : 0);
  }

  /** Only the responder is given a block that it has not got. */
  private static @Nullable Scrub dstBlock(StatePeer local, StatePeer news) {
    return local.scrub() != null || news.scrub() == null ? local.scrub() : Scrub.EMPTY;
  }

  /**
   * Scrub data are taken only into a block that is there already, and only if there are any: {@link
   * Scrub#EMPTY} itself, not one that equals it, stands for a block without data (scrub.valid above
   * 1).
   */
  @SuppressWarnings("ReferenceEquality")
  private static StatePeer replaced(@Nullable Scrub block, StatePeer news) {
    boolean hasData = block != null && news.scrub() != null && news.scrub() != Scrub.EMPTY;
    return news.withScrub(hasData ? news.scrub() : block);
  }

  private static int stale(boolean strict, PfState local, StatePeer src, StatePeer dst) {
    boolean tcp = local.proto() == PfState.TCP;
    return stale(strict, tcp, end(local.src()), end(src), end(local.dst()), end(dst));
  }

  private static long end(StatePeer peer) {
    return ((long) peer.state() << 32) | (peer.seqlo() & 0xffff_ffffL);
  }

  /**
   * Which ends of a message are behind ours. An end is its state number in the upper half and its
   * {@code seqlo} in the lower.
   *
   * @param strict whether by the strict rule
   * @param tcp whether sequence numbers count
   * @param localSrc our initiator
   * @param src the message's
   * @param localDst our responder
   * @param dst the message's
   * @return {@link PfsyncEvent#SRC_STALE} and {@link PfsyncEvent#DST_STALE}
   */
  static int stale(boolean strict, boolean tcp, long localSrc, long src, long localDst, long dst) {
    boolean srcStale = tcp ? isStale(localSrc, src) : state(localSrc) > state(src);
    boolean dstStale =
        !tcp
            ? state(localDst) > state(dst)
            : strict ? isStale(localDst, dst) : dstIsStale(localDst, dst);
    return (srcStale ? PfsyncEvent.SRC_STALE : 0) | (dstStale ? PfsyncEvent.DST_STALE : 0);
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

  private static boolean dstIsStale(long local, long news) {
    return state(local) > state(news)
        || (state(local) >= StatePeer.SYN_SENT && isAhead(local, news));
  }
}
