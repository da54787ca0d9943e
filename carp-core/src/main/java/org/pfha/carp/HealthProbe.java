package org.pfha.carp;

/**
 * Asks whether the service this node is MASTER for works here: an upstream that answers, a process
 * that runs. Called on the node's executor, never on its event loop, one call at a time.
 */
@FunctionalInterface
public interface HealthProbe {

  /**
   * Looks once. It may block; after the schedule's timeout it counts as failed, its thread is
   * interrupted, and it is not called again before it has returned.
   *
   * @return whether the service works
   * @throws Exception counts as failed; its message is the reason that operators read
   */
  boolean healthy() throws Exception;
}
