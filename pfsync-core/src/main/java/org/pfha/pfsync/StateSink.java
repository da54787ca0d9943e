package org.pfha.pfsync;

import java.util.List;

/**
 * Where connections go: a data plane that keeps the peers' connections ready and carries them when
 * it is told to. Called on the node's event loop; may not block it.
 */
public interface StateSink {

  /**
   * Connections have changed. Changes of one connection are delivered in order; of several that
   * happened since the last call only the last is told.
   *
   * @param changes in the order in which they began
   * @return how many it took, from the first; the others are offered again a little later, as they
   *     are then
   */
  int deliver(List<StateChange> changes);

  /**
   * More has changed than was taken in time: everything delivered so far is void, and all there is
   * will be delivered anew.
   */
  void reset();

  /**
   * This node is master now: traffic of every connection delivered so far comes here.
   *
   * @param takeover what is known about how complete they are
   */
  void commit(Takeover takeover);

  /** This node is master of nothing any more: its connections are the peers' to change. */
  void standBy();
}
