package org.pfha.examples.lab;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.pfha.carp.json.JsonObject;

/** Some measured times, in nanoseconds. Immutable. */
final class Quantiles {

  private static final double MILLION = 1e6;

  private final List<Long> sorted;

  Quantiles(Collection<Long> values) {
    sorted = values.stream().sorted().toList();
  }

  /** Between the two nearest, in milliseconds; NaN if there are no values. */
  double millis(double share) {
    if (sorted.isEmpty()) {
      return Double.NaN;
    }
    double at = share * (sorted.size() - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.size() - 1);
    return (sorted.get(low) + (sorted.get(high) - sorted.get(low)) * (at - low)) / MILLION;
  }

  JsonObject json() {
    JsonObject json = new JsonObject().field("n", sorted.size());
    if (!sorted.isEmpty()) {
      json.json("min_ms", number(millis(0)))
          .json("p50_ms", number(millis(0.5)))
          .json("p90_ms", number(millis(0.9)))
          .json("p99_ms", number(millis(0.99)))
          .json("max_ms", number(millis(1)));
    }
    return json;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  @Override
  public String toString() {
    return sorted.isEmpty()
        ? "none"
        : String.format(
            Locale.ROOT,
            "n %3d  min %9.3f  p50 %9.3f  p90 %9.3f  p99 %9.3f  max %9.3f ms",
            sorted.size(),
            millis(0),
            millis(0.5),
            millis(0.9),
            millis(0.99),
            millis(1));
  }
}
