/**
 * What a firewall knows of its connections, as pf models them: a {@link org.pfha.pf.PfState} has a
 * {@link org.pfha.pf.StateKey} on either side of a translation and a {@link org.pfha.pf.StatePeer}
 * for either end; a {@link org.pfha.pf.StateTable} holds a million of them without an object each,
 * has one writer, and readers that never wait.
 *
 * <p>{@link org.pfha.pf.StateFilter} chooses, {@link org.pfha.pf.StateDigest} compares tables at no
 * cost, {@link org.pfha.pf.StateDiff} says how they differ, {@link org.pfha.pf.StateText} shows a
 * state as {@code pfctl} does. Nothing here knows a socket, a thread or a clock.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.pf;
