package org.pfha.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.DemotionChange;
import org.pfha.carp.RoleChange;
import org.pfha.net.sim.SimFaults;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.net.sim.SimSegment;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.PfsyncEvent;

/**
 * A cluster of whole nodes in virtual time. Every {@link Rule} is checked after every event.
 *
 * <pre>
 *      wan ────┬───────────────┬────   a segment per network of virtual addresses
 *          ┌───┴───┐       ┌───┴───┐
 *          │ fw-a  ├──sync─┤ fw-b  │
 *          └───┬───┘       └───┬───┘
 *      lan ────┴───────────────┴────
 * </pre>
 *
 * Confined to one thread.
 */
public final class Cluster {

  /** Name of the segment that pfsync is on. */
  public static final String SYNC = "sync";

  private final Scenario scenario;
  private final Firmware firmware;
  private final @Nullable Consumer<String> timeline;
  private final SimNetwork network;
  private final Wiring wiring;
  private final List<ClusterNode> nodes = new ArrayList<>();
  private final Set<Fault> active = new LinkedHashSet<>();
  private final List<Violation> violations = new ArrayList<>();
  private final List<Invariant> invariants;
  private final Connections connections;
  private final Elections elections;
  private final Upkeep upkeep;
  private final Hostile hostile;
  private Conditions conditions;
  private Recorder recorder = Recorder.NONE;
  private int only = -1; // or the node that is alone
  private long roleChanges;

  /**
   * A cluster that is off.
   *
   * @param scenario its nodes and networks; its faults do not happen by themselves
   * @param firmware of all nodes
   * @param invariants what is checked beside the {@link Rule}s
   * @param timeline gets one line for everything that happens, or null for none
   */
  public Cluster(
      Scenario scenario,
      Firmware firmware,
      List<Invariant> invariants,
      @Nullable Consumer<String> timeline) {
    this.scenario = scenario;
    this.firmware = firmware;
    this.invariants = List.copyOf(invariants);
    this.timeline = timeline;
    network = new SimNetwork(scenario.seed());
    wiring = new Wiring(network, scenario.vips());
    SplittableRandom random = new SplittableRandom(~scenario.seed());
    for (int i = 0; i < scenario.nodes().size(); i++) {
      NodePlan plan = scenario.nodes().get(i);
      SimHost host = network.host(plan.name());
      String address = wiring.plug(host, i);
      nodes.add(new ClusterNode(this, host, i, plan, address, random.split()));
    }
    hostile = new Hostile(this, wiring.sync(), random.split());
    conditions = Conditions.of(List.of(), nodes.size(), wiring.links());
    connections = new Connections(this);
    elections = new Elections(this);
    upkeep = new Upkeep(this);
  }

  /**
   * What it was made from.
   *
   * @return the scenario
   */
  public Scenario scenario() {
    return scenario;
  }

  Firmware firmware() {
    return firmware;
  }

  /**
   * The network, to watch or for faults of one's own.
   *
   * @return the network all nodes are on
   */
  public SimNetwork network() {
    return network;
  }

  /**
   * All segments, the sync link last.
   *
   * @return as faults count them
   */
  public List<SimSegment> segments() {
    return List.copyOf(wiring.segments());
  }

  /**
   * All nodes, running or not.
   *
   * @return in the order of the scenario
   */
  public List<ClusterNode> nodes() {
    return nodes;
  }

  /**
   * One node.
   *
   * @param name as in the scenario
   * @return that node
   */
  public ClusterNode node(String name) {
    return nodes.stream().filter(node -> node.name().equals(name)).findFirst().orElseThrow();
  }

  /**
   * The virtual addresses.
   *
   * @return as in the scenario
   */
  public List<Vip> vips() {
    return scenario.vips();
  }

  Vip vip(int vhid) {
    for (Vip vip : scenario.vips()) {
      if (vip.vhid() == vhid) {
        return vip;
      }
    }
    throw new IllegalArgumentException("this cluster has no vhid " + vhid);
  }

  int segmentOf(Vip vip) {
    return wiring.links().indexOf(vip.link());
  }

  Conditions conditions() {
    return conditions;
  }

  Elections elections() {
    return elections;
  }

  Connections connections() {
    return connections;
  }

  /** Boots every node that is off and should not be. */
  public void start() {
    refresh(null);
  }

  /**
   * A fault begins.
   *
   * @param fault until {@link #end} is called with it
   */
  public void begin(Fault fault) {
    if (active.add(fault)) {
      say(() -> "begins: " + fault);
      recorder.befalls(() -> "begin " + Recording.text(fault));
      refresh(fault);
    }
  }

