package org.pfha.examples.cluster;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.ClusterNode;
import org.pfha.cluster.Firmware;
import org.pfha.cluster.Invariant;
import org.pfha.net.EventLoop;
import org.pfha.pf.StateId;
import org.pfha.pfsync.PfsyncNodeBuilder;

/**
 * A user's firmware in the simulated cluster: each node forwards with a {@link FlowTable}, which
 * must always know what its state table knows. One instance is for one run.
 *
 * <pre>{@code
 * FlowFirmware firmware = new FlowFirmware();
 * new Simulation().firmware(firmware).invariants(List.of(firmware)).verify(scenario);
 * }</pre>
 */
class FlowFirmware implements Firmware, Invariant {

  private static final long PACKET_NANOS = 200_000_000L;

  /** A slow node needs so long to tell its data plane. */
  private static final long PATIENCE_NANOS = 2_000_000_000L;

  private static final long LOOK_NANOS = 500_000_000L;

  private final Map<Integer, FlowTable> tables = new HashMap<>();
  private final Map<Integer, Long> differsSince = new HashMap<>();
  private long next;

  FlowTable table(ClusterNode node) {
    return tables.computeIfAbsent(node.number(), number -> new FlowTable(node));
  }

  @Override
  public void carp(ClusterNode node, CarpNodeBuilder builder) {
    table(node).attach(builder);
  }

  @Override
  public void pfsync(ClusterNode node, PfsyncNodeBuilder builder) {
    table(node).attach(builder);
  }

  @Override
  public void booted(ClusterNode node) {
    packets(node, node.host().loop(), 0);
  }

  @Override
  public void ended(ClusterNode node, boolean statesKept) {
    if (!statesKept) {
      table(node).forget();
    }
  }

  /** New connections, and now and then the end of one, for as long as this boot lasts. */
  private void packets(ClusterNode node, EventLoop loop, int number) {
    try {
      loop.schedule(
          loop.clock().nanoTime() + PACKET_NANOS,
          () -> {
            // In the end the traffic stops, lest the tables never agree.
            if (node.cluster().network().now() < node.cluster().scenario().length().toNanos()) {
              if (number % 4 == 3) {
                table(node).disconnect();
              } else {
                table(node).connect();
              }
              packets(node, loop, number + 1);
            }
          });
    } catch (RejectedExecutionException off) {
      // The node has been switched off; the next boot begins anew.
    }
  }

  @Override
  public String name() {
    return "flows-follow-states";
  }

  @Override
  public String reason() {
    return "a data plane that has missed a state drops the connection when it takes over";
  }

  @Override
  public Optional<String> check(Cluster cluster) {
    long now = cluster.network().now();
    if (now - next < 0) {
      return Optional.empty();
    }
    next = now + LOOK_NANOS;
    for (ClusterNode node : cluster.nodes()) {
      Set<StateId> states = new HashSet<>();
      node.table().forEach(row -> states.add(new StateId(row.id(), row.creatorId())));
      if (!node.isRunning() || table(node).flows().equals(states)) {
        differsSince.remove(node.number());
      } else if (now - differsSince.computeIfAbsent(node.number(), number -> now)
          > PATIENCE_NANOS) {
        return Optional.of(
            "%s has %d flows and %d states"
                .formatted(node, table(node).flows().size(), states.size()));
      }
    }
    return Optional.empty();
  }
}
