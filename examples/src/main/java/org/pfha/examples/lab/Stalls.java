package org.pfha.examples.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A ticker of one millisecond that notices when the machine stands still, so that what was measured
 * meanwhile can be listed apart. Thread-safe.
 */
final class Stalls implements AutoCloseable {

  private static final long TICK = 1_000_000;
  private static final long NOTABLE = 5_000_000;

  /** One tick that came late; times in nanoseconds since 1970. */
  private record Stall(long from, long to) {}

  private final List<Stall> stalls = new ArrayList<>(); // guarded by itself
  private final Thread ticker = new Thread(this::tick, "pfha-ticker");
  private volatile boolean closed;

  Stalls() {
    ticker.setDaemon(true);
    ticker.start();
  }

  private void tick() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(TICK);
      long now = System.nanoTime();
      if (now - last - TICK > NOTABLE) {
        long wall = System.currentTimeMillis() * 1_000_000;
        synchronized (stalls) {
          stalls.add(new Stall(wall - (now - last), wall));
        }
      }
      last = now;
    }
  }

  /**
   * The longest stall within some time.
   *
   * @param from nanoseconds since 1970
   * @param to nanoseconds since 1970
   * @return nanoseconds, 0 if there was none of more than 5 ms
   */
  long longest(long from, long to) {
    synchronized (stalls) {
      return stalls.stream()
          .filter(stall -> stall.to >= from && stall.from <= to)
          .mapToLong(stall -> stall.to - stall.from)
          .max()
          .orElse(0);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(ticker);
  }
}
