package org.pfha.cluster;

import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.VirtualRouter;
import org.pfha.net.IpTransport;
import org.pfha.pfsync.PfsyncNodeBuilder;

/**
 * What runs on the nodes of a simulated cluster, as far as it differs from plain pfHA: a user's own
 * data plane, probes, listeners, settings. Every method is called at each boot of a node, on the
 * thread that advances the network; none has to be overridden.
 */
public interface Firmware {

  /** How many removed states a node remembers: more than any run has. */
  int REMEMBERED = 4_096;

  /** Plain pfHA. */
  Firmware PLAIN = new Firmware() {};

  /**
   * The network as the node's software sees it.
   *
   * @param node that boots
   * @param host its simulated host
   * @return the host, or something around it
   */
  default IpTransport transport(ClusterNode node, IpTransport host) {
    return host;
  }

  /**
   * One of the node's virtual routers.
   *
   * @param node that boots
   * @param planned as the scenario wants it
   * @return what the node gets
   */
  default VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
    return planned;
  }

  /**
   * Completes the CARP node.
   *
   * @param node that boots
   * @param builder with all virtual routers
   */
  default void carp(ClusterNode node, CarpNodeBuilder builder) {}

  /**
   * Makes the pfsync node behave as the scenario wants it.
   *
   * @param node that boots
   * @param builder of its pfsync node
   */
  default void behave(ClusterNode node, PfsyncNodeBuilder builder) {
    if (node.cluster().scenario().behaviour() == Behaviour.PFHA) {
      builder.strictMerge().rememberRemoved(REMEMBERED);
    }
  }

  /**
   * Completes the pfsync node; CARP runs already.
   *
   * @param node that boots
   * @param builder with table, peers and demotion
   */
  default void pfsync(ClusterNode node, PfsyncNodeBuilder builder) {}

  /**
   * Everything runs.
   *
   * @param node that has booted
   */
  default void booted(ClusterNode node) {}

  /**
   * The node's software has ended.
   *
   * @param node that is off
   * @param statesKept whether its data plane goes on without it
   */
  default void ended(ClusterNode node, boolean statesKept) {}
}
