package org.pfha.examples.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.pfha.carp.CarpNode;
import org.pfha.carp.json.JsonObject;
import org.pfha.examples.status.Control;
import org.pfha.examples.status.Document;
import org.pfha.examples.status.NodeMetrics;
import org.pfha.examples.status.NodeReport;
import org.pfha.examples.status.NodeView;
import org.pfha.examples.status.Site;

/**
 * What a node serves. Thread-safe.
 *
 * <pre>
 *   GET    /status       JSON
 *   GET    /metrics      Prometheus
 *   GET    /explain      text: why is everything as it is?
 *   POST   /maintenance  enters maintenance; the body is the reason
 *   DELETE /maintenance  leaves it
 *   POST   /disable      bows out of everything until /enable or a restart
 *   POST   /enable
 * </pre>
 */
final class NodeSite implements Site {

  private final HaNode node;
  private final Supplier<List<String>> configSync;
  private final Supplier<List<String>> peers;
  private final Map<String, Document> documents;
  private final List<Control> controls = new ArrayList<>();

  /**
   * A site.
   *
   * @param node to be shown
   * @param changeable whether the page offers to change anything
   * @param configSync how it stands with each secondary, JSON
   * @param peers what the peers say of themselves, JSON
   */
  NodeSite(
      HaNode node,
      boolean changeable,
      Supplier<List<String>> configSync,
      Supplier<List<String>> peers) {
    this.node = node;
    this.configSync = configSync;
    this.peers = peers;
    documents =
        Map.of(
            "/status", Document.json(this::status),
            "/metrics", Document.metrics(() -> new NodeMetrics().add(view(), Map.of()).toString()),
            "/explain", Document.text(() -> NodeReport.text(view())));
    CarpNode carp = node.carp();
    boolean lasting = changeable && node.config().maintenance().isPresent();
    add(
        "POST",
        "/maintenance",
        "Enter maintenance",
        "This node becomes the last choice until it leaves maintenance, restarts included.",
        "Reason",
        reason -> carp.enterMaintenance(reason.isEmpty() ? "by request" : reason),
        () -> lasting && carp.maintenance().isEmpty());
    add(
        "DELETE",
        "/maintenance",
        "Leave maintenance",
        "",
        "",
        nothing -> carp.leaveMaintenance(),
        () -> lasting && carp.maintenance().isPresent());
    add(
        "POST",
        "/disable",
        "Disable CARP",
        "This node bows out of every address until CARP is enabled again, or it restarts.",
        "",
        nothing -> carp.disable(),
        () -> changeable && isEnabled());
    add(
        "POST",
        "/enable",
        "Enable CARP",
        "",
        "",
        nothing -> carp.enable(),
        () -> changeable && !isEnabled());
  }

  private void add(
      String method,
      String path,
      String label,
      String question,
      String argument,
      Control.Action action,
      BooleanSupplier offered) {
    String name = node.config().name();
    Control.Action told =
        text -> {
          action.perform(text);
          node.told(label.toLowerCase(Locale.ROOT) + (text.isEmpty() ? "" : ": " + text));
        };
    controls.add(new Control(method, path, name, label, question, argument, told, offered));
  }

  private boolean isEnabled() {
    return node.config().routers().stream()
        .allMatch(router -> node.carp().explain(router.link(), router.vhid()).enabled());
  }

  private NodeView view() {
    return node.view(configSync.get());
  }

  private String status() {
    JsonObject json = NodeReport.json(view()).list("peers", peers.get(), each -> each);
    return Site.shared(json, node.timeline(), controls) + "\n";
  }

  @Override
  public Map<String, Document> documents() {
    return documents;
  }

  @Override
  public List<Control> controls() {
    return List.copyOf(controls);
  }
}
