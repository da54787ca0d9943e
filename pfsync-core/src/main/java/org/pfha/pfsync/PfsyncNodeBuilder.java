package org.pfha.pfsync;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.InterfaceMapping;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.RuleMapping;
import org.pfha.pfsync.wire.StateFormat;

/** Describes a {@link PfsyncNode}. Confined to one thread. */
public final class PfsyncNodeBuilder {

  private static final String GROUP = "224.0.0.240";

  final IpTransport transport;
  final List<SyncLink> links = new ArrayList<>();
  final List<Consumer<PfsyncEvent>> listeners = new ArrayList<>();
  final List<Consumer<BulkProgress>> bulkListeners = new ArrayList<>();
  boolean anySource;
  @Nullable DemotionLedger ledger;
  int demotionFactor = 240;
  @Nullable DataPlane plane;
  LongSupplier random = new SecureRandom()::nextLong;

  private final List<String> problems = new ArrayList<>();
  private final List<InetAddress> early = new ArrayList<>();
  private @Nullable InetAddress earlyGroup;
  private @Nullable StateTable table;
  private int creatorId;
  private @Nullable PfsyncProfile profile;
  private StateFormat format = StateFormat.V1301;
  private boolean oneStatePerSection;
  private byte[] checksum = new byte[16];
  private int ruleCount;
  private final List<RuleMapping> otherRules = new ArrayList<>();
  private int maxUpdates = 128;
  private int buckets = 1;
  private Duration flushDelay = Duration.ofSeconds(1);
  private Duration deferTimeout = Duration.ofMillis(20);
  private Duration bulkDeadline = Duration.ofMinutes(5);
  private Duration silence = Duration.ZERO;
  private int bulkPackets = 8;
  private int routingTables = 1;
  private boolean strict;
  private int removedStates;
  private InterfaceMapping interfaces = name -> name;

  PfsyncNodeBuilder(IpTransport transport) {
    this.transport = transport;
  }

  /**
   * Names a sync interface; the peers and the group that are named next are on it. With several,
   * every packet goes over each of them, and of the copies that come in one is read.
   *
   * @param name such as {@code em2}
   * @return this
   */
  public PfsyncNodeBuilder onInterface(String name) {
    SyncLink link = new SyncLink(name);
    if (links.isEmpty()) {
      link.peers.addAll(early);
      link.group = earlyGroup;
    }
    links.add(link);
    return this;
  }

  /**
   * Sets the table to keep.
   *
   * @param kept written by this node only
   * @return this
   */
  public PfsyncNodeBuilder table(StateTable kept) {
    table = kept;
    return this;
  }

  /**
   * Sets where the seed comes from that makes the places of states in the table unpredictable. It
   * is asked once, at the start, and changes no outcome.
   *
   * @param source random numbers; {@link SecureRandom} unless set
   * @return this
   */
  public PfsyncNodeBuilder random(LongSupplier source) {
    random = source;
    return this;
  }

  /**
   * Adds a peer: packets are taken from it, and sent to it unless {@link #multicast} is set.
   *
   * @param address IPv4 or IPv6, never looked up
   * @return this
   */
  public PfsyncNodeBuilder peer(String address) {
    InetAddress parsed = parse("peer", address, "172.16.1.3");
    if (parsed != null && parsed.isMulticastAddress()) {
      problems.add("peer '" + address + "' is a group; call multicast(\"" + address + "\")");
    } else if (parsed != null) {
      (links.isEmpty() ? early : links.get(links.size() - 1).peers).add(parsed);
    }
    return this;
  }

  /**
   * Sends to 224.0.0.240 instead of to each peer.
   *
   * @return this
   */
  public PfsyncNodeBuilder multicast() {
    return multicast(GROUP);
  }

  /**
   * Sends to a group instead of to each peer.
   *
   * @param group such as {@code ff12::f0}, the group of IPv6
   * @return this
   */
  public PfsyncNodeBuilder multicast(String group) {
    InetAddress parsed = parse("group", group, GROUP);
    if (parsed != null && !parsed.isMulticastAddress()) {
      problems.add("group '" + group + "' is not a multicast address; write it like " + GROUP);
    } else if (links.isEmpty()) {
      earlyGroup = parsed;
    } else {
      links.get(links.size() - 1).group = parsed;
    }
    return this;
  }

