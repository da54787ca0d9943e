package org.pfha.pfsync.engine;

import java.util.OptionalLong;

/**
 * How alive a peer is, each direction for itself. Immutable.
 *
 * @param packets heard from it
 * @param heardNanos how long ago its last packet came, in nanoseconds; empty if none has come
 * @param effectNanos how long ago a packet came that shows it has heard us, in nanoseconds: an
 *     acknowledgement, an answer, news of a state of our making; empty if none has come
 * @param aliveNanos for how long packets have been coming without a break of more than 30 s, in
 *     nanoseconds; empty during such a break
 * @param silent whether it was asked for a sign of life and has given none
 */
public record PeerStatus(
    long packets,
    OptionalLong heardNanos,
    OptionalLong effectNanos,
    OptionalLong aliveNanos,
    boolean silent) {}
