package org.pfha.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A page with blocks of lines that the build writes, between two comments each. Immutable. */
record Page(Path file) {

  static final Page DEPENDENCIES = new Page(Module.HOUSE.resolve("docs/dependencies.md"));

  /** Compares a block with what it should be, or writes it when that is asked for. */
  void hasBlock(String name, List<String> made) throws IOException {
    List<String> lines = Files.readAllLines(file);
    int begin = lines.indexOf("<!-- " + name + ": written by the build -->");
    int end = lines.indexOf("<!-- end of " + name + " -->");
    assertThat(begin).as(file + " has lost its block of " + name).isBetween(0, end);
    List<String> page = new ArrayList<>(lines.subList(0, begin + 1));
    page.addAll(made);
    page.addAll(lines.subList(end, lines.size()));
    Renewal.holds(file, page);
  }

  static String kilobytes(long bytes) {
    return String.format(Locale.ROOT, "%,d kB", Math.round(bytes / 1000.0)).replace(',', ' ');
  }
}
