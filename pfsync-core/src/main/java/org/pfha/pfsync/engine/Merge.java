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
    boolean tcp = local.proto() == PfState.TCP;
    boolean srcStale = tcp ? isStale(local.src(), src) : local.src().state() > src.state();
    boolean dstStale = tcp ? dstIsStale(local.dst(), dst) : local.dst().state() > dst.state();
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
    boolean tcp = local.proto() == PfState.TCP;
    boolean srcStale = tcp ? isStale(local.src(), src) : local.src().state() > src.state();
    boolean dstStale = tcp ? isStale(local.dst(), dst) : local.dst().state() > dst.state();
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

  private static boolean isStale(StatePeer local, StatePeer news) {
    if (local.state() > news.state()) {
      // A finished SYN-proxy handshake legitimately lowers the number.
      return !(local.state() >= StatePeer.PROXY_SRC && news.state() < StatePeer.PROXY_SRC);
    }
    return local.state() == news.state() && local.seqlo() - news.seqlo() > 0;
  }

  private static boolean dstIsStale(StatePeer local, StatePeer news) {
    return local.state() > news.state()
        || (local.state() >= StatePeer.SYN_SENT && local.seqlo() - news.seqlo() > 0);
  }
}