  private @Nullable InetAddress parse(String what, String address, String example) {
    if (InetAddresses.isInetAddress(address)) {
      return InetAddresses.forString(address);
    }
    problems.add(what + " '" + address + "' is not an IP address; write it like " + example);
    return null;
  }

  /**
   * Takes packets from any source, as the kernel does. Whoever reaches the sync link can then
   * change the table.
   *
   * @return this
   */
  public PfsyncNodeBuilder acceptAnySource() {
    anySource = true;
    return this;
  }

  /**
   * Sets this node's host id. It names the states this node creates and must differ between nodes.
   *
   * @param id any 32 bits but 0
   * @return this
   */
  public PfsyncNodeBuilder creatorId(int id) {
    creatorId = id;
    return this;
  }

  /**
   * Sets the release whose receiver this node behaves like: the formats it understands and what it
   * does with what it cannot use.
   *
   * @param like a release; by default the one that introduced the format that is sent
   * @return this
   */
  public PfsyncNodeBuilder profile(PfsyncProfile like) {
    profile = like;
    return this;
  }

  /**
   * Sets the format that is sent; the older ones are understood, too.
   *
   * @param sent 1301 by default
   * @return this
   */
  public PfsyncNodeBuilder format(StateFormat sent) {
    format = sent;
    return this;
  }

  /**
   * Gives every full state a section of its own. Kernels of release 14 misread every state of
   * format 1301 but the first of a section (spec pfsync 17 pitfall 3).
   *
   * @return this
   */
  public PfsyncNodeBuilder oneStatePerSection() {
    oneStatePerSection = true;
    return this;
  }

  /**
   * Says which ruleset this node has. Rule numbers in states mean something between nodes of equal
   * checksums only.
   *
   * @param md5 16 bytes
   * @param rules how many rules the main filter ruleset has
   * @return this
   */
  public PfsyncNodeBuilder ruleset(byte[] md5, int rules) {
    if (md5.length == 16) {
      checksum = md5.clone();
    } else {
      problems.add("ruleset checksum has " + md5.length + " bytes; an MD5 sum has 16");
    }
    ruleCount = rules;
    return this;
  }

  /**
   * Says what the rule numbers of a peer's ruleset mean here, if it is another than this node's.
   * Can be said of several rulesets.
   *
   * @param theirs 16 bytes, the checksum in the packets of who has that ruleset
   * @param numbers from a number there to the number here, −1 for the default rule; called on the
   *     node's event loop
   * @return this
   */
  public PfsyncNodeBuilder rules(byte[] theirs, IntUnaryOperator numbers) {
    if (theirs.length == 16) {
      otherRules.add(RuleMapping.of(theirs, numbers));
    } else {
      problems.add("a peer's ruleset checksum has " + theirs.length + " bytes; an MD5 sum has 16");
    }
    return this;
  }

  /**
   * Says which interface names states may be bound to; states of others are skipped, with an event.
   *
   * @param known by default every name, since a Java data plane need not have interfaces
   * @return this
   */
  public PfsyncNodeBuilder knowingInterfaces(Predicate<String> known) {
    return interfaces(InterfaceMapping.same(known));
  }

  /**
   * Says what the peers' interface names mean here; states of others are skipped, with an event.
   *
   * @param mapping by default every name means itself
   * @return this
   */
  public PfsyncNodeBuilder interfaces(InterfaceMapping mapping) {
    interfaces = mapping;
    return this;
  }

  /**
   * Says how many routing tables there are; release 15 refuses states of others.
   *
   * @param count 1 by default
   * @return this
   */
  public PfsyncNodeBuilder routingTables(int count) {
    routingTables = count;
    return this;
  }

  /**
   * Sets how many packets of a queued TCP connection flush its bucket.
   *
   * @param packets 0–255, 128 by default
   * @return this
   */
  public PfsyncNodeBuilder maxUpdates(int packets) {
    maxUpdates = packets;
    return this;
  }

