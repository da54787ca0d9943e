package org.pfha.configsync.config;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.json.JsonText;

/**
 * What differs between two configurations, readable and without secrets: entries of lists are
 * matched by what identifies them, not by position, and entries that only moved are told as moved.
 * Immutable.
 *
 * @param changes in the order of the older tree, additions last within each table
 */
public record ConfigDiff(List<Change> changes) {
  /** Copies the list. */
  public ConfigDiff {
    changes = List.copyOf(changes);
  }

  /** What happened to an element. */
  public enum Kind {
    /** It is new. */
    ADDED("+"),
    /** It is gone. */
    REMOVED("-"),
    /** Its value differs. */
    CHANGED("~"),
    /** An entry of an ordered list stands elsewhere among the entries both lists have. */
    MOVED(">");

    private final String mark;

    Kind(String mark) {
      this.mark = mark;
    }
  }

  /**
   * One difference.
   *
   * @param kind what happened
   * @param path names separated by {@code /}, entries of lists as {@code rule[tracker=17]}
   * @param before the older value with secrets hidden; empty for additions; the position, counted
   *     from 1, for moves
   * @param after the newer value likewise
   */
  public record Change(Kind kind, String path, String before, String after) {
    /** One line. */
    @Override
    public String toString() {
      return switch (kind) {
        case ADDED -> "+ " + path + ": " + after;
        case REMOVED -> "- " + path + ": " + before;
        case CHANGED -> "~ " + path + ": " + before + " -> " + after;
        case MOVED -> "> " + path + ": from place " + before + " to " + after;
      };
    }

    /**
     * The section it belongs to.
     *
     * @return the first name of the path
     */
    public String section() {
      int end = 0;
      while (end < path.length() && path.charAt(end) != '/' && path.charAt(end) != '[') {
        end++;
      }
      return path.substring(0, end);
    }
  }

  /**
   * Compares two tables.
   *
   * @param before the older
   * @param after the newer
   * @return what differs
   */
  public static ConfigDiff between(Fields before, Fields after) {
    List<Change> changes = new ArrayList<>();
    tables("", before, after, changes);
    return new ConfigDiff(changes);
  }

  /**
   * Whether there is no difference.
   *
   * @return true when both trees say the same
   */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /**
   * The sections that differ.
   *
   * @return their names, in the order of the differences
   */
  public Set<String> sections() {
    Set<String> sections = new LinkedHashSet<>();
    changes.forEach(change -> sections.add(change.section()));
    return sections;
  }

  /** One line for each difference. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    changes.forEach(change -> text.append(change).append('\n'));
    return text.toString();
  }

  /**
   * The differences as a JSON array of objects with {@code change}, {@code path}, {@code before},
   * {@code after}.
   *
   * @return one line
   */
  public String toJson() {
    StringBuilder json = new StringBuilder("[");
    for (Change change : changes) {
      json.append(json.length() > 1 ? "," : "");
      json.append("{\"change\":\"").append(change.kind.mark).append("\",\"path\":");
      JsonText.quote(json, change.path);
      JsonText.quote(json.append(",\"before\":"), change.before);
      JsonText.quote(json.append(",\"after\":"), change.after);
      json.append('}');
    }
    return json.append(']').toString();
  }

  private static void tables(String path, Fields before, Fields after, List<Change> changes) {
    for (Map.Entry<String, ConfigNode> field : before.map().entrySet()) {
      String name = field.getKey();
      String child = child(path, name);
      ConfigNode now = after.get(name);
      if (now == null && field.getValue().isEmptyList()) {
        continue; // the file has no trace of it
      }
      if (now == null) {
        changes.add(new Change(Kind.REMOVED, child, shown(child, name, field.getValue()), ""));
      } else {
        nodes(child, name, field.getValue(), now, changes);
      }
    }
    for (Map.Entry<String, ConfigNode> field : after.map().entrySet()) {
      String name = field.getKey();
      if (before.get(name) == null && !field.getValue().isEmptyList()) {
        String child = child(path, name);
        changes.add(new Change(Kind.ADDED, child, "", shown(child, name, field.getValue())));
      }
    }
  }

  static void nodes(
      String path, String name, ConfigNode before, ConfigNode after, List<Change> changes) {
    if (ConfigDigest.same(before, after)) {
      return;
    }
    boolean tables = !(before instanceof Text) && !(after instanceof Text);
    if (tables && (before instanceof Items || after instanceof Items)) {
      ListDiff.between(path, name, entries(before), entries(after), changes);
    } else if (before instanceof Fields older && after instanceof Fields newer) {
      tables(path, older, newer, changes);
    } else if (!before.equals(after)) {
      String now = shown(path, name, after);
      changes.add(new Change(Kind.CHANGED, path, shown(path, name, before), now));
    }
  }

  /** OPNsense knows a list of one only as its entry. */
  private static List<ConfigNode> entries(ConfigNode node) {
    return node instanceof Items items ? items.list() : node.isBlank() ? List.of() : List.of(node);
  }

  private static String child(String path, String name) {
    boolean printable = true;
    for (int i = 0; i < name.length(); i++) {
      printable &= name.charAt(i) > 0x20 && name.charAt(i) < 0x7f;
    }
    String shown = printable ? name : "?";
    return path.isEmpty() ? shown : path + "/" + shown;
  }

  /** A value on one line; of tables the beginning. */
  static String shown(String path, String name, ConfigNode node) {
    if (node instanceof Text) {
      return Secrets.show(path, name, node.text());
    }
    StringBuilder line = new StringBuilder();
    show(line, path, name, node);
    return line.toString();
  }

  private static void show(StringBuilder line, String path, String name, ConfigNode node) {
    if (line.length() > 300) {
      if (line.charAt(line.length() - 1) != '…') {
        line.append('…');
      }
    } else if (node instanceof Items items) {
      line.append('[');
      String separator = "";
      for (ConfigNode item : items.list()) {
        line.append(separator);
        show(line, path, name, item);
        separator = ", ";
      }
      line.append(']');
    } else if (node instanceof Fields fields) {
      line.append('{');
      String separator = "";
      for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
        String child = child(path, field.getKey());
        line.append(separator).append(child, child.lastIndexOf('/') + 1, child.length());
        show(line.append(": "), child, field.getKey(), field.getValue());
        separator = ", ";
      }
      line.append('}');
    } else {
      line.append(Secrets.show(path, name, node.text()));
    }
  }
}