  /**
   * A fault ends; nothing happens if it has not begun.
   *
   * @param fault as it began
   */
  public void end(Fault fault) {
    if (active.remove(fault)) {
      say(() -> "ends: " + fault);
      recorder.befalls(() -> "end " + Recording.text(fault));
      if (fault.kind() == Fault.Kind.UPGRADE) {
        nodes.get(fault.node() % nodes.size()).upgrade();
      }
      refresh(null);
    }
  }

  /** All faults end, and every node asks its peers for their states, as an operator makes it. */
  public void peace() {
    say(() -> "peace");
    for (Fault fault : List.copyOf(active)) {
      end(fault);
    }
    connections.verify();
    recorder.befalls(() -> "peace");
    nodes.forEach(node -> node.does(() -> node.pfsync().resync()));
  }

  void record(Recorder sink) {
    recorder = sink;
  }

  Recorder recorder() {
    return recorder;
  }

  /** The other nodes are never switched on: what they have said is fed to this one. */
  void only(int node) {
    only = node;
  }

  private boolean isWanted(ClusterNode node) {
    return only < 0 || only == node.number();
  }

  /** Makes the network and the nodes as the active faults want them. */
  private void refresh(@Nullable Fault cause) {
    Conditions before = conditions;
    conditions = Conditions.of(active, nodes.size(), wiring.links());
    if (nodes.stream().anyMatch(node -> conditions.node(node.number()).on() != node.isRunning())) {
      connections.verify(); // what each table holds now is what may not get lost
    }
    for (int i = 0; i < wiring.segments().size(); i++) {
      if (!conditions.segment(i).equals(before.segment(i))) {
        wiring.apply(i, conditions.segment(i), nodes);
        elections.segmentChanged(i);
      }
    }
    hostile.act(conditions.isHostile() && only < 0 ? active : Set.of());
    // Who is switched on together can hear each other from the first packet on.
    nodes.stream()
        .filter(this::isWanted)
        .filter(node -> conditions.node(node.number()).on())
        .forEach(node -> node.host().powerOn());
    for (ClusterNode node : nodes.stream().filter(this::isWanted).toList()) {
      apply(conditions.node(node.number()), before.node(node.number()), node, cause);
    }
    upkeep.changed();
    elections.changed();
  }

  private ClusterNode next(ClusterNode node) {
    return nodes.get((node.number() + 1) % nodes.size());
  }

  private void apply(
      Conditions.Node wanted, Conditions.Node before, ClusterNode node, @Nullable Fault cause) {
    SimHost host = node.host();
    if (!wanted.on() && node.isRunning()) {
      switchOff(node, cause);
    }
    for (String link : wiring.links()) {
      if (wanted.cablesOut().contains(link)) {
        host.linkDown(link);
      } else {
        host.linkUp(link);
      }
    }
    if (wanted.drift() != before.drift()) {
      host.drift(wanted.drift());
    }
    if (wanted.latencyNanos() != before.latencyNanos()) {
      host.slow(Duration.ofNanos(wanted.latencyNanos()));
    }
    boolean boots = wanted.on() && !node.isRunning();
    if (boots) {
      say(() -> node.name() + " boots, release " + node.plan().release());
      node.boot();
    }
    if (wanted.paused()) {
      host.pause();
    } else if (before.paused()) {
      host.resume();
    }
    node.disable(wanted.disabled());
    node.maintain(wanted.maintained());
    node.penalize(wanted.penalized());
    if (boots || !wanted.equals(before)) {
      elections.nodeChanged(node, !boots && wanted.isButPaused(before));
      upkeep.nodeChanged(node);
    }
  }

  private void switchOff(ClusterNode node, @Nullable Fault cause) {
    Fault.Kind how = cause == null ? Fault.Kind.CRASH : cause.kind();
    switch (how) {
      case REBOOT, UPGRADE, ALONE -> node.shutDown();
      case CRASH_KEEPING_STATES -> node.crash(true);
      default -> node.crash(false);
    }
    connections.switchedOff(node, how == Fault.Kind.CRASH_KEEPING_STATES);
    say(() -> node.name() + " is off");
  }

  /**
   * Whether a node's packets reach another one now, apart from random loss.
   *
   * @param segment name of a network, or {@link #SYNC}
   * @param from sender
   * @param to receiver
   * @return true if both run and nothing is in the way
   */
  public boolean reaches(String segment, ClusterNode from, ClusterNode to) {
    return hears(wiring.segments().indexOf(network.segment(segment)), from, to);
  }

