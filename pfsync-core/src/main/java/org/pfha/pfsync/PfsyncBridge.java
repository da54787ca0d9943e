package org.pfha.pfsync;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.Subscription;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.wire.LostField;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncPacket.Decoded;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.PfsyncWriter;
import org.pfha.pfsync.wire.Translation;

/**
 * Lets two nodes of different releases form a pair during a rolling upgrade: each takes the bridge
 * for its peer, and hears the other in the format it understands. Between them there is no
 * negotiation (spec pfsync 17), so that a 13 node drops the rest of a packet at the first state of
 * a 15 node.
 *
 * <p>The bridge keeps no states. Requests, acknowledgements, bulk markers and the ruleset checksum
 * pass through, messages keep their order, what the other release cannot say is left out and
 * reported. Both nodes keep their own host ids; neither sees the bridge's.
 *
 * <p>Thread-safe. Listeners are called on the loop of the side that has sent.
 */
public final class PfsyncBridge implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(PfsyncBridge.class.getName());
  private static final int IPV6_HEADER = 40;

  /** One side at work; its fields are guarded by the bridge's lock. */
  private static final class Side {

    final BridgeSide plan;
    final PfsyncWriter writer;
    final List<InetAddress> destinations;
    final Map<LostField, Long> lost = new EnumMap<>(LostField.class);
    long ipackets;
    long badpeer;
    long badttl;
    long hdrops;
    long badver;
    long badlen;
    long badact;
    long badval;
    long unmapped;
    long opackets;
    long oerrors;
    boolean failing;

    Side(BridgeSide plan) {
      this.plan = plan;
      writer = new PfsyncWriter(plan.release, plan.oneStatePerSection);
      destinations = plan.multicast ? List.of(PfsyncTransport.GROUP) : List.copyOf(plan.peers);
    }
  }

  private final Object lock = new Object();
  private final Side first;
  private final Side second;
  private final Consumer<BridgeLoss> onLoss;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private boolean closed;

  private PfsyncBridge(BridgeSide first, BridgeSide second, Consumer<BridgeLoss> onLoss) {
    this.first = new Side(first);
    this.second = new Side(second);
    this.onLoss = onLoss;
  }

  /**
   * Starts a bridge.
   *
   * @param first one side
   * @param second the other side
   * @param onLoss hears of each field that could not be passed on; may not block
   * @return the running bridge
   * @throws IllegalArgumentException naming everything that is wrong with the sides
   * @throws IOException if a multicast group cannot be joined
   */
  public static PfsyncBridge start(BridgeSide first, BridgeSide second, Consumer<BridgeLoss> onLoss)
      throws IOException {
    List<String> problems = new ArrayList<>(first.problems());
    problems.addAll(second.problems());
    boolean sameLink = first.transport == second.transport && first.link.equals(second.link);
    if (sameLink && (first.multicast || second.multicast)) {
      problems.add("both sides are on " + first.link + "; then neither may be sent multicast");
    }
    if (first.peers.stream().anyMatch(second.peers::contains) && sameLink) {
      problems.add("a node cannot be on both sides of " + first.link);
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "this pfsync bridge cannot start: " + String.join("; ", problems));
    }
    PfsyncBridge bridge = new PfsyncBridge(first, second, onLoss);
    try {
      bridge.listen(bridge.first, bridge.second);
      bridge.listen(bridge.second, bridge.first);
    } catch (IOException e) {
      bridge.close();
      throw e;
    }
    return bridge;
  }

  private void listen(Side from, Side to) throws IOException {
    IpTransport transport = from.plan.transport;
    List<Subscription> opened = new ArrayList<>();
    if (from.plan.multicast) {
      opened.add(transport.join(from.plan.link, PfsyncTransport.GROUP));
    }
    opened.add(transport.receive(PfsyncTransport.PROTOCOL, packet -> received(from, to, packet)));
    synchronized (lock) {
      subscriptions.addAll(opened);
    }
  }

  private void received(Side from, Side to, IpPacket packet) {
    if (!packet.link().equals(from.plan.link)) {
      return;
    }
    List<BridgeLoss> losses = new ArrayList<>();
    synchronized (lock) {
      if (!closed && accepts(from, packet)) {
        pass(from, to, packet, losses);
      }
    }
    losses.forEach(onLoss);
  }

  private boolean accepts(Side from, IpPacket packet) {
    from.ipackets++;
    if (from.plan.peers.stream().noneMatch(peer -> packet.isFrom(peer.getAddress()))) {
      from.badpeer++;
      return false;
    }
    if (packet.ttl() != PfsyncTransport.TTL) {
      from.badttl++;
      return false;
    }
    return true;
  }

  private void pass(Side from, Side to, IpPacket packet, List<BridgeLoss> losses) {
    Decoded decoded =
        PfsyncPacket.decode(
            packet.array(), packet.payloadOffset(), packet.payloadLength(), from.plan.release);
    switch (decoded.check()) {
      case HDROPS -> from.hdrops++;
      case BADVER -> from.badver++;
      case BADLEN -> from.badlen++;
      case OK -> {
        switch (decoded.end()) {
          case UNKNOWN_ACTION, BADACT -> from.badact++;
          case BADLEN, EOF_BADLEN -> from.badlen++;
          default -> {}
        }
        from.badval += decoded.rejected().size();
        List<Message> messages = new ArrayList<>();
        byte[] checksum = decoded.packet().checksum();
        boolean mapsRules = Arrays.equals(checksum, to.plan.theirRuleset);
        for (Message message : decoded.packet().messages()) {
          Message ruled = mapsRules ? ruled(to, message) : message;
          Message translated = translated(from, to, ruled, losses);
          if (translated != null) {
            messages.add(translated);
          }
        }
        send(to, messages, mapsRules ? to.plan.ourRuleset : checksum);
      }
    }
  }

  private static @Nullable Message translated(
      Side from, Side to, Message message, List<BridgeLoss> losses) {
    Message mapped = mapped(to, message);
    if (mapped == null) {
      to.unmapped++;
      losses.add(
          new BridgeLoss(to.plan.link, state(message), LostField.INTERFACE, ifname(message), true));
      return null;
    }
    Translation translation = Translation.of(mapped, from.plan.release, to.plan.format);
    translation
        .lost()
        .forEach(
            (field, value) -> {
              to.lost.merge(field, 1L, Long::sum);
              boolean heldBack = translation.message() == null;
              losses.add(new BridgeLoss(to.plan.link, state(mapped), field, value, heldBack));
            });
    return translation.message();
  }

  /** With the receiving side's rule number. */
  private static Message ruled(Side to, Message message) {
    if (message instanceof Message.FullState full
        && full.state().rule() != PfState.NONE
        && full.state().anchor() == PfState.NONE) {
      int rule = to.plan.rules.applyAsInt(full.state().rule());
      return new Message.FullState(full.action(), full.state().toBuilder().rule(rule).build());
    }
    return message;
  }

  /** With the receiving side's interface names; null if it has none. */
  private static @Nullable Message mapped(Side to, Message message) {
    if (message instanceof Message.FullState full) {
      PfState state = full.state();
      String local = to.plan.interfaces.local(state.ifname());
      if (local == null) {
        return null;
      }
      String original = state.originalIfname();
      String localOriginal = original.isEmpty() ? original : to.plan.interfaces.local(original);
      return new Message.FullState(
          full.action(),
          state.toBuilder()
              .ifname(local)
              .originalIfname(localOriginal == null ? "" : localOriginal)
              .build());
    }
    if (message instanceof Message.Clear clear && !clear.ifname().isEmpty()) {
      String local = to.plan.interfaces.local(clear.ifname());
      return local == null ? null : new Message.Clear(local, clear.creatorId());
    }
    return message;
  }

  private static @Nullable StateId state(Message message) {
    if (message instanceof Message.FullState full) {
      return full.state().stateId();
    } else if (message instanceof Message.Update update) {
      return new StateId(update.id(), update.creatorId());
    }
    return message instanceof Message.Named named ? named.stateId() : null;
  }

  private static String ifname(Message message) {
    if (message instanceof Message.FullState full) {
      return full.state().ifname();
    }
    return message instanceof Message.Clear clear ? clear.ifname() : "";
  }

  private static void send(Side to, List<Message> messages, byte[] checksum) {
    for (InetAddress destination : to.destinations) {
      for (byte[] payload :
          PfsyncPacket.pack(messages, to.writer, budget(to, destination), checksum)) {
        try {
          to.plan.transport.send(PfsyncTransport.packet(to.plan.link, destination, payload));
          to.opackets++;
          to.failing = false;
        } catch (IOException e) {
          to.oerrors++;
          if (!to.failing) {
            LOG.log(System.Logger.Level.WARNING, "the bridge cannot send on " + to.plan.link, e);
          }
          to.failing = true;
        }
      }
    }
  }

  /** The link may have been given another MTU meanwhile; any one message fits in any case. */
  private static int budget(Side to, InetAddress destination) {
    int mtu = to.plan.transport.link(to.plan.link).map(Link::mtu).orElse(0);
    int wanted = Math.max(mtu, PfsyncSettings.MIN_MTU);
    int payload = to.plan.release.payloadLimit(Math.min(wanted, 0xffff));
    return destination instanceof Inet6Address
        ? Math.min(payload, Math.min(wanted, 0xffff) - IPV6_HEADER)
        : payload;
  }

  /**
   * What each side has received and sent.
   *
   * @return a snapshot, the first side first
   */
  public List<BridgeStatistics> statistics() {
    synchronized (lock) {
      return Arrays.asList(snapshot(first), snapshot(second));
    }
  }

  private static BridgeStatistics snapshot(Side side) {
    return new BridgeStatistics(
        side.ipackets,
        side.badpeer,
        side.badttl,
        side.hdrops,
        side.badver,
        side.badlen,
        side.badact,
        side.badval,
        side.unmapped,
        side.opackets,
        side.oerrors,
        side.lost);
  }

  /** Stops passing packets on. The nodes lose their peers, and will say so. */
  @Override
  public void close() {
    List<Subscription> open;
    synchronized (lock) {
      closed = true;
      open = List.copyOf(subscriptions);
      subscriptions.clear();
    }
    open.forEach(Subscription::close);
  }
}
