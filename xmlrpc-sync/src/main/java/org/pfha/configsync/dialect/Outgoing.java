package org.pfha.configsync.dialect;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.config.ConfigNode;

/**
 * What a primary sends and what it keeps back. Immutable.
 *
 * @param sections section to content, in the product's order
 * @param withheld what the areas cover but rules keep back
 */
public record Outgoing(Map<String, ConfigNode> sections, List<Withheld> withheld) {
  /** Copies, keeping the order. */
  public Outgoing {
    sections = Collections.unmodifiableMap(new LinkedHashMap<>(sections));
    withheld = List.copyOf(withheld);
  }

  /**
   * One thing that is not sent although its area is.
   *
   * @param path for example {@code filter/rule[tracker=2]}
   * @param reason for example {@code nosync}
   */
  public record Withheld(String path, String reason) {
    @Override
    public String toString() {
      return path + " (" + reason + ")";
    }
  }
}
