package org.pfha.configsync.doctor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a running node says of itself. Immutable.
 *
 * @param name of the node, perhaps empty
 * @param at the node's own clock when it said so, if known
 * @param maintenance whether it is in maintenance
 * @param demotion the sum of its penalties
 * @param penalties why, for people
 * @param routers its virtual routers
 * @param states in its table; −1 if unknown
 * @param stateLimit most states; −1 if unknown
 * @param awaitingBulk whether it waits for the peer's states
 */
public record LiveStatus(
    String name,
    Optional<Instant> at,
    boolean maintenance,
    int demotion,
    List<String> penalties,
    List<Router> routers,
    long states,
    long stateLimit,
    boolean awaitingBulk) {

  /**
   * A virtual router. Immutable.
   *
   * @param device such as {@code igb1}
   * @param vhid 1–255
   * @param role {@code INIT}, {@code BACKUP} or {@code MASTER}
   * @param linkUp whether its interface has a link
   * @param diagnoses what the node found wrong, by kind, such as {@code split-brain}
   */
  public record Router(
      String device, int vhid, String role, boolean linkUp, Map<String, String> diagnoses) {

    /** Copies the map. */
    public Router {
      diagnoses = Map.copyOf(diagnoses);
    }
  }

  /** Copies the lists. */
  public LiveStatus {
    penalties = List.copyOf(penalties);
    routers = List.copyOf(routers);
  }
}
