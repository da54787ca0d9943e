package org.pfha.net;

/**
 * Runs tasks and timers one at a time; whatever is confined to one loop needs no locks.
 *
 * <p>A production loop is one named thread, a simulated loop is a host in virtual time. All methods
 * are thread-safe. A task that throws does not end the loop: the exception goes to the loop's error
 * handler and the next task runs.
 */
public interface EventLoop {

  /**
   * The clock that this loop's timers follow.
   *
   * @return the clock, never null
   */
  NanoClock clock();

  /**
   * Runs a task on the loop, after those already submitted.
   *
   * @param task what to run; must not block
   * @throws java.util.concurrent.RejectedExecutionException if the loop has been closed
   */
  void execute(Runnable task);

  /**
   * Runs a task on the loop once the clock has reached an instant; at once if it has passed.
   *
   * @param atNanos the instant, in nanoseconds of {@link #clock()}
   * @param task what to run; must not block
   * @return a handle to cancel it with
   * @throws java.util.concurrent.RejectedExecutionException if the loop has been closed
   */
  Subscription schedule(long atNanos, Runnable task);

  /**
   * Whether the caller runs on this loop.
   *
   * @return true on the loop's own thread
   */
  boolean inLoop();
}
