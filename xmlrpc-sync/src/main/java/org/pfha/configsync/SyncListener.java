package org.pfha.configsync;

/**
 * Hears of pushes. Called on the pushing thread; what a method throws is logged and ignored, what
 * it takes delays the push. All methods do nothing unless overridden.
 */
public interface SyncListener {

  /**
   * A step begins.
   *
   * @param peer the secondary
   * @param step which
   */
  default void step(String peer, SyncStep step) {}

  /**
   * Bytes went over the wire.
   *
   * @param peer the secondary
   * @param sent bytes of the current call's body sent so far
   * @param toSend its length
   * @param received bytes of the answer so far
   */
  default void progress(String peer, long sent, long toSend, long received) {}

  /**
   * Something an operator should know; the push goes on.
   *
   * @param peer the secondary
   * @param warning a sentence
   */
  default void warned(String peer, String warning) {}

  /**
   * A push succeeded: everything sent was seen on the peer, or the peer cannot be asked.
   *
   * @param receipt what was done
   */
  default void succeeded(SyncReceipt receipt) {}

  /**
   * A push failed.
   *
   * @param peer the secondary
   * @param cause why
   */
  default void failed(String peer, SyncException cause) {}
}
