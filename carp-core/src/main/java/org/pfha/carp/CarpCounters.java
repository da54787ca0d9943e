package org.pfha.carp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.json.JsonObject;
import org.pfha.carp.wire.CarpReject;

/**
 * What was counted for a node, a link or a virtual router since its start or the last reset.
 * Immutable.
 *
 * <p>The first sixteen names are those of the kernel's {@code struct carpstats}, in its order (spec
 * carp 17.1); what follows is this library's own: {@code oerrors} (adverts and announcements the
 * transport refused), {@code announcements}, {@code rolechanges}, {@code tomaster}, and the reasons
 * to reject a packet that kernels do not have.
 */
public final class CarpCounters {

  private final Map<String, Long> byName;
  private final @Nullable RejectedAdvert lastReject;

  CarpCounters(Map<String, Long> byName, @Nullable RejectedAdvert lastReject) {
    this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    this.lastReject = lastReject;
  }

  /**
   * Everything by name, in a fixed order.
   *
   * @return unmodifiable
   */
  public Map<String, Long> asMap() {
    return byName;
  }

  /**
   * One counter.
   *
   * @param name such as {@code badauth}
   * @return how many
   * @throws IllegalArgumentException if there is no counter of that name
   */
  public long get(String name) {
    Long value = byName.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no counter %s; there are %s".formatted(name, byName.keySet()));
    }
    return value;
  }

  /**
   * Packets not believed for a reason.
   *
   * @param reason why
   * @return how many
   */
  public long rejected(CarpReject reason) {
    return reason == CarpReject.NONE ? 0 : get(reason.counter());
  }

  /**
   * Packets not believed for any reason.
   *
   * @return how many
   */
  public long rejected() {
    long sum = 0;
    for (CarpReject reason : CarpReject.values()) {
      sum += rejected(reason);
    }
    return sum;
  }

  /**
   * The last packet that was not believed.
   *
   * @return empty if there was none
   */
  public Optional<RejectedAdvert> lastReject() {
    return Optional.ofNullable(lastReject);
  }

  /**
   * The counters that are not zero, one a line, as {@code netstat -s -p carp} has them.
   *
   * @return text for an operator
   */
  public String describe() {
    StringBuilder text = new StringBuilder();
    byName.forEach(
        (name, value) -> {
          if (value != 0) {
            text.append("%s%d %s".formatted(text.isEmpty() ? "" : "\n", value, name));
          }
        });
    if (lastReject != null) {
      text.append("\nlast reject: ").append(lastReject);
    }
    return text.toString();
  }

  /**
   * All counters, and {@code last_reject} if there is one.
   *
   * @return JSON text
   */
  public String toJson() {
    return json().toString();
  }

  JsonObject json() {
    JsonObject json = new JsonObject();
    byName.forEach(json::field);
    if (lastReject != null) {
      json.field("last_reject", lastReject.json());
    }
    return json;
  }

  @Override
  public String toString() {
    return byName.toString();
  }
}
