package org.pfha.examples.demo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.pfha.carp.json.JsonObject;
import org.pfha.cluster.ClusterNode;
import org.pfha.examples.demo.LivePair.Deed;
import org.pfha.examples.status.Control;
import org.pfha.examples.status.Document;
import org.pfha.examples.status.NodeMetrics;
import org.pfha.examples.status.NodeReport;
import org.pfha.examples.status.NodeView;
import org.pfha.examples.status.Site;

/**
 * What the live demo serves. Thread-safe.
 *
 * <pre>
 *   GET  /status                     both nodes: {"name":…,"time":…,"stopped":…|null,"nodes":[…]}
 *   GET  /nodes/NODE/status          one, as pfha node serves it
 *   GET  /metrics, /explain          of both
 *   POST /fail-over, /heal, /push, /start-over
 *   POST, DELETE /nodes/NODE/power-off, maintenance, disable, sync-cable
 * </pre>
 */
final class DemoSite implements Site {

  private final LiveDemo demo;
  private final LiveConfig config;
  private final Map<String, Document> documents = new LinkedHashMap<>();
  private final List<Control> controls = new ArrayList<>();

  DemoSite(LiveDemo demo, LiveConfig config) {
    this.demo = demo;
    this.config = config;
    documents.put("/status", Document.json(() -> demo.ask(this::status) + "\n"));
    documents.put("/metrics", Document.metrics(() -> demo.ask(this::metrics)));
    documents.put("/explain", Document.text(() -> demo.ask(this::explanation)));
    List<String> names = demo.ask(pair -> pair.nodes().stream().map(ClusterNode::name).toList());
    add("/fail-over", "Fail over", LivePair::failOver, pair -> true);
    add("/heal", "Heal everything", LivePair::heal, pair -> !pair.isHealthy());
    controls.add(
        new Control("POST", "/push", "", "Push configuration", "", "", any -> push(), () -> true));
    controls.add(
        new Control(
            "POST", "/start-over", "", "Start over", "", "", any -> demo.startOver(), () -> true));
    for (int i = 0; i < names.size(); i++) {
      int node = i;
      String name = names.get(i);
      documents.put(
          "/nodes/" + name + "/status",
          Document.json(() -> demo.ask(pair -> report(pair, pair.nodes().get(node))) + "\n"));
      toggle(node, name, Deed.POWER_OFF, "Power off", "Power on", false);
      toggle(node, name, Deed.MAINTENANCE, "Enter maintenance", "Leave maintenance", true);
      toggle(node, name, Deed.DISABLE, "Disable CARP", "Enable CARP", true);
      toggle(node, name, Deed.SYNC_CABLE, "Pull sync cable", "Put sync cable back", true);
    }
  }

  private void add(
      String path, String label, Consumer<LivePair> action, Predicate<LivePair> offered) {
    controls.add(
        new Control(
            "POST",
            path,
            "",
            label,
            "",
            "",
            any -> demo.tell(action),
            () -> offered.test(demo.here())));
  }

  private void toggle(
      int node, String name, Deed deed, String begin, String end, boolean onlyRunning) {
    String path =
        "/nodes/%s/%s".formatted(name, deed.name().toLowerCase(Locale.ROOT).replace('_', '-'));
    controls.add(
        new Control(
            "POST",
            path,
            name,
            begin,
            "",
            "",
            any -> demo.tell(pair -> pair.begin(deed, node)),
            () -> !demo.here().has(deed, node) && (!onlyRunning || demo.here().isRunning(node))));
    controls.add(
        new Control(
            "DELETE",
            path,
            name,
            end,
            "",
            "",
            any -> demo.tell(pair -> pair.end(deed, node)),
            () -> demo.here().has(deed, node) && (!onlyRunning || demo.here().isRunning(node))));
  }

  private void push() {
    config.push(demo.ask(LivePair::isSecondaryReachable), demo::note);
  }

  private String status(LivePair pair) {
    JsonObject json =
        new JsonObject()
            .field("name", "demo pair")
            .field("time", pair.now().toString())
            .field("stopped", pair.stopped().orElse(null))
            .list("nodes", pair.nodes(), node -> report(pair, node));
    return Site.shared(json, demo.timeline(), controls).toString();
  }

  private JsonObject report(LivePair pair, ClusterNode node) {
    Optional<NodeView> view = view(pair, node);
    return view.isPresent()
        ? NodeReport.json(view.get())
        : NodeReport.off(node.name(), pair.routers());
  }

  /** Configuration goes from the first node to the other. */
  private Optional<NodeView> view(LivePair pair, ClusterNode node) {
    return pair.view(node, node.number() == 0 ? config.report() : List.of());
  }

  private String metrics(LivePair pair) {
    NodeMetrics metrics = new NodeMetrics();
    for (ClusterNode node : pair.nodes()) {
      view(pair, node).ifPresent(view -> metrics.add(view, Map.of("node", node.name())));
    }
    return metrics.toString();
  }

  private String explanation(LivePair pair) {
    StringBuilder text = new StringBuilder();
    for (ClusterNode node : pair.nodes()) {
      text.append(view(pair, node).map(NodeReport::text).orElse(node.name() + " is off\n"));
    }
    return text.toString();
  }

  @Override
  public Map<String, Document> documents() {
    return Collections.unmodifiableMap(documents);
  }

  @Override
  public List<Control> controls() {
    return List.copyOf(controls);
  }
}
