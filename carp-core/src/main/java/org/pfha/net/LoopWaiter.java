package org.pfha.net;

/**
 * How a {@link ThreadEventLoop} spends the time until its next task or timer: by sleeping, or by
 * waiting for packets and delivering them.
 */
public interface LoopWaiter {

  /**
   * Waits until the time is over, {@link #wake} is called, or something arrives, which is dealt
   * with before this returns. May return early. Called on the loop only; what it throws goes to the
   * loop's error handler.
   *
   * @param nanos at most so long; 0 or less looks for what has arrived and does not wait, {@link
   *     Long#MAX_VALUE} is no limit
   */
  void await(long nanos);

  /** Ends the present wait, or the next one if there is none. Thread-safe. */
  void wake();
}
