package org.pfha.examples.conformance;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.XmlRpc;

/**
 * What a library must refuse although the product does it (spec sections 3.1, 18, 22): judged from
 * the recorded request alone, not from what the library does with it.
 */
final class CasePolicy {
  private static final Set<String> CODE =
      Set.of("pfsense.exec_php", "pfsense.exec_shell", "pfsense.reboot");

  private CasePolicy() {}

  /** Why the request must be refused, null when it must be answered as the product does. */
  static @Nullable String refusal(RecordedHttp request, ConfigTree node, boolean authenticated) {
    if (!request.method().equals("POST")) {
      return "another HTTP method than POST";
    }
    String encoding = request.header("Content-encoding");
    if (encoding != null) {
      return "a compressed request";
    }
    String text = new String(request.body(), java.nio.charset.StandardCharsets.ISO_8859_1);
    if (text.contains("<!DOCTYPE")) {
      return "a DOCTYPE";
    }
    if (text.matches("(?s)<\\?xml[^>]*encoding=[\"'](?!(?i:utf-8|utf-16))[^>]*>.*")) {
      return "another encoding than UTF-8 and UTF-16";
    }
    if (!authenticated) {
      return "credentials are checked before anything else";
    }
    PlainRpc call = PlainRpc.parse(request.body());
    if (call == null) {
      return null;
    }
    if (CODE.contains(call.method())) {
      return "remote execution";
    }
    boolean stores =
        call.method().endsWith(".restore_config_section")
            || call.method().endsWith(".merge_config_section")
            || call.method().endsWith(".merge_installedpackages_section");
    return stores ? tree(call, node) : null;
  }

  private static @Nullable String tree(PlainRpc call, ConfigTree node) {
    Object value = call.value();
    if (value instanceof List<?> list && !list.isEmpty()) {
      return "sections without names";
    }
    try {
      ConfigFormat format = node.format();
      String why = members(format, call.struct());
      if (why == null && call.method().endsWith(".restore_config_section")) {
        why = shapes(format, call.struct());
        why = why == null ? accounts(call.struct(), node) : why;
      }
      return why;
    } catch (org.pfha.configsync.config.ConfigFormatException e) {
      throw new IllegalStateException("a configuration that was read has a format", e);
    }
  }

  private static @Nullable String members(ConfigFormat format, Map<?, ?> map) {
    for (Map.Entry<?, ?> member : map.entrySet()) {
      String name = member.getKey().toString();
      Object value = member.getValue();
      boolean attributes = format.listsAnywhere() && name.endsWith("@attributes");
      if (!attributes && !format.isName(name)) {
        return "a name that cannot be an element";
      }
      String why = value(format, name, value);
      if (why != null) {
        return why;
      }
    }
    return null;
  }

  private static @Nullable String value(ConfigFormat format, String name, Object value) {
    if (value instanceof byte[] || value instanceof XmlRpc.Nil) {
      return "a type that a configuration does not have";
    }
    boolean numbered =
        value instanceof Map<?, ?> map
            && map.keySet().stream().allMatch(key -> key.toString().matches("0|[1-9]\\d{0,8}"));
    if (value instanceof Map<?, ?> map && (!numbered || map.isEmpty())) {
      return format.isList(name) ? "a table where a list must be" : members(format, map);
    }
    if (value instanceof Map<?, ?> || value instanceof List<?>) {
      Iterable<?> items = value instanceof List<?> list ? list : ((Map<?, ?>) value).values();
      boolean empty = !items.iterator().hasNext();
      if (!empty && !format.isList(name) && !format.listsAnywhere()) {
        return "a list where none can be";
      }
      for (Object item : items) {
        String why =
            item instanceof Map<?, ?> map
                ? members(format, map)
                : item instanceof List<?> ? null : value(format, "", item);
        if (why != null) {
          return why;
        }
      }
    }
    return null;
  }

  /** Known sections are tables, or empty. */
  private static @Nullable String shapes(ConfigFormat format, Map<?, ?> sections) {
    Set<String> tables = new HashSet<>(Set.of("system", "interfaces", "hasync"));
    SyncArea.all()
        .forEach(
            area ->
                area.sections(format).stream()
                    .filter(path -> path.indexOf('/') < 0)
                    .forEach(tables::add));
    for (Map.Entry<?, ?> section : sections.entrySet()) {
      Object value = section.getValue();
      boolean table = value instanceof Map || value instanceof List || value.equals("");
      if (!table && tables.contains(section.getKey().toString())) {
        return "no table where a section must be one";
      }
    }
    return null;
  }

  private static @Nullable String accounts(Map<?, ?> sections, ConfigTree node) {
    if (!(sections.get("system") instanceof Map<?, ?> system)
        || !(system.containsKey("user") || system.containsKey("group"))) {
      return null;
    }
    List<?> users = system.get("user") instanceof List<?> list ? list : List.of();
    List<?> groups = system.get("group") instanceof List<?> list ? list : List.of();
    if (users.isEmpty() || (groups.isEmpty() && node.root().equals("pfsense"))) {
      return "users without groups";
    }
    Set<String> system2 = new HashSet<>();
    for (ConfigNode user : node.section("system").fields().at("user").items()) {
      if (number(user.fields().at("uid").text()) < 2000) {
        system2.add(user.fields().at("name").text());
      }
    }
    for (Object user : users) {
      if (user instanceof Map<?, ?> map
          && number(Objects.toString(map.get("uid"), "")) < 2000
          && !system2.contains(Objects.toString(map.get("name"), ""))) {
        return "a new account of the system";
      }
    }
    return null;
  }

  private static long number(String text) {
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
  }
}
