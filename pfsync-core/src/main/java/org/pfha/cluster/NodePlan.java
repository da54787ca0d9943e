package org.pfha.cluster;

import com.google.common.base.Preconditions;
import org.pfha.pfsync.engine.PfsyncProfile;

/**
 * One node of a cluster to be. Immutable.
 *
 * @param name in the timeline
 * @param advskew 0–254, in 1/256 s; the lowest is to be master
 * @param release whose pfsync it understands, and whose CARP it speaks as {@link Behaviour#KERNEL}
 * @param stateLimit how many states its table takes
 */
public record NodePlan(String name, int advskew, PfsyncProfile release, int stateLimit) {

  /** Checks the ranges. */
  public NodePlan {
    Preconditions.checkArgument(
        advskew >= 0 && advskew <= 254, "advskew %s is not between 0 and 254", advskew);
    Preconditions.checkArgument(stateLimit > 0, "a table of %s states is none", stateLimit);
  }

  NodePlan upgraded() {
    PfsyncProfile next =
        release == PfsyncProfile.FREEBSD_13 ? PfsyncProfile.FREEBSD_14 : PfsyncProfile.FREEBSD_15;
    return new NodePlan(name, advskew, next, stateLimit);
  }
}
