package org.pfha.examples.status;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Metrics in the text format of Prometheus, version 0.0.4, grouped by name as it wants. Confined to
 * one thread.
 */
final class Metrics {

  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final Map<String, List<String>> families = new LinkedHashMap<>();

  void gauge(String name, String help, Map<String, String> labels, long value) {
    add(name, help, "gauge", labels, Long.toString(value));
  }

  /** A time, which Prometheus wants in seconds. */
  void seconds(String name, String help, Map<String, String> labels, long nanos) {
    add(name, help, "gauge", labels, Double.toString(nanos / 1e9));
  }

  void counter(String name, String help, Map<String, String> labels, long value) {
    add(name, help, "counter", labels, Long.toString(value));
  }

  private void add(
      String name, String help, String type, Map<String, String> labels, String value) {
    List<String> lines = families.computeIfAbsent(name, first -> new ArrayList<>());
    if (lines.isEmpty()) {
      lines.add("# HELP %s %s".formatted(name, help.replace("\\", "\\\\").replace("\n", "\\n")));
      lines.add("# TYPE %s %s".formatted(name, type));
    }
    lines.add(name + text(labels) + " " + value);
  }

  /** Some labels and more of them, in this order. */
  static Map<String, String> labels(Map<String, String> some, String... namesAndValues) {
    Map<String, String> labels = new LinkedHashMap<>(some);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      labels.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return labels;
  }

  private static String text(Map<String, String> labels) {
    return labels.isEmpty()
        ? ""
        : labels.entrySet().stream()
            .map(label -> "%s=\"%s\"".formatted(label.getKey(), escaped(label.getValue())))
            .collect(Collectors.joining(",", "{", "}"));
  }

  private static String escaped(String value) {
    return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  @Override
  public String toString() {
    return families.values().stream()
        .flatMap(List::stream)
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
