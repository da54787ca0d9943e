package org.pfha.carp.diagnosis;

import java.util.OptionalLong;

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

  OptionalLong get() {
    return any ? OptionalLong.of(atNanos) : OptionalLong.empty();
  }
}
