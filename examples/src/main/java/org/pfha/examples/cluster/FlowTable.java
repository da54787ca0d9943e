package org.pfha.examples.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.cluster.ClusterNode;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pfsync.DataPlane;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.StateChange;
import org.pfha.pfsync.StateFeed;
import org.pfha.pfsync.StateSink;
import org.pfha.pfsync.StateSource;
import org.pfha.pfsync.Takeover;

/**
 * The smallest data plane there can be: a table of flows, which forwards when it is told to. It
 * stands for a user's own; see {@link FlowFirmware} for how it gets into the cluster.
 */
final class FlowTable implements StateSource, StateSink {

  private final ClusterNode node;
  private final Map<StateId, PfState> flows = new HashMap<>();
  private final Deque<PfState> fresh = new ArrayDeque<>();
  private final Deque<StateId> ended = new ArrayDeque<>();
  private final Set<StateId> own = new HashSet<>();
  private DataPlane plane = new DataPlane(this, this);
  private boolean forwarding;
  private boolean taking = true;
  private int opened;

  FlowTable(ClusterNode node) {
    this.node = node;
  }

  /** The node's software starts, perhaps for the second time. */
  void attach(CarpNodeBuilder carp) {
    plane = new DataPlane(this, this);
    carp.onRoleChange(plane::roleChanged);
  }

  void attach(PfsyncNodeBuilder pfsync) {
    pfsync.dataPlane(plane);
  }

  /** Power is off. */
  void forget() {
    flows.clear();
    fresh.clear();
    ended.clear();
    own.clear();
    forwarding = false;
  }

  /** A packet of a new connection; nobody forwards it but the master. */
  void connect() {
    if (forwarding) {
      fresh.add(connection(opened++));
      plane.ready();
    }
  }

  /** The oldest connection of its own making ends. */
  void disconnect() {
    if (forwarding && !own.isEmpty()) {
      StateId oldest = own.iterator().next();
      own.remove(oldest);
      ended.add(oldest);
      plane.ready();
    }
  }

  /** A bug for the test: changes are thrown away. */
  void stopTaking() {
    taking = false;
  }

  boolean isForwarding() {
    return forwarding;
  }

  Set<StateId> flows() {
    return flows.keySet();
  }

  /**
   * What is new goes through the node, so that the simulation knows that somebody has opened it.
   */
  @Override
  public boolean feed(StateFeed feed, int most) {
    int given = 0;
    while (given++ < most && !fresh.isEmpty()) {
      PfState state = node.open(fresh.remove());
      if (state != null) {
        flows.put(state.stateId(), state);
        own.add(state.stateId());
      }
    }
    while (given++ < most && !ended.isEmpty()) {
      StateId id = ended.remove();
      flows.remove(id);
      node.remove(id);
    }
    return !fresh.isEmpty() || !ended.isEmpty();
  }

  @Override
  public int deliver(List<StateChange> changes) {
    if (taking) {
      for (StateChange change : changes) {
        PfState state = change.state();
        if (state == null) {
          flows.remove(change.id());
          own.remove(change.id());
        } else {
          flows.put(change.id(), state);
        }
      }
    }
    return changes.size();
  }

  @Override
  public void reset() {
    flows.clear();
  }

  @Override
  public void commit(Takeover takeover) {
    forwarding = true;
  }

  @Override
  public void standBy() {
    forwarding = false;
  }

  private PfState connection(int number) {
    try {
      StateKey key =
          StateKey.of(
              InetAddress.getByAddress(new byte[] {10, 0, (byte) node.number(), 9}),
              1024 + number % 60_000,
              InetAddress.getByAddress(new byte[] {(byte) 203, 0, 113, (byte) (number / 60_000)}),
              443);
      StatePeer peer = new StatePeer(StatePeer.ESTABLISHED, number, number, 0, 0, 0, 0, null);
      return PfState.of(0, 0, PfState.ALL, key, PfState.TCP, PfState.IN, peer, peer);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("four bytes are an address", impossible);
    }
  }
}
