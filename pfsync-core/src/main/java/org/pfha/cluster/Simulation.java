package org.pfha.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pfha.cluster.Fault.Kind;

/**
 * Runs scenarios: the cluster settles, its faults happen while connections come and go, then there
 * is peace, and all nodes must agree again.
 *
 * <pre>{@code
 * Outcome outcome = new Simulation().run(Scenario.of(4711));
 * }</pre>
 *
 * Immutable; each run is confined to the thread that calls it, and several may run at once.
 */
public final class Simulation {

  private static final Duration SETTLING = Duration.ofSeconds(15);

  /** A bulk transfer whose request or end is lost is asked for again after 5 s. */
  private static final Duration CONVERGENCE = Duration.ofSeconds(15);

  /** Then nothing may happen any more. */
  private static final Duration CALM = Duration.ofSeconds(25);

  private static final Duration LAG = Duration.ofSeconds(3);

  private static final int PULSES = 4;

  private final Firmware firmware;
  private final List<Invariant> invariants;
  private final @Nullable Consumer<String> timeline;
  private final Consumer<Cluster> watcher;

  /** Of plain pfHA. */
  public Simulation() {
    this(Firmware.PLAIN, List.of(), null, cluster -> {});
  }

  private Simulation(
      Firmware firmware,
      List<Invariant> invariants,
      @Nullable Consumer<String> timeline,
      Consumer<Cluster> watcher) {
    this.firmware = firmware;
    this.invariants = List.copyOf(invariants);
    this.timeline = timeline;
    this.watcher = watcher;
  }

  /**
   * With other software on the nodes.
   *
   * @param other on every node
   * @return a simulation
   */
  public Simulation firmware(Firmware other) {
    return new Simulation(other, invariants, timeline, watcher);
  }

  /**
   * With more to check; an invariant that remembers something must be new for each run.
   *
   * @param more than the {@link Rule}s
   * @return a simulation
   */
  public Simulation invariants(List<Invariant> more) {
    return new Simulation(firmware, more, timeline, watcher);
  }

  /**
   * Tells everything that happens; slower.
   *
   * @param sink gets one line at a time
   * @return a simulation
   */
  public Simulation timeline(Consumer<String> sink) {
    return new Simulation(firmware, invariants, sink, watcher);
  }

  /**
   * Shows the cluster before it starts, to tap its segments for instance.
   *
   * @param sees it once per run
   * @return a simulation
   */
  public Simulation watchedBy(Consumer<Cluster> sees) {
    return new Simulation(firmware, invariants, timeline, sees);
  }

  /** Something that happens at an instant. */
  private record Step(Duration at, Runnable happens) {}

  /**
   * Runs one scenario, to its end or to the first violation.
   *
   * @param scenario what is to happen
   * @return how it ended
   */
  public Outcome run(Scenario scenario) {
    Cluster cluster = new Cluster(scenario, firmware, invariants, timeline);
    Traffic traffic = new Traffic(cluster, scenario.seed());
    watcher.accept(cluster);
    cluster.start();
    cluster.run(SETTLING);
    long began = cluster.network().now();
    for (Step step : steps(scenario, cluster, traffic)) {
      long wait = began + step.at.toNanos() - cluster.network().now();
      cluster.run(Duration.ofNanos(Math.max(0, wait)));
      if (!cluster.violations().isEmpty()) {
        return outcome(scenario, cluster);
      }
      step.happens.run();
    }
    cluster.peace();
    if (!cluster.runUntil(cluster::isAtRest, CONVERGENCE) && cluster.violations().isEmpty()) {
      cluster.violated(
          Rule.TABLES_CONVERGE,
          CONVERGENCE.toSeconds()
              + " s after the last fault: "
              + cluster.connections().disagreement());
    }
    cluster.run(CALM);
    // What expires is told to the peers within a second.
    if (!cluster.runUntil(cluster::tablesAgree, LAG) && cluster.violations().isEmpty()) {
      cluster.violated(
          Rule.TABLES_CONVERGE, "in peace again: " + cluster.connections().disagreement());
    }
    cluster.connections().verify();
    return outcome(scenario, cluster);
  }

  /**
   * Runs one scenario that must not violate anything.
   *
   * @param scenario what is to happen
   * @return how it ended
   * @throws AssertionError saying what was violated, by which faults at least, and how to see it
   *     again
   */
  public Outcome verify(Scenario scenario) {
    Outcome outcome = run(scenario);
    if (!outcome.isFine()) {
      throw new AssertionError(explain(outcome));
    }
    return outcome;
  }