  /**
   * Sets how many independent queues there are to send from.
   *
   * @param count 1–64, 1 by default; the kernel has two per CPU
   * @return this
   */
  public PfsyncNodeBuilder buckets(int count) {
    buckets = count;
    return this;
  }

  /**
   * Sets how long the first message of a packet waits for others. A shorter delay costs packets,
   * and buys a table at the peer that lags less; {@link PfsyncNode#statistics} says what it lags.
   *
   * @param delay 1 s by default, 0 for none
   * @return this
   */
  public PfsyncNodeBuilder flushDelay(Duration delay) {
    flushDelay = delay;
    return this;
  }

  /**
   * Sets how long a packet is held for {@link PfsyncNode#defer}.
   *
   * @param timeout 20 ms by default
   * @return this
   */
  public PfsyncNodeBuilder deferTimeout(Duration timeout) {
    deferTimeout = timeout;
    return this;
  }

  /**
   * Never lets a stale end of a connection overwrite a newer one, as the kernel does when the other
   * end is news (spec pfsync 9.3).
   *
   * @return this
   */
  public PfsyncNodeBuilder strictMerge() {
    strict = true;
    return this;
  }

  /**
   * Remembers the names of the states that were removed last, which the kernel does not: a message
   * that was overtaken by the removal cannot bring a state back, and a peer that missed the removal
   * and still has the state is told again. Only for data planes that never use an id twice.
   *
   * @param most how many, 0 by default; about 50 bytes each
   * @return this
   */
  public PfsyncNodeBuilder rememberRemoved(int most) {
    removedStates = most;
    return this;
  }

  /**
   * Sets the pace of bulk transfers from this node.
   *
   * @param packetsPerMillisecond 8 by default
   * @return this
   */
  public PfsyncNodeBuilder bulkPace(int packetsPerMillisecond) {
    bulkPackets = packetsPerMillisecond;
    return this;
  }

  /**
   * Sets how long a bulk transfer is awaited altogether, whatever the peers do meanwhile.
   *
   * @param deadline 5 minutes by default
   * @return this
   */
  public PfsyncNodeBuilder bulkDeadline(Duration deadline) {
    bulkDeadline = deadline;
    return this;
  }

  /**
   * Sounds an alarm when a peer says nothing. As pfsync has no heartbeat, and a peer that carries
   * no traffic has nothing to say, quiet peers are asked for a state that they should have.
   *
   * @param after how long, zero (the default) for never
   * @return this
   */
  public PfsyncNodeBuilder alarmOnSilence(Duration after) {
    silence = after;
    return this;
  }

  /**
   * Demotes a CARP node while a bulk transfer is awaited.
   *
   * @param carp the CARP node's ledger
   * @return this
   */
  public PfsyncNodeBuilder demoting(DemotionLedger carp) {
    ledger = carp;
    return this;
  }

  /**
   * Sets by how much CARP is demoted.
   *
   * @param factor 240 by default, as {@code net.pfsync.carp_demotion_factor}
   * @return this
   */
  public PfsyncNodeBuilder demotionFactor(int factor) {
    demotionFactor = factor;
    return this;
  }

  /**
   * Attaches a data plane: its connections go to the peers, the peers' connections to it.
   *
   * @param attached to no other node, unless that has been closed
   * @return this
   */
  public PfsyncNodeBuilder dataPlane(DataPlane attached) {
    plane = attached;
    return this;
  }

