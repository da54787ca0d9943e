package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Time as config sync sees it: the wall clock, and waiting. Injected, so that it can be virtual.
 * Thread-safe.
 */
public interface SyncClock extends InstantSource {

  /**
   * Waits between two attempts. In virtual time this moves the clock.
   *
   * @param duration how long
   * @throws InterruptedException when the waiting thread is interrupted
   */
  void pause(Duration duration) throws InterruptedException;

  /**
   * Time that never jumps, for deadlines and durations. Only differences mean something.
   *
   * @return nanoseconds
   */
  default long nanos() {
    Instant now = instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  /**
   * The clock of this machine.
   *
   * @return a clock that sleeps
   */
  static SyncClock system() {
    return new SyncClock() {
      @Override
      public Instant instant() {
        return InstantSource.system().instant();
      }

      @Override
      public long nanos() {
        return System.nanoTime();
      }

      @Override
      public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration.toMillis());
      }
    };
  }
}
