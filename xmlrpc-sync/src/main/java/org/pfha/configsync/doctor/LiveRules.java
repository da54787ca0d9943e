package org.pfha.configsync.doctor;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/** What running nodes must not say. */
final class LiveRules {

  /** Two files are not fetched at one instant. */
  private static final Duration CLOCKS_APART = Duration.ofMinutes(1);

  private static final int FULL_PERCENT = 90;
  private static final String MASTER = "MASTER";
  private static final Set<String> HARMLESS = Set.of("latency-advice", "ended", "vrrp-heard");

  private final Examination examination;
  private final Findings findings;

  LiveRules(Examination examination, Findings findings) {
    this.examination = examination;
    this.findings = findings;
  }

  void run() {
    examination.live().forEach(this::node);
    LiveStatus a = examination.live().get(Side.A);
    LiveStatus b = examination.live().get(Side.B);
    if (a != null && b != null) {
      pair(a, b);
    }
  }

  private void node(Side side, LiveStatus status) {
    if (status.maintenance()) {
      findings.add(Check.LIVE_MAINTENANCE, side, "status/maintenance", "it is in maintenance");
    } else if (status.demotion() != 0) {
      String why = String.join("; ", status.penalties());
      findings.add(
          Check.LIVE_DEMOTION,
          side,
          "status/demotion",
          "demoted by %d%s".formatted(status.demotion(), why.isEmpty() ? "" : ": " + why));
    }
    if (status.stateLimit() > 0 && status.states() > status.stateLimit() / 100.0 * FULL_PERCENT) {
      findings.add(
          Check.LIVE_STATES,
          side,
          "status/pfsync/states",
          "%d of %d states".formatted(status.states(), status.stateLimit()));
    }
    if (status.awaitingBulk()) {
      findings.add(Check.LIVE_BULK, side, "status/pfsync", "it waits for the other node's states");
    }
    Set<String> roles = new TreeSet<>();
    for (LiveStatus.Router router : status.routers()) {
      router(side, router);
      if (!router.role().equals("INIT")) {
        roles.add(router.role());
      }
    }
    if (roles.size() > 1) {
      findings.add(
          Check.LIVE_SPLIT_ROLES,
          side,
          "status/routers",
          "MASTER of some virtual routers, BACKUP of others");
    }
  }

  private void router(Side side, LiveStatus.Router router) {
    String path = path(router);
    if (!router.linkUp()) {
      findings.add(Check.LIVE_NO_LINK, side, path, router.device() + " has no link");
    }
    router
        .diagnoses()
        .forEach(
            (kind, text) -> {
              if (kind.equals("vrrp-heard")) {
                findings.add(Check.VHID_VRRP, side, path, text);
              } else if (!HARMLESS.contains(kind)) {
                findings.add(Check.LIVE_DIAGNOSIS, side, path, text);
              }
            });
  }

  private static String path(LiveStatus.Router router) {
    return "status/routers[%d@%s]".formatted(router.vhid(), router.device());
  }

  private void pair(LiveStatus a, LiveStatus b) {
    Set<String> routers = new LinkedHashSet<>();
    a.routers().forEach(router -> routers.add(path(router)));
    b.routers().forEach(router -> routers.add(path(router)));
    routers.forEach(path -> masters(path, a, b));
    if (a.at().isPresent() && b.at().isPresent()) {
      Duration apart = Duration.between(a.at().get(), b.at().get()).abs();
      if (apart.compareTo(CLOCKS_APART) > 0) {
        findings.add(
            Check.LIVE_CLOCKS, Side.BOTH, "status", "%d s apart".formatted(apart.toSeconds()));
      }
    }
  }

  private void masters(String path, LiveStatus a, LiveStatus b) {
    boolean mine = isMaster(path, a);
    boolean theirs = isMaster(path, b);
    if (mine && theirs) {
      findings.add(Check.LIVE_TWO_MASTERS, Side.BOTH, path, "both nodes are MASTER");
    } else if (!mine && !theirs) {
      findings.add(Check.LIVE_NO_MASTER, Side.BOTH, path, "neither node is MASTER");
    }
  }

  private static boolean isMaster(String path, LiveStatus status) {
    return status.routers().stream()
        .anyMatch(router -> path(router).equals(path) && router.role().equals(MASTER));
  }
}
