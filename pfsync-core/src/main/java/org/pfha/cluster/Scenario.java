package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.pfha.cluster.Fault.Kind;
import org.pfha.pfsync.engine.PfsyncProfile;

/**
 * A cluster and everything that is to happen to it. The same scenario always runs the same way.
 * Immutable.
 *
 * @param seed decides what is random while it runs: losses, delays, the traffic
 * @param behaviour of all nodes
 * @param nodes 2–5
 * @param vips at least one; the networks they are on are segments 0 and up
 * @param advbase of all virtual routers, in seconds, 1–255
 * @param preempt whether the best node takes over from a living master
 * @param multicast whether pfsync goes to the group instead of to each peer
 * @param length how long faults and traffic go on
 * @param traffic connections that open per minute of virtual time, about; 0 for none
 * @param faults in any order
 */
public record Scenario(
    long seed,
    Behaviour behaviour,
    List<NodePlan> nodes,
    List<Vip> vips,
    int advbase,
    boolean preempt,
    boolean multicast,
    Duration length,
    int traffic,
    List<Fault> faults) {

  private static final List<PfsyncProfile> RELEASES = List.of(PfsyncProfile.values());
  private static final List<Kind> KINDS = List.of(Kind.values());
  private static final int STATE_LIMIT = 4_000;
  private static final int SMALL_LIMIT = 150;
  private static final int MOST_NODES = 5;
  private static final int MOST_FAULTS = 14;

  /** Checks the ranges. */
  public Scenario {
    Preconditions.checkArgument(
        nodes.size() >= 2 && nodes.size() <= MOST_NODES,
        "%s nodes; a cluster has 2 to 5",
        nodes.size());
    Preconditions.checkArgument(!vips.isEmpty(), "a cluster needs a virtual address");
    Preconditions.checkArgument(
        vips.stream().map(Vip::vhid).distinct().count() == vips.size(),
        "each virtual address needs a vhid of its own: %s",
        vips);
    Preconditions.checkArgument(
        nodes.stream().map(NodePlan::name).distinct().count() == nodes.size(),
        "each node needs a name of its own: %s",
        nodes);
    Preconditions.checkArgument(traffic >= 0, "traffic %s", traffic);
    nodes = List.copyOf(nodes);
    vips = List.copyOf(vips);
    faults = List.copyOf(faults);
  }

  /**
   * The usual pair, {@code fw-a} of advskew 0 and {@code fw-b} of 100 with addresses in {@code lan}
   * and {@code wan}, which nothing happens to.
   *
   * @param seed for what is random
   * @return a scenario to be changed
   */
  public static Scenario pair(long seed) {
    return new Scenario(
        seed,
        Behaviour.PFHA,
        List.of(
            new NodePlan("fw-a", 0, PfsyncProfile.FREEBSD_14, STATE_LIMIT),
            new NodePlan("fw-b", 100, PfsyncProfile.FREEBSD_14, STATE_LIMIT)),
        List.of(new Vip("lan", "em0", 1, "10.0.0.1/24"), new Vip("wan", "em1", 2, "192.0.2.1/24")),
        1,
        true,
        false,
        Duration.ofMinutes(1),
        60,
        List.of());
  }

  /**
   * The scenario that a seed stands for: any cluster, any faults.
   *
   * @param seed decides everything
   * @return always the same
   */
  public static Scenario of(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Behaviour behaviour = random.nextInt(4) == 0 ? Behaviour.KERNEL : Behaviour.PFHA;
    int count = random.nextInt(3) > 0 ? 2 : random.nextInt(3, MOST_NODES + 1);
    boolean equal = random.nextInt(5) == 0;
    boolean mixed = random.nextInt(3) == 0;
    boolean small = random.nextInt(8) == 0;
    PfsyncProfile release = release(random);
    List<NodePlan> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      nodes.add(
          new NodePlan(
              "fw-" + (char) ('a' + i),
              equal ? 0 : i * 40,
              mixed ? release(random) : release,
              small && i == count - 1 ? SMALL_LIMIT : STATE_LIMIT));
    }
    List<Vip> vips = vips(random);
    Duration length = Duration.ofSeconds(random.nextLong(30, 120));
    List<Fault> faults = faults(random, length);
    return new Scenario(
        seed,
        behaviour,
        nodes,
        vips,
        random.nextInt(6) == 0 ? 2 : 1,
        random.nextInt(6) > 0,
        random.nextInt(4) == 0,
        length,
        random.nextInt(20, 180),
        faults);
  }

  private static PfsyncProfile release(SplittableRandom random) {
    return RELEASES.get(random.nextInt(RELEASES.size()));
  }

  private static List<Vip> vips(SplittableRandom random) {
    List<Vip> vips = new ArrayList<>();
    vips.add(new Vip("lan", "em0", 1, "10.0.0.1/24"));
    if (random.nextInt(3) > 0) {
      vips.add(new Vip("wan", "em1", 2, "192.0.2.1/24"));
    }
    if (random.nextInt(4) == 0) {
      vips.add(new Vip("lan", "em0", 3, "10.0.0.3/24"));
    }
    if (random.nextInt(4) == 0) {
      vips.add(new Vip("six", "em2", 4, "2001:db8:4::1/64"));
    }
    return vips;
  }

  /** Everything is drawn for each fault, whatever its kind needs. */
  private static List<Fault> faults(SplittableRandom random, Duration length) {
    int count = random.nextInt(1, MOST_FAULTS + 1);
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Kind kind = KINDS.get(random.nextInt(KINDS.size()));
      long at = random.nextLong(length.toMillis() * 9 / 10);
      long lasts = random.nextBoolean() ? random.nextLong(20, 3_000) : random.nextLong(20, 30_000);
      if (kind == Kind.PAUSE) {
        lasts = Math.min(lasts, 10_000);
      }
      faults.add(
          new Fault(
              kind,
              Duration.ofMillis(at),
              Duration.ofMillis(lasts),
              random.nextInt(MOST_NODES),
              random.nextInt(MOST_NODES),
              random.nextDouble()));
    }
    return faults;
  }

  /**
   * The same cluster with other faults.
   *
   * @param others in place of these
   * @return a scenario
   */
  public Scenario withFaults(List<Fault> others) {
    return new Scenario(
        seed, behaviour, nodes, vips, advbase, preempt, multicast, length, traffic, others);
  }

  /**
   * The same faults with other nodes.
   *
   * @param others in place of these
   * @return a scenario
   */
  public Scenario withNodes(List<NodePlan> others) {
    return new Scenario(
        seed, behaviour, others, vips, advbase, preempt, multicast, length, traffic, faults);
  }

  /**
   * The same cluster with other virtual addresses.
   *
   * @param others in place of these
   * @return a scenario
   */
  public Scenario withVips(List<Vip> others) {
    return new Scenario(
        seed, behaviour, nodes, others, advbase, preempt, multicast, length, traffic, faults);
  }

  /**
   * The same cluster by other rules.
   *
   * @param other in place of this
   * @return a scenario
   */
  public Scenario withBehaviour(Behaviour other) {
    return new Scenario(
        seed, other, nodes, vips, advbase, preempt, multicast, length, traffic, faults);
  }

  /**
   * The same cluster with more or less traffic, and for another time.
   *
   * @param newLength how long faults and traffic go on
   * @param perMinute connections that open per minute, about
   * @return a scenario
   */
  public Scenario withTraffic(Duration newLength, int perMinute) {
    return new Scenario(
        seed, behaviour, nodes, vips, advbase, preempt, multicast, newLength, perMinute, faults);
  }

  /** Whether two nodes are equally good masters. */
  boolean hasEquals() {
    return nodes.stream().mapToInt(NodePlan::advskew).distinct().count() < nodes.size();
  }

  /** The release whose format every node understands. */
  static PfsyncProfile oldest(List<NodePlan> nodes) {
    return nodes.stream().map(NodePlan::release).min(PfsyncProfile::compareTo).orElseThrow();
  }
}
