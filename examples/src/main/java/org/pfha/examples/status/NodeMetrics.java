package org.pfha.examples.status;

import java.util.Map;
import org.pfha.carp.CarpStatistics;
import org.pfha.carp.DemotionLedger;
import org.pfha.carp.engine.Role;
import org.pfha.pfsync.PeerReport;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.LatencyHistogram;

/** What a node tells Prometheus; counters have the kernel's names. */
public final class NodeMetrics {

  private final Metrics metrics = new Metrics();

  /** Nothing yet. */
  public NodeMetrics() {}

  /**
   * Adds a node.
   *
   * @param node that runs
   * @param common labels of all its metrics, such as its name where there are several
   * @return this
   */
  public NodeMetrics add(NodeView node, Map<String, String> common) {
    long uptime = node.now().getEpochSecond() - node.started().getEpochSecond();
    metrics.gauge("pfha_up_seconds", "How long the node runs", common, uptime);
    metrics.gauge(
        "pfha_maintenance",
        "1 while the node is in maintenance",
        common,
        node.carp().maintenance().isPresent() ? 1 : 0);
    DemotionLedger ledger = node.carp().demotion();
    metrics.gauge("pfha_carp_demotion", "Sum of the penalties", common, ledger.total());
    CarpStatistics statistics = node.carp().statistics();
    node.routers().forEach(router -> add(router, node, statistics, common));
    node.pfsync().ifPresent(pfsync -> add(pfsync, common));
    return this;
  }

  private void add(
      NodeView.Router router,
      NodeView node,
      CarpStatistics statistics,
      Map<String, String> common) {
    Map<String, String> labels =
        Metrics.labels(common, "interface", router.link(), "vhid", Integer.toString(router.vhid()));
    metrics.gauge(
        "pfha_carp_role",
        "0 INIT, 1 BACKUP, 2 MASTER",
        labels,
        number(node.carp().role(router.link(), router.vhid())));
    statistics
        .router(router.link(), router.vhid())
        .asMap()
        .forEach(
            (name, value) ->
                metrics.counter("pfha_carp_" + name + "_total", "CARP: " + name, labels, value));
  }

  /** As the kernel numbers them (spec carp 7.1). */
  private static int number(Role role) {
    return switch (role) {
      case INIT -> 0;
      case BACKUP -> 1;
      case MASTER -> 2;
    };
  }

  private void add(PfsyncNode pfsync, Map<String, String> common) {
    metrics.gauge("pfha_pfsync_states", "States in the table", common, pfsync.table().size());
    metrics.gauge("pfha_pfsync_state_limit", "Most states", common, pfsync.table().limit());
    metrics.gauge(
        "pfha_pfsync_awaiting_bulk",
        "1 while the peers' states are not all here",
        common,
        pfsync.isAwaitingBulk() ? 1 : 0);
    bulk(pfsync.receiving(), "receive", common);
    bulk(pfsync.sending(), "send", common);
    LatencyHistogram lag = pfsync.statistics().lag();
    for (double share : new double[] {0.5, 0.99, 1}) {
      metrics.seconds(
          "pfha_pfsync_lag_seconds",
          "What a share of the packets sent had waited at most",
          Metrics.labels(common, "share", Double.toString(share)),
          lag.quantileNanos(share));
    }
    NodeReport.counters(pfsync.statistics())
        .forEach(
            (name, value) ->
                metrics.counter(
                    "pfha_pfsync_" + name + "_total", "pfsync: " + name, common, value));
    for (PeerReport peer : pfsync.peers()) {
      Map<String, String> labels =
          Metrics.labels(common, "interface", peer.link(), "peer", peer.address().getHostAddress());
      metrics.counter(
          "pfha_pfsync_peer_packets_total", "Heard from it", labels, peer.status().packets());
      metrics.gauge(
          "pfha_pfsync_peer_silent", "1 if it is", labels, peer.status().silent() ? 1 : 0);
    }
  }

  private void bulk(BulkProgress bulk, String direction, Map<String, String> common) {
    metrics.gauge(
        "pfha_pfsync_bulk_states",
        "States moved by the bulk transfer that runs, or ran last",
        Metrics.labels(common, "direction", direction),
        bulk.states());
  }

  @Override
  public String toString() {
    return metrics.toString();
  }
}
