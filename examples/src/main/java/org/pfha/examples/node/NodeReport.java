package org.pfha.examples.node;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.pfha.carp.CarpNode;
import org.pfha.carp.engine.Role;
import org.pfha.carp.json.JsonObject;
import org.pfha.pfsync.Finding;
import org.pfha.pfsync.PeerReport;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.wire.Action;

/** What a node says of itself: JSON for programs, metrics for Prometheus, text for people. */
final class NodeReport {

  private final HaNode node;
  private final CarpNode carp;

  NodeReport(HaNode node) {
    this.node = node;
    carp = node.carp();
  }

  /**
   * {@code {"name":…,"started":…,"uptime_s":…,"maintenance":…|null,"demotion":{…},"routers":[…],
   * "carp":{…},"pfsync":{…}}}; a router is its {@link org.pfha.carp.CarpExplanation#toJson} beside
   * its addresses, {@code pfsync} is left out where there is none.
   */
  String json() {
    JsonObject json =
        new JsonObject()
            .field("name", node.config().name())
            .field("started", node.started().toString())
            .field("uptime_s", node.uptime().toSeconds())
            .field("maintenance", carp.maintenance().orElse(null))
            .json("demotion", node.ledger().toJson())
            .list("routers", node.config().routers(), this::router)
            .json("carp", carp.statistics().toJson());
    node.pfsync().ifPresent(pfsync -> json.field("pfsync", pfsync(pfsync)));
    return json.toString();
  }

  private JsonObject router(NodeConfig.Router router) {
    return new JsonObject()
        .field("interface", router.link())
        .field("vhid", router.vhid())
        .field("role", carp.role(router.link(), router.vhid()).name())
        .texts("addresses", router.addresses().stream().map(Object::toString).toList())
        .json("explanation", carp.explain(router.link(), router.vhid()).toJson());
  }

  private static JsonObject pfsync(PfsyncNode pfsync) {
    PfsyncStatistics counted = pfsync.statistics();
    JsonObject counters = new JsonObject();
    counters(counted).forEach(counters::field);
    return new JsonObject()
        .field("states", pfsync.table().size())
        .field("state_limit", pfsync.table().limit())
        .field("identity_digest", "%016x".formatted(pfsync.table().identityDigest()))
        .field("progress_digest", "%016x".formatted(pfsync.table().progressDigest()))
        .field("awaiting_bulk", pfsync.isAwaitingBulk())
        .field("receiving", bulk(pfsync.receiving()))
        .field("sending", bulk(pfsync.sending()))
        .list("peers", pfsync.peers(), NodeReport::peer)
        .list("findings", pfsync.explain(), NodeReport::finding)
        .field("counters", counters)
        .field("received", actions(counted.iacts()))
        .field("sent", actions(counted.oacts()));
  }

  private static JsonObject bulk(BulkProgress progress) {
    return new JsonObject()
        .field("phase", progress.phase().name())
        .field("requests", progress.requests())
        .field("states", progress.states());
  }

  private static JsonObject peer(PeerReport peer) {
    JsonObject json =
        new JsonObject()
            .field("interface", peer.link())
            .field("address", peer.address().getHostAddress())
            .field("packets", peer.status().packets())
            .field("silent", peer.status().silent());
    OptionalLong heard = peer.status().heardNanos();
    return heard.isPresent() ? json.field("heard_ago_ns", heard.getAsLong()) : json;
  }

  private static JsonObject finding(Finding finding) {
    return new JsonObject().field("cause", finding.cause().name()).field("text", finding.text());
  }

  private static JsonObject actions(List<Long> counts) {
    JsonObject json = new JsonObject();
    for (int action = 0; action < counts.size(); action++) {
      if (counts.get(action) != 0) {
        json.field(Action.name(action).toLowerCase(Locale.ROOT), counts.get(action));
      }
    }
    return json;
  }

