package org.pfha.pfsync;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.PacketReceiver;
import org.pfha.net.Subscription;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.wire.PfsyncTransport;

/**
 * The way to the peers: one sync link, or several that carry the same packets. Guarded by the
 * node's lock.
 */
final class SyncPath {

  /** A packet has come over a link that is none of ours. */
  static final int WRONG_LINK = -2;

  /** A packet has come from a host that is no peer. */
  static final int STRANGER = -3;

  /** A packet has come that came over another link already. */
  static final int TWIN = -4;

  private static final int ANYBODY = -1;
  private static final System.Logger LOG = System.getLogger(PfsyncNode.class.getName());

  private record Peer(int link, InetAddress address) {}

  private final IpTransport transport;
  private final List<SyncLink> links;
  private final boolean anySource;
  private final List<Peer> peers = new ArrayList<>();
  private final List<byte[]> addresses = new ArrayList<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final @Nullable Twins twins;
  private String wrongLink = "";
  private @Nullable InetAddress stranger;
  private String sendError = "";

  SyncPath(IpTransport transport, List<SyncLink> links, boolean anySource) {
    this.transport = transport;
    this.links = List.copyOf(links);
    this.anySource = anySource;
    for (int i = 0; i < links.size(); i++) {
      for (InetAddress address : links.get(i).peers) {
        peers.add(new Peer(i, address));
        addresses.add(address.getAddress());
      }
    }
    twins = links.size() > 1 ? new Twins() : null;
  }

  String name() {
    return links.stream().map(link -> link.name).collect(Collectors.joining(","));
  }

  void open(PacketReceiver receiver) throws IOException {
    try {
      for (SyncLink link : links) {
        if (link.group != null) {
          subscriptions.add(transport.join(link.name, link.group));
        }
      }
      subscriptions.add(transport.receive(PfsyncTransport.PROTOCOL, receiver));
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Leaves all links, even if one of them makes difficulties. */
  void close() {
    for (Subscription subscription : subscriptions) {
      try {
        subscription.close();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "leaving the sync link failed", e);
      }
    }
    subscriptions.clear();
  }

  /** The number of the peer that a packet comes from, −1 for anybody, or why it is not wanted. */
  int peerOf(IpPacket packet, long now) {
    int link = linkOf(packet.link());
    if (link < 0) {
      wrongLink = packet.link();
      return WRONG_LINK;
    }
    int peer = ANYBODY;
    for (int i = 0; i < peers.size(); i++) {
      if (peers.get(i).link == link && packet.isFrom(addresses.get(i))) {
        peer = i;
      }
    }
    if (peer == ANYBODY && !anySource) {
      if (stranger == null || !packet.isFrom(stranger.getAddress())) {
        stranger = packet.source();
      }
      return STRANGER;
    }
    return twins != null && twins.isTwin(packet, link, now) ? TWIN : peer;
  }

  private int linkOf(String name) {
    for (int i = 0; i < links.size(); i++) {
      if (links.get(i).name.equals(name)) {
        return i;
      }
    }
    return -1;
  }

  /** Sends over every link; what reaches the peers over one of them is sent. */
  boolean send(byte[] buffer, int length) {
    byte[] payload = Arrays.copyOf(buffer, length);
    boolean sent = false;
    boolean failing = false;
    for (SyncLink link : links) {
      boolean whole = true;
      for (InetAddress destination : link.destinations()) {
        whole &= send(link, destination, payload);
      }
      sent |= whole;
      failing |= !whole;
    }
    if (!failing) {
      sendError = "";
    }
    return sent;
  }

  private boolean send(SyncLink link, InetAddress destination, byte[] payload) {
    try {
      transport.send(PfsyncTransport.packet(link.name, destination, payload));
      return true;
    } catch (IOException e) {
      if (sendError.isEmpty()) {
        LOG.log(System.Logger.Level.WARNING, "pfsync cannot send on " + link.name, e);
      }
      sendError = String.valueOf(e.getMessage());
      return false;
    }
  }

  List<PeerReport> peers(PfsyncEngine engine, long now) {
    List<PeerReport> reports = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      Peer peer = peers.get(i);
      reports.add(new PeerReport(links.get(peer.link).name, peer.address, engine.peer(i, now)));
    }
    return reports;
  }

  Diagnosis.Symptoms symptoms() {
    List<String> down =
        links.stream()
            .map(link -> link.name)
            .filter(name -> !transport.link(name).map(Link::up).orElse(false))
            .toList();
    boolean multicast = links.stream().anyMatch(link -> link.group != null);
    return new Diagnosis.Symptoms(name(), down, multicast, wrongLink, stranger, sendError);
  }
}
