package org.pfha.pfsync;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.pfsync.engine.InterfaceMapping;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;

/**
 * Describes one side of a {@link PfsyncBridge}: where its node is and what it understands. Confined
 * to one thread.
 */
public final class BridgeSide {

  final IpTransport transport;
  final String link;
  final List<InetAddress> peers = new ArrayList<>();
  final StateFormat release;
  StateFormat format;
  boolean multicast;
  boolean oneStatePerSection;
  InterfaceMapping interfaces = name -> name;

  /** Empty until rules are mapped. */
  byte[] theirRuleset = new byte[0];

  byte[] ourRuleset = new byte[0];
  IntUnaryOperator rules = rule -> rule;

  private final List<String> problems = new ArrayList<>();

  /**
   * Describes a side.
   *
   * @param transport that reaches the node
   * @param link the interface to it, such as {@code em2}
   * @param release the newest format that the node understands, and sends unless told otherwise
   */
  public BridgeSide(IpTransport transport, String link, StateFormat release) {
    this.transport = transport;
    this.link = link;
    this.release = release;
    format = release;
  }

  /**
   * Adds the node's address: packets are taken from it, and sent to it unless {@link #multicast} is
   * set.
   *
   * @param address IPv4 or IPv6, never looked up
   * @return this
   */
  public BridgeSide peer(String address) {
    if (InetAddresses.isInetAddress(address)) {
      peers.add(InetAddresses.forString(address));
    } else {
      problems.add("peer '" + address + "' is not an IP address; write it like 172.16.1.3");
    }
    return this;
  }

  /**
   * Sends to 224.0.0.240 instead of to the node's address, as a node without syncpeer does.
   *
   * @return this
   */
  public BridgeSide multicast() {
    multicast = true;
    return this;
  }

  /**
   * Sends full states in an older format than the newest that the node understands.
   *
   * @param sent a format of the same header version
   * @return this
   */
  public BridgeSide sending(StateFormat sent) {
    format = sent;
    return this;
  }

  /**
   * Gives each full state a section of its own: early FreeBSD 14 misreads all but the first state
   * of a section of 1301 (spec pfsync 17, pitfall 3).
   *
   * @return this
   */
  public BridgeSide oneStatePerSection() {
    oneStatePerSection = true;
    return this;
  }

  /**
   * Says what the other side's interface names mean on this side. States on interfaces without a
   * meaning are held back.
   *
   * @param mapping by default every name means itself
   * @return this
   */
  public BridgeSide interfaces(InterfaceMapping mapping) {
    interfaces = mapping;
    return this;
  }

  /**
   * Says what the other side's rule numbers mean on this side. Without it the ruleset checksum
   * passes through, and numbers count between nodes of equal rulesets only. They never count for
   * states of anchors (spec pfsync 8).
   *
   * @param theirs ruleset checksum of the other side's node, 16 bytes; the numbers of another
   *     ruleset pass unchanged, and mean nothing
   * @param ours ruleset checksum of this side's node, 16 bytes
   * @param mapping from the other side's number to this side's, −1 for the default rule
   * @return this
   */
  public BridgeSide rules(byte[] theirs, byte[] ours, IntUnaryOperator mapping) {
    if (theirs.length != 16 || ours.length != 16) {
      problems.add("a ruleset checksum is an MD5 sum of 16 bytes");
    }
    theirRuleset = theirs.clone();
    ourRuleset = ours.clone();
    rules = mapping;
    return this;
  }

  /** Everything that is wrong with the description. */
  List<String> problems() {
    List<String> found = new ArrayList<>(problems);
    transport
        .link(link)
        .ifPresentOrElse(
            present -> {
              if (present.mtu() < PfsyncSettings.MIN_MTU) {
                found.add("MTU %d of %s is below 428".formatted(present.mtu(), link));
              }
            },
            () ->
                found.add(
                    "there is no interface '%s'; name one of %s"
                        .formatted(link, transport.links().stream().map(Link::name).toList())));
    if (peers.isEmpty()) {
      found.add("no peer on " + link + "; call peer(address)");
    }
    for (InetAddress peer : peers) {
      String problem = PfsyncTransport.problem(peer, release);
      if (problem != null) {
        found.add(problem);
      }
    }
    if (format.headerVersion() != release.headerVersion() || format.compareTo(release) > 0) {
      found.add(
          "a release of format %s on %s does not understand %s; send it its own or an older one"
              .formatted(release.text(), link, format.text()));
    }
    return found;
  }
}
