package org.pfha.carp.engine;

import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpProfile.Trait;

/**
 * When sending fails so often that the node is worth less, and when it is well again (spec carp
 * 9.2). The results of both families count towards the same numbers.
 */
final class SendErrors {

  private int failed;
  private int succeeded;
  private int times;

  /** How often it is demoted now: 0 or 1, except in FreeBSD 13. */
  int times() {
    return times;
  }

  /** Begins anew; says whether the node was demoted. */
  boolean forget() {
    boolean demoted = times > 0;
    failed = 0;
    succeeded = 0;
    times = 0;
    return demoted;
  }

  /** Takes one result; returns what has changed by it, if anything. */
  @Nullable RoleReason result(boolean ok, CarpProfile profile, int vhidsOfInterface) {
    int enough = profile.sendResultsInARow(vhidsOfInterface);
    if (!ok) {
      succeeded = 0;
      failed = Math.min(failed + 1, enough + 1);
      if (failed == enough) {
        times++;
        return RoleReason.SEND_ERRORS;
      }
      return null;
    }
    if (failed == 0) {
      return null;
    }
    boolean forgetsAtOnce = profile == CarpProfile.OPENBSD || profile == CarpProfile.UCARP;
    if (forgetsAtOnce && failed < enough) {
      failed = 0;
    } else if (++succeeded >= enough) {
      failed = 0;
      succeeded = 0;
      if (times > 0) {
        times = 0;
        return RoleReason.SEND_OK;
      }
    } else if (profile.has(Trait.NEVER_RECOVERS_SENDING)) {
      failed = 0;
    }
    return null;
  }
}
