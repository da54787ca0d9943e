package org.pfha.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateDiff;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateRow;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.Refusal;

/**
 * Every connection there ever was, and what each table knows of it. A table is looked at when its
 * node says that a state has changed, and as a whole before and after everything that breaks.
 */
final class Connections {

  private static final long UNKNOWN = Long.MIN_VALUE;
  private static final long PATIENCE = 1_000_000_000L;
  private static final String NO_ROOM = Refusal.NO_MEMORY.text();

  private final Cluster cluster;
  private final boolean[] crowded; // has had no room for a state since it booted
  private final Map<StateId, Connection> all = new LinkedHashMap<>();

  private final Map<StateId, Vanished> unexplained = new LinkedHashMap<>();

  /** A state that is gone, and until when somebody may say that it has expired. */
  private record Vanished(ClusterNode node, long untilNanos) {}

  /** One connection. Bits stand for nodes, counted from 0. */
  private static final class Connection {
    final boolean tcp;
    final long[] src;
    final long[] dst;
    int holders;
    int removedAt;
    boolean removed;
    boolean expired;

    /** Has come back to a kernel, which does not remember what it has removed. */
    boolean revived;

    Connection(boolean tcp, int nodes) {
      this.tcp = tcp;
      src = new long[nodes];
      dst = new long[nodes];
    }

    boolean isHeldBy(int node) {
      return (holders >> node & 1) != 0;
    }
  }

  Connections(Cluster cluster) {
    this.cluster = cluster;
    crowded = new boolean[cluster.nodes().size()];
  }

  void opened(ClusterNode node, PfState state) {
    all.put(state.stateId(), new Connection(state.proto() == PfState.TCP, cluster.nodes().size()));
    look(node, state.stateId());
  }

  void removed(ClusterNode node, StateId id) {
    Connection connection = all.get(id);
    if (connection != null) {
      connection.removed = true;
      look(node, id);
    }
  }

  void observed(ClusterNode node, PfsyncEvent event) {
    if (event.id() == 0 && event.creatorId() == 0) {
      return;
    }
    StateId id = new StateId(event.id(), event.creatorId());
    Connection connection = all.get(id);
    switch (event.kind()) {
      case EXPIRED -> {
        if (connection != null) {
          connection.expired = true;
          look(node, id);
          // It may still be alive elsewhere, and come back from there.
          connection.removedAt &= ~(1 << node.number());
        }
      }
      case INSERT, CLOSED_REPLACED, UPDATE, UPDATE_PARTLY_STALE, UPDATE_STALE, REMOVE ->
          look(node, id);
      case REJECT -> crowded[node.number()] |= event.detail().equals(NO_ROOM);
      default -> {}
    }
  }

  void switchedOff(ClusterNode node, boolean statesKept) {
    crowded[node.number()] = false;
    if (cluster.conditions().node(node.number()).latencyNanos() > 0) {
      // It can no longer say that what it had has expired.
      unexplained.forEach(
          (id, vanished) -> {
            Connection connection = all.get(id);
            if (vanished.node == node && connection != null) {
              connection.expired = true;
            }
          });
    }
    int others = ~(1 << node.number());
    for (Connection connection : all.values()) {
      connection.removedAt &= others;
      if (!statesKept) {
        connection.holders &= others;
      }
    }
  }

  void check(long now) {
    if (unexplained.isEmpty()) {
      return;
    }
    unexplained
        .entrySet()
        .removeIf(
            entry -> {
              Connection connection = all.get(entry.getKey());
              boolean explained = connection != null && (connection.removed || connection.expired);
              Vanished vanished = entry.getValue();
              if (!explained && now - vanished.untilNanos > 0) {
                cluster.violated(
                    Rule.STATE_SURVIVES, entry.getKey() + " vanished from " + vanished.node);
              }
              return explained;
            });
  }

  /** Looks at all states of all tables. */
  void verify() {
    for (ClusterNode node : cluster.nodes()) {
      if (node.isRunning()) {
        for (StateId id : all.keySet()) {
          look(node, id);
        }
        verifyKnown(node);
      }
    }
  }

  private void verifyKnown(ClusterNode node) {
    node.table()
        .forEach(
            row -> {
              if (!all.containsKey(new StateId(row.id(), row.creatorId()))) {
                invented(node, new StateId(row.id(), row.creatorId()));
              }
            });
  }

