package org.pfha.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.Role;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/**
 * Connections that open, move along and end on whichever node carries them: the master of the first
 * address, or any two when the routing is asymmetric.
 */
final class Traffic {

  private static final int UDP = 17;
  private static final int MOST_OPEN = 400;

  private final Cluster cluster;
  private final SplittableRandom random;
  private final List<StateId> open = new ArrayList<>();
  private final List<StateId> burst = new ArrayList<>();
  private int connections;

  Traffic(Cluster cluster, long seed) {
    this.cluster = cluster;
    this.random = new SplittableRandom(seed ^ 0x7472_6166_6669_63L);
  }

  /** Something happens to one or a few connections. */
  void step() {
    ClusterNode node = carrier();
    int what = random.nextInt(10);
    int many = 1 + random.nextInt(4);
    if (node == null) {
      return;
    }
    for (int i = 0; i < many; i++) {
      if (what < 4 || open.isEmpty()) {
        PfState connection = connection();
        node.does(() -> opened(node.open(connection), open));
      } else if (what < 9) {
        progress(node, open.get(random.nextInt(open.size())));
      } else {
        StateId id = open.remove(random.nextInt(open.size()));
        node.does(() -> node.remove(id));
      }
    }
  }

  /** More connections at once than the smallest table takes; they end when the burst is over. */
  void overflow(boolean begins) {
    ClusterNode node = carrier();
    if (node == null) {
      return;
    }
    if (begins) {
      int smallest = cluster.nodes().stream().mapToInt(n -> n.plan().stateLimit()).min().orElse(0);
      int many = Math.min(300, smallest + 20);
      for (int i = 0; i < many; i++) {
        PfState connection = connection();
        node.does(() -> opened(node.open(connection), burst));
      }
    } else {
      for (StateId id : burst) {
        node.does(() -> node.remove(id));
      }
      burst.clear();
    }
  }

  private void opened(@Nullable PfState state, List<StateId> into) {
    if (state != null && open.size() < MOST_OPEN) {
      into.add(state.stateId());
    }
  }

  private @Nullable ClusterNode carrier() {
    ClusterNode any = null;
    int from = random.nextInt(cluster.nodes().size());
    for (int i = 0; i < cluster.nodes().size(); i++) {
      ClusterNode node = cluster.nodes().get((from + i) % cluster.nodes().size());
      if (node.isRunning()) {
        any = any == null ? node : any;
        if (node.role(cluster.vips().get(0).vhid()) == Role.MASTER) {
          return cluster.conditions().isAsymmetric() ? any : node;
        }
      }
    }
    return any;
  }

  /** Both ends send something; with asymmetric routing each direction passes another node. */
  private void progress(ClusterNode node, StateId id) {
    int sent = random.nextInt(1, 5_000);
    int answered = random.nextInt(1, 50_000);
    boolean closes = random.nextInt(12) == 0;
    boolean asymmetric = cluster.conditions().isAsymmetric();
    node.does(() -> move(node, id, sent, asymmetric ? 0 : answered, closes));
    if (asymmetric) {
      ClusterNode other = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
      if (other != node) {
        other.does(() -> move(other, id, 0, answered, false));
      }
    }
  }

  private static void move(ClusterNode node, StateId id, int sent, int answered, boolean closes) {
    PfState state = node.table().get(id.id(), id.creatorId());
    if (state == null) {
      return;
    }
    if (state.proto() == PfState.TCP) {
      node.update(id, forward(state.src(), sent, closes), forward(state.dst(), answered, closes));
    } else {
      node.update(id, StatePeer.of(2), StatePeer.of(answered > 0 ? 2 : state.dst().state()));
    }
  }

  private static StatePeer forward(StatePeer peer, int bytes, boolean closes) {
    if (bytes == 0) {
      return peer;
    }
    int next =
        switch (peer.state()) {
          case StatePeer.CLOSED -> StatePeer.SYN_SENT;
          case StatePeer.SYN_SENT -> StatePeer.ESTABLISHED;
          case StatePeer.ESTABLISHED -> closes ? StatePeer.FIN_WAIT_2 : StatePeer.ESTABLISHED;
          default -> peer.state();
        };
    return new StatePeer(
        next,
        peer.seqlo() + bytes,
        peer.seqlo() + bytes + 65_535,
        peer.seqdiff(),
        peer.maxWin(),
        peer.mss(),
        peer.wscale(),
        peer.scrub());
  }

  private PfState connection() {
    int number = connections++;
    boolean tcp = random.nextInt(4) > 0;
    boolean young = random.nextInt(3) == 0;
    if (!tcp) {
      return state(number, UDP, StatePeer.of(1), StatePeer.of(0));
    }
    return state(
        number,
        PfState.TCP,
        tcp(young ? StatePeer.SYN_SENT : StatePeer.ESTABLISHED, random.nextInt()),
        tcp(young ? StatePeer.CLOSED : StatePeer.ESTABLISHED, random.nextInt()));
  }

  /** An established TCP connection, another one for each number. */
  static PfState established(int number) {
    return state(number, PfState.TCP, tcp(StatePeer.ESTABLISHED, 1), tcp(StatePeer.ESTABLISHED, 1));
  }

  private static StatePeer tcp(int state, int seqlo) {
    return new StatePeer(state, seqlo, seqlo + 65_535, 0, 1_000, 1_460, 0, null);
  }

  private static PfState state(int number, int proto, StatePeer src, StatePeer dst) {
    StateKey key =
        StateKey.of(
            address(10, 0, 0, 10 + number / 60_000 % 200),
            1_024 + number % 60_000,
            address(203, 0, 113, 7),
            proto == UDP ? 53 : 443);
    return PfState.of(0, 0, PfState.ALL, key, proto, PfState.IN, src, dst);
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
