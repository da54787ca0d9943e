package org.pfha.configsync.dialect;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What a call to a pfSense secondary may carry. Names and lists were checked before ({@link
 * WireTree}). Like the product, any section may come; what wipes a section or makes an
 * administrator is refused even then. Source: spec sections 18 and 22 (11 to 13, 24).
 */
final class PfSenseAdmission {
  private static final int FIRST_USER = 2000;

  private PfSenseAdmission() {}

  /** The sections a policy lets in. */
  static Set<String> sections(SyncPolicy policy) {
    Set<String> sections = new HashSet<>(policy.scope().sections());
    for (SyncArea area : policy.scope().areas()) {
      sections.addAll(area.sections(ConfigFormat.pfSense()));
    }
    return sections;
  }

  static void check(
      ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy, boolean packages)
      throws RpcFault {
    Set<String> allowed = sections(policy);
    for (Map.Entry<String, ConfigNode> section : call.entrySet()) {
      String name = section.getKey();
      ConfigNode node = section.getValue();
      boolean known = name.equals("hasync") || (name.equals("installedpackages") && packages);
      if (!policy.likeTheProduct() && !allowed.contains(name) && !known) {
        throw WireTree.refused("a section that is not enabled here");
      }
      boolean table = local.section(name) instanceof Fields || isTable(name);
      if (table && node instanceof Text && !node.text().isEmpty()) {
        throw WireTree.refused(name + " must be a table");
      }
    }
    Fields hasync = call.getOrDefault("hasync", Fields.NONE).fields();
    if (!policy.likeTheProduct() && !hasync.without("adminsync").isEmptyTable()) {
      throw WireTree.refused("hasync may carry only adminsync");
    }
    accounts(local, call, policy);
    Vip.refuseCycles(call.getOrDefault("virtualip", Text.EMPTY));
  }

  private static boolean isTable(String section) {
    return section.equals("system")
        || section.equals("interfaces")
        || section.equals("hasync")
        || SyncArea.all().stream()
            .anyMatch(area -> area.sections(ConfigFormat.pfSense()).contains(section));
  }

  private static void accounts(ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy)
      throws RpcFault {
    Fields system = call.getOrDefault("system", Text.EMPTY).fields();
    Set<String> keys = new HashSet<>();
    if (policy.scope().areas().contains(SyncArea.USERS)) {
      keys.addAll(List.of("user", "group", "nextuid", "nextgid"));
    }
    if (policy.scope().areas().contains(SyncArea.AUTH_SERVERS)) {
      keys.add("authserver");
    }
    if (!policy.likeTheProduct() && !keys.containsAll(system.map().keySet())) {
      throw WireTree.refused("system may carry only what is enabled here");
    }
    if (system.get("user") == null && system.get("group") == null) {
      return;
    }
    if (system.at("user").items().isEmpty() || system.at("group").items().isEmpty()) {
      throw WireTree.refused("system/user and system/group must come together and not be empty");
    }
    Fields own = local.section("system").fields();
    named(system.at("group").items());
    Map<String, Fields> known = PfSenseAccounts.byName(own.at("user").items());
    for (Map.Entry<String, Fields> user : named(system.at("user").items()).entrySet()) {
      Fields mine = known.get(user.getKey());
      long uid = PfSenseAccounts.id(user.getValue(), "uid");
      if (uid < FIRST_USER && (mine == null || PfSenseAccounts.id(mine, "uid") >= FIRST_USER)) {
        throw WireTree.refused("a new user with a uid below " + FIRST_USER);
      }
    }
  }

  private static Map<String, Fields> named(List<ConfigNode> entries) throws RpcFault {
    Map<String, Fields> named = new LinkedHashMap<>();
    for (ConfigNode entry : entries) {
      String name = entry.fields().at("name").text();
      if (name.isEmpty() || named.put(name, entry.fields()) != null) {
        throw WireTree.refused("accounts need distinct names");
      }
    }
    return named;
  }
}
