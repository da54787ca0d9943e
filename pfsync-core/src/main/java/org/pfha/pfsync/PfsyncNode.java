package org.pfha.pfsync;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.Demotion;
import org.pfha.carp.DemotionLedger;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Subscription;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.PacketBatch;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.wire.PfsyncTransport;

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
 *
 * <p>While a bulk transfer is awaited the node demotes CARP through the ledger it was given. It
 * takes that back when the transfer ends, when nobody answers, when the time for it is over, when
 * the node is closed, and when something unforeseen keeps its timer from running.
 */
public final class PfsyncNode implements StateFeed, AutoCloseable {

  /** IP protocol number of pfsync. */
  public static final int PROTOCOL = PfsyncTransport.PROTOCOL;

  private static final System.Logger LOG = System.getLogger(PfsyncNode.class.getName());

  /** A timer later than this was held up; packets may have piled up meanwhile. */
  private static final long LATE_NANOS = 10_000_000L;

  /** After a failure the timer waits this long, so as not to fail in a circle. */
  private static final long FAILED_NANOS = 1_000_000_000L;

  private final Object lock = new Object();
  private final IpTransport transport;
  private final EventLoop loop;
  private final SyncPath path;
  private final StateTable table;
  private final @Nullable DataPlane plane;
  private final @Nullable DemotionLedger ledger;
  private final int demotionFactor;
  private final Listeners listeners;
  private final PfsyncSettings settings;
  private final PfsyncEngine engine;

  /** What has arrived in this turn of the loop; read at its end, or when there is no more room. */
  private final PacketBatch arrived = new PacketBatch();

  private final Runnable readTask = this::readAtEndOfTurn;
  private boolean willRead;
  private @Nullable Demotion demotion;
  private @Nullable Subscription timer;
  private long timerNanos;
  private boolean closed;