  private static Map<String, Long> counters(PfsyncStatistics counted) {
    return Map.ofEntries(
        Map.entry("ipackets", counted.ipackets()),
        Map.entry("badif", counted.badif()),
        Map.entry("badttl", counted.badttl()),
        Map.entry("hdrops", counted.hdrops()),
        Map.entry("badver", counted.badver()),
        Map.entry("badact", counted.badact()),
        Map.entry("badlen", counted.badlen()),
        Map.entry("badval", counted.badval()),
        Map.entry("badstate", counted.badstate()),
        Map.entry("badpeer", counted.badpeer()),
        Map.entry("stale", counted.stale()),
        Map.entry("opackets", counted.opackets()),
        Map.entry("oerrors", counted.oerrors()));
  }

  /** The text of Prometheus, version 0.0.4. */
  String metrics() {
    Metrics metrics = new Metrics();
    metrics.gauge("pfha_up_seconds", "How long the node runs", Map.of(), node.uptime().toSeconds());
    metrics.gauge("pfha_carp_demotion", "Sum of the penalties", Map.of(), node.ledger().total());
    metrics.gauge(
        "pfha_maintenance",
        "1 while the node is in maintenance",
        Map.of(),
        carp.maintenance().isPresent() ? 1 : 0);
    var statistics = carp.statistics();
    for (NodeConfig.Router router : node.config().routers()) {
      Map<String, String> labels =
          Metrics.labels("interface", router.link(), "vhid", Integer.toString(router.vhid()));
      metrics.gauge(
          "pfha_carp_role",
          "0 INIT, 1 BACKUP, 2 MASTER",
          labels,
          number(carp.role(router.link(), router.vhid())));
      statistics
          .router(router.link(), router.vhid())
          .asMap()
          .forEach(
              (name, value) ->
                  metrics.counter("pfha_carp_" + name + "_total", "CARP: " + name, labels, value));
    }
    node.pfsync().ifPresent(pfsync -> metrics(metrics, pfsync));
    return metrics.toString();
  }

  /** As the kernel numbers them (spec carp 7.1). */
  private static int number(Role role) {
    return switch (role) {
      case INIT -> 0;
      case BACKUP -> 1;
      case MASTER -> 2;
    };
  }

  private static void metrics(Metrics metrics, PfsyncNode pfsync) {
    Map<String, String> none = Map.of();
    metrics.gauge("pfha_pfsync_states", "States in the table", none, pfsync.table().size());
    metrics.gauge("pfha_pfsync_state_limit", "Most states", none, pfsync.table().limit());
    metrics.gauge(
        "pfha_pfsync_awaiting_bulk",
        "1 while the peers' states are not all here",
        none,
        pfsync.isAwaitingBulk() ? 1 : 0);
    counters(pfsync.statistics())
        .forEach(
            (name, value) ->
                metrics.counter("pfha_pfsync_" + name + "_total", "pfsync: " + name, none, value));
    for (PeerReport peer : pfsync.peers()) {
      Map<String, String> labels =
          Metrics.labels("interface", peer.link(), "peer", peer.address().getHostAddress());
      metrics.counter(
          "pfha_pfsync_peer_packets_total", "Heard from it", labels, peer.status().packets());
      metrics.gauge(
          "pfha_pfsync_peer_silent", "1 if it is", labels, peer.status().silent() ? 1 : 0);
    }
  }

  /** Why everything is as it is. */
  String text() {
    StringBuilder text = new StringBuilder(node.config().name()).append('\n');
    carp.maintenance()
        .ifPresent(reason -> text.append("in maintenance: ").append(reason).append('\n'));
    for (NodeConfig.Router router : node.config().routers()) {
      text.append(carp.explain(router.link(), router.vhid()).describe()).append('\n');
    }
    node.pfsync()
        .ifPresent(
            pfsync -> {
              text.append("pfsync: %d states%n".formatted(pfsync.table().size()));
              pfsync.explain().forEach(finding -> text.append("  %s%n".formatted(finding.text())));
            });
    return text.toString();
  }
}
