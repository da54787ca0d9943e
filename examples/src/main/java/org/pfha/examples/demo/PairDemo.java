package org.pfha.examples.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.ClusterNode;
import org.pfha.cluster.Fault;
import org.pfha.cluster.Firmware;
import org.pfha.cluster.Scenario;
import org.pfha.cluster.Violation;
import org.pfha.cluster.Vip;
import org.pfha.net.sim.SimFaults;
import org.pfha.pf.PfState;
import org.pfha.pf.StateTable;

/**
 * The life of a pair: it settles, syncs its configuration, replicates connections, loses the
 * primary and gets it back. Every claim is measured.
 */
final class PairDemo {

  private static final long SEED = 20_260_101;
  private static final int SECONDARY_SKEW = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PrintWriter out;
  private final Cluster cluster;
  private final List<Fault> cuts;
  private final ConfigPush push;
  private final ClusterNode primary;
  private final ClusterNode secondary;
  private final List<Claim> claims = new ArrayList<>();
  private final List<PfState> connections;

  PairDemo(Sabotage sabotage, PrintWriter out) throws IOException {
    this.out = out;
    push = new ConfigPush(sabotage);
    connections = DemoData.connections();
    cluster = new Cluster(Scenario.pair(SEED), passwords(sabotage), List.of(), this::say);
    primary = cluster.node("fw-a");
    secondary = cluster.node("fw-b");
    cuts =
        IntStream.range(0, cluster.segments().size())
            .mapToObj(
                segment ->
                    Fault.ofSegment(
                        Fault.Kind.PARTITION, Duration.ZERO, Duration.ofMinutes(1), segment, 0))
            .toList();
    if (sabotage == Sabotage.pfsync) {
      cluster.network().segment(Cluster.SYNC).faults(SimFaults.NONE.withLoss(1));
    }
  }

  private static Firmware passwords(Sabotage sabotage) {
    return new Firmware() {
      @Override
      public VirtualRouter virtualRouter(ClusterNode node, VirtualRouter planned) {
        boolean other = sabotage == Sabotage.password && node.number() > 0;
        return planned.password(other ? "another password" : "demo only");
      }
    };
  }

  /** Runs it; true if every claim held. */
  boolean run() throws IOException {
    heading("Two firewalls start; fw-a is to be primary (advskew 0), fw-b secondary (100)");
    cluster.start();
    claim("fw-a is MASTER, fw-b BACKUP", settled(), roles());

    heading("fw-a pushes its configuration to fw-b, HTTPS on loopback");
    add(push.run());
    claim(
        "the digests of what was pushed and what fw-b says it holds are the same",
        push.isDone() && push.primaryDigest().equals(push.secondaryDigest()),
        push.primaryDigest() + " / " + push.secondaryDigest());

    heading(connections.size() + " connections of a FreeBSD kernel open on fw-a");
    for (PfState state : connections) {
      StateTable.Insertion insertion = primary.insert(state.withTimes(0, 0));
      if (insertion != StateTable.Insertion.INSERTED) {
        claim("state " + state.stateId() + " is accepted", false, insertion.toString());
      }
    }
    boolean replicated = until(this::tablesAgree);
    claim("fw-b knows every connection of fw-a", replicated && allKnown(secondary), states());

    heading("fw-a is cut off from all its networks");
    Duration failover = cutOff();
    Duration limit =
        Duration.ofNanos(
            3_000_000_000L * cluster.scenario().advbase() + SECONDARY_SKEW * 1_000_000_000L / 256);
    claim(
        "fw-b is MASTER of every address within 3·advbase + skew/256 s",
        mastersEverything(secondary) && failover.compareTo(limit) <= 0,
        seconds(failover) + " of " + seconds(limit));
    claim("fw-b still knows every connection", allKnown(secondary), states());

    cluster.run(Duration.ofSeconds(5));

    heading("fw-a comes back");
    cuts.forEach(cluster::end);
    primary.pfsync().resync();
    claim("fw-a takes over again", settled(), roles());
    boolean agree = until(this::tablesAgree);
    claim(
        "both know every connection", agree && allKnown(primary) && allKnown(secondary), states());

    List<Violation> violations = cluster.violations();
    claim(
        "at most one master, some master, no state lost: at every step",
        violations.isEmpty(),
        violations.isEmpty() ? "never violated" : violations.get(0).toString());
    summary(failover);
    return claims.stream().allMatch(Claim::holds);
  }

  private boolean settled() {
    return until(
        () ->
            mastersEverything(primary)
                && cluster.vips().stream()
                    .allMatch(vip -> secondary.role(vip.vhid()) == Role.BACKUP));
  }

  /** Waits for something; then whoever listens hears of what happened at that instant. */
  private boolean until(BooleanSupplier condition) {
    boolean holds = cluster.runUntil(condition, PATIENCE);
    cluster.run(Duration.ZERO);
    return holds;
  }

  private Duration cutOff() {
    long lastAdvert = cluster.network().now();
    cuts.forEach(cluster::begin);
    until(() -> mastersEverything(secondary));
    return Duration.ofNanos(cluster.network().now() - lastAdvert);
  }

  private boolean mastersEverything(ClusterNode firewall) {
    return cluster.vips().stream().allMatch(vip -> firewall.role(vip.vhid()) == Role.MASTER);
  }

  private boolean tablesAgree() {
    return primary.table().progressDigest() == secondary.table().progressDigest();
  }

  private boolean allKnown(ClusterNode firewall) {
    return !connections.isEmpty()
        && connections.stream()
            .allMatch(state -> firewall.table().get(state.id(), state.creatorId()) != null);
  }

  private String roles() {
    StringBuilder text = new StringBuilder();
    for (Vip vip : cluster.vips()) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(vip.address())
          .append(' ')
          .append(primary.role(vip.vhid()))
          .append('/')
          .append(secondary.role(vip.vhid()));
    }
    return text.toString();
  }

  private String states() {
    return String.format(
        Locale.ROOT,
        "%d / %d states, digests %016x / %016x",
        primary.table().size(),
        secondary.table().size(),
        primary.table().progressDigest(),
        secondary.table().progressDigest());
  }

  private void summary(Duration failover) throws IOException {
    heading("Summary");
    row("", "fw-a", "fw-b");
    for (Vip vip : cluster.vips()) {
      row(
          "role, vhid " + vip.vhid() + " " + vip.address(),
          primary.role(vip.vhid()).toString(),
          secondary.role(vip.vhid()).toString());
    }
    row("states", count(primary), count(secondary));
    row("config digest", push.primaryDigest(), push.secondaryDigest());
    row("time to fail over", "", seconds(failover));
    out.println();
    for (Claim claim : claims) {
      out.printf("%-6s %s: %s%n", claim.holds() ? "ok" : "FAILED", claim.text(), claim.seen());
    }
    out.flush();
  }

  private static String count(ClusterNode firewall) {
    return Integer.toString(firewall.table().size());
  }

  private void row(String what, String a, String b) {
    out.printf("  %-34s %-18s %-18s%n", what, a, b);
  }

  private void claim(String text, boolean holds, String seen) {
    add(new Claim(text, holds, seen));
  }

  private void add(Claim claim) {
    claims.add(claim);
    say((claim.holds() ? "  ok: " : "  FAILED: ") + claim.text() + " — " + claim.seen());
  }

  private void heading(String text) {
    out.println();
    out.println(text);
    out.flush();
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.6f s", time.toNanos() / 1e9);
  }
}