  /** What has become of a state at a node since it was looked at last. */
  void look(ClusterNode node, StateId id) {
    Connection connection = all.get(id);
    if (!node.isRunning()) {
      return;
    }
    StateTable table = node.table();
    int found = table.find(id.id(), id.creatorId());
    boolean present = found != StateTable.NO_ROW;
    if (connection == null) {
      if (present) {
        invented(node, id);
      }
      return;
    }
    int number = node.number();
    boolean held = connection.isHeldBy(number);
    long src = UNKNOWN;
    long dst = UNKNOWN;
    if (present) {
      StateRow row = table.seek(found, table.cursor());
      src = row.srcEnd();
      dst = row.dstEnd();
    }
    if (present && !held) {
      appeared(node, id, connection);
      connection.holders |= 1 << number;
    } else if (present) {
      moved(node, id, connection, src, dst);
    } else if (held) {
      connection.holders &= ~(1 << number);
      vanished(node, id, connection);
    }
    connection.src[number] = src;
    connection.dst[number] = dst;
  }

  private void invented(ClusterNode node, StateId id) {
    cluster.violated(Rule.NO_INVENTED_STATE, node + " holds " + id + ", which nobody has opened");
  }

  private void appeared(ClusterNode node, StateId id, Connection connection) {
    boolean remembers = cluster.scenario().behaviour() == Behaviour.PFHA;
    connection.revived |= !remembers && (connection.removed || connection.expired);
    if (remembers && (connection.removedAt >> node.number() & 1) != 0) {
      cluster.violated(Rule.DELETED_STAYS_DELETED, id + " is back at " + node);
    }
  }

  /** The node that made it expire may be slow to say so. */
  private void vanished(ClusterNode node, StateId id, Connection connection) {
    if (!connection.removed && !connection.expired) {
      unexplained.putIfAbsent(id, new Vanished(node, cluster.network().now() + PATIENCE));
    }
    if (connection.removed) {
      connection.removedAt |= 1 << node.number();
    }
  }

  private void moved(ClusterNode node, StateId id, Connection connection, long src, long dst) {
    int number = node.number();
    boolean strict = cluster.scenario().behaviour() == Behaviour.PFHA;
    if (isBack(connection.tcp, connection.src[number], src)) {
      back(node, id, "initiator", connection.src[number], src);
    } else if (strict && isBack(connection.tcp, connection.dst[number], dst)) {
      back(node, id, "responder", connection.dst[number], dst);
    }
  }

  private void back(ClusterNode node, StateId id, String end, long from, long to) {
    cluster.violated(
        Rule.NO_BACKWARD_MERGE,
        "%s at %s: its %s went from %d:%08x back to %d:%08x"
            .formatted(id, node, end, from >>> 32, (int) from, to >>> 32, (int) to));
  }

  private static boolean isBack(boolean tcp, long from, long to) {
    int before = (int) (from >>> 32);
    int after = (int) (to >>> 32);
    if (before >= StatePeer.PROXY_SRC) {
      return false;
    }
    return after < before || (tcp && after == before && (int) from - (int) to > 0);
  }

  /**
   * Whether all nodes hold the same states and, unless the kernel's rule lets them differ, have got
   * as far with them. A table that has had no room for a state cannot be asked to know it.
   */
  boolean tablesAgree() {
    @Nullable StateTable largest = null;
    for (ClusterNode node : cluster.nodes()) {
      if (largest == null || node.table().size() > largest.size()) {
        largest = node.table();
      }
    }
    boolean strict = cluster.scenario().behaviour() == Behaviour.PFHA;
    for (ClusterNode node : cluster.nodes()) {
      StateTable table = node.table();
      if (largest == null || crowded[node.number()]) {
        continue;
      }
      if (table.identityDigest() != largest.identityDigest() && !areRevived(largest, table)) {
        return false;
      }
      if (strict && table.progressDigest() != largest.progressDigest()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether all that one table has and another has not are states whose end has crossed a bulk
   * transfer on its way: kernels keep them until they expire once more.
   */
  private boolean areRevived(StateTable one, StateTable other) {
    StateDiff diff = one.diff(other);
    return Stream.concat(diff.onlyHere().stream(), diff.onlyThere().stream())
        .map(all::get)
        .allMatch(connection -> connection != null && connection.revived);
  }

  /** What the tables disagree about. */
  String disagreement() {
    StringBuilder text = new StringBuilder();
    ClusterNode first = cluster.nodes().get(0);
    for (ClusterNode node : cluster.nodes()) {
      text.append(node).append(' ').append(node.table().size()).append(" states");
      if (node != first) {
        text.append(' ').append(first.table().diff(node.table(), 3));
      }
      text.append("; ");
    }
    return text.toString();
  }

  int size() {
    return all.size();
  }
}