  /**
   * Adds a listener.
   *
   * @param listener called on the event loop
   * @return this
   */
  public PfsyncNodeBuilder onEvent(Consumer<PfsyncEvent> listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Adds a listener that hears how a bulk transfer towards this node gets on: of each phase, and
   * while states come about ten times a second.
   *
   * @param listener called on the event loop; see {@link PfsyncNode#receiving}
   * @return this
   */
  public PfsyncNodeBuilder onBulkProgress(Consumer<BulkProgress> listener) {
    bulkListeners.add(listener);
    return this;
  }

  /**
   * Starts the node; it asks its peers for all their states at once.
   *
   * @return the running node
   * @throws IllegalArgumentException naming everything that is wrong with the description
   * @throws IOException if the multicast group cannot be joined
   */
  public PfsyncNode start() throws IOException {
    List<String> found = new ArrayList<>(problems);
    int mtu = checkLinks(found);
    check(found, table != null, "no state table; call table(StateTable.withLimit(...))");
    check(
        found, creatorId != 0, "creator id 0 is reserved; call creatorId(...) with another number");
    check(found, format != StateFormat.OPENBSD6, "format openbsd6 is another protocol; use 1301");
    check(found, in(maxUpdates, 0, 255), "maxUpdates " + maxUpdates + " is not between 0 and 255");
    check(found, in(buckets, 1, 64), buckets + " buckets are not between 1 and 64");
    check(found, bulkPackets >= 1, "a bulk pace of " + bulkPackets + " packets is not positive");
    check(found, routingTables >= 1, routingTables + " routing tables are less than one");
    check(found, removedStates >= 0, "remembering " + removedStates + " removed states is none");
    check(found, ruleCount >= 0, "a ruleset of " + ruleCount + " rules is impossible");
    check(found, !flushDelay.isNegative(), "flush delay " + flushDelay + " is negative");
    check(found, !silence.isNegative(), "an alarm after " + silence + " is impossible; use zero");
    check(found, isPositive(deferTimeout), "defer timeout " + deferTimeout + " is not positive");
    check(found, isPositive(bulkDeadline), "bulk deadline " + bulkDeadline + " is not positive");
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "this pfsync node cannot start: " + String.join("; ", found));
    }
    PfsyncNode node = new PfsyncNode(this, settings(mtu));
    node.start();
    return node;
  }

  /** Returns the smallest MTU. */
  private int checkLinks(List<String> found) {
    check(found, !links.isEmpty(), "no sync interface; " + oneOfTheLinks());
    int mtu = PfsyncSettings.MAX_MTU;
    Set<String> names = new LinkedHashSet<>();
    for (SyncLink link : links) {
      check(found, names.add(link.name), "sync interface '" + link.name + "' is named twice");
      Optional<Link> present = transport.link(link.name);
      if (present.isEmpty()) {
        found.add("there is no interface '" + link.name + "'; " + oneOfTheLinks());
      } else {
        mtu = Math.min(mtu, present.get().mtu());
        check(
            found,
            present.get().mtu() >= PfsyncSettings.MIN_MTU,
            "MTU %d of %s is below %d, too small for a state"
                .formatted(present.get().mtu(), link.name, PfsyncSettings.MIN_MTU));
      }
      check(
          found,
          !link.peers.isEmpty() || (link.group != null && anySource),
          "no peer on '"
              + link.name
              + "'; call peer(address), or multicast() with acceptAnySource() to trust the link");
    }
    return mtu;
  }

  private String oneOfTheLinks() {
    List<String> names = transport.links().stream().map(Link::name).toList();
    return "call onInterface with one of " + names;
  }

  private static boolean in(int value, int least, int most) {
    return value >= least && value <= most;
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void check(List<String> found, boolean fine, String problem) {
    if (!fine) {
      found.add(problem);
    }
  }

  StateTable requireTable() {
    return java.util.Objects.requireNonNull(table);
  }

  private PfsyncSettings settings(int mtu) {
    PfsyncSettings.Builder settings =
        PfsyncSettings.builder(creatorId)
            .profile(profile == null ? PfsyncProfile.of(format) : profile)
            .format(format)
            .ruleset(checksum, ruleCount)
            .interfaces(interfaces)
            .routingTables(routingTables)
            .mtu(mtu)
            .maxUpdates(maxUpdates)
            .buckets(buckets)
            .flushDelayNanos(flushDelay.toNanos())
            .deferNanos(deferTimeout.toNanos())
            .strictMerge(strict)
            .removedNames(removedStates)
            .bulkPackets(bulkPackets)
            .bulkDeadlineNanos(bulkDeadline.toNanos())
            .peers(links.stream().mapToInt(link -> link.peers.size()).sum())
            .silenceNanos(silence.toNanos());
    otherRules.forEach(settings::rules);
    if (oneStatePerSection) {
      settings.oneStatePerSection();
    }
    if (links.stream().anyMatch(SyncLink::hasIpv6)) {
      settings.overIpv6();
    }
    return settings.build();
  }
}
