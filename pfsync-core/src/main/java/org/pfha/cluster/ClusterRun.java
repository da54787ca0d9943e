package org.pfha.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pfha.net.sim.SimFaults;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;

/**
 * One seeded run: a cluster under random faults, connections being opened all the while, then peace
 * and a check that all nodes agree. Confined to one thread.
 */
public final class ClusterRun {

  private static final Duration CONVERGENCE = Duration.ofMinutes(2);

  private final long seed;
  private final SplittableRandom random;
  private final SimCluster cluster;
  private final List<String> timeline = new ArrayList<>();
  private int connections;

  /**
   * A run that a seed repeats exactly.
   *
   * @param seed decides the faults, their times and everything random in the network
   */
  public ClusterRun(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed ^ 0x70666861L);
    this.cluster =
        SimCluster.builder(seed)
            .firewall("fw-a", 0, "seeded")
            .firewall("fw-b", 100, "seeded")
            .virtualAddress("lan", "em0", 1, "10.0.0.1/24")
            .virtualAddress("wan", "em1", 2, "192.0.2.1/24")
            .timeline(timeline::add)
            .build();
  }

  /**
   * Runs it.
   *
   * @param steps how many random things happen
   * @return the violated invariants; none if all is well
   */
  public List<Violation> run(int steps) {
    cluster.start();
    cluster.run(Duration.ofSeconds(10));
    for (int i = 0; i < steps; i++) {
      step();
      cluster.run(Duration.ofMillis(random.nextInt(50, 8_000)));
    }
    peace();
    List<Violation> found = new ArrayList<>(cluster.violations());
    if (!cluster.runUntil(this::converged, CONVERGENCE)) {
      found.add(
          new Violation(
              cluster.network().now(),
              "tables-converge",
              "firewalls that do not agree drop connections at the next failover",
              "identity digests differ " + CONVERGENCE + " after the last fault"));
    }
    return List.copyOf(found);
  }

  /**
   * Everything that happened, for a run that failed.
   *
   * @return one line per event, the seed first
   */
  public List<String> timeline() {
    List<String> lines = new ArrayList<>(List.of("seed " + seed));
    lines.addAll(timeline);
    return lines;
  }

  /**
   * The cluster that is run.
   *
   * @return the cluster
   */
  public SimCluster cluster() {
    return cluster;
  }

  private void step() {
    SimFirewall victim = cluster.firewalls().get(random.nextInt(cluster.firewalls().size()));
    boolean calm = cluster.partitions().stream().anyMatch(group -> group.size() > 1);
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> openSome();
      case 3 -> {
        if (calm) {
          note(victim, "is cut off");
          cluster.cutOff(victim);
        } else {
          peace();
        }
      }
      case 4 -> {
        if (calm) {
          note(victim, "loses power");
          cluster.crash(victim);
        } else {
          peace();
        }
      }
      case 5 -> {
        if (calm) {
          note(victim, "is paused");
          cluster.pause(victim);
        } else {
          peace();
        }
      }
      case 6 -> {
        SimFaults faults =
            SimFaults.NONE
                .withLoss(random.nextDouble(0.05))
                .withDuplication(random.nextDouble(0.2))
                .withReordering(random.nextDouble(0.2));
        timeline.add("faults " + faults);
        cluster.faults(faults);
      }
      default -> peace();
    }
  }

  /** Connections open where the traffic goes: on the master of the first address. */
  private void openSome() {
    cluster.firewalls().stream()
        .filter(SimFirewall::isRunning)
        .filter(fw -> fw.role(1) == org.pfha.carp.engine.Role.MASTER)
        .findFirst()
        .ifPresent(
            master -> {
              int count = random.nextInt(1, 10);
              for (int i = 0; i < count; i++) {
                PfState state = connection(connections++);
                master.host().loop().execute(() -> master.open(state));
              }
              note(master, "opens " + count + " connections");
            });
  }

  private void peace() {
    timeline.add("peace");
    cluster.faults(SimFaults.NONE);
    for (SimFirewall firewall : cluster.firewalls()) {
      cluster.resume(firewall);
      cluster.reconnect(firewall);
      if (!firewall.isRunning()) {
        cluster.restart(firewall);
      } else {
        firewall.pfsync().resync();
      }
    }
  }

  private boolean converged() {
    long distinct =
        cluster.firewalls().stream().map(fw -> fw.table().identityDigest()).distinct().count();
    return distinct == 1;
  }

  private void note(SimFirewall firewall, String text) {
    cluster.timeline(firewall, text);
  }

  /** An established TCP connection from a client on the LAN, different for each number. */
  static PfState connection(int number) {
    StatePeer established = StatePeer.of(StatePeer.ESTABLISHED);
    StateKey key =
        StateKey.of(
            address(10, 0, 0, 10 + number / 60_000 % 200),
            1_024 + number % 60_000,
            address(203, 0, 113, 7),
            443);
    return PfState.of(0, 0, "all", key, PfState.TCP, PfState.IN, established, established);
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
