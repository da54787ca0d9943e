package org.pfha.carp.diagnosis;

/** Finds the earliest of some instants. Confined to one thread. */
final class Deadline {

  private boolean any;
  private long atNanos;

  void at(long nanos) {
    if (!any || nanos - atNanos < 0) {
      any = true;
      atNanos = nanos;
    }
  }

  void of(Episode episode) {
    if (episode.isOpen()) {
      at(episode.deadlineNanos());
    }
  }

  void clear() {
    any = false;
  }

  boolean isAny() {
    return any;
  }

  long atNanos() {
    return atNanos;
  }
}
