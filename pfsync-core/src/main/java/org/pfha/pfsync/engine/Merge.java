package org.pfha.pfsync.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StatePeer.Scrub;

/**
 * What an update does to a state, as a function of both (spec pfsync 9.3). Immutable.
 *
 * @param src the initiator afterwards
 * @param dst the responder afterwards
 * @param srcStale whether our initiator was ahead
 * @param dstStale whether our responder was ahead
 */
public record Merge(StatePeer src, StatePeer dst, boolean srcStale, boolean dstStale) {

  /**
   * Merges.
   *
   * @param local the state here
   * @param src the initiator in the message
   * @param dst the responder in the message
   * @return what is to be kept
   */
  public static Merge of(PfState local, StatePeer src, StatePeer dst) {
    boolean tcp = local.proto() == PfState.TCP;
    boolean srcStale = tcp ? srcIsStale(local.src(), src) : local.src().state() > src.state();
    boolean dstStale = tcp ? dstIsStale(local.dst(), dst) : local.dst().state() > dst.state();
    if (srcStale && dstStale) {
      return new Merge(local.src(), local.dst(), true, true);
    }
    // The kernel replaces dst in any case once one side is news, even if dst was the stale one.
    Scrub dstScrub =
        local.dst().scrub() != null || dst.scrub() == null ? local.dst().scrub() : Scrub.EMPTY;
    return new Merge(
        srcStale ? local.src() : replaced(local.src().scrub(), src),
        replaced(dstScrub, dst),
        srcStale,
        dstStale);
  }

  /**
   * How many peers were stale.
   *
   * @return 0–2
   */
  public int staleCount() {
    return (srcStale ? 1 : 0) + (dstStale ? 1 : 0);
  }

  /** Scrub data are taken only into a block that is there already. */
  private static StatePeer replaced(@Nullable Scrub block, StatePeer news) {
    return news.withScrub(block == null || news.scrub() == null ? block : news.scrub());
  }

  private static boolean srcIsStale(StatePeer local, StatePeer news) {
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
