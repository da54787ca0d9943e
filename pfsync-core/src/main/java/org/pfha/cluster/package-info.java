/**
 * Whole firewalls on a simulated network: what must hold of a cluster, checked after every step
 * while things break.
 *
 * <p>{@link SimCluster} builds the nodes from the same classes that run in production and advances
 * virtual time; {@link Invariant} says what may never be seen; {@link ClusterRun} breaks things by
 * one seed.
 */
@org.jspecify.annotations.NullMarked
package org.pfha.cluster;
