package org.pfha.pfsync.engine;

/** Performs what the engine decides. Called on the engine's thread, in order. */
public interface PfsyncSink {

  /**
   * A packet is to be sent to the peers.
   *
   * @param buffer the IP payload, from index 0; valid during this call only
   * @param length its size in bytes
   * @return whether the network took it
   */
  boolean send(byte[] buffer, int length);

  /**
   * Something happened.
   *
   * @param event what
   */
  void event(PfsyncEvent event);

  /**
   * Whether anybody wants to hear of events about single states, which are not made otherwise.
   *
   * @return true by default
   */
  default boolean wantsStateEvents() {
    return true;
  }

  /**
   * A packet that was held may go, or must not. Does nothing by default: only who asks the engine
   * to defer hears of it.
   *
   * @param id of the state that it opened
   * @param creatorId of that state
   * @param outcome whether it may go, and why
   */
  default void deferred(long id, int creatorId, DeferOutcome outcome) {}

  /**
   * This node should not (or may again) be master: its table is (no longer) incomplete.
   *
   * @param demoted whether a bulk transfer is awaited
   */
  void demote(boolean demoted);
}
