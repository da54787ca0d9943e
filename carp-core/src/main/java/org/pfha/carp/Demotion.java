package org.pfha.carp;

/**
 * One penalty in a {@link DemotionLedger}; closing it takes the penalty back. Closing twice does
 * nothing. Thread-safe.
 */
@FunctionalInterface
public interface Demotion extends AutoCloseable {

  /** Takes the penalty back. */
  @Override
  void close();
}
