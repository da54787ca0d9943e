package org.pfha.pfsync.engine;

import java.util.OptionalLong;

/**
 * Where a bulk transfer is. Immutable.
 *
 * @param phase what is going on
 * @param requests how many times it was asked for, 1–13
 * @param states that have come, or gone, since it began
 * @param expected how many there are to come; when sending the size of the table at the beginning,
 *     when receiving what this node knows of itself: the size of its table when it asked, or what
 *     the last transfer brought, whichever is larger; empty if it knows nothing
 * @param ageNanos since the request, in nanoseconds
 */
public record BulkProgress(
    Phase phase, int requests, long states, OptionalLong expected, long ageNanos) {

  /** The states of a transfer. */
  public enum Phase {
    /** There has been none. */
    IDLE,
    /** Asked for; nobody has answered yet. */
    REQUESTED,
    /** A peer has begun. */
    RUNNING,
    /** The last one has come to its end. */
    DONE,
    /** The last one was given up. */
    FAILED
  }
}
