package org.pfha.configsync.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One element of {@code config.xml}: a text, a table of named elements, or a list. Immutable. */
public sealed interface ConfigNode {

  /**
   * True for a table or list without content.
   *
   * @return false for every text, also the empty one
   */
  default boolean isEmptyTable() {
    return false;
  }

  /**
   * This node as a table.
   *
   * @return itself, or an empty table when it is anything else
   */
  default Fields fields() {
    return Fields.NONE;
  }

  /**
   * This node as a list.
   *
   * @return its entries, none when it is not a list
   */
  default List<ConfigNode> items() {
    return List.of();
  }

  /**
   * This node as a text.
   *
   * @return its text, empty when it is not a text
   */
  default String text() {
    return "";
  }

  /**
   * True for an empty text as well as for an empty table, also one that has only lists without
   * entries: files do not tell them apart.
   *
   * @return whether nothing is inside
   */
  default boolean isBlank() {
    return isEmptyTable();
  }

  /**
   * True for a list without entries, of which a file of pfSense has no trace.
   *
   * @return false for everything else
   */
  default boolean isEmptyList() {
    return false;
  }

  /**
   * A leaf.
   *
   * @param value the decoded text
   */
  record Text(String value) implements ConfigNode {
    /** The empty element. */
    public static final Text EMPTY = new Text("");

    /**
     * What pfSense reads as the empty element but wrote as an empty table, over two lines. Equal to
     * {@link #EMPTY}; only the writer tells them apart, so that a file stays as it is.
     */
    static final Text OPENED = new Text("");

    @Override
    public boolean isBlank() {
      return value.isEmpty();
    }

    @Override
    public String text() {
      return value;
    }

    /** Texts may be secrets, so only the length is shown. */
    @Override
    public String toString() {
      return "Text[" + value.length() + " characters]";
    }
  }

  /**
   * Repeated elements of one name.
   *
   * @param list the entries in file order
   */
  record Items(List<ConfigNode> list) implements ConfigNode {
    /** Copies the list. */
    public Items {
      list = List.copyOf(list);
    }

    @Override
    public boolean isEmptyTable() {
      return list.isEmpty();
    }

    @Override
    public boolean isEmptyList() {
      return list.isEmpty();
    }

    @Override
    public List<ConfigNode> items() {
      return list;
    }
  }

  /**
   * Named elements.
   *
   * @param map the elements in file order
   */
  record Fields(Map<String, ConfigNode> map) implements ConfigNode {
    /** The table without elements. */
    public static final Fields NONE = new Fields(Map.of());

    /** Copies the map, keeping its order. */
    public Fields {
      map = FieldMap.copyOf(map);
    }

    @Override
    public boolean isEmptyTable() {
      return map.isEmpty();
    }

    @Override
    public boolean isBlank() {
      for (ConfigNode node : map.values()) {
        if (!node.isEmptyList()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Fields fields() {
      return this;
    }

    /**
     * One element.
     *
     * @param name its name
     * @return null when there is none
     */
    public @Nullable ConfigNode get(String name) {
      return map.get(name);
    }

    /**
     * One element, the empty text when there is none.
     *
     * @param name its name
     * @return the element
     */
    public ConfigNode at(String name) {
      return map.getOrDefault(name, Text.EMPTY);
    }

    /**
     * A copy with one element replaced in place, or appended.
     *
     * @param name its name
     * @param node its new value
     * @return the copy
     */
    public Fields with(String name, ConfigNode node) {
      Map<String, ConfigNode> copy = new LinkedHashMap<>(map);
      copy.put(name, node);
      return new Fields(copy);
    }

    /**
     * A copy without some elements.
     *
     * @param names what to leave out
     * @return the copy
     */
    public Fields without(String... names) {
      Map<String, ConfigNode> copy = new LinkedHashMap<>(map);
      for (String name : names) {
        copy.remove(name);
      }
      return new Fields(copy);
    }
  }
}
