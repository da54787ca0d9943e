package org.pfha.examples.demo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import org.pfha.carp.engine.Role;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.ClusterNode;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/**
 * Connections that pass whichever node is MASTER: a few that come and go and always move. Confined
 * to the thread that advances the network.
 */
final class LiveTraffic {

  private static final int MOST = 120;
  private static final int STEPS_PER_NEW = 8;
  private static final int MOVED = 3;
  private static final int WINDOW = 65_535;

  private final Cluster cluster;
  private final SplittableRandom random = new SplittableRandom(7);
  private final ArrayDeque<StateId> open = new ArrayDeque<>();
  private int number;

  LiveTraffic(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Connections that are there from the beginning. */
  void begin(ClusterNode node, List<PfState> recorded) {
    recorded.forEach(state -> node.insert(state.withTimes(0, 0)));
    for (int i = 0; i < MOST / 2; i++) {
      open(node);
    }
  }

  /** A moment passes: some connections move, now and then one comes and the oldest goes. */
  void step() {
    for (ClusterNode node : cluster.nodes()) {
      if (node.isRunning() && node.role(cluster.vips().get(0).vhid()) == Role.MASTER) {
        for (int i = 0; i < MOVED && !open.isEmpty(); i++) {
          move(node, open.stream().skip(random.nextInt(open.size())).findFirst().orElseThrow());
        }
        if (random.nextInt(STEPS_PER_NEW) == 0) {
          open(node);
        }
        if (open.size() > MOST) {
          node.remove(open.removeFirst());
        }
        return;
      }
    }
  }

  private void open(ClusterNode node) {
    number++;
    StateKey key =
        StateKey.of(
            address(10, 0, 0, 10 + number % 200),
            1024 + number % 60_000,
            address(203, 0, 113, 7),
            443);
    StatePeer peer =
        new StatePeer(StatePeer.ESTABLISHED, number, number + WINDOW, 0, 1000, 1460, 0, null);
    PfState opened =
        node.open(PfState.of(0, 0, PfState.ALL, key, PfState.TCP, PfState.IN, peer, peer));
    if (opened != null) {
      open.addLast(opened.stateId());
    }
  }

  /** A packet of a connection that this node does not know, as after a loss, opens nothing. */
  private void move(ClusterNode node, StateId id) {
    PfState state = node.table().get(id.id(), id.creatorId());
    if (state == null) {
      open.remove(id);
    } else {
      node.update(id, forward(state.src()), forward(state.dst()));
    }
  }

  private StatePeer forward(StatePeer peer) {
    int seqlo = peer.seqlo() + random.nextInt(1, 5000);
    return new StatePeer(
        peer.state(),
        seqlo,
        seqlo + WINDOW,
        peer.seqdiff(),
        peer.maxWin(),
        peer.mss(),
        peer.wscale(),
        peer.scrub());
  }

  private static InetAddress address(int... bytes) {
    byte[] raw = new byte[bytes.length];
    for (int i = 0; i < raw.length; i++) {
      raw[i] = (byte) bytes[i];
    }
    try {
      return InetAddress.getByAddress(raw);
    } catch (UnknownHostException impossible) {
      throw new AssertionError("four bytes are an address", impossible);
    }
  }
}
