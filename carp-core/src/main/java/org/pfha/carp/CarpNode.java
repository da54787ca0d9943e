package org.pfha.carp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.Subscription;

/**
 * A host that takes part in CARP with any number of virtual routers.
 *
 * <pre>{@code
 * try (CarpNode carp = CarpNode.builder(transport)
 *     .virtualRouter(VirtualRouter.onInterface("em1").vhid(1).password("secret")
 *         .address("192.0.2.1/24").advskew(0))
 *     .onRoleChange(change -> System.out.println(change))
 *     .start()) { ... }
 * }</pre>
 *
 * <p>Packets, timers and listeners run on the transport's event loop; hooks and probes on threads
 * of their own. Thread-safe: every method may be called from any thread, listeners included. One
 * lock guards the engines, because {@link #close} must have said goodbye when it returns, whoever
 * calls it; no listener is ever called under it.
 */
public final class CarpNode implements AutoCloseable {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private final IpTransport transport;
  private final Loop loop;
  private final DemotionLedger ledger;
  private final Events events;
  private final Hooks hooks;
  private final boolean hasHooks;
  private final Duration closePatience;
  private final Maintenance maintenance;
  private final List<ProbeRunner> probes = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Deadlines deadlines = new Deadlines();
  private final Deadlines.Slot penaltyEnds = deadlines.slot((now, late) -> endPenalties());
  private final Map<String, Segment> segments = new HashMap<>();
  private final List<Subscription> subscriptions = new ArrayList<>();
  private final Map<CarpReject, Long> rejected = new EnumMap<>(CarpReject.class);

  private long ipackets;
  private long ipackets6;
  private long opackets;
  private long opackets6;
  private long oerrors;
  private @Nullable Subscription timer;
  private long timerAtNanos;
  private boolean closed;

  CarpNode(CarpNodeBuilder builder) {
    transport = builder.transport;
    loop = new Loop(transport.loop());
    ledger = builder.ledger == null ? new DemotionLedger(transport.loop().clock()) : builder.ledger;
    events = new Events(loop, builder.listeners, builder.watchdog);
    Executor executor = builder.executorOrOwn();
    hooks = new Hooks(builder.hooks, loop, executor, events::tell);
    hasHooks = !builder.hooks.isEmpty();
    closePatience = builder.closePatience;
    maintenance = new Maintenance(builder.maintenance, ledger);
    for (ProbeSchedule probe : builder.probes) {
      probes.add(new ProbeRunner(probe, loop, executor, ledger, events::tell));
    }
    Host host = new Host();
    for (VirtualRouter router : builder.routers) {
      Segment segment = segments.computeIfAbsent(router.link(), link -> new Segment());
      segment.add(new Member(host, router, builder.preempt, segment.input(), builder.counters));
    }
  }

  /**
   * Begins to describe a node.
   *
   * @param transport how it reaches its links; it is not closed with the node
   * @return to be completed with at least one virtual router
   */
  public static CarpNodeBuilder builder(IpTransport transport) {
    return new CarpNodeBuilder(transport);
  }

  void open() throws IOException {
    maintenance.restore();
    lock.lock();
    try {
      subscriptions.add(transport.receive(CarpView.PROTOCOL, this::received));
      subscriptions.add(transport.onLinkChange(this::linkChanged));
      subscriptions.add(ledger.onChange(loop::execute, this::demotionChanged));
      for (Segment segment : segments.values()) {
        for (Member member : segment.members()) {
          member.join(subscriptions::add);
        }
      }
      applyDemotion();
      for (String link : segments.keySet()) {
        transport.link(link).ifPresent(this::refresh);
      }
      schedule();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    } finally {
      lock.unlock();
    }
    probes.forEach(ProbeRunner::start);
  }

  /**
   * The role a virtual router has now.
   *
   * @param link its interface
   * @param vhid its number
   * @return INIT, BACKUP or MASTER; INIT once the node is closed
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public Role role(String link, int vhid) {
    lock.lock();
    try {
      return member(link, vhid).role();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The node's penalties.
   *
   * @return the ledger given to the builder, or the node's own
   */
  public DemotionLedger demotion() {
    return ledger;
  }

  /**
   * Enters maintenance: the intent is stored, so that it survives a restart, and then the node
   * becomes the last choice. Blocks as long as the store does; best not called on the loop.
   *
   * @param reason one line for those who come later
   * @throws IOException if the intent could not be stored; nothing has changed then
   * @throws IllegalStateException if the node was built without a {@link MaintenanceStore}
   */
  public void enterMaintenance(String reason) throws IOException {
    maintenance.enter(reason);
  }

  /**
   * Leaves maintenance.
   *
   * @throws IOException if that could not be stored; the node is still in maintenance then
   * @throws IllegalStateException if the node was built without a {@link MaintenanceStore}
   */
  public void leaveMaintenance() throws IOException {
    maintenance.leave();
  }

  /**
   * Whether the node is in maintenance.
   *
   * @return the reason, or empty if it is not
   */
  public Optional<String> maintenance() {
    return maintenance.reason();
  }

  /**
   * What the node thinks of its health probes.
   *
   * @return one for each, in the order in which they were added
   */
  public List<ProbeStatus> probes() {
    return probes.stream().map(ProbeRunner::status).toList();
  }

