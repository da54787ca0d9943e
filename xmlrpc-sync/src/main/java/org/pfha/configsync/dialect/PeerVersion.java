package org.pfha.configsync.dialect;

/**
 * Who the peer is. Immutable.
 *
 * @param text what it says it runs, for people
 * @param node the node id of a pfHA peer, empty for other products
 */
public record PeerVersion(String text, String node) {

  /**
   * Whether the peer is this library.
   *
   * @return true when it said so
   */
  public boolean isPfha() {
    return !node.isEmpty();
  }
}
