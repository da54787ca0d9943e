package org.pfha.carp;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.pfha.net.EventLoop;
import org.pfha.net.Subscription;

/**
 * The transport's event loop as a node uses it: once the loop is closed, tasks and timers come to
 * nothing, since there is nobody left to run them for. Thread-safe.
 */
final class Loop {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());
  private static final Subscription NOTHING = () -> {};

  /** Longer times are cut to this, so that instants can be compared by their differences. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private final EventLoop loop;

  Loop(EventLoop loop) {
    this.loop = loop;
  }

  /** A time as a difference of instants. */
  static long nanos(Duration time) {
    if (time.isNegative()) {
      return -1;
    }
    return (time.compareTo(LONGEST) > 0 ? LONGEST : time).toNanos();
  }

  long now() {
    return loop.clock().nanoTime();
  }

  boolean isCurrent() {
    return loop.inLoop();
  }

  /** Says whether the task will run. */
  boolean execute(Runnable task) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the loop was closed before the CARP node", e);
      return false;
    }
  }

  Subscription schedule(long atNanos, Runnable task) {
    try {
      return loop.schedule(atNanos, task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "the loop was closed before the CARP node", e);
      return NOTHING;
    }
  }
}
