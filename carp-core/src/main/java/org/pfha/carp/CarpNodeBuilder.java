package org.pfha.carp;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis;
import org.pfha.carp.diagnosis.ReplayPolicy;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.VipController;

/** Describes a {@link CarpNode}. Confined to one thread. */
public final class CarpNodeBuilder {

  final IpTransport transport;
  final List<VirtualRouter> routers = new ArrayList<>();
  final List<Consumer<CarpEvent>> listeners = new ArrayList<>();
  final List<Hooks.Plan> hooks = new ArrayList<>();
  final List<ProbeSchedule> probes = new ArrayList<>();
  boolean preempt;
  @Nullable DemotionLedger ledger;
  @Nullable MaintenanceStore maintenance;
  @Nullable Executor executor;
  LongSupplier counters = new SecureRandom()::nextLong;
  Duration closePatience = Duration.ofSeconds(5);
  Duration watchdog = Duration.ofMillis(100);
  boolean logs = true; // what happens; a rehearsal is nobody's business
  ReplayPolicy replays = ReplayPolicy.REPORT;
  VipController addresses = Holding.NOBODY;

  CarpNodeBuilder(IpTransport transport) {
    this.transport = transport;
  }

  /**
   * Adds a virtual router.
   *
   * @param router at least vhid, password and one address must be set
   * @return this
   */
  public CarpNodeBuilder virtualRouter(VirtualRouter router) {
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
  public CarpNodeBuilder preempt(boolean value) {
    preempt = value;
    return this;
  }

  /**
   * Adds a listener for role changes; called on the transport's loop, in order.
   *
   * @param added must not block; what it throws is logged
   * @return this
   */
  public CarpNodeBuilder onRoleChange(Consumer<RoleChange> added) {
    return onEvent(
        event -> {
          if (event instanceof RoleChange change) {
            added.accept(change);
          }
        });
  }

  /**
   * Adds a listener for everything that happens; called on the transport's loop, in order.
   *
   * @param added must not block; what it throws is logged
   * @return this
   */
  public CarpNodeBuilder onEvent(Consumer<CarpEvent> added) {
    listeners.add(added);
    return this;
  }

  /**
   * Adds a listener for what is wrong with virtual routers and segments; called on the transport's
   * loop, in order.
   *
   * @param added must not block; what it throws is logged
   * @return this
   */
  public CarpNodeBuilder onDiagnosis(Consumer<CarpDiagnosis> added) {
    return onEvent(
        event -> {
          if (event instanceof Diagnosed diagnosed) {
            added.accept(diagnosed.diagnosis());
          }
        });
  }

  /**
   * What is done with valid adverts that are too old.
   *
   * @param policy default {@link ReplayPolicy#REPORT}; {@link ReplayPolicy#DROP} cannot be combined
   *     with the profile OPENBSD
   * @return this
   */
  public CarpNodeBuilder replays(ReplayPolicy policy) {
    replays = policy;
    return this;
  }

  /**
   * Adds a hook for role changes; it runs on the {@link #executor}, after the listeners and after
   * the hooks that were added before it.
   *
   * @param name for the results
   * @param timeout after which it is interrupted and no longer waited for
   * @param hook may block
   * @return this
   */
  public CarpNodeBuilder hook(String name, Duration timeout, RoleHook hook) {
    hooks.add(new Hooks.Plan(name, timeout, hook));
    return this;
  }

  /**
   * Adds a health probe; it runs on the {@link #executor}.
   *
   * @param schedule what is asked, when, and what it costs
   * @return this
   */
  public CarpNodeBuilder probe(ProbeSchedule schedule) {
    probes.add(schedule);
    return this;
  }

  /**
   * Where hooks and probes run.
   *
   * @param value must have room for each probe and for the hooks, lest they wait for each other;
   *     not shut down with the node. Default: daemon threads of the node's own
   * @return this
   */
  public CarpNodeBuilder executor(Executor value) {
    executor = value;
    return this;
  }

  /**
   * How long {@link CarpNode#close} waits for hooks.
   *
   * @param value default 5 s; zero: not at all
   * @return this
   */
  public CarpNodeBuilder closePatience(Duration value) {
    closePatience = value;
    return this;
  }

  /**
   * From which delay of the event loop on there is a {@link LoopDelay}.
   *
   * @param value default 100 ms
   * @return this
   */
  public CarpNodeBuilder watchdog(Duration value) {
    watchdog = value;
    return this;
  }

  /**
   * Shares a ledger instead of having an own one.
   *
   * @param shared with whoever else demotes this host; its clock must be the loop's if penalties
   *     are to end in time
   * @return this
   */
  public CarpNodeBuilder demotion(DemotionLedger shared) {
    ledger = shared;
    return this;
  }

  /**
   * Makes maintenance mode possible, and goes on with it if it is stored there.
   *
   * @param store of this node alone
   * @return this
   */
  public CarpNodeBuilder maintenance(MaintenanceStore store) {
    maintenance = store;
    return this;
  }

  /**
   * Where the random counters of a lone master come from (spec carp 5).
   *
   * @param random default a {@link SecureRandom}; seeded where a run must be repeatable
   * @return this
   */
  public CarpNodeBuilder randomCounters(LongSupplier random) {
    counters = random;
    return this;
  }

  /**
   * Has this host answer at a virtual router's addresses while it is MASTER, and only then: from
   * before they are announced, each time for one master-down time from the latest advert. A MASTER
   * that cannot hold an address is demoted, until it is MASTER again and can, or until somebody
   * clears the penalty.
   *
   * @param controller not closed with the node; default: the addresses are held by somebody else,
   *     such as a role hook
   * @return this
   */
  public CarpNodeBuilder virtualAddresses(VipController controller) {
    addresses = controller;
    return this;
  }

  /**
   * Starts the node.
   *
   * @return running, in BACKUP where the link is up
   * @throws IllegalArgumentException listing everything that is wrong with the configuration
   * @throws IOException if a group cannot be joined, an address cannot be made ready to be held, or
   *     the maintenance store cannot be read
   */
  public CarpNode start() throws IOException {
    List<String> problems = problems();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("CARP cannot start: " + String.join("; ", problems));
    }
    CarpNode node = new CarpNode(this);
    node.open(routers);
    return node;
  }

  Executor executorOrOwn() {
    return executor == null ? ownThreads() : executor;
  }

  /** Threads come with the first call and go when there is nothing to do; none is ever leaked. */
  private static Executor ownThreads() {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        10,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        task -> {
          Thread thread = new Thread(task, "pfha-carp-hook");
          thread.setDaemon(true);
          return thread;
        });
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
      Diagnostics.problemWith(replays, router).ifPresent(problems::add);
      if (!links.contains(router.link())) {
        problems.add(router + " is on an interface that does not exist; there are " + links);
      }
      if (!seen.add(router.toString())) {
        problems.add(router + " is there twice; each vhid can be used once per interface");
      }
    }
    for (ProbeSchedule probe : probes) {
      problems.addAll(probe.problems());
      if (!seen.add(probe.toString())) {
        problems.add(probe + " is there twice; give it another name");
      }
    }
    for (Hooks.Plan hook : hooks) {
      if (hook.timeout().isNegative() || hook.timeout().isZero()) {
        problems.add(
            "hook %s has the timeout %s; it must be longer than nothing"
                .formatted(hook.name(), hook.timeout()));
      }
      if (!seen.add("hook " + hook.name())) {
        problems.add("hook " + hook.name() + " is there twice; give it another name");
      }
    }
    return problems;
  }
}
