package org.pfha.carp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.NeighbourView;
import org.pfha.net.Subscription;
import org.pfha.net.VipController;

/**
 * What keeps the virtual routers of a node going: packets, timers, changes of links, of penalties
 * and by operators, one at a time under one lock. Thread-safe.
 */
final class DutyCycle {

  private final IpTransport transport;
  private final Loop loop;
  private final DemotionLedger ledger;
  private final Events events;
  private final boolean preempt;
  private final LongSupplier counters;
  private final Consumer<RoleChange> hooks;
  private final VipController addresses;

  private final ReentrantLock lock = new ReentrantLock();
  private final Surroundings surroundings = new Surroundings();
  private final Members members = new Members(surroundings);
  private final Diagnostics diagnostics;
  private final List<Subscription> subscriptions = new ArrayList<>();
  private @Nullable Subscription timer;
  private long timerAtNanos;
  private boolean closed;

  DutyCycle(
      CarpNodeBuilder builder,
      Loop loop,
      DemotionLedger ledger,
      Events events,
      Consumer<RoleChange> hooks) {
    this.transport = builder.transport;
    this.loop = loop;
    this.ledger = ledger;
    this.events = events;
    this.preempt = builder.preempt;
    this.counters = builder.counters;
    this.hooks = hooks;
    this.addresses = builder.addresses;
    this.diagnostics = new Diagnostics(surroundings, builder.replays);
  }

  /** Something that an operator does to the virtual routers. */
  @FunctionalInterface
  interface Change<X extends Exception> {
    void on(Members members, long now) throws X;
  }

  void open(List<VirtualRouter> routers) throws IOException {
    subscriptions.add(transport.receive(CarpView.PROTOCOL, this::received));
    subscriptions.add(transport.onLinkChange(this::linkChanged));
    Optional<Subscription> neighbours = transport.observeNeighbours(this::claimed);
    neighbours.ifPresent(subscriptions::add);
    diagnostics.observesNeighbours(neighbours.isPresent());
    subscriptions.add(ledger.onChange(loop::execute, this::demotionChanged));
    change(
        (all, now) -> {
          for (VirtualRouter router : routers) {
            all.add(router, now);
          }
          all.demotionChanged(now);
        });
  }

  <T> T ask(Function<Members, T> question) {
    lock.lock();
    try {
      return question.apply(members);
    } finally {
      lock.unlock();
    }
  }

  /** Says whether it was done: a closed node changes no more. */
  <X extends Exception> boolean change(Change<X> change) throws X {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      long now = loop.now();
      try {
        change.on(members, now);
      } finally {
        settle(now);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Every MASTER bows out; says whether this is the first call. */
  boolean close() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      members.stop(loop.now());
      if (timer != null) {
        timer.close();
      }
      subscriptions.forEach(Subscription::close);
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void received(IpPacket packet) {
    lock.lock();
    try {
      if (!closed) {
        members.received(packet);
        settle(loop.now());
      }
    } finally {
      lock.unlock();
    }
  }

  private void claimed(NeighbourView claim) {
    lock.lock();
    try {
      if (!closed) {
        members.claimed(claim);
        settle(claim.arrivalNanos());
      }
    } finally {
      lock.unlock();
    }
  }

  void peerLiveness(PeerLiveness liveness) {
    change((all, now) -> diagnostics.liveness(liveness));
  }

  private void linkChanged(Link link) {
    change((all, now) -> all.linkChanged(link, now));
  }

  private void demotionChanged(DemotionChange change) {
    change(Members::demotionChanged);
    events.tell(change);
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
        long now = loop.now();
        members.tick(now, lateNanos);
        settle(now);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * After each event: groups draw their conclusions, and one timer of the loop waits for all
   * deadlines. One that comes too early only looks again, which is cheaper than moving it with
   * every advert.
   */
  private void settle(long now) {
    members.settle(now);
    if (!members.isWaiting() || (timer != null && timerAtNanos - members.nextNanos() <= 0)) {
      return;
    }
    if (timer != null) {
      timer.close();
    }
    long atNanos = members.nextNanos();
    timerAtNanos = atNanos;
    timer = loop.schedule(atNanos, () -> timerFired(atNanos));
  }

  /** What the members see of this node. All calls come under the lock. */
  private final class Surroundings implements Member.Surroundings {

    @Override
    public IpTransport transport() {
      return transport;
    }

    @Override
    public DemotionLedger ledger() {
      return ledger;
    }

    @Override
    public long randomCounter() {
      return counters.getAsLong();
    }

    @Override
    public boolean preempt() {
      return preempt;
    }

    @Override
    public void deadline(int slot, boolean waiting, long atNanos) {
      members.deadline(slot, waiting, atNanos);
    }

    @Override
    public Diagnostics diagnostics() {
      return diagnostics;
    }

    @Override
    public List<Member> members() {
      return members.all();
    }

    @Override
    public VipController addresses() {
      return addresses;
    }

    @Override
    public void happened(CarpEvent event) {
      loop.execute(
          () -> {
            events.tell(event);
            if (event instanceof RoleChange change) {
              hooks.accept(change);
            }
          });
    }
  }
}
