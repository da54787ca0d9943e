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
   * This node should not (or may again) be master: its table is (no longer) incomplete.
   *
   * @param demoted whether a bulk transfer is awaited
   */
  void demote(boolean demoted);
}
