package org.pfha.pfsync;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.Demotion;
import org.pfha.carp.DemotionLedger;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.OutboundPacket;
import org.pfha.net.Subscription;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.engine.PfsyncStatistics;

/**
 * Keeps a state table equal to the tables of its peers.
 *
 * <p>Thread-safe. Packets and timers run on the transport's event loop; the methods of the data
 * plane may be called from any thread and take effect before they return. The table is written by
 * this node only. Listeners are called on the loop, after the change, never under a lock.
 *
 * <p>pfsync has no authentication (spec pfsync 1). Packets from hosts that are not configured as
 * peers are counted and dropped, but whoever can forge a peer's address on the sync link can forge
 * states: use a dedicated link.
 */
public final class PfsyncNode implements AutoCloseable {

  /** IP protocol number of pfsync. */
  public static final int PROTOCOL = 240;

  private static final System.Logger LOG = System.getLogger(PfsyncNode.class.getName());
  private static final int TTL = 255;
  private static final int LOW_DELAY = 0x10;

  /** A timer later than this was held up; packets may have piled up meanwhile. */
  private static final long LATE_NANOS = 10_000_000L;

  private final Object lock = new Object();
  private final IpTransport transport;
  private final EventLoop loop;
  private final String link;
  private final StateTable table;
  private final List<byte[]> peers;
  private final boolean anySource;
  private final List<InetAddress> destinations;
  private final @Nullable DemotionLedger ledger;
  private final int demotionFactor;
  private final List<Consumer<PfsyncEvent>> listeners;
  private final PfsyncEngine engine;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private @Nullable Demotion demotion;
  private @Nullable Subscription timer;
  private long timerNanos;
  private boolean closed;

  PfsyncNode(PfsyncNodeBuilder plan, List<InetAddress> destinations) {
    transport = plan.transport;
    loop = transport.loop();
    link = plan.link;
    table = plan.requireTable();
    peers = plan.peers.stream().map(InetAddress::getAddress).toList();
    anySource = plan.anySource;
    this.destinations = destinations;
    ledger = plan.ledger;
    demotionFactor = plan.demotionFactor;
    listeners = List.copyOf(plan.listeners);
    engine = new PfsyncEngine(table, plan.settings(), new Performer(), loop.clock().nanoTime());
  }

  /**
   * Begins to describe a node.
   *
   * @param transport that reaches the sync link
   * @return a builder
   */
  public static PfsyncNodeBuilder builder(IpTransport transport) {
    return new PfsyncNodeBuilder(transport);
  }

  void start(@Nullable InetAddress group) throws IOException {
    synchronized (lock) {
      if (group != null) {
        subscriptions.add(transport.join(link, group));
      }
      subscriptions.add(transport.receive(PROTOCOL, this::received));
      engine.requestBulk(loop.clock().nanoTime());
      rearm();
    }
  }

