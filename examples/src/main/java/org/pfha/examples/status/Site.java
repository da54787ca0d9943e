package org.pfha.examples.status;

import java.util.List;
import java.util.Map;
import org.pfha.carp.json.JsonObject;

/**
 * What a {@link StatusServer} serves beside the page. Its {@code /status} is what the page shows: a
 * node's {@link NodeReport}, or {@code {"nodes":[…]}} with several, and the fields of {@link
 * #shared}. Thread-safe.
 */
public interface Site {

  /**
   * What can be read.
   *
   * @return by path; always the same
   */
  Map<String, Document> documents();

  /**
   * What can be done.
   *
   * @return always the same; empty if nothing can be changed
   */
  List<Control> controls();

  /**
   * Adds what the page shows beside nodes: {@code "timeline":[{number, at, node, kind, text}]} and
   * {@code "controls":[{method, path, node, label, question, argument}]} with what makes sense now.
   *
   * @param status to be completed
   * @param timeline what has happened
   * @param controls of the site
   * @return that status
   */
  static JsonObject shared(JsonObject status, Timeline timeline, List<Control> controls) {
    return status
        .list("timeline", timeline.entries(), Timeline.Entry::json)
        .list(
            "controls",
            controls.stream().filter(control -> control.offered().getAsBoolean()).toList(),
            Control::json);
  }
}
