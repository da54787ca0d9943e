package org.pfha.pfsync;

import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;

/**
 * What a peer, or time, has done to a connection. Immutable.
 *
 * @param id of the state
 * @param state as it is now, or null if it is gone
 */
public record StateChange(StateId id, @Nullable PfState state) {}
