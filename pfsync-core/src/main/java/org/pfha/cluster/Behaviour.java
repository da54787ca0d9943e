package org.pfha.cluster;

/** By whose rules the nodes of a cluster behave where the kernels leave something open. */
public enum Behaviour {
  /**
   * pfHA's own: ties end, no end of a connection ever goes back, removed states are remembered.
   * Nothing may flap, nothing may come back.
   */
  PFHA,
  /**
   * As the kernels of the nodes' releases: equal masters both yield and may go on so (spec carp
   * 7.4), a responder may go back (spec pfsync 9.3), and a removal that is lost on its way is lost
   * (17 pitfall 14).
   */
  KERNEL
}
