package org.pfha.configsync;

import java.time.Instant;
import java.util.List;
import org.pfha.configsync.config.ConfigDiff;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Outgoing;
import org.pfha.configsync.dialect.Outgoing.Withheld;
import org.pfha.configsync.dialect.PeerVersion;

/**
 * What a push would do, to be looked at before it is done. Shows no secret. Immutable.
 *
 * @see ConfigPrimary#plan
 */
public final class SyncPlan {

  /** What happens to a section of the peer. */
  public enum Change {
    /** The peer has none. */
    ADDED,
    /** The peer's will be another. */
    CHANGED,
    /** The peer's stays as it is. */
    SAME,
    /** The peer cannot be asked. */
    UNKNOWN
  }

  /**
   * One section that would be sent.
   *
   * @param name its first-level name
   * @param sentDigest SHA-256 hex of what would be sent
   * @param peerDigest SHA-256 hex of what the peer holds, empty when unknown
   * @param change what the push would do
   */
  public record Section(String name, String sentDigest, String peerDigest, Change change) {}

  private final Instant at;
  private final String peer;
  private final PeerVersion version;
  private final ConfigTree config;
  private final Outgoing outgoing;
  private final List<Section> sections;
  private final ConfigDiff diff;
  private final List<String> uncovered;
  private final List<String> warnings;

  SyncPlan(
      Instant at,
      String peer,
      PeerVersion version,
      ConfigTree config,
      Outgoing outgoing,
      List<Section> sections,
      ConfigDiff diff,
      List<String> uncovered,
      List<String> warnings) {
    this.at = at;
    this.peer = peer;
    this.version = version;
    this.config = config;
    this.outgoing = outgoing;
    this.sections = List.copyOf(sections);
    this.diff = diff;
    this.uncovered = List.copyOf(uncovered);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * When the peer was looked at.
   *
   * @return by this node's clock
   */
  public Instant at() {
    return at;
  }

  /**
   * The secondary.
   *
   * @return its address as configured
   */
  public String peer() {
    return peer;
  }

  /**
   * What the secondary runs.
   *
   * @return its answer
   */
  public PeerVersion version() {
    return version;
  }

  /**
   * What would be sent.
   *
   * @return one entry per section, in sending order
   */
  public List<Section> sections() {
    return sections;
  }

  /**
   * What would change on the peer, for people.
   *
   * @return differences with secrets hidden; none also when the peer cannot be asked
   */
  public ConfigDiff diff() {
    return diff;
  }

  /**
   * What the areas cover but rules keep back.
   *
   * @return paths and reasons
   */
  public List<Withheld> withheld() {
    return outgoing.withheld();
  }

  /**
   * What no chosen area covers: the peer's own stays.
   *
   * @return sections, or paths below them, of this node's configuration
   */
  public List<String> uncovered() {
    return uncovered;
  }

  /**
   * What the operator should know first.
   *
   * @return sentences
   */
  public List<String> warnings() {
    return warnings;
  }

  /**
   * Whether the push would change nothing.
   *
   * @return false also when that is unknown
   */
  public boolean changesNothing() {
    return sections.stream().allMatch(section -> section.change == Change.SAME);
  }

  ConfigTree config() {
    return config;
  }

  Outgoing outgoing() {
    return outgoing;
  }

  /** The plan as text, a few lines to a few hundred. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("peer ").append(peer).append(", ").append(version.text()).append('\n');
    warnings.forEach(warning -> text.append("warning: ").append(warning).append('\n'));
    for (Section section : sections) {
      text.append(
          switch (section.change) {
            case ADDED -> "  + ";
            case CHANGED -> "  ~ ";
            case SAME -> "    ";
            case UNKNOWN -> "  ? ";
          });
      text.append(section.name).append('\n');
    }
    if (!diff.isEmpty()) {
      text.append("changes on the peer:\n");
      diff.changes().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    list(text, "kept back:", withheld());
    list(text, "not covered by any area:", uncovered);
    if (changesNothing()) {
      text.append("nothing would change\n");
    }
    return text.toString();
  }

  private static void list(StringBuilder text, String title, List<?> lines) {
    if (!lines.isEmpty()) {
      text.append(title).append('\n');
      lines.forEach(line -> text.append("  ").append(line).append('\n'));
    }
  }
}
