package org.pfha.carp.engine;

/** What a node is to a virtual router (spec carp 7.1). */
public enum Role {
  /** Not operating: the interface is down, or the node stopped. */
  INIT,
  /** Listening to the master. */
  BACKUP,
  /** Advertising, and owning the addresses. */
  MASTER
}