  private static Outcome outcome(Scenario scenario, Cluster cluster) {
    return new Outcome(
        scenario,
        cluster.violations(),
        Duration.ofNanos(cluster.network().now()),
        cluster.connections().size(),
        cluster.roleChanges());
  }

  private static List<Step> steps(Scenario scenario, Cluster cluster, Traffic traffic) {
    List<Step> steps = new ArrayList<>();
    for (Fault fault : scenario.faults()) {
      if (fault.kind() == Kind.LINK_FLAP) {
        pulses(fault).forEach(pulse -> add(pulse, cluster, traffic, steps));
      } else {
        add(fault, cluster, traffic, steps);
      }
    }
    if (scenario.traffic() > 0) {
      SplittableRandom random = new SplittableRandom(scenario.seed());
      long mean = 60_000_000_000L / scenario.traffic();
      for (long at = 0; at < scenario.length().toNanos(); at += random.nextLong(2 * mean) + 1) {
        steps.add(new Step(Duration.ofNanos(at), traffic::step));
      }
    }
    steps.add(new Step(scenario.length(), () -> {}));
    steps.sort(Comparator.comparing(Step::at));
    return steps;
  }

  private static void add(Fault fault, Cluster cluster, Traffic traffic, List<Step> steps) {
    steps.add(
        new Step(
            fault.at(),
            () -> {
              cluster.begin(fault);
              if (fault.kind() == Kind.OVERFLOW) {
                traffic.overflow(true);
              }
            }));
    steps.add(
        new Step(
            fault.end(),
            () -> {
              if (fault.kind() == Kind.OVERFLOW) {
                traffic.overflow(false);
              }
              cluster.end(fault);
            }));
  }

  /** A loose cable has carrier now and then. */
  private static List<Fault> pulses(Fault fault) {
    List<Fault> pulses = new ArrayList<>();
    Duration each = fault.lasts().dividedBy(2 * PULSES);
    for (int i = 0; i < PULSES; i++) {
      pulses.add(
          new Fault(
              fault.kind(),
              fault.at().plus(each.multipliedBy(2L * i)),
              each,
              fault.node(),
              fault.segment(),
              fault.amount()));
    }
    return pulses;
  }

  /**
   * The fewest faults that still violate the same: each is left out for a try.
   *
   * @param failed an outcome with a violation
   * @return a scenario that fails in the same way, perhaps the same one
   */
  public Scenario shrink(Outcome failed) {
    String name = failed.violations().get(0).name();
    Scenario smallest = failed.scenario();
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = smallest.faults().size() - 1; i >= 0; i--) {
        List<Fault> fewer = new ArrayList<>(smallest.faults());
        fewer.remove(i);
        Scenario candidate = smallest.withFaults(fewer);
        if (failsWith(candidate, name)) {
          smallest = candidate;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  /**
   * What an engineer needs to know of a failure: what, why it matters, how to see it again.
   *
   * @param failed an outcome with a violation, of a {@link Scenario#of} a seed
   * @return some lines
   */
  public String explain(Outcome failed) {
    Scenario scenario = failed.scenario();
    Scenario smallest = shrink(failed);
    List<Integer> kept = new ArrayList<>();
    for (int i = 0; i < scenario.faults().size(); i++) {
      if (smallest.faults().contains(scenario.faults().get(i))) {
        kept.add(i);
      }
    }
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(scenario.seed()).append(": ").append(failed.violations().get(0));
    smallest.faults().forEach(fault -> text.append("\n  with ").append(fault));
    text.append("\n  replay: java -jar examples/target/pfha.jar simulate --from ")
        .append(scenario.seed())
        .append(" --seeds 1 --timeline");
    if (scenario.equals(Scenario.of(scenario.seed()))) {
      text.append(" --faults ")
          .append(kept.stream().map(String::valueOf).collect(Collectors.joining(",")))
          .append(kept.isEmpty() ? "none" : "");
    }
    return text.toString();
  }

  private boolean failsWith(Scenario scenario, String name) {
    Outcome outcome = new Simulation(firmware, invariants, null, watcher).run(scenario);
    return outcome.violations().stream().anyMatch(violation -> violation.name().equals(name));
  }
}
