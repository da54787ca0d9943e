package org.pfha.cluster;

import java.util.Optional;

/**
 * Something more than the {@link Rule}s that must hold of a cluster after every step, such as what
 * a user's own data plane promises. Confined to one thread.
 */
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
   * @return half a sentence
   */
  String reason();

  /**
   * Looks at the cluster; called after every event, so best cheap.
   *
   * @param cluster as it is after a step
   * @return what is wrong with it, or empty
   */
  Optional<String> check(Cluster cluster);
}
