package org.pfha.carp.engine;

import org.jspecify.annotations.Nullable;

/** Notices that the same is decided for the same reason again, as it is with every advert. */
final class Repetition {

  private @Nullable ElectionEvent event;
  private @Nullable RoleReason rule;
  private long values;

  boolean isNew(ElectionEvent nextEvent, RoleReason nextRule, long nextValues) {
    boolean same = nextEvent == event && nextRule == rule && nextValues == values;
    event = nextEvent;
    rule = nextRule;
    values = nextValues;
    return !same;
  }
}
