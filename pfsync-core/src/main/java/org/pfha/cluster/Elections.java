package org.pfha.cluster;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.RoleChange;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;

/**
 * Who is master, and whether that may be. Something may be wrong for as long as the timers take to
 * mend it; how long that is depends on the segment. It is looked at anew only when something has
 * changed or a patience ends, so that a check costs next to nothing.
 *
 * <p>Patience begins when it becomes wrong, and anew whenever the segment or one of the nodes
 * changes. On a lossy segment it covers so many lost adverts in a row as never happen; on a segment
 * that loses half of its packets nothing is promised.
 */
final class Elections {

  private static final long SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;

  /** So improbable that it does not happen in a million runs: the exponent of ten. */
  private static final double IMPROBABLE = 11;

  /** Clocks may run away from each other by twice a percent, and intervals are rounded up. */
  private static final double DRIFT = 1.021;

  private static final int MAX_SKEW = 240;

  private final Cluster cluster;
  private final List<Vip> vips;
  private final int nodes;
  private final boolean hasEquals;
  private final long[] segmentChanged;
  private final long[] settling; // until then role changes have a cause, by segment

  /** By virtual address and node; NEVER if all is well. */
  private final Map<Rule, long[]> wrongSince = new EnumMap<>(Rule.class);

  private final boolean[][] isMaster;
  private final long[][] masterSince;
  private final long[][] masterUntil;
  private final long[] wayChanged; // by segment, without what befalls nodes

  /** Until when what was sent before a segment's latest change may still arrive. */
  private final long[] stragglersUntil;

  /** How late that may be, since the latest change. */
  private final long[] slack;

  private final long[] nodeChanged;
  private final long[] nodeChangedButPaused;
  private long equalUntil; // two nodes were worth the same, be it by their demotion
  private long deadline = NEVER;
  private boolean dirty = true;

  Elections(Cluster cluster) {
    this.cluster = cluster;
    vips = cluster.vips();
    nodes = cluster.nodes().size();
    hasEquals = cluster.scenario().hasEquals();
    segmentChanged = new long[cluster.segments().size()];
    settling = new long[cluster.segments().size()];
    for (Rule rule : List.of(Rule.AT_MOST_ONE_MASTER, Rule.SOME_MASTER, Rule.DEMOTED_YIELDS)) {
      long[] since = new long[vips.size() * nodes];
      Arrays.fill(since, NEVER);
      wrongSince.put(rule, since);
    }
    isMaster = new boolean[vips.size()][nodes];
    masterSince = new long[vips.size()][nodes];
    masterUntil = new long[vips.size()][nodes];
    wayChanged = new long[cluster.segments().size()];
    stragglersUntil = new long[cluster.segments().size()];
    slack = new long[cluster.segments().size()];
    nodeChanged = new long[nodes];
    nodeChangedButPaused = new long[nodes];
    for (long[] never : masterUntil) {
      Arrays.fill(never, -NEVER / 2);
    }
    equalUntil = -NEVER / 2;
  }

  void segmentChanged(int segment) {
    long now = cluster.network().now();
    segmentChanged[segment] = now;
    wayChanged[segment] = now;
    stragglersUntil[segment] = Math.max(stragglersUntil[segment], now + slack[segment]);
    slack[segment] = cluster.slackNanos(segment);
    unsettle(segment, now);
    dirty = true;
  }

  /** What happens to a node is felt on all its segments. */
  void nodeChanged(ClusterNode node, boolean onlyPaused) {
    long now = cluster.network().now();
    nodeChanged[node.number()] = now;
    if (!onlyPaused) {
      nodeChangedButPaused[node.number()] = now;
    }
    for (int segment = 0; segment < segmentChanged.length; segment++) {
      segmentChanged[segment] = now;
      unsettle(segment, now);
    }
    dirty = true;
  }

  /** A reason for other roles, but for no other patience. */
  void demotionChanged() {
    long now = cluster.network().now();
    for (int segment = 0; segment < settling.length; segment++) {
      unsettle(segment, now);
    }
    dirty = true;
  }

  void changed() {
    dirty = true;
  }

  private void unsettle(int segment, long now) {
    settling[segment] = now + takeover(segment) + yielding(segment);
  }

