package org.pfha.configsync.config;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The elements of one table in file order: two arrays, because a configuration has hundreds of
 * thousands of small tables. Immutable.
 */
final class FieldMap extends AbstractMap<String, ConfigNode> {
  /** Up to here a search is faster than an index. */
  private static final int SEARCHED = 32;

  private final String[] names;
  private final ConfigNode[] nodes;
  private final @Nullable Map<String, Integer> index;
  private @Nullable String digest; // computed again at worst

  private FieldMap(Map<String, ? extends ConfigNode> map) {
    names = new String[map.size()];
    nodes = new ConfigNode[map.size()];
    int i = 0;
    for (Map.Entry<String, ? extends ConfigNode> entry : map.entrySet()) {
      names[i] = entry.getKey();
      nodes[i] = entry.getValue();
      i++;
    }
    index = names.length > SEARCHED ? new HashMap<>() : null;
    for (i = 0; index != null && i < names.length; i++) {
      index.put(names[i], i);
    }
  }

  static FieldMap copyOf(Map<String, ? extends ConfigNode> map) {
    return map instanceof FieldMap same ? same : new FieldMap(map);
  }

  List<String> names() {
    return Arrays.asList(names);
  }

  String name(int at) {
    return names[at];
  }

  ConfigNode node(int at) {
    return nodes[at];
  }

  /** The digest of the table with these elements, remembered: sections are asked for it often. */
  String digest(ConfigNode table) {
    String known = digest;
    if (known == null) {
      known = ConfigDigest.hash(table);
      digest = known;
    }
    return known;
  }

  /** One element, looked for first where it probably is. */
  @Nullable ConfigNode get(String name, int likely) {
    return likely < names.length && names[likely].equals(name) ? nodes[likely] : get(name);
  }

  private int find(@Nullable Object name) {
    if (index != null) {
      return index.getOrDefault(name, -1);
    }
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public @Nullable ConfigNode get(@Nullable Object name) {
    int at = find(name);
    return at < 0 ? null : nodes[at];
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return find(name) >= 0;
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super ConfigNode> action) {
    for (int i = 0; i < names.length; i++) {
      action.accept(names[i], nodes[i]);
    }
  }

  @Override
  public Set<Map.Entry<String, ConfigNode>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return names.length;
      }

      @Override
      public Iterator<Map.Entry<String, ConfigNode>> iterator() {
        return new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            return next < names.length;
          }

          @Override
          public Map.Entry<String, ConfigNode> next() {
            if (next >= names.length) {
              throw new NoSuchElementException();
            }
            return Map.entry(names[next], nodes[next++]);
          }
        };
      }
    };
  }
}
