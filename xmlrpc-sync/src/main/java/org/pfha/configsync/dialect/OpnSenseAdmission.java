package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What a call to an OPNsense secondary may carry. Like the product, any section may come; what
 * wipes a section is refused even then. Source: spec sections 18 and 22 (11 to 13).
 */
final class OpnSenseAdmission {
  private static final int FIRST_USER = 2000;

  private OpnSenseAdmission() {}

  /** The paths a policy lets in. */
  static Set<String> paths(SyncPolicy policy) {
    Set<String> paths = new HashSet<>(policy.scope().sections());
    for (SyncArea area : policy.scope().areas()) {
      paths.addAll(area.sections(ConfigFormat.opnSense()));
    }
    return paths;
  }

  static void check(ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy)
      throws RpcFault {
    Set<String> known = new HashSet<>(Set.of("system", "interfaces", "hasync", "OPNsense"));
    SyncArea.all()
        .forEach(
            area ->
                area.sections(ConfigFormat.opnSense()).stream()
                    .filter(path -> path.indexOf('/') < 0)
                    .forEach(known::add));
    for (Map.Entry<String, ConfigNode> section : call.entrySet()) {
      ConfigNode node = section.getValue();
      boolean table =
          known.contains(section.getKey()) || local.section(section.getKey()) instanceof Fields;
      if (table && node instanceof Text && !node.text().isEmpty()) {
        throw WireTree.refused(section.getKey() + " must be a table");
      }
    }
    accounts(local, call.getOrDefault("system", Text.EMPTY).fields(), policy);
    if (!policy.likeTheProduct()) {
      Set<String> paths = paths(policy);
      Set<String> above = new HashSet<>();
      for (String path : paths) {
        for (int end = path.indexOf('/'); end > 0; end = path.indexOf('/', end + 1)) {
          above.add(path.substring(0, end));
        }
      }
      inside("", new Fields(call), paths, above);
    }
  }

  private static void inside(String prefix, Fields fields, Set<String> paths, Set<String> above)
      throws RpcFault {
    for (Map.Entry<String, ConfigNode> field : fields.map().entrySet()) {
      String path = prefix + field.getKey();
      if (paths.contains(path)) {
        continue;
      }
      boolean table = field.getValue() instanceof Fields || field.getValue().isBlank();
      if (!above.contains(path) || !table) {
        throw WireTree.refused("a section that is not enabled here");
      }
      inside(path + "/", field.getValue().fields(), paths, above);
    }
  }

  private static void accounts(ConfigTree local, Fields system, SyncPolicy policy) throws RpcFault {
    ConfigNode sent = system.get("user");
    if (sent == null) {
      return;
    }
    List<ConfigNode> users = new ArrayList<>(sent.items());
    if (users.isEmpty() || !(sent instanceof Items)) {
      throw WireTree.refused("system/user must not be empty");
    }
    Map<String, Long> known = new HashMap<>();
    for (ConfigNode user : local.section("system").fields().at("user").items()) {
      known.put(PfSenseAccounts.name(user), PfSenseAccounts.id(user, "uid"));
    }
    Set<String> names = new HashSet<>();
    for (ConfigNode user : users) {
      String name = PfSenseAccounts.name(user);
      if (name.isEmpty() || !names.add(name)) {
        throw WireTree.refused("accounts need distinct names");
      }
      long uid = PfSenseAccounts.id(user, "uid");
      if (uid < FIRST_USER && known.getOrDefault(name, (long) FIRST_USER) >= FIRST_USER) {
        throw WireTree.refused("a new user with a uid below " + FIRST_USER);
      }
    }
    if (!policy.likeTheProduct() && !names.contains("root") && known.containsKey("root")) {
      throw WireTree.refused("a list of users without root");
    }
  }
}
