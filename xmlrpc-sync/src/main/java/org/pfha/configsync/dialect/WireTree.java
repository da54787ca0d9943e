package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.XmlRpc;

/** Configuration trees as XML-RPC values. Thread-safe. Source: spec sections 6.1, 22 (10, 12). */
public final class WireTree {
  private WireTree() {}

  /**
   * A tree as a value: texts stay texts.
   *
   * @param node the tree
   * @return {@code String}, {@code List} or {@code Map}
   */
  public static Object toWire(ConfigNode node) {
    if (node instanceof ConfigNode.Items items) {
      return items.list().stream().map(WireTree::toWire).toList();
    }
    if (node instanceof ConfigNode.Fields fields) {
      Map<String, Object> map = new LinkedHashMap<>();
      fields.map().forEach((name, child) -> map.put(name, toWire(child)));
      return map;
    }
    return node.text();
  }

  /**
   * A value as the element of a name.
   *
   * @param name the element it will become
   * @param value what arrived
   * @return the tree
   * @throws RpcFault when it could not be written and read again as it is
   */
  public static ConfigNode fromWire(String name, Object value) throws RpcFault {
    if (!ConfigFormat.pfSense().isName(name)) {
      throw refused("a member name that cannot become an element");
    }
    if (ConfigFormat.pfSense().isList(name) && !(value instanceof String text && text.isEmpty())) {
      List<ConfigNode> items = new ArrayList<>();
      for (Object item : entries(name, value)) {
        items.add(fromWire(item));
      }
      return new ConfigNode.Items(items);
    }
    return fromWire(value);
  }

  /** A list arrives as an array, or, with gaps, as a struct with decimal names. */
  private static Iterable<?> entries(String name, Object value) throws RpcFault {
    if (value instanceof List<?> list) {
      return list;
    }
    if (value instanceof Map<?, ?> map
        && map.keySet().stream().allMatch(key -> key.toString().matches("0|[1-9]\\d{0,8}"))) {
      return map.values();
    }
    throw refused(name + " must be a list");
  }

  private static ConfigNode fromWire(Object value) throws RpcFault {
    if (value instanceof Map<?, ?> map) {
      Map<String, ConfigNode> fields = new LinkedHashMap<>();
      for (Map.Entry<?, ?> member : map.entrySet()) {
        String name = member.getKey().toString();
        fields.put(name, fromWire(name, member.getValue()));
      }
      return new ConfigNode.Fields(fields);
    }
    if (value instanceof List<?> list) {
      if (!list.isEmpty()) {
        throw refused("a list where no list can be");
      }
      return ConfigNode.Fields.NONE;
    }
    if (value instanceof Boolean flag) {
      return new ConfigNode.Text(flag ? "1" : "");
    }
    if (value instanceof byte[] || value instanceof XmlRpc.Nil) {
      throw refused("a value of a type that config.xml does not have");
    }
    String text = value instanceof XmlRpc.DateTime date ? date.text() : value.toString();
    return new ConfigNode.Text(text);
  }

  static RpcFault refused(String why) {
    return new RpcFault(RpcFault.INVALID_PARAMETERS, "refused, nothing was changed: " + why);
  }
}
