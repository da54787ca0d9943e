package org.pfha.configsync.rpc;

/** Told how a long transfer goes. Called on several threads, one after the other; must be quick. */
@FunctionalInterface
public interface Progress {
  /** Nobody looks. */
  Progress NONE = (sent, toSend, received) -> {};

  /**
   * Some bytes went one way or the other.
   *
   * @param sent bytes of the call handed to the connection so far
   * @param toSend bytes of the call altogether
   * @param received bytes of the answer so far, as they came over the wire
   */
  void moved(long sent, long toSend, long received);
}
