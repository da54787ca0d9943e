package org.pfha.carp;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.pfha.carp.json.JsonObject;

/**
 * A snapshot of everything a node counts. Immutable.
 *
 * @param total of the node
 * @param links by interface, packets of unknown virtual routers included
 * @param routers by virtual router, named as the kernel does: {@code 1@em1}
 */
public record CarpStatistics(
    CarpCounters total, Map<String, CarpCounters> links, Map<String, CarpCounters> routers) {

  /** Copies the maps and sorts them. */
  public CarpStatistics {
    links = Collections.unmodifiableMap(new TreeMap<>(links));
    routers = Collections.unmodifiableMap(new TreeMap<>(routers));
  }

  /**
   * The counters of one virtual router.
   *
   * @param link its interface
   * @param vhid its number
   * @return as of the snapshot
   * @throws IllegalArgumentException if the node has no such virtual router
   */
  public CarpCounters router(String link, int vhid) {
    CarpCounters counters = routers.get(vhid + "@" + link);
    if (counters == null) {
      throw new IllegalArgumentException(
          "no virtual router %d@%s; there are %s".formatted(vhid, link, routers.keySet()));
    }
    return counters;
  }

  /**
   * What is not zero, by virtual router.
   *
   * @return text for an operator
   */
  public String describe() {
    StringBuilder text = new StringBuilder("node\n" + indented(total));
    links.forEach((name, counters) -> text.append("\n" + name + "\n" + indented(counters)));
    routers.forEach((name, counters) -> text.append("\n" + name + "\n" + indented(counters)));
    return text.toString();
  }

  private static String indented(CarpCounters counters) {
    return "  " + counters.describe().replace("\n", "\n  ");
  }

  /**
   * All counters: {@code {"total":{…},"links":{"em1":{…}},"routers":{"1@em1":{…}}}}.
   *
   * @return JSON text
   */
  public String toJson() {
    return new JsonObject()
        .field("total", total.json())
        .field("links", json(links))
        .field("routers", json(routers))
        .toString();
  }

  private static JsonObject json(Map<String, CarpCounters> byName) {
    JsonObject json = new JsonObject();
    byName.forEach((name, counters) -> json.field(name, counters.json()));
    return json;
  }
}
