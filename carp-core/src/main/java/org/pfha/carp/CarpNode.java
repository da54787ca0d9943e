package org.pfha.carp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpReject;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.EventLoop;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.LinkAddress;
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
 * <p>It owns no thread: packets, timers and listeners run on the transport's event loop.
 * Thread-safe: every method may be called from any thread, listeners included. One lock guards the
 * engines, because {@link #close} must have said goodbye when it returns, whoever calls it; no
 * listener is ever called under it.
 */
public final class CarpNode implements AutoCloseable {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private final IpTransport transport;
  private final EventLoop loop;
  private final DemotionLedger ledger;
  private final Consumer<RoleChange> listener;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<Member> members = new ArrayList<>();
  private final Map<String, CarpInput> inputs = new HashMap<>();
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

  private CarpNode(Builder builder) {
    transport = builder.transport;
    loop = transport.loop();
    ledger = builder.ledger;
    listener = builder.listener;
    for (VirtualRouter router : builder.routers) {
      CarpInput input = inputs.computeIfAbsent(router.link(), link -> new CarpInput());
      members.add(new Member(new Host(), router, builder.preempt, input, builder.counters));
    }
  }

  /**
   * Begins to describe a node.
   *
   * @param transport how it reaches its links; it is not closed with the node
   * @return to be completed with at least one virtual router
   */
  public static Builder builder(IpTransport transport) {
    return new Builder(transport);
  }

  private void open() throws IOException {
    lock.lock();
    try {
      subscriptions.add(transport.receive(CarpView.PROTOCOL, this::received));
      subscriptions.add(transport.onLinkChange(this::linkChanged));
      subscriptions.add(ledger.onChange(this::demotionChanged));
      for (Member member : members) {
        member.join(subscriptions::add);
      }
      demotionChanged();
      for (Member member : members) {
        transport.link(member.link()).ifPresent(link -> refresh(link, member));
      }
      schedule();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    } finally {
      lock.unlock();
    }
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
    for (Member member : members) {
      if (member.link().equals(link) && member.vhid() == vhid) {
        return member.role();
      }
    }
    throw new IllegalArgumentException(
        "no virtual router %d@%s on this node".formatted(vhid, link));
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
   * groups are left, timers and receivers ended. When it returns all this has been done. Listeners
   * still hear of the change to INIT. Closing twice does nothing.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      long now = loop.clock().nanoTime();
      members.forEach(member -> member.stop(now));
      if (timer != null) {
        timer.close();
      }
      subscriptions.forEach(Subscription::close);
    } finally {
      lock.unlock();
    }
  }

  private void received(IpPacket packet) {
    lock.lock();
    try {
      CarpInput input = inputs.get(packet.link());
      if (closed || input == null) {
        return;
      }
      CarpReject verdict = input.check(packet);
      if (packet.isIpv6()) {
        ipackets6++;
      } else {
        ipackets++;
      }
      if (verdict != CarpReject.NONE) {
        rejected.merge(verdict, 1L, Long::sum);
        LOG.log(Level.DEBUG, () -> verdict + ": " + packet);
        return;
      }
      int vhid = input.advert().vhid();
      for (Member member : members) {
        if (member.vhid() == vhid && member.link().equals(packet.link())) {
          member.received(input.advert(), packet);
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
        for (Member member : members) {
          if (member.link().equals(link.name())) {
            refresh(link, member);
          }
        }
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  private void refresh(Link link, Member member) {
    Objects.requireNonNull(inputs.get(link.name()))
        .ownAddresses(link.addresses().stream().map(LinkAddress::address).toList());
    member.linkChanged(link, loop.clock().nanoTime());
  }

  private void demotionChanged() {
    lock.lock();
    try {
      if (!closed) {
        long now = loop.clock().nanoTime();
        int total = ledger.total();
        members.forEach(member -> member.demotion(total, now));
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Before a silence is believed, what has already arrived is heard. */
  private void timerFired() {
    transport.drain();
    lock.lock();
    try {
      timer = null;
      if (!closed) {
        long now = loop.clock().nanoTime();
        members.forEach(member -> member.tick(now));
        schedule();
      }
    } finally {
      lock.unlock();
    }
  }

  private void schedule() {
    OptionalLong next =
        members.stream()
            .map(Member::nextDeadlineNanos)
            .flatMapToLong(OptionalLong::stream)
            .boxed()
            .min((a, b) -> Long.signum(a - b))
            .map(OptionalLong::of)
            .orElse(OptionalLong.empty());
    if (timer != null && next.isPresent() && next.getAsLong() == timerAtNanos) {
      return;
    }
    if (timer != null) {
      timer.close();
      timer = null;
    }
    if (next.isPresent()) {
      timerAtNanos = next.getAsLong();
      try {
        timer = loop.schedule(timerAtNanos, this::timerFired);
      } catch (RejectedExecutionException e) {
        LOG.log(Level.WARNING, "the loop was closed before the CARP node; it no longer advertises");
      }
    }
  }

  /** Listeners run on the loop, after those already submitted, and never under the lock. */
  private void tell(RoleChange change) {
    LOG.log(Level.INFO, change::toString);
    try {
      loop.execute(
          () -> {
            try {
              listener.accept(change);
            } catch (RuntimeException e) {
              LOG.log(Level.ERROR, "a role listener failed at " + change, e);
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, () -> "the loop is closed, no listener hears of " + change);
    }
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
    public void roleChanged(RoleChange change) {
      tell(change);
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

  /** Describes a node. Confined to one thread. */
  public static final class Builder {
    private final IpTransport transport;
    private final List<VirtualRouter> routers = new ArrayList<>();
    private boolean preempt;
    private DemotionLedger ledger = new DemotionLedger();
    private Consumer<RoleChange> listener = change -> {};
    private LongSupplier counters = new SecureRandom()::nextLong;

    private Builder(IpTransport transport) {
      this.transport = transport;
    }

    /**
     * Adds a virtual router.
     *
     * @param router at least vhid, password and one address must be set
     * @return this
     */
    public Builder virtualRouter(VirtualRouter router) {
      routers.add(router);
      return this;
    }

    /**
     * Whether this node, when it is the better one, takes over from a living MASTER; the kernel's
     * net.inet.carp.preempt.
     *
     * @param value default false
     * @return this
     */
    public Builder preempt(boolean value) {
      preempt = value;
      return this;
    }

    /**
     * Adds a listener for role changes; called on the transport's loop, in order.
     *
     * @param added must not block; what it throws is logged
     * @return this
     */
    public Builder onRoleChange(Consumer<RoleChange> added) {
      listener = listener.andThen(added);
      return this;
    }

    /**
     * Shares a ledger instead of having an own one.
     *
     * @param shared with whoever else demotes this host
     * @return this
     */
    public Builder demotion(DemotionLedger shared) {
      ledger = shared;
      return this;
    }

    /**
     * Where the random counters of a lone master come from (spec carp 5).
     *
     * @param random default a {@link SecureRandom}; seeded where a run must be repeatable
     * @return this
     */
    public Builder randomCounters(LongSupplier random) {
      counters = random;
      return this;
    }

    /**
     * Starts the node.
     *
     * @return running, in BACKUP where the link is up
     * @throws IllegalArgumentException listing everything that is wrong with the configuration
     * @throws IOException if a group cannot be joined
     */
    public CarpNode start() throws IOException {
      List<String> problems = problems();
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException("CARP cannot start: " + String.join("; ", problems));
      }
      CarpNode node = new CarpNode(this);
      node.open();
      return node;
    }

    private List<String> problems() {
      List<String> problems = new ArrayList<>();
      if (routers.isEmpty()) {
        problems.add("there is no virtual router; add one with virtualRouter(...)");
      }
      List<String> links = transport.links().stream().map(Link::name).toList();
      Set<String> seen = new HashSet<>();
      for (VirtualRouter router : routers) {
        problems.addAll(router.problems());
        if (!links.contains(router.link())) {
          problems.add(router + " is on an interface that does not exist; there are " + links);
        }
        if (!seen.add(router.toString())) {
          problems.add(router + " is there twice; each vhid can be used once per interface");
        }
      }
      return problems;
    }
  }
}
