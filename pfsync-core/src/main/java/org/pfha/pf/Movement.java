package org.pfha.pf;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Moves the states of a table along: how far their ends have got, when they are due, and whether a
 * peer has had news of them. Confined to the table's writer.
 */
final class Movement {

  /** In {@link Row#LIVE}: a peer has had news of the state, when is in {@link Row#HEARD}. */
  private static final byte HEARD = 2;

  /** In {@link Row#LIVE}: it had when the full timeout began, which is in the first line. */
  private static final byte HEARD_LAST = 3;

  private final Slab rows;
  private final Expiry expiry;
  private final Creators creators;
  private final AtomicLong progress;
  private final AtomicLong latestNanos;

  Movement(
      Slab rows, Expiry expiry, Creators creators, AtomicLong progress, AtomicLong latestNanos) {
    this.rows = rows;
    this.expiry = expiry;
    this.creators = creators;
    this.progress = progress;
    this.latestNanos = latestNanos;
  }

  /** Moves a state along to the peers given, normalisation data included. */
  void update(int row, StatePeer src, StatePeer dst, int timeout, long nowNanos) {
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    long name = Hash.name(chunk, at);
    long before = Hash.progress(chunk, at, name);
    rows.beginWrite(row);
    keepHeard(chunk, at);
    RowValues.putPeer(chunk, at + Row.SRC, at + Row.SRC_SCRUB, src);
    RowValues.putPeer(chunk, at + Row.DST, at + Row.DST_SCRUB, dst);
    expiry.move(row, chunk, at, timeout, nowNanos + expiry.timeoutNanos(timeout), nowNanos);
    rows.endWrite(row);
    latestNanos.setOpaque(nowNanos);
    moved(Row.i32(chunk, at + Row.CREATOR_ID), Hash.progress(chunk, at, name) - before);
  }

  /**
   * Moves a state along as a peer's message says, if it does. Each word is read once: finding out
   * that it is within its array takes longer than what is then done with it.
   */
  int merge(
      int row, byte[] message, int srcAt, int dstAt, int timeout, MergeRule rule, long nowNanos) {
    byte[] chunk = rows.chunk(row);
    int at = rows.at(row);
    long srcSequences = Row.i64(chunk, at + Row.SRC);
    int srcState = Row.u16(chunk, at + Row.SRC + Row.STATE);
    long dstSequences = Row.i64(chunk, at + Row.DST);
    int dstState = Row.u16(chunk, at + Row.DST + Row.STATE);
    long newSrcSequences = Row.i64(message, srcAt + Row.PEER_END);
    int newSrcState = Row.u16(message, srcAt + Row.PEER_END + Row.STATE);
    long newDstSequences = Row.i64(message, dstAt + Row.PEER_END);
    int newDstState = Row.u16(message, dstAt + Row.PEER_END + Row.STATE);
    int proto = Row.u8(chunk, at + Row.PROTO);
    int stale =
        rule.stale(
            proto == PfState.TCP,
            end(srcSequences, srcState),
            end(newSrcSequences, newSrcState),
            end(dstSequences, dstState),
            end(newDstSequences, newDstState));
    if (MergeRule.isOld(stale)) {
      heard(chunk, at, nowNanos);
      return stale;
    }
    long srcWindow = Row.i64(chunk, at + Row.SRC + Row.SEQDIFF);
    long dstWindow = Row.i64(chunk, at + Row.DST + Row.SEQDIFF);
    int creatorId = Row.i32(chunk, at + Row.CREATOR_ID);
    long name = Hash.name(Row.i64(chunk, at + Row.ID), creatorId);
    long before =
        Hash.progress(name, srcSequences, srcWindow, srcState, dstSequences, dstWindow, dstState);
    int stays = rule.stays(stale);
    rows.beginWrite(row);
    if ((stays & MergeRule.SRC_STALE) == 0) {
      srcSequences = newSrcSequences;
      srcWindow = Row.i64(message, srcAt + Row.PEER_END + Row.SEQDIFF);
      srcState = newSrcState;
      Row.putEnd(chunk, at + Row.SRC, srcSequences, srcWindow, srcState);
      takeSrcScrub(message, srcAt, chunk, at);
    }
    if ((stays & MergeRule.DST_STALE) == 0) {
      dstSequences = newDstSequences;
      dstWindow = Row.i64(message, dstAt + Row.PEER_END + Row.SEQDIFF);
      dstState = newDstState;
      Row.putEnd(chunk, at + Row.DST, dstSequences, dstWindow, dstState);
      takeDstScrub(message, dstAt, chunk, at);
    }
    int index =
        rule.timeout(
            stale, timeout, proto, end(srcSequences, srcState), end(dstSequences, dstState));
    expiry.move(row, chunk, at, index, nowNanos + expiry.timeoutNanos(index), nowNanos);
    chunk[at + Row.LIVE] = HEARD_LAST;
    rows.endWrite(row);
    latestNanos.setOpaque(nowNanos);
    long after =
        Hash.progress(name, srcSequences, srcWindow, srcState, dstSequences, dstWindow, dstState);
    moved(creatorId, after - before);
    return stale;
  }

  private static long end(long sequences, int state) {
    return ((long) (state >>> 8) << 32) | (sequences >>> 32);
  }

  /** Normalisation data are taken only into a place that is there. */
  private static void takeSrcScrub(byte[] message, int srcAt, byte[] chunk, int at) {
    if (message[srcAt + Row.SCRUB_VALID] == 1 && chunk[at + Row.SRC_SCRUB + Row.SCRUB_VALID] != 0) {
      Row.put64(chunk, at + Row.SRC_SCRUB, Row.scrub(message, srcAt));
    }
  }

  /** The responder is given a place. */
  private static void takeDstScrub(byte[] message, int dstAt, byte[] chunk, int at) {
    int valid = message[dstAt + Row.SCRUB_VALID];
    if (valid == 1) {
      Row.put64(chunk, at + Row.DST_SCRUB, Row.scrub(message, dstAt));
    } else if (valid != 0) {
      Row.put8(chunk, at + Row.DST_SCRUB + Row.SCRUB_VALID, 1);
    }
  }

  private void moved(int creatorId, long change) {
    creators.moved(creatorId, change);
    progress.setOpaque(progress.getPlain() + change);
  }

  /** A peer has news of a state whose full timeout does not begin anew. */
  private void heard(byte[] chunk, int at, long nowNanos) {
    if (refreshedNanos(chunk, at) == nowNanos) {
      chunk[at + Row.LIVE] = HEARD_LAST;
    } else {
      Row.put64(chunk, at + Row.HEARD, nowNanos);
      chunk[at + Row.LIVE] = HEARD;
    }
  }

  boolean isHeardAfter(StateRow state, long nanos) {
    byte[] chunk = state.bytes();
    int at = state.at();
    return switch (chunk[at + Row.LIVE]) {
      case HEARD -> Row.i64(chunk, at + Row.HEARD) - nanos > 0;
      case HEARD_LAST -> refreshedNanos(chunk, at) - nanos > 0;
      default -> false;
    };
  }

  private long refreshedNanos(byte[] chunk, int at) {
    return Row.i64(chunk, at + Row.EXPIRES) - expiry.timeoutNanos(Row.u8(chunk, at + Row.TIMEOUT));
  }

  /** The full timeout is about to begin anew. */
  private void keepHeard(byte[] chunk, int at) {
    if (chunk[at + Row.LIVE] == HEARD_LAST) {
      Row.put64(chunk, at + Row.HEARD, refreshedNanos(chunk, at));
      chunk[at + Row.LIVE] = HEARD;
    }
  }
}
