package org.pfha.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.pfha.cluster.Fault.Kind;
import org.pfha.net.sim.SimFaults;

/**
 * What a set of faults does to each segment and each node, however many overlap. Immutable once
 * made.
 */
final class Conditions {

  private static final double MOST_LOSS = 0.3;
  private static final double MOST_DUPLICATION = 0.5;
  private static final double MOST_REORDERING = 0.5;
  private static final long MOST_DELAY_NANOS = 150_000_000L;
  static final long MOST_LATENCY_NANOS = 200_000_000L;
  private static final double MOST_DRIFT = 0.01;
  private static final int BLACK_HOLE = 600;
  private static final int SMALLEST_PACKET = 80; // adverts and single requests get through

  /** How a segment is. */
  record Segment(
      SimFaults faults, List<Integer> groups, List<Double> lossToNext, boolean echo, int largest) {}

  /** How a node is. */
  record Node(
      boolean on,
      boolean paused,
      long latencyNanos,
      double drift,
      Set<String> cablesOut,
      boolean disabled,
      boolean maintained,
      boolean penalized) {

    /** Whether another node is the same but for a pause. */
    boolean isButPaused(Node other) {
      return paused != other.paused
          && equals(
              new Node(
                  other.on,
                  paused,
                  other.latencyNanos,
                  other.drift,
                  other.cablesOut,
                  other.disabled,
                  other.maintained,
                  other.penalized));
    }

    /** What its peers see of it. */
    boolean isSound() {
      return on && !paused && cablesOut.isEmpty() && !disabled && !maintained && !penalized;
    }
  }

  private final List<Segment> segments;
  private final List<Node> nodes;
  private final boolean asymmetric;
  private final boolean hostile;

  private Conditions(
      List<Segment> segments, List<Node> nodes, boolean asymmetric, boolean hostile) {
    this.segments = segments;
    this.nodes = nodes;
    this.asymmetric = asymmetric;
    this.hostile = hostile;
  }

  /**
   * What these faults do together.
   *
   * @param links of a node, one for each segment
   */
  static Conditions of(Collection<Fault> faults, int nodeCount, List<String> links) {
    List<Segment> segments =
        IntStream.range(0, links.size())
            .mapToObj(i -> segment(faults, i, links.size(), nodeCount))
            .toList();
    List<Node> nodes =
        IntStream.range(0, nodeCount).mapToObj(i -> node(faults, i, nodeCount, links)).toList();
    return new Conditions(
        segments,
        nodes,
        faults.stream().anyMatch(fault -> fault.kind() == Kind.ASYMMETRIC_TRAFFIC),
        faults.stream().anyMatch(fault -> fault.kind() == Kind.HOSTILE_HOST));
  }

  Segment segment(int index) {
    return segments.get(index);
  }

  Node node(int index) {
    return nodes.get(index);
  }

  boolean isAsymmetric() {
    return asymmetric;
  }

  boolean isHostile() {
    return hostile;
  }

  private static Segment segment(
      Collection<Fault> faults, int index, int segmentCount, int nodeCount) {
    double passes = 1;
    double duplication = 0;
    double reordering = 0;
    long delay = SimFaults.NONE.delay().toNanos();
    long jitter = 0;
    int[] groups = new int[nodeCount];
    double[] lossToNext = new double[nodeCount];
    boolean echo = false;
    int largest = Integer.MAX_VALUE;
    for (Fault fault : faults) {
      if (fault.segment() % segmentCount != index) {
        continue;
      }
      double amount = fault.amount();
      switch (fault.kind()) {
        case LOSS -> passes *= 1 - MOST_LOSS * amount;
        case ONE_WAY_LOSS -> lossToNext[fault.node() % nodeCount] = amount < 0.5 ? 1 : 0.5;
        case DUPLICATION -> duplication = Math.max(duplication, MOST_DUPLICATION * amount);
        case REORDERING -> reordering = Math.max(reordering, MOST_REORDERING * amount);
        case DELAY -> {
          delay += (long) (MOST_DELAY_NANOS * amount);
          jitter += (long) (MOST_DELAY_NANOS * amount);
        }
        case PARTITION -> {
          // Any split into two sides that are not empty.
          int mask = 1 + (int) (amount * ((1 << nodeCount) - 2.001));
          for (int node = 0; node < nodeCount; node++) {
            groups[node] = groups[node] << 1 | (mask >> node & 1);
          }
        }
        case ECHO -> echo = true;
        case BLACK_HOLE ->
            largest = SMALLEST_PACKET + (int) (amount * (BLACK_HOLE - SMALLEST_PACKET));
        default -> {}
      }
    }
    SimFaults together =
        SimFaults.NONE
            .withLoss(1 - passes)
            .withDuplication(duplication)
            .withReordering(reordering)
            .withDelay(Duration.ofNanos(delay), Duration.ofNanos(jitter));
    return new Segment(
        together,
        Arrays.stream(groups).boxed().toList(),
        Arrays.stream(lossToNext).boxed().toList(),
        echo,
        largest);
  }

  private static Node node(Collection<Fault> faults, int index, int count, List<String> links) {
    boolean on = true;
    boolean paused = false;
    long latency = 0;
    double drift = 0;
    Set<String> cablesOut = new LinkedHashSet<>();
    boolean disabled = false;
    boolean maintained = false;
    boolean penalized = false;
    for (Fault fault : faults) {
      boolean mine = fault.node() % count == index;
      if (fault.kind() == Kind.ALONE) {
        on &= mine;
      }
      if (!mine) {
        continue;
      }
      switch (fault.kind()) {
        case CRASH, CRASH_KEEPING_STATES, REBOOT, UPGRADE -> on = false;
        case PAUSE -> paused = true;
        case SLOW -> latency = Math.max(latency, (long) (MOST_LATENCY_NANOS * fault.amount()));
        case DRIFT -> drift = MOST_DRIFT * (2 * fault.amount() - 1);
        case LINK_DOWN, LINK_FLAP -> cablesOut.add(links.get(fault.segment() % links.size()));
        case CABLES -> cablesOut.addAll(links);
        case DISABLE -> disabled = true;
        case MAINTENANCE -> maintained = true;
        case DEMOTION -> penalized = true;
        default -> {}
      }
    }
    return new Node(on, paused, latency, drift, cablesOut, disabled, maintained, penalized);
  }
}
