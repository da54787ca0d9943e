package org.pfha.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.pfha.carp.engine.Role;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;

/** The invariants that every cluster run checks. */
public final class Invariants {

  private Invariants() {}

  /**
   * All of them, new and without history.
   *
   * @return one instance per run
   */
  public static List<Invariant> all() {
    return List.of(atMostOneMaster(), someMaster(), noStateLost());
  }

  /**
   * At most one MASTER per VHID among firewalls that can hear each other, once timers allow: a
   * second one must yield within two advert intervals.
   *
   * @return a new instance
   */
  public static Invariant atMostOneMaster() {
    return new Lasting(
        "at-most-one-master",
        "two masters answer ARP for one address and split its connections between them",
        SimCluster::yieldTime) {
      @Override
      Optional<String> wrong(SimCluster cluster, SimCluster.Vip vip, Set<SimFirewall> partition) {
        List<SimFirewall> masters =
            partition.stream().filter(fw -> fw.role(vip.vhid()) == Role.MASTER).toList();
        return masters.size() < 2
            ? Optional.empty()
            : Optional.of("vhid " + vip.vhid() + " has the masters " + masters);
      }
    };
  }

  /**
   * Some firewall is MASTER of each VHID wherever a healthy one is, once the slowest master-down
   * timer has run out.
   *
   * @return a new instance
   */
  public static Invariant someMaster() {
    return new Lasting(
        "some-master",
        "without a master nobody answers for the address and its network is cut off",
        SimCluster::takeoverTime) {
      @Override
      Optional<String> wrong(SimCluster cluster, SimCluster.Vip vip, Set<SimFirewall> partition) {
        return partition.stream().anyMatch(fw -> fw.role(vip.vhid()) == Role.MASTER)
            ? Optional.empty()
            : Optional.of("vhid " + vip.vhid() + " has no master among " + partition);
      }
    };
  }

  /**
   * A state that a peer was once seen to hold stays known to a MASTER as long as a firewall that
   * held it goes on running: a failover loses no connection.
   *
   * @return a new instance
   */
  public static Invariant noStateLost() {
    return new NoStateLost();
  }

  /** Something may be wrong for a while, but not for longer than the timers take to mend it. */
  private abstract static class Lasting implements Invariant {

    private final String name;
    private final String reason;
    private final Function<SimCluster, Duration> patience;
    private final Map<String, Long> since = new HashMap<>();

    Lasting(String name, String reason, Function<SimCluster, Duration> patience) {
      this.name = name;
      this.reason = reason;
      this.patience = patience;
    }

    abstract Optional<String> wrong(
        SimCluster cluster, SimCluster.Vip vip, Set<SimFirewall> partition);

    @Override
    public String name() {
      return name;
    }

    @Override
    public String reason() {
      return reason;
    }

    @Override
    public Optional<String> check(SimCluster cluster) {
      long now = cluster.network().now();
      Set<String> seen = new HashSet<>();
      Optional<String> result = Optional.empty();
      for (SimCluster.Vip vip : cluster.vips()) {
        for (Set<SimFirewall> partition : cluster.partitions()) {
          Optional<String> wrong = wrong(cluster, vip, partition);
          if (wrong.isEmpty()) {
            continue;
          }
          // The epoch is part of the key: a new fault gives the timers a new chance.
          String key = vip.vhid() + " " + partition + " " + cluster.epoch();
          seen.add(key);
          long began = since.computeIfAbsent(key, k -> now);
          if (now - began > patience.apply(cluster).toNanos()) {
            result = wrong.map(text -> text + " for " + Duration.ofNanos(now - began));
          }
        }
      }
      since.keySet().retainAll(seen);
      return result;
    }
  }

  private static final class NoStateLost implements Invariant {

    private final Map<StateId, Set<StateTable>> holders = new HashMap<>();
    private final Map<StateId, Long> missingSince = new HashMap<>();

    @Override
    public String name() {
      return "no-state-lost";
    }

    @Override
    public String reason() {
      return "a connection whose state its new master does not know is dropped";
    }

    @Override
    public Optional<String> check(SimCluster cluster) {
      Map<StateTable, SimFirewall> running = new HashMap<>();
      for (SimFirewall firewall : cluster.firewalls()) {
        if (firewall.isRunning()) {
          running.put(firewall.table(), firewall);
          for (PfState state : firewall.table().states()) {
            holders.computeIfAbsent(state.stateId(), id -> new HashSet<>()).add(firewall.table());
          }
        }
      }
      Optional<String> lost = Optional.empty();
      for (Map.Entry<StateId, Set<StateTable>> entry : holders.entrySet()) {
        StateId id = entry.getKey();
        entry.getValue().retainAll(running.keySet());
        for (StateTable table : entry.getValue()) {
          if (isGone(cluster, table, id)) {
            lost = Optional.of("state " + id + " vanished from " + running.get(table));
          }
        }
      }
      return lost;
    }

    /** What is missing is lost unless its end is reported at the same instant. */
    private boolean isGone(SimCluster cluster, StateTable table, StateId id) {
      if (table.get(id.id(), id.creatorId()) != null || cluster.wasRemoved(id)) {
        return false;
      }
      long now = cluster.network().now();
      return now - missingSince.computeIfAbsent(id, key -> now) > 0;
    }
  }
}
