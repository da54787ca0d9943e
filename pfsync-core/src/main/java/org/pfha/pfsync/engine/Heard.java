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
  boolean isAfter(long id, int creatorId, long instant) {
    Long at = nanos.get(new StateId(id, creatorId));
    return at != null && at - instant > 0;
  }

  void forget(long id, int creatorId) {
    nanos.remove(new StateId(id, creatorId));
  }
}
