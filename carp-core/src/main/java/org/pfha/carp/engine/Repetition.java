package org.pfha.carp.engine;

import org.jspecify.annotations.Nullable;

/**
 * Notices that the same is decided for the same reason again, as it is with every advert and each
 * time that the link is said to be up. What somebody did on purpose is never a repetition.
 */
final class Repetition {

  private @Nullable ElectionEvent event;
  private @Nullable RoleReason rule;
  private long values;

  boolean isNew(ElectionEvent nextEvent, RoleReason nextRule, long nextValues) {
    boolean routine =
        switch (nextEvent) {
          case ADVERT, LINK_UP, LINK_DOWN -> true;
          default -> false;
        };
    boolean same = routine && nextEvent == event && nextRule == rule && nextValues == values;
    event = nextEvent;
    rule = nextRule;
    values = nextValues;
    return !same;
  }
}
