package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.MergeRule;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;

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
    return by(MergeRule.KERNEL, local, src, dst, timeout);
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
    return by(MergeRule.STRICT, local, src, dst, timeout);
  }

  private static Merge by(
      MergeRule rule, PfState local, StatePeer src, StatePeer dst, int timeout) {
    boolean tcp = local.proto() == PfState.TCP;
    int stale = rule.stale(tcp, end(local.src()), end(src), end(local.dst()), end(dst));
    if (MergeRule.isOld(stale)) {
      return new Merge(local.src(), local.dst(), local.timeout(), true, true);
    }
    int stays = rule.stays(stale);
    StatePeer newSrc =
        (stays & MergeRule.SRC_STALE) != 0 ? local.src() : replaced(local.src().scrub(), src);
    StatePeer newDst =
        (stays & MergeRule.DST_STALE) != 0
            ? local.dst()
            : replaced(dstBlock(local.dst(), dst), dst);
    return new Merge(
        newSrc,
        newDst,
        rule.timeout(stale, timeout, local.proto(), end(newSrc), end(newDst)),
        (stale & MergeRule.SRC_STALE) != 0,
        (stale & MergeRule.DST_STALE) != 0);
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

  private static long end(StatePeer peer) {
    return ((long) peer.state() << 32) | (peer.seqlo() & 0xffff_ffffL);
  }
}
