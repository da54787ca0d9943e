package org.pfha.cluster;

import java.util.Arrays;

/** That nodes neither stay demoted nor wait for ever, and that nothing grows without end. */
final class Upkeep {

  private static final long SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  /** What a released penalty may take on a slow node. */
  private static final long PATIENCE = 2 * SECOND;

  /** 13 requests 5 s apart, and what a transfer takes that begins with the last (spec 12.1). */
  private static final long LONGEST_BULK = 90 * SECOND;

  private static final long LOOK = SECOND;
  private static final int MOST_PENDING = 200_000;

  private final Cluster cluster;
  private final long[] demotedSince;
  private final long[] awaitingSince;
  private final long[] nodeChanged;
  private long next;

  Upkeep(Cluster cluster) {
    this.cluster = cluster;
    int nodes = cluster.nodes().size();
    demotedSince = new long[nodes];
    awaitingSince = new long[nodes];
    nodeChanged = new long[nodes];
    Arrays.fill(demotedSince, NEVER);
    Arrays.fill(awaitingSince, NEVER);
  }

  void changed() {
    next = cluster.network().now();
  }

  void nodeChanged(ClusterNode node) {
    nodeChanged[node.number()] = cluster.network().now();
    awaitingSince[node.number()] = NEVER;
  }

  void check(long now) {
    if (now - next < 0) {
      return;
    }
    next = now + LOOK;
    for (ClusterNode node : cluster.nodes()) {
      if (node.isRunning()) {
        demotion(node, now);
        memory(node);
      }
    }
    if (cluster.network().pending() > MOST_PENDING) {
      cluster.violated(
          Rule.MEMORY_BOUNDED, cluster.network().pending() + " timers, tasks and packets");
    }
  }

  private void demotion(ClusterNode node, long now) {
    int number = node.number();
    Conditions.Node state = cluster.conditions().node(number);
    boolean awaiting = node.pfsync().isAwaitingBulk();
    awaitingSince[number] = since(awaiting && !state.paused(), awaitingSince[number], now);
    if (awaitingSince[number] != NEVER && now - awaitingSince[number] > LONGEST_BULK) {
      cluster.violated(
          Rule.DEMOTION_RETURNS,
          node + " has waited for a bulk transfer for " + LONGEST_BULK / SECOND + " s");
    }
    boolean causeless = state.isSound() && !awaiting && node.demotion() != 0;
    demotedSince[number] = since(causeless, demotedSince[number], now);
    if (causeless) {
      long from = Math.max(demotedSince[number], nodeChanged[number]);
      if (now - from > PATIENCE) {
        cluster.violated(
            Rule.DEMOTION_RETURNS,
            node + " is demoted for nothing: " + node.carp().demotion().entries());
      }
    }
  }

  private static long since(boolean wrong, long before, long now) {
    if (!wrong) {
      return NEVER;
    }
    return before == NEVER ? now : before;
  }

  private void memory(ClusterNode node) {
    int size = node.table().size();
    if (size > node.table().limit()) {
      cluster.violated(
          Rule.MEMORY_BOUNDED,
          "%s holds %d states, %d are allowed".formatted(node, size, node.table().limit()));
    }
  }
}
