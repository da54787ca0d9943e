package org.pfha.configsync;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;

/**
 * Points at elements of a configuration: {@code system/webgui}, {@code filter/rule[tracker=17]},
 * {@code openvpn/openvpn-server[vpnid=2]/tls}. A step is a name or {@code *}; a condition chooses
 * the entries of a list (or elements of a table) by the text of one of their own elements; a list
 * without a condition means all its entries. Immutable.
 */
public final class ConfigPath {
  private static final Pattern STEP =
      Pattern.compile(
          "([A-Za-z0-9_@.-]{1,128}|\\*)(?:\\[([A-Za-z0-9_@.-]{1,128})=([^\\[\\]/]*)])?");

  private final String text;
  private final List<Step> steps;

  private record Step(String name, String key, String value) {
    boolean names(String candidate) {
      return name.equals("*") || name.equals(candidate);
    }

    boolean chooses(ConfigNode node) {
      return key.isEmpty() || node.fields().at(key).text().equals(value);
    }
  }

  private ConfigPath(String text, List<Step> steps) {
    this.text = text;
    this.steps = List.copyOf(steps);
  }

  /**
   * Reads a path.
   *
   * @param text as described above
   * @return the path
   * @throws IllegalArgumentException when it is none
   */
  public static ConfigPath of(String text) {
    List<Step> steps = new ArrayList<>();
    for (String part : text.split("/", -1)) {
      Matcher step = STEP.matcher(part);
      if (!step.matches()) {
        throw new IllegalArgumentException(
            "'" + text + "' is no path: write section/name or section/list[key=value]");
      }
      String key = step.group(2);
      steps.add(new Step(step.group(1), key == null ? "" : key, key == null ? "" : step.group(3)));
    }
    return new ConfigPath(text, steps);
  }

  /**
   * The section the path begins with.
   *
   * @return its name, or {@code *}
   */
  public String section() {
    return steps.get(0).name;
  }

  /**
   * A tree without what the path points at.
   *
   * @param sections section to content
   * @return the same object when there is nothing
   */
  public Fields removeFrom(Fields sections) {
    return edit(sections, Fields.NONE, 0, false);
  }

  /**
   * A tree in which what the path points at is as in another one: taken over, or removed when it is
   * not there. Entries of lists come at their old place, as far as there is one.
   *
   * @param after the tree to correct
   * @param before the tree that is right
   * @return the same object when both agree
   */
  public Fields keep(Fields before, Fields after) {
    return edit(after, before, 0, true);
  }

  private Fields edit(Fields after, Fields before, int depth, boolean keep) {
    Step step = steps.get(depth);
    boolean last = depth == steps.size() - 1;
    Map<String, ConfigNode> result = new LinkedHashMap<>(after.map());
    for (String name : names(step, after, before, keep)) {
      ConfigNode theirs = after.get(name);
      ConfigNode ours = keep ? before.get(name) : null;
      ConfigNode edited = edit(step, last, theirs, ours, depth, keep);
      if (edited == null) {
        result.remove(name);
      } else {
        result.put(name, edited);
      }
    }
    return result.equals(after.map()) ? after : new Fields(result);
  }

  private static List<String> names(Step step, Fields after, Fields before, boolean keep) {
    List<String> names = new ArrayList<>(after.map().keySet());
    if (keep) {
      before.map().keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
    }
    names.removeIf(name -> !step.names(name));
    return names;
  }

  private @Nullable ConfigNode edit(
      Step step,
      boolean last,
      @Nullable ConfigNode theirs,
      @Nullable ConfigNode ours,
      int depth,
      boolean keep) {
    if (theirs instanceof Items || ours instanceof Items) {
      return list(step, last, items(theirs), items(ours), depth, keep, theirs);
    }
    boolean chosen =
        (theirs != null && step.chooses(theirs)) || (ours != null && step.chooses(ours));
    if (!chosen) {
      return theirs;
    }
    if (last) {
      return ours;
    }
    if (theirs == null && ours == null) {
      return null;
    }
    Fields inside = theirs == null ? Fields.NONE : theirs.fields();
    Fields edited = edit(inside, ours == null ? Fields.NONE : ours.fields(), depth + 1, keep);
    return theirs != null && edited.equals(inside) ? theirs : edited;
  }

  private static List<ConfigNode> items(@Nullable ConfigNode node) {
    return node == null ? List.of() : node.items();
  }

  private @Nullable ConfigNode list(
      Step step,
      boolean last,
      List<ConfigNode> theirs,
      List<ConfigNode> ours,
      int depth,
      boolean keep,
      @Nullable ConfigNode unchanged) {
    List<ConfigNode> result = new ArrayList<>();
    if (!last) {
      for (ConfigNode entry : theirs) {
        Fields fields = entry.fields();
        result.add(
            step.chooses(entry) && entry instanceof Fields
                ? edit(fields, counterpart(step, fields, ours), depth + 1, keep)
                : entry);
      }
    } else {
      theirs.stream().filter(entry -> !step.chooses(entry)).forEach(result::add);
      for (int i = 0; i < ours.size(); i++) {
        if (step.chooses(ours.get(i))) {
          result.add(Math.min(i, result.size()), ours.get(i));
        }
      }
    }
    return result.equals(theirs) ? unchanged : new Items(result);
  }

  /** The entry of the other list that the same condition chooses. */
  private static Fields counterpart(Step step, Fields entry, List<ConfigNode> others) {
    for (ConfigNode other : others) {
      if (!step.key.isEmpty()
          && other.fields().at(step.key).text().equals(entry.at(step.key).text())) {
        return other.fields();
      }
    }
    return Fields.NONE;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ConfigPath path && path.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
