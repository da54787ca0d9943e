package org.pfha.configsync.dialect;

import com.google.common.collect.Lists;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/** One virtual address of a configuration, of either product. Immutable. */
record Vip(Fields entry) {

  static List<Vip> in(ConfigTree config) {
    return in(config.section("virtualip"));
  }

  static List<Vip> in(ConfigNode virtualip) {
    ConfigNode list = virtualip.fields().at("vip");
    List<ConfigNode> entries = list instanceof Fields one ? List.of(one) : list.items();
    return entries.stream().map(entry -> new Vip(entry.fields())).toList();
  }

  String text(String name) {
    return entry.at(name).text();
  }

  boolean is(String mode) {
    return text("mode").equals(mode);
  }

  String on() {
    return text("interface");
  }

  String address() {
    return text("subnet");
  }

  /** Whether it belongs to both nodes of pfSense: on a CARP address, or on loopback. */
  boolean isShared() {
    return on().contains("_vip") || on().contains("lo0");
  }

  /**
   * An alias that, followed by its parents, comes back to itself crashes pfSense after it was
   * stored (spec section 22, attack 24).
   */
  static void refuseCycles(ConfigNode virtualip) throws RpcFault {
    Map<String, String> parents = new HashMap<>();
    for (Vip vip : in(virtualip)) {
      parents.put("_vip" + vip.text("uniqid"), vip.on());
    }
    Set<String> harmless = new HashSet<>();
    for (String start : parents.keySet()) {
      Set<String> seen = new HashSet<>();
      for (String at = start; at != null && !harmless.contains(at); at = parents.get(at)) {
        if (!seen.add(at)) {
          throw WireTree.refused("a virtual address that refers to itself");
        }
      }
      harmless.addAll(seen);
    }
  }

  /** A section as it travels: what was computed is a number. */
  static Object toWire(ConfigNode virtualip, String... computed) {
    Map<String, Object> wire = new LinkedHashMap<>();
    virtualip.fields().map().forEach((name, node) -> wire.put(name, WireTree.toWire(node)));
    wire.computeIfPresent("vip", (name, list) -> numbers(list, computed));
    return wire.isEmpty() ? WireTree.toWire(virtualip) : wire;
  }

  private static Object numbers(Object vips, String... computed) {
    if (vips instanceof List<?> list) {
      return Lists.transform(list, vip -> numbers(vip, computed));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    ((Map<?, ?>) vips).forEach((name, value) -> result.put(name.toString(), value));
    if (result.values().stream().allMatch(Map.class::isInstance)) {
      result.replaceAll((name, vip) -> numbers(vip, computed)); // a list with gaps
      return result;
    }
    for (String name : computed) {
      result.computeIfPresent(
          name,
          (n, text) ->
              text.toString().isEmpty() ? text : (Object) Integer.valueOf(text.toString()));
    }
    return result;
  }
}
