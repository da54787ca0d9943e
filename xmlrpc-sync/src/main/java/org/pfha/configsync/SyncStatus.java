package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncReceipt.Outcome;

/**
 * How it stands with one secondary. Immutable.
 *
 * @param peer its address
 * @param lastAttempt when the last push began, null when there was none
 * @param lastSuccess when the last push that succeeded ended, null when none did
 * @param lastDuration how long the last push took
 * @param error why the last push failed, null when it succeeded
 * @param areas what is known of each area
 * @param warnings of the last push
 */
public record SyncStatus(
    String peer,
    @Nullable Instant lastAttempt,
    @Nullable Instant lastSuccess,
    Duration lastDuration,
    @Nullable SyncException error,
    Map<String, Area> areas,
    List<String> warnings) {
  /** Copies. */
  public SyncStatus {
    areas = Collections.unmodifiableMap(new LinkedHashMap<>(areas));
    warnings = List.copyOf(warnings);
  }

  /**
   * One area.
   *
   * @param lastAttempt when it was last tried, null when never
   * @param lastSuccess when it was last seen to be as sent, or confirmed where the peer cannot be
   *     asked; null when never
   * @param outcome of the last attempt; {@code DIFFERS} when the attempt failed
   */
  public record Area(
      @Nullable Instant lastAttempt, @Nullable Instant lastSuccess, Outcome outcome) {}

  static SyncStatus none(String peer) {
    return new SyncStatus(peer, null, null, Duration.ZERO, null, Map.of(), List.of());
  }
}