  void roleChanged(ClusterNode node, RoleChange change) {
    dirty = true;
    long now = cluster.network().now();
    Vip vip = cluster.vip(change.vhid());
    int segment = cluster.segmentOf(vip);
    if (change.from() == Role.MASTER) { // perhaps for so short that nobody has looked
      masterUntil[vips.indexOf(vip)][node.number()] = now;
    }
    if (mayFlap(segment)
        || loss(segment) > 0
        || change.from() == Role.INIT
        || change.to() == Role.INIT) {
      return;
    }
    ClusterNode alive =
        change.reason() == RoleReason.MASTER_TIMED_OUT
            ? livingMaster(node, vip, segment, now)
            : null;
    if (alive != null) {
      cluster.violated(
          Rule.NO_CAUSELESS_FLAPPING,
          node + " has taken " + alive + " for dead, whose adverts had arrived: " + change);
    }
    if (change.reason() == RoleReason.MORE_FREQUENT_ADVERTISEMENT
        && !hasRival(node, vip, segment, now)) {
      cluster.violated(
          Rule.NO_CAUSELESS_FLAPPING,
          node + " has yielded though nobody else was MASTER: " + change);
    }
    if (now - settling[segment] > 0 && !isCutOneWay(segment)) {
      cluster.violated(
          Rule.NO_CAUSELESS_FLAPPING,
          "%s: %s, %.3f s after everything had settled"
              .formatted(node, change, (now - settling[segment]) / 1e9));
    }
  }

  /**
   * Who hears both sides of a way that is cut in one direction hears two masters, of which the
   * other one does not know: that goes on for as long as the cut.
   */
  private boolean isCutOneWay(int segment) {
    for (double loss : cluster.conditions().segment(segment).lossToNext()) {
      if (loss == 1) {
        return true;
      }
    }
    return false;
  }

  /** A master whose adverts must have reached a node lately, though that may have slept. */
  private @Nullable ClusterNode livingMaster(ClusterNode node, Vip vip, int segment, long now) {
    long lately = now - interval() - cluster.slackNanos(segment);
    int v = vips.indexOf(vip);
    if (wayChanged[segment] - lately > 0 || nodeChangedButPaused[node.number()] - lately > 0) {
      return null;
    }
    for (ClusterNode other : cluster.nodes()) {
      if (other != node
          && isMaster[v][other.number()]
          && masterSince[v][other.number()] - lately < 0
          && nodeChanged[other.number()] - lately < 0
          && other.role(vip.vhid()) == Role.MASTER
          && cluster.hears(segment, other, node)) {
        return other;
      }
    }
    return null;
  }

  /** Whether another node has been MASTER so lately that its adverts may be under way. */
  private boolean hasRival(ClusterNode node, Vip vip, int segment, long now) {
    int v = vips.indexOf(vip);
    long lately = now - cluster.slackNanos(segment);
    judge(v, now);
    for (ClusterNode other : cluster.nodes()) {
      if (other != node
          && (isMaster[v][other.number()] || masterUntil[v][other.number()] - lately > 0)) {
        return true;
      }
    }
    // A node that was slow may still be reading what it got then, and one that is switched off
    // while it is slow does not tell that it was MASTER.
    long slowly = lately - 3 * Conditions.MOST_LATENCY_NANOS;
    for (ClusterNode other : cluster.nodes()) {
      boolean isSlow = cluster.conditions().node(other.number()).latencyNanos() > 0;
      if ((other == node || isSlow) && nodeChanged[other.number()] - slowly > 0) {
        return true;
      }
    }
    return wayChanged[segment] - lately > 0 || stragglersUntil[segment] - now > 0;
  }

  /** The kernels have no rule for equal masters, and take an echo for one (spec carp 7.4, 6). */
  private boolean mayFlap(int segment) {
    return hearsItself(segment)
        || (cluster.scenario().behaviour() == Behaviour.KERNEL && hasEquals);
  }

  /** A kernel that hears itself yields to itself: it is MASTER for moments only. */
  private boolean hearsItself(int segment) {
    return cluster.scenario().behaviour() == Behaviour.KERNEL
        && cluster.conditions().segment(segment).echo();
  }

  void check(long now) {
    if (dirty || now - deadline > 0) {
      dirty = false;
      deadline = NEVER;
      for (int v = 0; v < vips.size(); v++) {
        judge(v, now);
      }
    }
  }

  private void judge(int v, long now) {
    Vip vip = vips.get(v);
    int segment = cluster.segmentOf(vip);
    boolean[] master = isMaster[v];
    for (ClusterNode node : cluster.nodes()) {
      boolean is = cluster.isUp(segment, node) && node.role(vip.vhid()) == Role.MASTER;
      if (is && !master[node.number()]) {
        masterSince[v][node.number()] = now;
      } else if (!is && master[node.number()]) {
        masterUntil[v][node.number()] = now;
      }
      master[node.number()] = is;
    }
    if (areEqual()) {
      equalUntil = now;
    }
    boolean atMostOne = !mayFlap(segment);
    for (ClusterNode node : cluster.nodes()) {
      boolean masters = master[node.number()];
      ClusterNode rival = null;
      ClusterNode heard = null;
      ClusterNode fitter = null;
      boolean demoted = masters && node.demotion() >= MAX_SKEW;
      for (ClusterNode other : cluster.nodes()) {
        if (other == node || !cluster.hears(segment, other, node)) {
          continue;
        }
        boolean mutual = cluster.hears(segment, node, other);
        boolean isRival = master[other.number()];
        heard = isRival ? other : heard;
        rival = masters && isRival && mutual && other.number() > node.number() ? other : rival;
        fitter = demoted && mutual && isFit(other) ? other : fitter;
      }
      boolean healthy =
          cluster.isUp(segment, node) && !cluster.conditions().node(node.number()).disabled();
      judge(Rule.AT_MOST_ONE_MASTER, v, node, atMostOne ? rival : null, yielding(segment), now);
      judge(
          Rule.SOME_MASTER,
          v,
          node,
          healthy && !masters && heard == null && !hearsItself(segment) ? node : null,
          takeover(segment),
          now);
      judge(
          Rule.DEMOTED_YIELDS,
          v,
          node,
          cluster.scenario().preempt() ? fitter : null,
          handingOver(segment, now),
          now);
    }
  }

