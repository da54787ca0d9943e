package org.pfha.configsync;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one sync did. Immutable.
 *
 * @param at when it began
 * @param duration how long it took, retries included
 * @param peerVersion the peer's configuration revision
 * @param attempts calls made, repeated ones included
 * @param sections one entry per section sent, in the order sent
 */
public record SyncReceipt(
    Instant at, Duration duration, String peerVersion, int attempts, List<Section> sections) {
  /** Copies the list. */
  public SyncReceipt {
    sections = List.copyOf(sections);
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
   * One section.
   *
   * @param name its first-level name
   * @param sentDigest SHA-256 hex of what was sent
   * @param peerDigest SHA-256 hex of what the peer now holds. Differs from what was sent in
   *     sections where the peer keeps entries of its own (virtual addresses, accounts, gateways)
   * @param verified true when everything sent is found there
   */
  public record Section(String name, String sentDigest, String peerDigest, boolean verified) {}
}
