package org.pfha.pf;

import org.jspecify.annotations.Nullable;

/**
 * One end of a connection as pf tracks it (spec pfsync 5.1). Immutable.
 *
 * @param state protocol state number, 0–12 (spec pfsync 6)
 * @param seqlo highest sequence number sent, unsigned
 * @param seqhi highest the other end may have acknowledged plus window, unsigned
 * @param seqdiff sequence modulation offset, unsigned
 * @param maxWin largest window before scaling, 0–65535
 * @param mss 0–65535
 * @param wscale shift in the low 4 bits, 0x80 when window scaling was seen
 * @param scrub normalisation data, or null if the state has none
 */
public record StatePeer(
    int state,
    int seqlo,
    int seqhi,
    int seqdiff,
    int maxWin,
    int mss,
    int wscale,
    @Nullable Scrub scrub) {

  /** TCP: nothing seen, or reset. */
  public static final int CLOSED = 0;

  /** TCP: SYN seen. */
  public static final int SYN_SENT = 2;

  /** TCP: SYN acknowledged. */
  public static final int ESTABLISHED = 4;

  /** TCP: FIN acknowledged. */
  public static final int FIN_WAIT_2 = 9;

  /** TCP: the SYN proxy is talking to the initiator. */
  public static final int PROXY_SRC = 11;

  /** The highest state number there is: the SYN proxy is talking to the responder. */
  public static final int PROXY_DST = 12;

  /**
   * Normalisation data of one end. Immutable.
   *
   * @param flags bit 0: timestamps are modulated
   * @param ttl lowest TTL seen, 0–255
   * @param tsMod timestamp offset, unsigned; for SCTP the verification tag
   */
  public record Scrub(int flags, int ttl, int tsMod) {

    /** A block in which nothing has been recorded yet. */
    public static final Scrub EMPTY = new Scrub(0, 0, 0);
  }

  /**
   * An end of which only the state number is known, as with everything but TCP.
   *
   * @param state 0–12
   * @return the peer
   */
  public static StatePeer of(int state) {
    return new StatePeer(state, 0, 0, 0, 0, 0, 0, null);
  }

  /**
   * The same peer with other normalisation data.
   *
   * @param other the data or null
   * @return a peer
   */
  public StatePeer withScrub(@Nullable Scrub other) {
    return new StatePeer(state, seqlo, seqhi, seqdiff, maxWin, mss, wscale, other);
  }

  /**
   * The same peer in another state.
   *
   * @param other 0–12
   * @return a peer
   */
  public StatePeer withState(int other) {
    return new StatePeer(other, seqlo, seqhi, seqdiff, maxWin, mss, wscale, scrub);
  }
}