  PfsyncNode(PfsyncNodeBuilder plan, PfsyncSettings settings) {
    transport = plan.transport;
    loop = transport.loop();
    path = new SyncPath(transport, plan.links, plan.anySource);
    table = plan.requireTable();
    table.seedIfEmpty(plan.random.getAsLong());
    plane = plan.plane;
    ledger = plan.ledger;
    demotionFactor = plan.demotionFactor;
    listeners = new Listeners(loop, plan.listeners, plan.bulkListeners);
    this.settings = settings;
    engine = new PfsyncEngine(table, settings, new Performer(), loop.clock().nanoTime());
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

  void start() throws IOException {
    boolean done = false;
    try {
      synchronized (lock) {
        path.open(this::received);
        onEngine(
            now -> {
              engine.requestBulk(now);
              return true;
            });
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
    if (plane != null) {
      plane.attach(this);
    }
  }

  private void received(IpPacket packet) {
    synchronized (lock) {
      if (closed) {
        return;
      }
      int peer = path.peerOf(packet, loop.clock().nanoTime());
      switch (peer) {
        case SyncPath.WRONG_LINK -> engine.badInterface();
        case SyncPath.STRANGER -> engine.badPeer();
        case SyncPath.TWIN -> engine.twin();
        default -> arrived(packet, peer);
      }
    }
  }

  private void arrived(IpPacket packet, int peer) {
    arrived.add(packet.array(), packet.payloadOffset(), packet.payloadLength(), packet.ttl(), peer);
    if (arrived.isFull()) {
      readArrived();
    } else if (!willRead) {
      try {
        loop.execute(readTask);
        willRead = true;
      } catch (RejectedExecutionException closing) {
        readArrived();
      }
    }
  }

  private void readAtEndOfTurn() {
    synchronized (lock) {
      willRead = false;
      if (!closed) {
        readArrived();
      }
    }
  }

  /** Reads all of it, even if something is thrown on the way; holds the lock. */
  private void readArrived() {
    try {
      if (!arrived.isEmpty()) {
        onEngine(
            now -> {
              engine.received(arrived, now);
              return true;
            });
      }
    } finally {
      if (!arrived.isEmpty()) {
        readArrived();
      }
    }
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
      if (closed) {
        return;
      }
      boolean done = false;
      try {
        readArrived();
        // Reading what had piled up may have set the timer anew.
        stopTimer();
        engine.tick(loop.clock().nanoTime());
        done = true;
      } finally {
        if (done) {
          watchBulk();
          rearm(engine.nextDeadlineNanos());
        } else {
          standBackNoLonger();
          rearm(loop.clock().nanoTime() + FAILED_NANOS);
        }
      }
    }
  }

  /** Whatever the engine was asked to do, its timer runs on; holds the lock. */
  private <T> T onEngine(LongFunction<T> step) {
    try {
      return step.apply(loop.clock().nanoTime());
    } finally {
      if (!closed) {
        watchBulk();
        rearm(engine.nextDeadlineNanos());
      }
    }
  }

  private void watchBulk() {
    if (listeners.watchBulk()) {
      long now = loop.clock().nanoTime();
      listeners.bulk(engine.receiving(now), now);
    }
  }

  private void rearm(long next) {
    if (timer != null) {
      if (timerNanos == next) {
        return;
      }
      stopTimer();
    }
    timerNanos = next;
    try {
      timer = loop.schedule(next, this::tick);
    } catch (RejectedExecutionException gone) {
      LOG.log(System.Logger.Level.WARNING, "the event loop is gone, and pfsync with it", gone);
      standBackNoLonger();
    }
  }

  private void stopTimer() {
    Subscription running = timer;
    timer = null;
    if (running != null) {
      running.close();
    }
  }

  /** No timer will do it: a demotion that stayed would keep this node from ever being master. */
  private void standBackNoLonger() {
    Demotion imposed = demotion;
    demotion = null;
    if (imposed != null) {
      imposed.close();
    }
  }

  @Override
  public StateTable.Insertion insert(PfState state) {
    synchronized (lock) {
      requireOpen();
      return onEngine(now -> engine.insert(state, now));
    }
  }

  @Override
  public StateTable.Insertion observe(PfState state) {
    synchronized (lock) {
      requireOpen();
      return onEngine(now -> engine.observe(state, now));
    }
  }

  @Override
  public StateTable.Insertion defer(PfState state, Consumer<DeferOutcome> then) {
    synchronized (lock) {
      requireOpen();
      if (!listeners.hold(state.stateId(), then)) {
        return StateTable.Insertion.DUPLICATE_ID;
      }
      boolean present = false;
      try {
        StateTable.Insertion insertion = onEngine(now -> engine.defer(state, now));
        present =
            insertion == StateTable.Insertion.INSERTED
                || insertion == StateTable.Insertion.REPLACED_CLOSED;
        return insertion;
      } finally {
        if (!present) {
          listeners.forget(state.stateId());
        }
      }
    }
  }

  @Override
  public boolean update(StateId id, StatePeer src, StatePeer dst) {
    synchronized (lock) {
      requireOpen();
      return onEngine(now -> engine.update(id, src, dst, now));
    }
  }

  @Override
  public boolean remove(StateId id) {
    synchronized (lock) {
      requireOpen();
      return onEngine(now -> engine.remove(id, now));
    }
  }

  /**
   * An administrator has flushed the data plane: all states leave the table, and the peers drop
   * those of this node's making. The peers' own ones they announce again with their next update.
   *
   * @throws IllegalStateException if the node has been closed
   */
  public void clear() {
    synchronized (lock) {
      requireOpen();
      onEngine(
          now -> {
            engine.clear(now);
            return true;
          });
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
      onEngine(
          now -> {
            engine.requestBulk(now);
            return true;
          });
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
   * How the bulk transfer towards this node is getting on, or how the last one ended.
   *
   * @return a snapshot
   */
  public BulkProgress receiving() {
    synchronized (lock) {
      return engine.receiving(loop.clock().nanoTime());
    }
  }

  /**
   * How the bulk transfer from this node is getting on, or how the last one ended.
   *
   * @return a snapshot
   */
  public BulkProgress sending() {
    synchronized (lock) {
      return engine.sending(loop.clock().nanoTime());
    }
  }

  /**
   * How alive the peers are, each direction for itself.
   *
   * @return one report for each address that was configured, in that order
   */
  public List<PeerReport> peers() {
    synchronized (lock) {
      return path.peers(engine, loop.clock().nanoTime());
    }
  }

  /**
   * The last sign of life of any peer, for CARP's diagnosis: a peer that is alive on the sync link
   * and silent elsewhere has a filter or a switch in its way. Times are those of this node's loop.
   *
   * @return thread-safe; shows each time how it is then
   */
  public PeerLiveness liveness() {
    return () -> {
      synchronized (lock) {
        long now = loop.clock().nanoTime();
        return path.peers(engine, now).stream()
            .filter(peer -> peer.status().aliveNanos().isPresent())
            .min(Comparator.comparingLong(peer -> peer.status().heardNanos().orElse(0)))
            .map(peer -> sign(peer, now));
      }
    };
  }

  private static PeerLiveness.Sign sign(PeerReport peer, long now) {
    return new PeerLiveness.Sign(
        peer.address(),
        peer.link(),
        now - peer.status().aliveNanos().orElse(0),
        now - peer.status().heardNanos().orElse(0));
  }

  /**
   * What is likely to be wrong, or that nothing is, told from counters as an experienced operator
   * would.
   *
   * @return findings, the most telling first; never empty
   */
  public List<Finding> explain() {
    synchronized (lock) {
      long now = loop.clock().nanoTime();
      return new Diagnosis(
              engine.statistics(),
              path.peers(engine, now),
              path.symptoms(),
              settings,
              table.size(),
              table.limit(),
              engine.receiving(now),
              engine.waitingNanos(now))
          .findings();
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

  EventLoop loop() {
    return loop;
  }

  boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /** Reads what has arrived; on the loop. */
  void drain() {
    transport.drain();
    synchronized (lock) {
      if (!closed) {
        readArrived();
      }
    }
  }

  /**
   * Sends what waits, lets go of packets that are held, takes back the demotion, leaves the link.
   * The table stays as it is.
   */
  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      try {
        readArrived();
      } finally {
        stop();
      }
    }
  }

  private void stop() {
    closed = true;
    try {
      engine.stop(loop.clock().nanoTime());
    } finally {
      standBackNoLonger();
      stopTimer();
      path.close();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this pfsync node has been closed; start a new one");
    }
  }

  private final class Performer implements PfsyncSink {

    @Override
    public boolean send(byte[] buffer, int length) {
      return path.send(buffer, length);
    }

    @Override
    public boolean wantsStateEvents() {
      return plane != null || !listeners.isEmpty();
    }

    @Override
    public void event(PfsyncEvent event) {
      if (plane != null && event.kind().changesTable()) {
        plane.changed(event, table.limit());
      }
      listeners.event(event);
    }

    @Override
    public void deferred(long id, int creatorId, DeferOutcome outcome) {
      listeners.deferred(new StateId(id, creatorId), outcome);
    }

    @Override
    public void demote(boolean demoted) {
      standBackNoLonger();
      if (demoted && ledger != null) {
        demotion =
            ledger.demote("pfsync@" + path.name(), "waiting for a bulk update", demotionFactor);
      }
    }
  }
}
