package org.pfha.configsync.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigDiff.Change;
import org.pfha.configsync.config.ConfigDiff.Kind;

/** Two lists of entries, matched by what identifies an entry. */
final class ListDiff {
  /** What identifies entries, the surest first; of several names the values together. */
  private static final String[][] IDENTITIES = {
    {"@attributes", "uuid"},
    {"tracker"},
    {"uniqid"},
    {"refid"},
    {"vpnid"},
    {"associated-rule-id"},
    {"name"},
    {"uid"},
    {"gid"},
    {"zoneid"},
    {"number"},
    {"ikeid"},
    {"reqid"},
    {"mac"},
    {"tunable"},
    {"network", "gateway"},
    {"network"},
    {"host", "domain"},
    {"ip"},
    {"ifname"},
    {"if", "tag"},
    {"external"},
    {"descr"},
    {"description"}
  };

  private ListDiff() {}

  static void between(
      String path,
      String name,
      List<ConfigNode> before,
      List<ConfigNode> after,
      List<Change> changes) {
    Keys keys = keys(path, name, before, after);
    Map<String, Integer> older = keys.older;
    Map<String, Integer> newer = keys.newer;
    List<String> common = new ArrayList<>();
    for (Map.Entry<String, Integer> entry : older.entrySet()) {
      String at = path + entry.getKey();
      ConfigNode was = before.get(entry.getValue());
      Integer now = newer.get(entry.getKey());
      if (now == null) {
        changes.add(new Change(Kind.REMOVED, at, ConfigDiff.shown(path, name, was), ""));
      } else {
        common.add(entry.getKey());
        ConfigDiff.nodes(at, name, was, after.get(now), changes);
      }
    }
    moved(path, common, older, newer, changes);
    for (Map.Entry<String, Integer> entry : newer.entrySet()) {
      if (!older.containsKey(entry.getKey())) {
        ConfigNode node = after.get(entry.getValue());
        String at = path + entry.getKey();
        changes.add(new Change(Kind.ADDED, at, "", ConfigDiff.shown(path, name, node)));
      }
    }
  }

  /** Label to position in each list. */
  private record Keys(Map<String, Integer> older, Map<String, Integer> newer) {}

  /** By identity when one is unique in both lists, else by content. */
  private static Keys keys(
      String path, String name, List<ConfigNode> before, List<ConfigNode> after) {
    for (String[] identity : IDENTITIES) {
      Map<String, Integer> older = byIdentity(path, identity, before);
      Map<String, Integer> newer = older == null ? null : byIdentity(path, identity, after);
      if (older != null && newer != null) {
        return new Keys(older, newer);
      }
    }
    return new Keys(byContent(path, name, before), byContent(path, name, after));
  }

  private static @Nullable Map<String, Integer> byIdentity(
      String path, String[] identity, List<ConfigNode> list) {
    String last = identity[identity.length - 1];
    if (Secrets.isSecretPlace(path + "/" + last, last)) {
      return null;
    }
    Map<String, Integer> keys = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      String value = identity(list.get(i), identity);
      boolean identifies = !value.isEmpty() && !Secrets.looksSecret(value);
      if (!identifies || keys.put("[" + last + "=" + Secrets.line(value) + "]", i) != null) {
        return null;
      }
    }
    return keys;
  }

  private static String identity(ConfigNode entry, String[] identity) {
    if (identity[0].startsWith("@")) {
      return entry.fields().at(identity[0]).fields().at(identity[1]).text();
    }
    StringBuilder value = new StringBuilder();
    for (String name : identity) {
      String text = entry.fields().at(name).text();
      if (text.isEmpty()) {
        return "";
      }
      value.append(value.length() == 0 ? "" : " ").append(text);
    }
    return value.toString();
  }

  /** Equal entries are the same entry; the first of several equal ones is the first. */
  private static Map<String, Integer> byContent(String path, String name, List<ConfigNode> list) {
    Map<String, Integer> seen = new HashMap<>();
    Map<String, Integer> keys = new LinkedHashMap<>();
    for (int i = 0; i < list.size(); i++) {
      ConfigNode entry = list.get(i);
      String label = "[" + ConfigTree.digest(entry).substring(0, 8) + "]";
      if (entry instanceof ConfigNode.Text) {
        String shown = Secrets.show(path, name, entry.text());
        label = shown.equals(Secrets.HIDDEN) ? "[#" + (i + 1) + "]" : "[" + shown + "]";
      }
      int times = seen.merge(label, 1, Integer::sum);
      keys.put(times == 1 ? label : label + "#" + times, i);
    }
    return keys;
  }

  /** All but a longest run that kept its order have moved. */
  private static void moved(
      String path,
      List<String> common,
      Map<String, Integer> older,
      Map<String, Integer> newer,
      List<Change> changes) {
    int[] places = common.stream().mapToInt(newer::get).toArray();
    boolean[] kept = longestRun(places);
    for (int i = 0; i < places.length; i++) {
      if (!kept[i]) {
        String from = Integer.toString(older.getOrDefault(common.get(i), 0) + 1);
        String to = Integer.toString(places[i] + 1);
        changes.add(new Change(Kind.MOVED, path + common.get(i), from, to));
      }
    }
  }

  /** Marks one longest increasing subsequence. */
  private static boolean[] longestRun(int[] places) {
    int[] ends = new int[places.length]; // index of the smallest end of a run of each length
    int[] previous = new int[places.length];
    int length = 0;
    for (int i = 0; i < places.length; i++) {
      int low = 0;
      int high = length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (places[ends[middle]] < places[i]) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      previous[i] = low > 0 ? ends[low - 1] : -1;
      ends[low] = i;
      length = Math.max(length, low + 1);
    }
    boolean[] kept = new boolean[places.length];
    Arrays.fill(kept, false);
    for (int i = length > 0 ? ends[length - 1] : -1; i >= 0; i = previous[i]) {
      kept[i] = true;
    }
    return kept;
  }
}
