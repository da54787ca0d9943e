package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;

/**
 * What an OPNsense primary sends. Confined to one thread. Source: spec sections 7.1 (last column)
 * and 12.1.
 */
final class OpnSensePrimary {
  private final boolean exact;
  private final List<Outgoing.Withheld> withheld = new ArrayList<>();

  private OpnSensePrimary(boolean exact) {
    this.exact = exact;
  }

  static Outgoing outgoing(ConfigTree config, SyncScope scope, Behaviour behaviour) {
    OpnSensePrimary primary = new OpnSensePrimary(behaviour == Behaviour.LIKE_THE_PRODUCT);
    Fields call = Fields.NONE;
    for (SyncArea area : SyncArea.values()) {
      if (scope.areas().contains(area)) {
        for (String path : area.sections(ConfigFormat.opnSense())) {
          call = primary.copied(config.sections(), call, path);
        }
      }
    }
    for (String path : scope.sections()) {
      call = primary.copied(config.sections(), call, path);
    }
    return new Outgoing(primary.withoutMarked("", call).map(), primary.withheld);
  }

  /** One path; when it is missing, an empty table at its place. */
  private Fields copied(Fields from, Fields into, String path) {
    List<String> names = List.of(path.split("/", -1));
    ConfigNode node = from;
    for (String name : names) {
      ConfigNode child = node.fields().get(name);
      node = child == null ? Fields.NONE : child;
    }
    if (path.equals("virtualip") && node instanceof Fields) {
      node = virtualIps(node);
    }
    return PfSensePrimary.placed(into, names, 0, node);
  }

  private ConfigNode virtualIps(ConfigNode virtualip) {
    List<ConfigNode> sent = new ArrayList<>();
    for (Vip vip : Vip.in(virtualip)) {
      if (vip.text("vhid").isEmpty()) {
        withhold("virtualip/vip" + uuid(vip.entry()), vip.text("mode") + " of this node alone");
      } else {
        sent.add(raised(vip.entry()));
      }
    }
    return sent.isEmpty() && virtualip.isEmptyTable()
        ? Fields.NONE
        : Fields.NONE.with("vip", new Items(sent));
  }

  private static Fields raised(Fields vip) {
    String skew = vip.at("advskew").text();
    if (skew.isEmpty()) {
      return vip;
    }
    if (!skew.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "virtual address " + vip.at("subnet").text() + ": advskew must be 0 to 254");
    }
    int raised = Math.min(254, Integer.parseInt(skew) + 100);
    return vip.with("advskew", new Text(Integer.toString(raised)));
  }

  private Fields withoutMarked(String path, Fields fields) {
    Map<String, ConfigNode> kept = new LinkedHashMap<>();
    for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
      ConfigNode node = withoutMarked(path + field.getKey(), field.getValue());
      if (node != null) {
        kept.put(field.getKey(), node);
      }
    }
    return new Fields(kept);
  }

  private @Nullable ConfigNode withoutMarked(String path, ConfigNode node) {
    if (node instanceof Fields fields) {
      if (isMarked(fields)) {
        withhold(path + uuid(fields), "nosync");
        return null;
      }
      return withoutMarked(path + "/", fields);
    }
    if (!(node instanceof Items items)) {
      return node;
    }
    Map<String, ConfigNode> kept = new LinkedHashMap<>();
    boolean run = true;
    for (int i = 0; i < items.list().size(); i++) {
      ConfigNode entry = withoutMarked(path, items.list().get(i));
      if (entry != null) {
        run &= kept.size() == i;
        kept.put(Integer.toString(i), entry);
      }
    }
    return run || !exact ? new Items(List.copyOf(kept.values())) : new Fields(kept);
  }

  static boolean isMarked(ConfigNode entry) {
    String nosync = entry.fields().at("nosync").text();
    return !nosync.isEmpty() && !nosync.equals("0");
  }

  private static String uuid(Fields entry) {
    String uuid = entry.at("@attributes").fields().at("uuid").text();
    return uuid.isEmpty() ? "" : "[uuid=" + uuid + "]";
  }

  private void withhold(String path, String reason) {
    withheld.add(new Outgoing.Withheld(path, reason));
  }
}
