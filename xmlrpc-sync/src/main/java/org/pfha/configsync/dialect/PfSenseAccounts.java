package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;

/**
 * Users or groups of a secondary after a call: the final list, and what happened to whom.
 * Immutable. Source: spec section 9.
 *
 * @param kind {@code user} or {@code group}
 * @param list the new list, sorted by name
 * @param removed local entries to remove, those that come back changed included, in order
 * @param added entries to add, in the order of the call
 */
record PfSenseAccounts(
    String kind, List<ConfigNode> list, List<Fields> removed, List<Fields> added) {
  private static final long LAST = 65_000;

  static PfSenseAccounts users(Fields system, Fields sent, boolean administrator, boolean exact) {
    return merge("user", "uid", administrator ? 0 : 2000, 2000, system, sent, exact);
  }

  static PfSenseAccounts groups(Fields system, Fields sent, boolean exact) {
    return merge("group", "gid", 1999, 1999, system, sent, exact);
  }

  private static PfSenseAccounts merge(
      String kind,
      String number,
      long firstChanged,
      long firstRemoved,
      Fields system,
      Fields sent,
      boolean exact) {
    List<ConfigNode> own = system.at(kind).items();
    Map<String, Fields> known = byName(own);
    Map<String, Fields> wanted = byName(sent.at(kind).items());
    List<Fields> added = new ArrayList<>();
    List<Fields> removed = new ArrayList<>();
    for (Map.Entry<String, Fields> entry : wanted.entrySet()) {
      Fields mine = known.get(entry.getKey());
      Fields theirs = entry.getValue();
      if (mine == null) {
        added.add(theirs);
      } else if (id(theirs, number) >= firstChanged && !same(mine, theirs, exact)) {
        added.add(theirs);
        removed.add(mine);
      }
    }
    for (Map.Entry<String, Fields> entry : known.entrySet()) {
      long id = id(entry.getValue(), number);
      if (!wanted.containsKey(entry.getKey()) && id >= firstRemoved && id <= LAST) {
        removed.add(entry.getValue());
      }
    }
    List<ConfigNode> list = exact ? removedShort(own, removed) : removedAll(own, removed);
    list.addAll(added);
    list.sort(Comparator.comparing(PfSenseAccounts::name, PfSenseAccounts::byBytes));
    return new PfSenseAccounts(kind, list, removed, added);
  }

  private static boolean same(Fields mine, Fields theirs, boolean exact) {
    return exact ? Loose.equal(mine, theirs) : mine.equals(theirs);
  }

  private static List<ConfigNode> removedAll(List<ConfigNode> own, List<Fields> removed) {
    Set<String> names = new HashSet<>();
    removed.forEach(entry -> names.add(name(entry)));
    List<ConfigNode> kept = new ArrayList<>(own);
    kept.removeIf(entry -> names.contains(name(entry)));
    return kept;
  }

  /** The product's loop counts the shrinking list while the keys keep their gaps. */
  private static List<ConfigNode> removedShort(List<ConfigNode> own, List<Fields> removed) {
    Map<String, Integer> places = new HashMap<>();
    Map<Integer, ConfigNode> keyed = new LinkedHashMap<>();
    for (int i = 0; i < own.size(); i++) {
      keyed.put(i, own.get(i));
      places.putIfAbsent(name(own.get(i)), i);
    }
    for (Fields entry : removed) {
      int place = places.getOrDefault(name(entry), Integer.MAX_VALUE);
      if (place < keyed.size()) {
        keyed.remove(place);
      }
    }
    return new ArrayList<>(keyed.values());
  }

  /** Raises a counter above every number in use. */
  static Fields atLeast(Fields system, String key, List<ConfigNode> entries, String number) {
    long highest = entries.stream().mapToLong(entry -> id(entry, number)).max().orElse(0);
    String text = system.at(key).text();
    long next = text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    boolean raise = next <= highest && highest < LAST;
    return raise ? system.with(key, new ConfigNode.Text(Long.toString(highest + 1))) : system;
  }

  static Map<String, Fields> byName(List<ConfigNode> entries) {
    Map<String, Fields> named = new LinkedHashMap<>();
    entries.forEach(entry -> named.putIfAbsent(name(entry), entry.fields()));
    return named;
  }

  static String name(ConfigNode entry) {
    return entry.fields().at("name").text();
  }

  static long id(ConfigNode entry, String key) {
    String text = entry.fields().at(key).text();
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
  }

  /** Like UTF-8 bytes, which is the order of code points. */
  private static int byBytes(String a, String b) {
    int i = 0;
    while (i < a.length() && i < b.length() && a.charAt(i) == b.charAt(i)) {
      i++;
    }
    if (i == a.length() || i == b.length()) {
      return a.length() - b.length();
    }
    char x = a.charAt(i);
    char y = b.charAt(i);
    boolean high = Character.isSurrogate(x) != Character.isSurrogate(y);
    return high ? (Character.isSurrogate(x) ? 1 : -1) : Character.compare(x, y);
  }
}
