package org.pfha.configsync.dialect;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;

/**
 * Equality as pfSense's own language compares: texts that are numbers by their value, tables
 * without regard to order, nothing like the empty text. It decides what the product calls changed.
 */
final class Loose {
  private static final Pattern NUMBER =
      Pattern.compile(
          "[ \\t\\n\\r\\x0b\\f]*[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?"
              + "[ \\t\\n\\r\\x0b\\f]*");

  private Loose() {}

  static boolean equal(@Nullable ConfigNode a, @Nullable ConfigNode b) {
    if (a == null || b == null) {
      ConfigNode other = a == null ? b : a;
      return other == null || other.isBlank();
    }
    if (a instanceof Fields left && b instanceof Fields right) {
      Map<String, ConfigNode> map = left.map();
      return map.size() == right.map().size()
          && map.entrySet().stream()
              .allMatch(
                  field -> {
                    ConfigNode other = right.get(field.getKey());
                    return other != null && equal(field.getValue(), other);
                  });
    }
    if (a instanceof Items left && b instanceof Items right) {
      if (left.list().size() != right.list().size()) {
        return false;
      }
      for (int i = 0; i < left.list().size(); i++) {
        if (!equal(left.list().get(i), right.list().get(i))) {
          return false;
        }
      }
      return true;
    }
    if (a.isEmptyTable() && b.isEmptyTable()) {
      return true;
    }
    return a instanceof ConfigNode.Text
        && b instanceof ConfigNode.Text
        && equal(a.text(), b.text());
  }

  private static boolean equal(String a, String b) {
    return a.equals(b)
        || (a.length() < 64
            && b.length() < 64
            && NUMBER.matcher(a).matches()
            && NUMBER.matcher(b).matches()
            && Double.compare(Double.parseDouble(a.trim()), Double.parseDouble(b.trim())) == 0);
  }
}
