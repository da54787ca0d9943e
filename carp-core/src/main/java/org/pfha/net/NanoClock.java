package org.pfha.net;

/**
 * A monotonic clock in nanoseconds.
 *
 * <p>As with {@link System#nanoTime()} only differences mean anything: values may be negative, and
 * two instants are compared with {@code a - b < 0}. Thread-safe.
 */
@FunctionalInterface
public interface NanoClock {

  /**
   * The current instant.
   *
   * @return nanoseconds since an arbitrary, fixed origin
   */
  long nanoTime();

  /**
   * The clock of this machine.
   *
   * @return a clock that reads {@link System#nanoTime()}
   */
  static NanoClock system() {
    return System::nanoTime;
  }
}
