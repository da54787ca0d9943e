package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.Optional;

/** Knows from another protocol, such as pfsync, whether the peer is alive. Thread-safe. */
@FunctionalInterface
public interface PeerLiveness {

  /**
   * The last sign of life.
   *
   * @return empty if none was heard, or so long ago that the peer may have been away meanwhile
   */
  Optional<Sign> lastSign();

  /**
   * That the peer is alive. Immutable.
   *
   * @param peer its IP address
   * @param link where it is heard
   * @param sinceNanos since when it has been heard without a break, on the node's clock
   * @param lastNanos when it was heard last
   */
  record Sign(InetAddress peer, String link, long sinceNanos, long lastNanos) {}
}
