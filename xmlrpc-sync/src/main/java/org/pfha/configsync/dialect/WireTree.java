package org.pfha.configsync.dialect;

import com.google.common.collect.Lists;
import com.google.common.collect.Maps;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.XmlRpc;

/** Configuration trees as XML-RPC values. Thread-safe. Source: spec sections 6.1, 22 (10, 12). */
public final class WireTree {
  private static final String ATTRIBUTES = "@attributes";

  private final ConfigFormat format;

  WireTree(ConfigFormat format) {
    this.format = format;
  }

  /**
   * A tree as a value: texts stay texts. Nothing is copied: the value is a view.
   *
   * @param node the tree
   * @return {@code String}, {@code List} or {@code Map}
   */
  public static Object toWire(ConfigNode node) {
    if (node instanceof Items items) {
      return Lists.transform(items.list(), WireTree::toWire);
    }
    if (node instanceof Fields fields) {
      return Maps.transformValues(fields.map(), WireTree::toWire);
    }
    return node.text();
  }

  /**
   * Sections as they arrived.
   *
   * @param value a struct, or an empty table of either kind
   * @return name to content, in the order of the call
   * @throws RpcFault when anything in it could not be written and read again as it is
   */
  Map<String, ConfigNode> sections(Object value) throws RpcFault {
    if (value instanceof List<?> list && list.isEmpty()) {
      return new LinkedHashMap<>();
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw refused("the sections must be a struct");
    }
    return members(map);
  }

  private Map<String, ConfigNode> members(Map<?, ?> map) throws RpcFault {
    Map<String, ConfigNode> fields = new LinkedHashMap<>();
    for (Map.Entry<?, ?> member : map.entrySet()) {
      String name = member.getKey().toString();
      ConfigNode node = fromWire(name, member.getValue());
      if (node != null) {
        fields.put(name, node);
      }
    }
    return fields;
  }

  /** One section as it arrived. */
  ConfigNode section(String name, Object value) throws RpcFault {
    ConfigNode node = fromWire(name, value);
    return node == null ? Text.EMPTY : node;
  }

  /**
   * A value as the element of a name.
   *
   * @return null for {@code false}, which the products' writers leave out
   */
  private @Nullable ConfigNode fromWire(String name, Object value) throws RpcFault {
    boolean attributes =
        format.listsAnywhere() && name.endsWith(ATTRIBUTES) && value instanceof Map<?, ?>;
    String element = attributes ? name.substring(0, name.length() - ATTRIBUTES.length()) : name;
    if (!format.isName(element) && !(attributes && element.isEmpty())) {
      throw refused("a member name that cannot become an element");
    }
    if (format.isList(name)) {
      if (!(value instanceof List<?> || value instanceof Map<?, ?>)) {
        if (value instanceof String text && text.isEmpty()) {
          return Text.EMPTY;
        }
        throw refused(name + " must be a list");
      }
      return items(name, value);
    }
    if (value instanceof List<?> list) {
      if (!list.isEmpty() && !format.listsAnywhere()) {
        throw refused("a list where no list can be");
      }
      return list.isEmpty() ? Fields.NONE : items(name, list);
    }
    if (value instanceof Map<?, ?> map) {
      return format.listsAnywhere() && !map.isEmpty() && isNumbered(map)
          ? items(name, map)
          : new Fields(members(map));
    }
    return leaf(value);
  }

  /** A list arrives as an array, or, with gaps, as a struct with decimal names. */
  private Items items(String name, Object value) throws RpcFault {
    Iterable<?> entries;
    if (value instanceof List<?> list) {
      entries = list;
    } else if (value instanceof Map<?, ?> map && isNumbered(map)) {
      entries = map.values();
    } else {
      throw refused(name + " must be a list");
    }
    List<ConfigNode> items = new ArrayList<>();
    for (Object entry : entries) {
      ConfigNode node;
      if (entry instanceof Map<?, ?> map) {
        node = new Fields(members(map));
      } else if (entry instanceof List<?> list) {
        if (!list.isEmpty()) {
          throw refused("a list inside a list under " + name);
        }
        node = Fields.NONE;
      } else {
        node = leaf(entry);
      }
      if (node != null) {
        items.add(node);
      }
    }
    return new Items(items);
  }

  private static boolean isNumbered(Map<?, ?> map) {
    return map.keySet().stream().allMatch(key -> key.toString().matches("0|[1-9]\\d{0,8}"));
  }

  private static @Nullable ConfigNode leaf(Object value) throws RpcFault {
    if (value instanceof Boolean flag) {
      return flag ? Text.EMPTY : null; // a flag is the presence of an element
    }
    if (value instanceof byte[] || value instanceof XmlRpc.Nil) {
      throw refused("a value of a type that config.xml does not have");
    }
    return new Text(value instanceof XmlRpc.DateTime date ? date.text() : value.toString());
  }

  static RpcFault refused(String why) {
    return new RpcFault(RpcFault.INVALID_PARAMETERS, "refused, nothing was changed: " + why);
  }

  static RpcFault invalidParameters() {
    return new RpcFault(RpcFault.INVALID_PARAMETERS, "server error. invalid method parameters");
  }
}
