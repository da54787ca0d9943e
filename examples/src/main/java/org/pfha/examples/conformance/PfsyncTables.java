package org.pfha.examples.conformance;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pfha.pfsync.wire.Layout;
import org.pfha.pfsync.wire.StateFormat;

/** pfsync: where a compiler put each field, and the numbers of the headers. */
final class PfsyncTables {

  private static final String LAYOUT = "struct,field,offset,size,encoding";
  private static final String CONSTANTS = "name,value";

  private PfsyncTables() {}

  /** Runs a table such as {@code layout-1400.csv}; says whether it is one. */
  static boolean run(Path file, String name, Report report) throws IOException {
    if (!name.endsWith(".csv")) {
      return false;
    }
    List<String> lines = Files.readAllLines(file);
    StateFormat format =
        StateFormat.of(name.substring(name.lastIndexOf('-') + 1, name.length() - 4));
    if (lines.isEmpty() || format == null) {
      return false;
    }
    Set<String> rows = new TreeSet<>(lines.subList(1, lines.size()));
    if (lines.get(0).equals(LAYOUT)) {
      Set<String> declared = declared(format);
      Set<String> compiled = new TreeSet<>();
      rows.forEach(row -> compiled.add(withoutPadName(row)));
      declared.retainAll(compiled);
      report.check(name, compiled, declared);
    } else if (lines.get(0).equals(CONSTANTS)) {
      Set<String> known = new TreeSet<>();
      for (Map.Entry<String, Integer> constant : format.constants().entrySet()) {
        known.add(constant.getKey() + "," + constant.getValue());
      }
      report.check(name, rows, known);
    } else {
      return false;
    }
    return true;
  }

  private static Set<String> declared(StateFormat format) {
    Set<String> declared = new HashSet<>();
    for (Layout layout : format.structures()) {
      declared.add(row(layout.name(), "*", 0, layout.size(), "struct"));
      for (Layout.Field field : layout.fields()) {
        declared.add(
            withoutPadName(
                row(
                    layout.name(),
                    field.name(),
                    field.offset(),
                    field.size(),
                    field.encoding().text())));
      }
    }
    return new TreeSet<>(declared);
  }

  private static String row(String struct, String field, int offset, int size, String encoding) {
    return String.join(",", struct, field, "" + offset, "" + size, encoding);
  }

  /** What a pad is called is the header's whim. */
  private static String withoutPadName(String row) {
    List<String> cells = new ArrayList<>(Splitter.on(',').splitToList(row));
    if (cells.size() == 5 && cells.get(4).equals("pad")) {
      cells.set(1, "");
    }
    return String.join(",", cells);
  }
}