  /**
   * Whether a node's packets reach another one on a segment, apart from random loss.
   *
   * @param segment counted from 0
   * @param from sender
   * @param to receiver
   * @return true if both run and nothing is in the way
   */
  boolean hears(int segment, ClusterNode from, ClusterNode to) {
    Conditions.Segment way = conditions.segment(segment);
    return isUp(segment, from)
        && isUp(segment, to)
        && way.groups().get(from.number()).equals(way.groups().get(to.number()))
        && (next(from) != to || way.lossToNext().get(from.number()) < 1);
  }

  /** Whether a node runs and has carrier there. */
  boolean isUp(int segment, ClusterNode node) {
    Conditions.Node state = conditions.node(node.number());
    return node.isRunning()
        && !state.paused()
        && !state.cablesOut().contains(wiring.links().get(segment));
  }

  /** How late what is sent now may be dealt with, at worst. */
  long slackNanos(int segment) {
    SimFaults faults = conditions.segment(segment).faults();
    long latency = 0;
    for (ClusterNode node : nodes) {
      latency = Math.max(latency, conditions.node(node.number()).latencyNanos());
    }
    return faults.delay().toNanos()
        + faults.jitter().toNanos()
        + SimFaults.REORDER_WINDOW.toNanos()
        + 3 * latency
        + 50_000_000L;
  }

  /**
   * Lets virtual time pass, checking after every event; ends early when something is violated.
   *
   * @param time how long
   * @return this
   */
  public Cluster run(Duration time) {
    runUntil(() -> false, time);
    return this;
  }

  /**
   * Lets virtual time pass until something is so; ends early when something is violated.
   *
   * @param condition to wait for
   * @param limit how long at most
   * @return whether it came to be within the limit
   */
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    boolean[] holds = new boolean[1];
    network.runUntil(
        () -> {
          check();
          holds[0] = condition.getAsBoolean();
          return holds[0] || !violations.isEmpty();
        },
        limit);
    return holds[0];
  }

  private void check() {
    long now = network.now();
    elections.check(now);
    upkeep.check(now);
    connections.check(now);
    for (Invariant invariant : invariants) {
      invariant
          .check(this)
          .ifPresent(evidence -> violated(invariant.name(), invariant.reason(), evidence));
    }
  }

  /** Whether nobody waits for a bulk transfer and all agree. */
  boolean isAtRest() {
    for (ClusterNode node : nodes) {
      if (!node.isRunning() || node.pfsync().isAwaitingBulk()) {
        return false;
      }
    }
    return tablesAgree();
  }

  /** How often a role has changed. */
  long roleChanges() {
    return roleChanges;
  }

  /** Whether all tables hold what the whole cluster knows; and how far, by its own rules. */
  boolean tablesAgree() {
    return connections.tablesAgree();
  }

  /**
   * What has been violated so far.
   *
   * @return in order; nothing runs on after the first
   */
  public List<Violation> violations() {
    return List.copyOf(violations);
  }

  void violated(Rule rule, String evidence) {
    violated(rule.text(), rule.reason(), evidence);
  }

  private void violated(String name, String reason, String evidence) {
    if (violations.stream().noneMatch(known -> known.name().equals(name))) {
      Violation violation = new Violation(network.now(), name, reason, evidence);
      violations.add(violation);
      say(() -> "VIOLATION " + violation);
    }
  }

  void roleChanged(ClusterNode node, RoleChange change) {
    say(() -> node.name() + ": " + change);
    roleChanges++;
    recorder.changesRole(node, change);
    elections.roleChanged(node, change);
  }

  void demotionChanged(ClusterNode node, DemotionChange change) {
    say(() -> node.name() + ": " + change);
    elections.demotionChanged();
    upkeep.changed();
  }

  void observe(ClusterNode node, PfsyncEvent event) {
    if (timeline != null && event.kind() != PfsyncEvent.Kind.UPDATE) {
      say(() -> node.name() + ": " + describe(event));
    }
    connections.observed(node, event);
  }

  private static String describe(PfsyncEvent event) {
    return event.id() == 0
        ? event.kind().text()
        : "%s %016x/%08x %s"
            .formatted(event.kind().text(), event.id(), event.creatorId(), event.detail());
  }

  void opened(ClusterNode node, PfState state) {
    connections.opened(node, state);
  }

  void moved(ClusterNode node, StateId id) {
    connections.look(node, id);
  }

  void removed(ClusterNode node, StateId id) {
    say(() -> node.name() + ": removes " + id);
    connections.removed(node, id);
  }

  /** Built only if somebody reads it. */
  void say(Supplier<String> line) {
    Consumer<String> sink = timeline;
    if (sink != null) {
      sink.accept(String.format(Locale.ROOT, "%12.6f  %s", network.now() / 1e9, line.get()));
    }
  }

  @Override
  public String toString() {
    return nodes.toString();
  }
}
