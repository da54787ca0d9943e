package org.pfha.configsync;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Outgoing;

/** What a push leaves alone because no chosen area covers it. */
final class Coverage {
  private static final Set<String> BOOKKEEPING = Set.of("version", "revision", "lastchange");

  private Coverage() {}

  /** First-level names, or one level below where a section is sent in part. */
  static List<String> uncovered(ConfigTree config, Outgoing outgoing) {
    List<String> uncovered = new ArrayList<>();
    for (Map.Entry<String, ConfigNode> section : config.sections().map().entrySet()) {
      String name = section.getKey();
      ConfigNode sent = outgoing.sections().get(name);
      boolean bookkeeping = BOOKKEEPING.contains(name) || name.startsWith("@");
      if (sent == null && !bookkeeping && !isWithheld(name, outgoing)) {
        uncovered.add(name);
      } else if (sent instanceof Fields fields && section.getValue() instanceof Fields own) {
        for (String key : own.map().keySet()) {
          String path = name + "/" + key;
          if (fields.get(key) == null && !isWithheld(path, outgoing)) {
            uncovered.add(path);
          }
        }
      }
    }
    return uncovered;
  }

  private static boolean isWithheld(String path, Outgoing outgoing) {
    return outgoing.withheld().stream()
        .anyMatch(
            withheld ->
                withheld.path().startsWith(path)
                    && (withheld.path().length() == path.length()
                        || "/[".indexOf(withheld.path().charAt(path.length())) >= 0));
  }
}
