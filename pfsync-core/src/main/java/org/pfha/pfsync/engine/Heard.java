package org.pfha.pfsync.engine;

import java.util.HashMap;
import java.util.Map;
import org.pfha.pf.StateId;

/** When each state was last updated by a peer (spec pfsync 9.3). */
final class Heard {

  private final Map<StateId, Long> nanos = new HashMap<>();

  void heard(long id, int creatorId, long now) {
    nanos.put(new StateId(id, creatorId), now);
  }

  /** Whether a peer has updated the state later than an instant. */
  boolean isAfter(StateId id, long instant) {
    Long at = nanos.get(id);
    return at != null && at - instant > 0;
  }

  void forget(StateId id) {
    nanos.remove(id);
  }
}
