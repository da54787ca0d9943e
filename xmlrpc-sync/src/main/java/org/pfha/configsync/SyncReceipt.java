package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.dialect.Outgoing.Withheld;

/**
 * What one push did. Immutable.
 *
 * @param at when it began
 * @param duration how long it took, retries included
 * @param peer the secondary's address
 * @param peerVersion the peer's configuration revision
 * @param attempts calls made, repeated ones included
 * @param sent whether anything was sent; not when the peer already held all of it
 * @param sections one entry per section, in the order sent
 * @param withheld what the areas cover but rules keep back
 * @param uncovered what no chosen area covers: the peer's own stays
 * @param warnings what the operator should know
 * @param steps how long each step took
 */
public record SyncReceipt(
    Instant at,
    Duration duration,
    String peer,
    String peerVersion,
    int attempts,
    boolean sent,
    List<Section> sections,
    List<Withheld> withheld,
    List<String> uncovered,
    List<String> warnings,
    Map<SyncStep, Duration> steps) {

  /** What is known of a section after the push. */
  public enum Outcome {
    /** The peer, asked afterwards, holds all that was sent. */
    VERIFIED,
    /** It does not. */
    DIFFERS,
    /** It cannot be asked. */
    NOT_VERIFIABLE
  }

  /** Copies. */
  public SyncReceipt {
    sections = List.copyOf(sections);
    withheld = List.copyOf(withheld);
    uncovered = List.copyOf(uncovered);
    warnings = List.copyOf(warnings);
    Map<SyncStep, Duration> ordered = new EnumMap<>(SyncStep.class);
    ordered.putAll(steps);
    steps = Collections.unmodifiableMap(ordered);
  }

  /**
   * Whether the peer, asked afterwards, holds all that was sent.
   *
   * @return true when every section is verified
   */
  public boolean verified() {
    return sections.stream().allMatch(Section::verified);
  }

  /**
   * This receipt, unless the peer was seen to hold something else than was sent.
   *
   * @return this
   * @throws SyncException.PartialSync naming the sections that differ
   */
  public SyncReceipt complete() throws SyncException.PartialSync {
    List<String> differing =
        sections.stream()
            .filter(section -> section.outcome == Outcome.DIFFERS)
            .map(Section::name)
            .toList();
    if (!differing.isEmpty()) {
      throw new SyncException.PartialSync(
          new SyncException.At(peer, SyncStep.VERIFY),
          differing,
          "the peer confirmed, but differs:");
    }
    return this;
  }

  /**
   * One section.
   *
   * @param name its first-level name
   * @param sentDigest SHA-256 hex of what was sent
   * @param peerDigest SHA-256 hex of what the peer now holds, empty when it cannot be asked.
   *     Differs from what was sent in sections where the peer keeps entries of its own (virtual
   *     addresses, accounts, gateways)
   * @param outcome what the comparison says
   */
  public record Section(String name, String sentDigest, String peerDigest, Outcome outcome) {

    /**
     * Whether everything sent is found there.
     *
     * @return true for {@link Outcome#VERIFIED}
     */
    public boolean verified() {
      return outcome == Outcome.VERIFIED;
    }
  }
}
