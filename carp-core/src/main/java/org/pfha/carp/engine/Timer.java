package org.pfha.carp.engine;

import java.util.OptionalLong;

/** A deadline that is armed or not. */
final class Timer {

  private boolean armed;
  private long atNanos;

  void arm(long at) {
    armed = true;
    atNanos = at;
  }

  void cancel() {
    armed = false;
  }

  boolean armed() {
    return armed;
  }

  long atNanos() {
    return atNanos;
  }

  boolean due(long now) {
    return armed && atNanos - now <= 0;
  }

  /** The one of two that expires first; unarmed ones never do. */
  static Timer earlier(Timer a, Timer b) {
    return b.armed && (!a.armed || b.atNanos - a.atNanos < 0) ? b : a;
  }

  OptionalLong deadline() {
    return armed ? OptionalLong.of(atNanos) : OptionalLong.empty();
  }
}
