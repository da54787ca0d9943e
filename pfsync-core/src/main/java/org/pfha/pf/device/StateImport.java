package org.pfha.pf.device;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.pfha.pf.StateTable.Insertion;

/**
 * What became of a kernel's states in a table. Immutable.
 *
 * @param listing how the kernel listed them
 * @param outcomes how many states for each outcome; every outcome is there
 */
public record StateImport(StateListing listing, Map<Insertion, Long> outcomes) {

  /** Copies the map. */
  public StateImport {
    Map<Insertion, Long> all = new EnumMap<>(Insertion.class);
    for (Insertion each : Insertion.values()) {
      all.put(each, outcomes.getOrDefault(each, 0L));
    }
    outcomes = Collections.unmodifiableMap(all);
  }

  /**
   * How many states came into the table.
   *
   * @return those inserted, and those that took the place of a closed one
   */
  public long inserted() {
    return count(Insertion.INSERTED) + count(Insertion.REPLACED_CLOSED);
  }

  /**
   * How many states had an outcome.
   *
   * @param outcome which
   * @return not negative
   */
  public long count(Insertion outcome) {
    return outcomes.getOrDefault(outcome, 0L);
  }
}
