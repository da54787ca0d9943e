package org.pfha.pf.device;

import java.util.Map;
import java.util.TreeMap;
import org.pfha.pf.StateId;

/**
 * What became of a table's states in a kernel. Immutable.
 *
 * @param added how many the kernel took
 * @param present how many were not added because their id or key was there
 * @param refused by the kernel: each state's errno, the first {@value #MAX_NAMED} by name
 * @param refusedCount how many were refused in all
 */
public record StatePush(
    long added, long present, Map<StateId, Integer> refused, long refusedCount) {

  /** The most refused states that are named. */
  public static final int MAX_NAMED = 1000;

  /** Copies the map. */
  public StatePush {
    refused = Map.copyOf(refused);
  }

  /** Such as {@code 998 added, 1 present, 1 refused {EINVAL=1}}. */
  @Override
  public String toString() {
    Map<String, Integer> reasons = new TreeMap<>();
    refused.values().forEach(errno -> reasons.merge(Errno.name(errno), 1, Integer::sum));
    return "%d added, %d present, %d refused %s".formatted(added, present, refusedCount, reasons);
  }
}
