package org.pfha.examples.node;

import com.google.common.net.InetAddresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.wire.StateFormat;

/**
 * The pfsync part of a node's configuration. Immutable.
 *
 * @param links the sync interfaces, at least one
 * @param format what is sent
 * @param profile the release whose receiver it behaves like; else the format's
 * @param creatorId of this node's states, not 0
 * @param limit most states of the table
 * @param demote whether CARP stands back until all states have been received
 * @param silence after which a peer's silence is told, or zero
 */
record Sync(
    List<SyncLink> links,
    StateFormat format,
    Optional<PfsyncProfile> profile,
    int creatorId,
    int limit,
    boolean demote,
    Duration silence) {

  /**
   * A sync interface.
   *
   * @param name of the interface
   * @param peers their addresses; empty if everybody on the link is trusted
   * @param group to send to, or empty to send to the peers
   */
  record SyncLink(String name, List<String> peers, Optional<String> group) {}

  private static final String GROUP = "224.0.0.240";

  private static final Map<String, Optional<PfsyncProfile>> PROFILES =
      Map.of(
          "freebsd13", Optional.of(PfsyncProfile.FREEBSD_13),
          "freebsd14", Optional.of(PfsyncProfile.FREEBSD_14),
          "freebsd15", Optional.of(PfsyncProfile.FREEBSD_15));

  static Sync read(Section section, Collection<String> links) {
    List<SyncLink> syncLinks = new ArrayList<>();
    List<Section> sections = section.sections("links");
    if (sections.isEmpty()) {
      section.problem("links", "is empty; add {\"interface\": …, \"peers\": […]}");
    }
    for (Section link : sections) {
      syncLinks.add(link(link, links));
      link.end();
    }
    Map<String, StateFormat> formats = new LinkedHashMap<>();
    for (String word : List.of("1301", "1400", "1500")) {
      StateFormat format = StateFormat.of(word);
      if (format != null) {
        formats.put(word, format);
      }
    }
    StateFormat format = section.choice("format", formats, StateFormat.V1301);
    int limit = section.number("state_limit", 1_000_000);
    if (limit < 1) {
      section.problem("state_limit", limit + " states are none; give it room, such as 1000000");
    }
    Sync sync =
        new Sync(
            List.copyOf(syncLinks),
            format,
            section.choice("profile", new TreeMap<>(PROFILES), Optional.empty()),
            creatorId(section),
            limit,
            section.flag("demote", true),
            section.duration("alarm_on_silence").orElse(Duration.ZERO));
    section.end();
    return sync;
  }

  private static SyncLink link(Section section, Collection<String> links) {
    String name = NodeConfig.link(section, links);
    List<String> peers = section.texts("peers");
    for (String peer : peers) {
      if (!InetAddresses.isInetAddress(peer)
          || InetAddresses.forString(peer).isMulticastAddress()) {
        section.problem("peers", "'%s' is no address of a host".formatted(peer));
      }
    }
    boolean multicast = section.flag("multicast", false);
    Optional<String> named = section.text("group");
    if (named.isPresent()
        && !(InetAddresses.isInetAddress(named.get())
            && InetAddresses.forString(named.get()).isMulticastAddress())) {
      section.problem("group", "'%s' is no multicast group".formatted(named.get()));
    }
    boolean trusting = section.flag("trust_link", false);
    if (peers.isEmpty() && !trusting) {
      section.problem(
          "peers", "is empty; name them, or say \"multicast\": true, \"trust_link\": true");
    } else if (peers.isEmpty() && !multicast && named.isEmpty()) {
      section.problem("multicast", "must be true where there are no peers to send to");
    }
    return new SyncLink(name, peers, named.isPresent() ? named : group(multicast));
  }

  private static Optional<String> group(boolean multicast) {
    return multicast ? Optional.of(GROUP) : Optional.empty();
  }

  private static int creatorId(Section section) {
    String text =
        section.required("creator_id", "give each node its own, such as \"0a1b2c3d\" in hex");
    if (text.isEmpty()) {
      return 0;
    }
    int id = 0;
    if (text.matches("[0-9a-fA-F]{1,8}")) {
      id = Integer.parseUnsignedInt(text, 16);
    }
    if (id == 0) {
      section.problem("creator_id", "'%s' is not 1–8 hex digits other than 0".formatted(text));
    }
    return id;
  }
}
