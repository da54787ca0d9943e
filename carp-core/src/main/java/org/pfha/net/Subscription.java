package org.pfha.net;

/**
 * Something that goes on until it is closed: a receiver, a listener, a timer.
 *
 * <p>Closing twice, or after a timer has fired, does nothing. Thread-safe.
 */
@FunctionalInterface
public interface Subscription extends AutoCloseable {

  /** Ends it. What is already running on the loop completes. */
  @Override
  void close();
}
