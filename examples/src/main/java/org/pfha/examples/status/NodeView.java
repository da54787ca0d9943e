package org.pfha.examples.status;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.pfha.carp.CarpNode;
import org.pfha.pfsync.PfsyncNode;

/**
 * A running node as it is looked at once. Immutable, but the node runs on.
 *
 * @param name of the node
 * @param now by its wall clock
 * @param nowNanos by the clock of its event loop
 * @param started by its wall clock
 * @param routers its virtual routers
 * @param carp runs
 * @param pfsync runs, if there is one
 * @param configSync one object of JSON for each secondary, see {@link ConfigSyncReport}
 */
public record NodeView(
    String name,
    Instant now,
    long nowNanos,
    Instant started,
    List<Router> routers,
    CarpNode carp,
    Optional<PfsyncNode> pfsync,
    List<String> configSync) {

  /**
   * A virtual router of a node.
   *
   * @param link its interface
   * @param vhid 1–255
   * @param addresses with prefix lengths
   */
  public record Router(String link, int vhid, List<String> addresses) {
    /** Copies. */
    public Router {
      addresses = List.copyOf(addresses);
    }
  }

  /** Copies. */
  public NodeView {
    routers = List.copyOf(routers);
    configSync = List.copyOf(configSync);
  }
}
