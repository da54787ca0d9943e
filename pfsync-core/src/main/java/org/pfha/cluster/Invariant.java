package org.pfha.cluster;

import java.util.Optional;

/** Something that must hold of a cluster after every step. Confined to one thread. */
public interface Invariant {

  /**
   * What it is called in reports.
   *
   * @return a short name
   */
  String name();

  /**
   * Why it matters, for the engineer who reads the report.
   *
   * @return one sentence
   */
  String reason();

  /**
   * Looks at the cluster.
   *
   * @param cluster as it is after a step
   * @return what is wrong with it, or empty
   */
  Optional<String> check(SimCluster cluster);
}