  private boolean isFit(ClusterNode node) {
    return node.demotion() == 0 && !cluster.conditions().node(node.number()).disabled();
  }

  private void judge(
      Rule rule, int v, ClusterNode node, @Nullable ClusterNode other, long patience, long now) {
    long[] since = Objects.requireNonNull(wrongSince.get(rule));
    int at = v * nodes + node.number();
    if (other == null || patience == NEVER) {
      since[at] = NEVER;
      return;
    }
    if (since[at] == NEVER) {
      since[at] = now;
    }
    int segment = cluster.segmentOf(vips.get(v));
    long from = Math.max(since[at], segmentChanged[segment]);
    if (now - from > patience) {
      cluster.violated(rule, evidence(rule, vips.get(v), node, other, now - from));
    } else {
      deadline = Math.min(deadline, from + patience);
    }
  }

  private String evidence(Rule rule, Vip vip, ClusterNode node, ClusterNode other, long nanos) {
    String what =
        switch (rule) {
          case AT_MOST_ONE_MASTER -> node + " and " + other + " are both MASTER";
          case SOME_MASTER -> node + " is not MASTER and hears none";
          default -> node + " is MASTER, demoted by " + node.demotion() + ", and hears " + other;
        };
    return String.format(
        Locale.ROOT,
        "vhid %d: %s, for %.3f s; roles %s",
        vip.vhid(),
        what,
        nanos / 1e9,
        cluster.nodes().stream().map(n -> n.role(vip.vhid())).toList());
  }

  /** The loss of the worst way on a segment that is not cut. */
  private double loss(int segment) {
    Conditions.Segment way = cluster.conditions().segment(segment);
    double oneWay = 0;
    for (double loss : way.lossToNext()) {
      oneWay = Math.max(oneWay, loss == 1 ? 0 : loss);
    }
    return 1 - (1 - way.faults().loss()) * (1 - oneWay);
  }

  /** The advert of a demoted node comes after this. */
  private long interval() {
    return (long) (DRIFT * (cluster.scenario().advbase() * SECOND + MAX_SKEW * SECOND / 256));
  }

  /** A second master yields with the other's next advert, or with the first that is not lost. */
  private long yielding(int segment) {
    double loss = loss(segment);
    if (loss >= 0.5) {
      return NEVER;
    }
    int lost = loss == 0 ? 0 : (int) Math.ceil(IMPROBABLE / -Math.log10(loss));
    return (1 + lost) * interval() + cluster.slackNanos(segment);
  }

  /** A fit node takes over with the demoted one's advert, unless it has just lost a tie. */
  private long handingOver(int segment, long now) {
    long yielding = yielding(segment);
    if (yielding == NEVER) {
      return NEVER;
    }
    long waiting = yielding + takeover(segment);
    return hasEquals || now - equalUntil < waiting ? waiting : yielding;
  }

  /** Demotion makes different nodes worth the same. */
  private boolean areEqual() {
    for (ClusterNode one : cluster.nodes()) {
      for (ClusterNode other : cluster.nodes()) {
        if (other.number() > one.number() && skew(one) == skew(other)) {
          return true;
        }
      }
    }
    return false;
  }

  private static int skew(ClusterNode node) {
    return Math.min(MAX_SKEW, node.plan().advskew() + node.demotion());
  }

  /**
   * Silence makes a master: after the master-down time of the slowest, once more if two became it
   * together and both yielded, and with the patience of a node that was deaf before or lost a tie.
   */
  private long takeover(int segment) {
    int slowest = 0;
    for (ClusterNode node : cluster.nodes()) {
      slowest = Math.max(slowest, node.plan().advskew());
    }
    long down =
        (long) (DRIFT * (3L * cluster.scenario().advbase() * SECOND + slowest * SECOND / 256));
    return 2 * down + 2 * interval() + cluster.slackNanos(segment);
  }
}
