package org.pfha.examples.status;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncStatus;
import org.pfha.examples.conformance.Json;

/**
 * How it stands with one secondary, as it is told. Shows no secret. Immutable.
 *
 * @param peer the secondary
 * @param lastAttempt when the last push began, or null
 * @param lastSuccess when the last push that succeeded ended, or null
 * @param durationMillis what the last push took
 * @param error why it failed, with what to do, or null
 * @param warnings of the last push
 * @param areas by name
 */
public record ConfigSyncReport(
    String peer,
    @Nullable String lastAttempt,
    @Nullable String lastSuccess,
    long durationMillis,
    @Nullable String error,
    List<String> warnings,
    Map<String, Area> areas) {

  /**
   * One area.
   *
   * @param lastAttempt when it was tried last, or null
   * @param lastSuccess when it was last seen to be as sent, or null
   * @param outcome {@code VERIFIED}, {@code DIFFERS} or {@code NOT_VERIFIABLE}
   */
  public record Area(@Nullable String lastAttempt, @Nullable String lastSuccess, String outcome) {

    private JsonObject json(String name) {
      return new JsonObject()
          .field("name", name)
          .field("last_attempt", lastAttempt)
          .field("last_success", lastSuccess)
          .field("outcome", outcome);
    }
  }

  /** Copies. */
  public ConfigSyncReport {
    warnings = List.copyOf(warnings);
    areas = new LinkedHashMap<>(areas);
  }

  /**
   * What a primary knows.
   *
   * @param status of one secondary
   * @return to be told
   */
  public static ConfigSyncReport of(SyncStatus status) {
    SyncException error = status.error();
    Map<String, Area> areas = new LinkedHashMap<>();
    status
        .areas()
        .forEach(
            (name, area) ->
                areas.put(
                    name,
                    new Area(
                        text(area.lastAttempt()),
                        text(area.lastSuccess()),
                        area.outcome().name())));
    return new ConfigSyncReport(
        status.peer(),
        text(status.lastAttempt()),
        text(status.lastSuccess()),
        status.lastDuration().toMillis(),
        error == null ? null : error.getMessage(),
        status.warnings(),
        areas);
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  /** What {@link #json} has written. */
  static ConfigSyncReport of(Json json) {
    Map<String, Area> areas = new LinkedHashMap<>();
    for (Json area : json.get("areas").items()) {
      areas.put(
          area.get("name").text(),
          new Area(
              optional(area, "last_attempt"),
              optional(area, "last_success"),
              area.get("outcome").text()));
    }
    return new ConfigSyncReport(
        json.get("peer").text(),
        optional(json, "last_attempt"),
        optional(json, "last_success"),
        json.get("duration_ms").number(),
        optional(json, "error"),
        json.get("warnings").items().stream().map(Json::text).toList(),
        areas);
  }

  private static @Nullable String optional(Json json, String name) {
    return json.get(name).isNull() ? null : json.get(name).text();
  }

  /** This one, with the successes of an earlier one where it knows of none. */
  ConfigSyncReport after(ConfigSyncReport earlier) {
    Map<String, Area> merged = new LinkedHashMap<>();
    areas.forEach(
        (name, area) -> {
          Area before = earlier.areas.get(name);
          merged.put(
              name,
              area.lastSuccess == null && before != null
                  ? new Area(area.lastAttempt, before.lastSuccess, area.outcome)
                  : area);
        });
    return new ConfigSyncReport(
        peer,
        lastAttempt,
        lastSuccess == null ? earlier.lastSuccess : lastSuccess,
        durationMillis,
        error,
        warnings,
        merged);
  }

  /**
   * {@code {"peer":…,"last_attempt":…|null,"last_success":…|null,"duration_ms":…,"error":…|null,
   * "warnings":[…],"areas":[{"name":…,"last_attempt":…|null,"last_success":…|null,"outcome":…}]}}.
   *
   * @return a JSON object
   */
  public String json() {
    return new JsonObject()
        .field("peer", peer)
        .field("last_attempt", lastAttempt)
        .field("last_success", lastSuccess)
        .field("duration_ms", durationMillis)
        .field("error", error)
        .texts("warnings", warnings)
        .list("areas", areas.entrySet(), area -> area.getValue().json(area.getKey()))
        .toString();
  }
}
