package org.pfha.carp.engine;

import java.net.InetAddress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** One causal record: what happened, by which rule, and what came of it. Immutable. */
public sealed interface Decision permits CarpDecision, VrrpDecision {

  /**
   * When the cause arose.
   *
   * @return nanoseconds
   */
  long atNanos();

  /**
   * The cause.
   *
   * @return what the election was told
   */
  ElectionEvent event();

  /**
   * The role before it.
   *
   * @return INIT, BACKUP or MASTER
   */
  Role before();

  /**
   * The role after it.
   *
   * @return the same one if the change was suppressed or not considered
   */
  Role after();

  /**
   * The rule that was applied.
   *
   * @return in the kernel's words, where it has some
   */
  RoleReason rule();

  /**
   * Who sent the advert that was the cause.
   *
   * @return its source address, or null if the cause was none
   */
  @Nullable InetAddress heardFrom();

  /**
   * The timers afterwards.
   *
   * @return the armed deadlines
   */
  Timers timers();

  /**
   * Armed deadlines, each in nanoseconds or empty. Immutable.
   *
   * @param advert when the next advert is sent
   * @param masterDown4 when the master counts as gone, by its IPv4 adverts
   * @param masterDown6 the same, IPv6
   */
  record Timers(OptionalLong advert, OptionalLong masterDown4, OptionalLong masterDown6) {

    static Timers of(Timer advert, Timer masterDown4, Timer masterDown6) {
      return new Timers(advert.deadline(), masterDown4.deadline(), masterDown6.deadline());
    }
  }
}
