package org.pfha.examples.status;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.pfha.carp.CarpNode;
import org.pfha.carp.json.JsonObject;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.Finding;
import org.pfha.pfsync.PeerReport;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.LatencyHistogram;
import org.pfha.pfsync.engine.PfsyncStatistics;
import org.pfha.pfsync.wire.Action;

/** What a node says of itself: JSON for programs, text for people. */
public final class NodeReport {

  private NodeReport() {}

  /**
   * {@code {"name":…,"running":true,"time":…,"at_ns":…,"started":…,"uptime_s":…,
   * "maintenance":…|null,"demotion":{…},"routers":[…],"carp":{…},"config_sync":[…],"pfsync":{…}}}.
   * A router is its {@link org.pfha.carp.CarpExplanation#toJson} beside its addresses; {@code
   * at_ns} is now on the clock of all other {@code _ns}; {@code pfsync} is left out where there is
   * none.
   *
   * @param node to tell of
   * @return an object to which more may be added
   */
  public static JsonObject json(NodeView node) {
    CarpNode carp = node.carp();
    JsonObject json =
        new JsonObject()
            .field("name", node.name())
            .field("running", true)
            .field("time", node.now().toString())
            .field("at_ns", node.nowNanos())
            .field("started", node.started().toString())
            .field("uptime_s", Duration.between(node.started(), node.now()).toSeconds())
            .field("maintenance", carp.maintenance().orElse(null))
            .json("demotion", carp.demotion().toJson())
            .list("routers", node.routers(), router -> router(carp, router))
            .json("carp", carp.statistics().toJson())
            .list("config_sync", node.configSync(), each -> each);
    node.pfsync().ifPresent(pfsync -> json.field("pfsync", pfsync(pfsync)));
    return json;
  }

  /**
   * The same of a node that is off: {@code {"name":…,"running":false,"routers":[{"interface":…,
   * "vhid":…,"role":"OFF","addresses":[…]}]}}.
   *
   * @param name of the node
   * @param routers it would have
   * @return an object
   */
  public static JsonObject off(String name, List<NodeView.Router> routers) {
    return new JsonObject()
        .field("name", name)
        .field("running", false)
        .list("routers", routers, router -> router(router, "OFF"));
  }

  private static JsonObject router(CarpNode carp, NodeView.Router router) {
    return router(router, carp.role(router.link(), router.vhid()).name())
        .json("explanation", carp.explain(router.link(), router.vhid()).toJson());
  }

  private static JsonObject router(NodeView.Router router, String role) {
    return new JsonObject()
        .field("interface", router.link())
        .field("vhid", router.vhid())
        .field("role", role)
        .texts("addresses", router.addresses());
  }

  private static JsonObject pfsync(PfsyncNode pfsync) {
    PfsyncStatistics counted = pfsync.statistics();
    StateTable table = pfsync.table();
    JsonObject counters = new JsonObject();
    counters(counted).forEach(counters::field);
    return new JsonObject()
        .field("states", table.size())
        .field("state_limit", table.limit())
        .field("identity_digest", "%016x".formatted(table.identityDigest()))
        .field("progress_digest", "%016x".formatted(table.progressDigest()))
        .field("awaiting_bulk", pfsync.isAwaitingBulk())
        .field("receiving", bulk(pfsync.receiving()))
        .field("sending", bulk(pfsync.sending()))
        .field("lag", lag(counted.lag()))
        .list("peers", pfsync.peers(), NodeReport::peer)
        .list("findings", pfsync.explain(), NodeReport::finding)
        .field("counters", counters)
        .field("received", actions(counted.iacts()))
        .field("sent", actions(counted.oacts()));
  }

  private static JsonObject bulk(BulkProgress progress) {
    JsonObject json =
        new JsonObject()
            .field("phase", progress.phase().name())
            .field("requests", progress.requests())
            .field("states", progress.states())
            .field("age_ns", progress.ageNanos());
    OptionalLong expected = progress.expected();
    return expected.isPresent() ? json.field("expected", expected.getAsLong()) : json;
  }

  private static JsonObject lag(LatencyHistogram lag) {
    return new JsonObject()
        .field("packets", lag.count())
        .field("median_ns", lag.quantileNanos(0.5))
        .field("p99_ns", lag.quantileNanos(0.99))
        .field("max_ns", lag.maxNanos());
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

  static Map<String, Long> counters(PfsyncStatistics counted) {
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

  /**
   * Why everything is as it is.
   *
   * @param node to tell of
   * @return several lines
   */
  public static String text(NodeView node) {
    CarpNode carp = node.carp();
    StringBuilder text = new StringBuilder(node.name()).append('\n');
    carp.maintenance()
        .ifPresent(reason -> text.append("in maintenance: ").append(reason).append('\n'));
    for (NodeView.Router router : node.routers()) {
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
