package org.pfha.pfsync;

import com.google.common.net.InetAddresses;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.InterfaceMapping;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.wire.StateFormat;

/** Describes a {@link PfsyncNode}. Confined to one thread. */
public final class PfsyncNodeBuilder {

  private static final InetAddress GROUP = InetAddresses.forString("224.0.0.240");
  private static final int MAX_MTU = 65_535;
  private static final int MIN_MTU = 310;

  final IpTransport transport;
  final List<InetAddress> peers = new ArrayList<>();
  final List<Consumer<PfsyncEvent>> listeners = new ArrayList<>();
  String link = "";
  boolean anySource;
  @Nullable DemotionLedger ledger;
  int demotionFactor = 240;

  private final List<String> problems = new ArrayList<>();
  private @Nullable StateTable table;
  private boolean multicast;
  private int creatorId;
  private StateFormat format = StateFormat.V1301;
  private byte[] checksum = new byte[16];
  private int ruleCount;
  private int maxUpdates = 128;
  private int mtu = 1500;
  private Predicate<String> knowsInterface = name -> true;

  PfsyncNodeBuilder(IpTransport transport) {
    this.transport = transport;
  }

  /**
   * Sets the sync interface.
   *
   * @param name such as {@code em2}
   * @return this
   */
  public PfsyncNodeBuilder onInterface(String name) {
    link = name;
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
   * Adds a peer: packets are taken from it, and sent to it unless {@link #multicast} is set.
   *
   * @param address IPv4 or IPv6, never looked up
   * @return this
   */
  public PfsyncNodeBuilder peer(String address) {
    if (InetAddresses.isInetAddress(address)) {
      peers.add(InetAddresses.forString(address));
    } else {
      problems.add("peer '" + address + "' is not an IP address; write it like 172.16.1.3");
    }
    return this;
  }

  /**
   * Sends to 224.0.0.240 instead of to each peer.
   *
   * @return this
   */
  public PfsyncNodeBuilder multicast() {
    multicast = true;
    return this;
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
   * Says which interface names states may be bound to; states of others are skipped, with an event.
   *
   * @param known by default every name, since a Java data plane need not have interfaces
   * @return this
   */
  public PfsyncNodeBuilder knowingInterfaces(Predicate<String> known) {
    knowsInterface = known;
    return this;
  }

  /**
   * Sets how many packets of a queued TCP connection flush the queue.
   *
   * @param packets 0–255, 128 by default
   * @return this
   */
  public PfsyncNodeBuilder maxUpdates(int packets) {
    maxUpdates = packets;
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
   * Starts the node; it asks its peers for all their states at once.
   *
   * @return the running node
   * @throws IllegalArgumentException naming everything that is wrong with the description
   * @throws IOException if the multicast group cannot be joined
   */
  public PfsyncNode start() throws IOException {
    List<String> found = new ArrayList<>(problems);
    transport
        .link(link)
        .ifPresentOrElse(
            present -> mtu = Math.min(MAX_MTU, present.mtu()), () -> found.add(noLink()));
    if (table == null) {
      found.add("no state table; call table(StateTable.withLimit(...))");
    }
    if (creatorId == 0) {
      found.add("creator id 0 is reserved; call creatorId(...) with another number");
    }
    if (maxUpdates < 0 || maxUpdates > 255) {
      found.add("maxUpdates " + maxUpdates + " is not between 0 and 255");
    }
    if (mtu < MIN_MTU) {
      found.add("MTU " + mtu + " of " + link + " is below " + MIN_MTU + ", too small for a state");
    }
    if (peers.isEmpty() && !(multicast && anySource)) {
      found.add(
          "no peer; call peer(address), or multicast() with acceptAnySource() to trust the link");
    }
    if (!found.isEmpty()) {
      throw new IllegalArgumentException(
          "this pfsync node cannot start: " + String.join("; ", found));
    }
    PfsyncNode node = new PfsyncNode(this, multicast ? List.of(GROUP) : List.copyOf(peers));
    node.start(multicast ? GROUP : null);
    return node;
  }

  private String noLink() {
    List<String> names = transport.links().stream().map(Link::name).toList();
    return "there is no interface '" + link + "'; call onInterface with one of " + names;
  }

  StateTable requireTable() {
    return java.util.Objects.requireNonNull(table);
  }

  PfsyncSettings settings() {
    return PfsyncSettings.builder(creatorId)
        .format(format)
        .ruleset(checksum, ruleCount)
        .interfaces(InterfaceMapping.same(knowsInterface))
        .mtu(mtu)
        .maxUpdates(maxUpdates)
        .build();
  }
}
