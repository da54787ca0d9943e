package org.pfha.carp;

import java.time.Duration;

/**
 * The watchdog barks: the event loop was late, or something held it up. Failover is as late as
 * this. Immutable.
 *
 * @param cause what was late, or who held the loop up
 * @param delay for how long
 * @param atNanos when it was noticed, on the loop's clock
 */
public record LoopDelay(String cause, Duration delay, long atNanos) implements CarpEvent {

  @Override
  public String toString() {
    return "event loop: %s, %d ms".formatted(cause, delay.toMillis());
  }
}