  /**
   * How the last calls of role hooks have ended.
   *
   * @return at most 256, oldest first
   */
  public List<HookResult> hookResults() {
    return hooks.results();
  }

  /**
   * What was counted until now.
   *
   * @return a snapshot
   */
  public CarpStatistics statistics() {
    lock.lock();
    try {
      return new CarpStatistics(ipackets, ipackets6, opackets, opackets6, oerrors, rejected);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends it: every MASTER bows out with an advert of 255/255, so that a peer takes over at once;
   * groups are left, timers and receivers ended, penalties taken back. When it returns all this has
   * been done. Listeners and hooks still hear of the change to INIT; unless called on the loop or
   * by a hook, it waits for the hooks, but not longer than {@link CarpNodeBuilder#closePatience}.
   * Closing twice does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      long now = loop.now();
      segments.values().forEach(segment -> segment.members().forEach(m -> m.stop(now)));
      if (timer != null) {
        timer.close();
      }
      subscriptions.forEach(Subscription::close);
    } finally {
      lock.unlock();
    }
    probes.forEach(ProbeRunner::end);
    maintenance.end();
    endHooks();
  }

  private void endHooks() {
    if (hasHooks && loop.execute(hooks::end)) {
      loop.schedule(loop.now() + closePatience.toNanos(), hooks::abandon);
      if (!loop.isCurrent() && !hooks.isCaller() && !hooks.awaitEnd(closePatience)) {
        LOG.log(Level.WARNING, "closed a CARP node while a role hook was still running");
      }
    }
  }

  private Member member(String link, int vhid) {
    Segment segment = segments.get(link);
    Member member = segment == null ? null : segment.member(vhid);
    if (member == null) {
      throw new IllegalArgumentException(
          "no virtual router %d@%s on this node".formatted(vhid, link));
    }
    return member;
  }

  private void received(IpPacket packet) {
    lock.lock();
    try {
      Segment segment = segments.get(packet.link());
      if (closed || segment == null) {
        return;
      }
      CarpReject verdict = segment.received(packet);
      if (packet.isIpv6()) {
        ipackets6++;
      } else {
        ipackets++;
      }
      if (verdict != CarpReject.NONE) {
        rejected.merge(verdict, 1L, Long::sum);
        if (LOG.isLoggable(Level.DEBUG)) {
          LOG.log(Level.DEBUG, verdict + ": " + packet);
        }
      }
      schedule();
    } finally {
      lock.unlock();
    }
  }

  private void linkChanged(Link link) {
    lock.lock();
    try {
      if (!closed) {
        refresh(link);
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  private void refresh(Link link) {
    Segment segment = segments.get(link.name());
    if (segment != null) {
      segment.linkChanged(link, loop.now());
    }
  }

  private void demotionChanged(DemotionLedger.Change change) {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      applyDemotion();
      schedule();
    } finally {
      lock.unlock();
    }
    events.tell(change);
  }

  private void applyDemotion() {
    long now = loop.now();
    int total = ledger.total();
    segments.values().forEach(segment -> segment.members().forEach(m -> m.demotion(total, now)));
    OptionalLong end = ledger.nextExpiryNanos();
    if (end.isPresent()) {
      deadlines.set(penaltyEnds, end.getAsLong());
    } else {
      deadlines.clear(penaltyEnds);
    }
  }

  /** Comes back through {@link #demotionChanged}. */
  private void endPenalties() {
    ledger.tick();
  }

  /** Before a silence is believed, what has already arrived is heard. */
  private void timerFired(long atNanos) {
    long lateNanos = loop.now() - atNanos;
    events.watch("a timer was late", atNanos);
    transport.drain();
    lock.lock();
    try {
      if (timerAtNanos == atNanos) {
        timer = null;
      }
      if (!closed) {
        deadlines.run(loop.now(), lateNanos);
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * One timer of the loop for all deadlines. One that comes too early only looks again, which is
   * cheaper than moving it with every advert.
   */
  private void schedule() {
    if (deadlines.isEmpty() || (timer != null && timerAtNanos - deadlines.firstNanos() <= 0)) {
      return;
    }
    if (timer != null) {
      timer.close();
    }
    long atNanos = deadlines.firstNanos();
    timerAtNanos = atNanos;
    timer = loop.schedule(atNanos, () -> timerFired(atNanos));
  }

  /** What the members see of this node. All calls come under the lock. */
  private final class Host implements Member.Host {

    @Override
    public IpTransport transport() {
      return transport;
    }

    @Override
    public DemotionLedger ledger() {
      return ledger;
    }

    @Override
    public Deadlines deadlines() {
      return deadlines;
    }

    @Override
    public void roleChanged(RoleChange change) {
      loop.execute(
          () -> {
            events.tell(change);
            hooks.roleChanged(change);
          });
    }

    @Override
    public void sent(boolean ipv6) {
      if (ipv6) {
        opackets6++;
      } else {
        opackets++;
      }
    }

    @Override
    public void failed(IOException cause) {
      oerrors++;
      LOG.log(Level.WARNING, "could not send", cause);
    }
  }
}