  private void received(IpPacket packet) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      if (!packet.link().equals(link)) {
        engine.badInterface();
      } else if (!anySource && !isFromPeer(packet)) {
        engine.badPeer();
      } else {
        engine.received(
            packet.array(),
            packet.payloadOffset(),
            packet.payloadLength(),
            packet.ttl(),
            loop.clock().nanoTime());
        rearm();
      }
    }
  }

  private boolean isFromPeer(IpPacket packet) {
    for (byte[] peer : peers) {
      if (packet.isFrom(peer)) {
        return true;
      }
    }
    return false;
  }

  private void tick() {
    boolean late;
    synchronized (lock) {
      late = loop.clock().nanoTime() - timerNanos > LATE_NANOS;
    }
    if (late) {
      transport.drain();
    }
    synchronized (lock) {
      if (!closed) {
        timer = null;
        engine.tick(loop.clock().nanoTime());
        rearm();
      }
    }
  }

  private void rearm() {
    long next = engine.nextDeadlineNanos();
    if (timer != null) {
      if (timerNanos == next) {
        return;
      }
      timer.close();
    }
    timerNanos = next;
    timer = loop.schedule(next, this::tick);
  }

  /**
   * The data plane has opened a connection: it goes into the table and to the peers.
   *
   * @param state with an id unique for this node's creator id
   * @return what became of it; replicated only if it is in the table
   * @throws IllegalStateException if the node has been closed
   */
  public StateTable.Insertion insert(PfState state) {
    synchronized (lock) {
      requireOpen();
      StateTable.Insertion insertion = engine.insert(state, loop.clock().nanoTime());
      rearm();
      return insertion;
    }
  }

  /**
   * A packet of a connection has passed the data plane. Call it for every packet, or as often as
   * the peers shall hear of it at most once per second.
   *
   * @param id of the state
   * @param src the initiator now
   * @param dst the responder now
   * @return whether there is such a state
   * @throws IllegalStateException if the node has been closed
   */
  public boolean update(StateId id, StatePeer src, StatePeer dst) {
    synchronized (lock) {
      requireOpen();
      boolean known = engine.update(id, src, dst, loop.clock().nanoTime());
      rearm();
      return known;
    }
  }

  /**
   * The data plane has ended a connection: it leaves the table, and the peers'.
   *
   * @param id of the state
   * @return whether there was such a state
   * @throws IllegalStateException if the node has been closed
   */
  public boolean remove(StateId id) {
    synchronized (lock) {
      requireOpen();
      boolean known = engine.remove(id, loop.clock().nanoTime());
      rearm();
      return known;
    }
  }

  /**
   * Asks the peers for all their states; demoted until they have come or nobody answers.
   *
   * @throws IllegalStateException if the node has been closed
   */
  public void resync() {
    synchronized (lock) {
      requireOpen();
      engine.requestBulk(loop.clock().nanoTime());
      rearm();
    }
  }

  /**
   * Whether a bulk transfer is awaited, and this node therefore demoted.
   *
   * @return false when the table is as complete as the peers can make it
   */
  public boolean isAwaitingBulk() {
    synchronized (lock) {
      return engine.isAwaitingBulk();
    }
  }

  /**
   * The table this node keeps.
   *
   * @return the table given to the builder
   */
  public StateTable table() {
    return table;
  }

  /**
   * The counters.
   *
   * @return a snapshot, names as in the kernel
   */
  public PfsyncStatistics statistics() {
    synchronized (lock) {
      return engine.statistics();
    }
  }

  /** Sends what waits, takes back the demotion, leaves the link. The table stays as it is. */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      engine.stop(loop.clock().nanoTime());
      if (timer != null) {
        timer.close();
      }
      subscriptions.forEach(Subscription::close);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this pfsync node has been closed; start a new one");
    }
  }

  private final class Performer implements PfsyncSink {

    private boolean failing;

    @Override
    public boolean send(byte[] buffer, int length) {
      byte[] payload = java.util.Arrays.copyOf(buffer, length);
      boolean sent = true;
      for (InetAddress destination : destinations) {
        try {
          transport.send(
              new OutboundPacket(
                  link, PROTOCOL, null, destination, TTL, LOW_DELAY, true, null, payload));
        } catch (IOException e) {
          sent = false;
          if (!failing) {
            LOG.log(System.Logger.Level.WARNING, "pfsync cannot send on " + link, e);
          }
        }
      }
      failing = !sent;
      return sent;
    }

    @Override
    public void event(PfsyncEvent event) {
      if (listeners.isEmpty()) {
        return;
      }
      try {
        loop.execute(() -> tell(event));
      } catch (RejectedExecutionException loopIsGone) {
        LOG.log(System.Logger.Level.DEBUG, "nobody is left to hear of {0}", event.kind());
      }
    }

    private void tell(PfsyncEvent event) {
      for (Consumer<PfsyncEvent> listener : listeners) {
        try {
          listener.accept(event);
        } catch (RuntimeException e) {
          LOG.log(System.Logger.Level.ERROR, "a listener failed on " + event.kind(), e);
        }
      }
    }

    @Override
    public void demote(boolean demoted) {
      if (demotion != null) {
        demotion.close();
        demotion = null;
      }
      if (demoted && ledger != null) {
        demotion = ledger.demote("pfsync@" + link, "waiting for a bulk update", demotionFactor);
      }
    }
  }
}
