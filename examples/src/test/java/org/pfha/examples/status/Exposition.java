package org.pfha.examples.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus' text format, version 0.0.4, as a reader that lets nothing pass. */
public final class Exposition {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern HELP =
      Pattern.compile("# HELP (" + NAME + ") ((?:[^\\\\]|\\\\[\\\\n])*)");
  private static final Pattern TYPE = Pattern.compile("# TYPE (" + NAME + ") (counter|gauge)");
  private static final String LABEL = "[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\\n]|\\\\[\\\\\"n])*\"";
  private static final Pattern SAMPLE =
      Pattern.compile("(" + NAME + ")(\\{" + LABEL + "(?:," + LABEL + ")*\\})? (\\S+)");

  private Exposition() {}

  /** The samples by name and labels. */
  public static Map<String, Double> parse(String text) {
    assertThat(text).endsWith("\n");
    Map<String, Double> samples = new HashMap<>();
    Set<String> families = new HashSet<>();
    String family = "";
    String type = "";
    for (String line : text.split("\n", -1)) {
      Matcher help = HELP.matcher(line);
      Matcher kind = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (help.matches()) {
        family = help.group(1);
        type = "";
        assertThat(families.add(family)).as("all of a family stands together: %s", line).isTrue();
      } else if (kind.matches()) {
        assertThat(kind.group(1)).as("behind its help").isEqualTo(family);
        assertThat(type).as("one type: %s", line).isEmpty();
        type = kind.group(2);
      } else if (!line.isEmpty()) {
        assertThat(sample.matches()).as("a sample: %s", line).isTrue();
        assertThat(sample.group(1)).as("of the family it stands in").isEqualTo(family);
        assertThat(type).as("behind its type: %s", line).isNotEmpty();
        double value = Double.parseDouble(sample.group(3));
        if (type.equals("counter")) {
          assertThat(family).endsWith("_total");
          assertThat(value).isNotNegative();
        }
        String labels = sample.group(2) == null ? "" : sample.group(2);
        assertThat(samples.put(family + labels, value)).as("once: %s", line).isNull();
      }
    }
    return samples;
  }
}
