package org.pfha.examples.demo;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.ClusterNode;
import org.pfha.cluster.Fault;
import org.pfha.cluster.Firmware;
import org.pfha.cluster.Scenario;
import org.pfha.examples.status.NodeView;
import org.pfha.examples.status.Timeline;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.BulkProgress;

/**
 * The simulated pair behind the page, and what its operator does to it. Confined to one thread.
 *
 * <p>Its wall clock is virtual time from the instant it was made.
 */
final class LivePair {

  private static final long SEED = 20_260_101;
  private static final Duration A_WHILE = Duration.ofMinutes(1);
  private static final Duration TRAFFIC_STEP = Duration.ofMillis(250);
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** What an operator can do to a node and undo. */
  enum Deed {
    POWER_OFF(Fault.Kind.CRASH, "loses power", "gets power again"),
    MAINTENANCE(Fault.Kind.MAINTENANCE, "enters maintenance", "leaves maintenance"),
    DISABLE(Fault.Kind.DISABLE, "has CARP disabled", "has CARP enabled again"),
    SYNC_CABLE(Fault.Kind.LINK_DOWN, "has its sync cable pulled", "has its sync cable put back");

    private final Fault.Kind kind;
    final String done;
    final String undone;

    Deed(Fault.Kind kind, String done, String undone) {
      this.kind = kind;
      this.done = done;
      this.undone = undone;
    }
  }

  private final Timeline timeline;
  private final Consumer<BulkProgress> bulk;
  private final Instant base;
  private final Cluster cluster;
  private final LiveTraffic traffic;
  private final Map<ClusterNode, Instant> started = new HashMap<>();
  private final Set<Fault> active = new LinkedHashSet<>();
  private long nextTraffic;
  private boolean toldOfViolation;

  LivePair(Timeline timeline, Consumer<BulkProgress> bulk, Instant base) throws IOException {
    this.timeline = timeline;
    this.bulk = bulk;
    this.base = base;
    cluster = new Cluster(Scenario.pair(SEED), new Watched(), List.of(), null);
    traffic = new LiveTraffic(cluster);
    cluster.start();
    traffic.begin(primary(), DemoData.connections());
  }

  /** Plain pfHA that tells the timeline. */
  private final class Watched implements Firmware {
    @Override
    public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
      return planned.password("demo only");
    }

    @Override
    public void carp(ClusterNode node, CarpNodeBuilder builder) {
      builder.onEvent(event -> timeline.add(now(), node.name(), event));
    }

    @Override
    public void pfsync(ClusterNode node, PfsyncNodeBuilder builder) {
      builder
          .alarmOnSilence(SILENCE)
          .onBulkProgress(bulk)
          .onEvent(event -> timeline.add(now(), node.name(), event));
    }

    @Override
    public void booted(ClusterNode node) {
      started.put(node, now());
    }
  }

  Instant now() {
    return base.plusNanos(cluster.network().now());
  }

  private ClusterNode primary() {
    return cluster.nodes().get(0);
  }

  /** Lets virtual time pass, with traffic. */
  void advance(Duration time) {
    long end = cluster.network().now() + time.toNanos();
    while (end - cluster.network().now() > 0 && cluster.violations().isEmpty()) {
      if (nextTraffic - cluster.network().now() <= 0) {
        traffic.step();
        nextTraffic = cluster.network().now() + TRAFFIC_STEP.toNanos();
      }
      long next = Math.min(end, nextTraffic) - cluster.network().now();
      cluster.run(Duration.ofNanos(next));
    }
    stopped()
        .filter(why -> !toldOfViolation)
        .ifPresent(
            why -> {
              toldOfViolation = true;
              timeline.add(now(), "demo", Timeline.Kind.DIAGNOSIS, why);
            });
  }

  /** Why time stands still, if it does: the pair broke a rule that it must not break. */
  Optional<String> stopped() {
    return cluster.violations().stream()
        .findFirst()
        .map(violation -> "the simulation has stopped: " + violation);
  }

  List<ClusterNode> nodes() {
    return cluster.nodes();
  }

  boolean isRunning(int node) {
    return nodes().get(node).isRunning();
  }

  boolean has(Deed deed, int node) {
    return active.contains(fault(deed, node));
  }

  private Fault fault(Deed deed, int node) {
    return deed == Deed.SYNC_CABLE
        ? new Fault(deed.kind, Duration.ZERO, A_WHILE, node, cluster.segments().size() - 1, 1)
        : Fault.ofNode(deed.kind, Duration.ZERO, A_WHILE, node);
  }

  /** Does something to a node. */
  void begin(Deed deed, int node) {
    if (!active.add(fault(deed, node))) {
      throw new IllegalStateException(nodes().get(node).name() + " is so already");
    }
    tell(node, deed.done);
    cluster.begin(fault(deed, node));
    if (deed == Deed.POWER_OFF && active.remove(fault(Deed.DISABLE, node))) {
      cluster.end(fault(Deed.DISABLE, node)); // a restart forgets it
    }
  }

  /** Undoes it. */
  void end(Deed deed, int node) {
    if (!active.remove(fault(deed, node))) {
      throw new IllegalStateException(nodes().get(node).name() + " is not so");
    }
    tell(node, deed.undone);
    cluster.end(fault(deed, node));
    if (deed == Deed.SYNC_CABLE) {
      resync();
    }
  }

  /** What changed while they could not hear each other must be told again. */
  private void resync() {
    for (ClusterNode node : nodes()) {
      if (node.isRunning()) {
        node.pfsync().resync();
      }
    }
  }

  /** Switches off whoever carries the first address. */
  void failOver() {
    int vhid = cluster.vips().get(0).vhid();
    for (ClusterNode node : nodes()) {
      if (node.role(vhid) == Role.MASTER) {
        begin(Deed.POWER_OFF, node.number());
        return;
      }
    }
    throw new IllegalStateException("nobody is MASTER; heal the pair first");
  }

  boolean isHealthy() {
    return active.isEmpty();
  }

  /** Undoes everything. */
  void heal() {
    active.clear();
    timeline.add(now(), "pair", Timeline.Kind.OPERATOR, "everything is healed");
    cluster.peace();
  }

  /** Whether the primary's configuration can reach the secondary. */
  boolean isSecondaryReachable() {
    return cluster.reaches(Cluster.SYNC, primary(), nodes().get(1))
        && cluster.reaches(Cluster.SYNC, nodes().get(1), primary());
  }

  private void tell(int node, String what) {
    timeline.add(now(), nodes().get(node).name(), Timeline.Kind.OPERATOR, what);
  }

  List<NodeView.Router> routers() {
    List<NodeView.Router> routers = new ArrayList<>();
    cluster
        .vips()
        .forEach(
            vip ->
                routers.add(new NodeView.Router(vip.link(), vip.vhid(), List.of(vip.address()))));
    return routers;
  }

  /** A node as it is now; empty while it is off. */
  Optional<NodeView> view(ClusterNode node, List<String> configSync) {
    if (!node.isRunning()) {
      return Optional.empty();
    }
    return Optional.of(
        new NodeView(
            node.name(),
            now(),
            node.host().loop().clock().nanoTime(),
            started.getOrDefault(node, base),
            routers(),
            node.carp(),
            Optional.of(node.pfsync()),
            configSync));
  }
}
