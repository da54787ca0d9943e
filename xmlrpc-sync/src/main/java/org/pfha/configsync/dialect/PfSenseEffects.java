package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;

/**
 * What an application must do after a call to a pfSense secondary, in the product's order. Like the
 * product, much is done although nothing changed. Confined to one thread until the merge is done,
 * then immutable. Source: spec sections 8.1, 8.3, 8.4, 9.
 */
final class PfSenseEffects {
  private final Map<String, ConfigNode> call;
  private final boolean exact;
  private @Nullable PfSenseAccounts users;
  private @Nullable PfSenseAccounts groups;
  private List<String> paths = List.of();

  PfSenseEffects(Map<String, ConfigNode> call, boolean exact) {
    this.call = new LinkedHashMap<>(call);
    this.exact = exact;
  }

  void accounts(PfSenseAccounts users, PfSenseAccounts groups) {
    this.users = users;
    this.groups = groups;
  }

  void packages(List<String> paths) {
    this.paths = paths;
  }

  List<Effect> between(ConfigTree before, ConfigTree after) {
    List<Effect> effects = new ArrayList<>();
    zones(before, after, effects);
    routes(before, after, effects);
    if (exact) {
      effects.add(new Effect.SyncOnward());
    }
    boolean force = false;
    if (call.containsKey("virtualip")) {
      PfSenseAddresses addresses = new PfSenseAddresses(before, after, effects);
      force = exact ? addresses.likeTheProduct() : addresses.changed();
    }
    if (users != null && groups != null) {
      accounts(users, groups, before, after, effects);
    }
    effects.add(new Effect.ReloadFilter());
    effects.add(new Effect.ReloadRouting());
    services(before, after, force && exact, effects);
    if (!paths.isEmpty()) {
      effects.add(new Effect.PackagesStored(paths));
    }
    if (!exact) {
      effects.add(new Effect.SyncOnward());
    }
    return effects;
  }

  private void zones(ConfigTree before, ConfigTree after, List<Effect> effects) {
    if (call.containsKey("captiveportal")) {
      Fields kept = after.section("captiveportal").fields();
      for (String zone : before.section("captiveportal").fields().map().keySet()) {
        if (kept.get(zone) == null) {
          effects.add(new Effect.RemoveZone(zone));
        }
      }
    }
  }

  /** The product removes all routes when the call has none, only to add them again. */
  private void routes(ConfigTree before, ConfigTree after, List<Effect> effects) {
    ConfigNode sent = call.get("staticroutes");
    if (sent == null && !exact) {
      return;
    }
    List<ConfigNode> old = before.section("staticroutes").fields().at("route").items();
    List<ConfigNode> now =
        exact
            ? call.getOrDefault("staticroutes", Text.EMPTY).fields().at("route").items()
            : after.section("staticroutes").fields().at("route").items();
    Set<List<String>> kept = new HashSet<>();
    now.forEach(route -> kept.add(route(route)));
    for (int i = 0; i < old.size(); i++) {
      List<String> route = route(old.get(i));
      boolean stays =
          exact ? i < now.size() && route.equals(route(now.get(i))) : kept.contains(route);
      if (!stays) {
        effects.add(new Effect.RemoveRoute(route.get(0), route.get(1)));
      }
    }
  }

  private static List<String> route(ConfigNode route) {
    return List.of(route.fields().at("network").text(), route.fields().at("gateway").text());
  }

  private void accounts(
      PfSenseAccounts users,
      PfSenseAccounts groups,
      ConfigTree before,
      ConfigTree after,
      List<Effect> effects) {
    List<PfSenseAccounts> both = List.of(users, groups);
    for (PfSenseAccounts accounts : both) {
      for (Fields entry : accounts.removed()) {
        if (exact || differs(accounts.kind(), entry, before, after)) {
          effects.add(
              new Effect.RemoveAccount(accounts.kind(), PfSenseAccounts.name(entry), entry));
        }
      }
    }
    if (exact) {
      effects.add(new Effect.SyncOnward()); // accounts are written a second time
    }
    boolean changed = !users.removed().isEmpty() || !users.added().isEmpty();
    Fields system = after.section("system").fields();
    Fields all = PfSenseAccounts.byName(system.at("group").items()).get("all");
    if (all != null && (exact || changed)) {
      effects.add(new Effect.AddAccount("group", "all", all)); // whom it has, depends on all users
    }
    for (PfSenseAccounts accounts : both) {
      for (Fields entry : accounts.added()) {
        if (exact || differs(accounts.kind(), entry, before, after)) {
          effects.add(new Effect.AddAccount(accounts.kind(), PfSenseAccounts.name(entry), entry));
        }
      }
    }
  }

  /** False for what a protected path kept as it was. */
  private static boolean differs(String kind, Fields entry, ConfigTree before, ConfigTree after) {
    String name = PfSenseAccounts.name(entry);
    Fields old = named(before, kind, name);
    Fields now = named(after, kind, name);
    return !old.equals(now);
  }

  private static Fields named(ConfigTree tree, String kind, String name) {
    List<ConfigNode> entries = tree.section("system").fields().at(kind).items();
    return PfSenseAccounts.byName(entries).getOrDefault(name, Fields.NONE);
  }

  private void services(ConfigTree before, ConfigTree after, boolean force, List<Effect> effects) {
    openVpn(before, after, force, effects);
    boolean ipsec = force || changed(before, after, "ipsec");
    if (ipsec) {
      effects.add(new Effect.RestartService("ipsec", ""));
    }
    for (String section : List.of("dnsmasq", "unbound")) {
      if (force || changed(before, after, section)) {
        effects.add(
            after.section(section).fields().get("enable") != null
                ? new Effect.RestartService(section, "")
                : new Effect.StopService(section, ""));
      }
    }
    if (force || changed(before, after, "dhcpd", "dhcpdv6", "kea", "kea6")) {
      effects.add(new Effect.RestartService("dhcpd", ""));
    }
    for (String section : List.of("dhcrelay", "dhcrelay6", "captiveportal", "voucher")) {
      if (force || changed(before, after, section)) {
        effects.add(new Effect.RestartService(section, ""));
      }
    }
  }

  private boolean changed(ConfigTree before, ConfigTree after, String... sections) {
    for (String section : sections) {
      ConfigNode old = before.sections().get(section);
      ConfigNode now = after.sections().get(section);
      boolean same =
          exact
              ? Loose.equal(old, now)
              : ConfigTree.same(before.section(section), after.section(section));
      if (!same) {
        return true;
      }
    }
    return false;
  }

  private void openVpn(ConfigTree before, ConfigTree after, boolean force, List<Effect> effects) {
    Fields old = before.section("openvpn").fields();
    Fields now = after.section("openvpn").fields();
    for (String kind : List.of("openvpn-server", "openvpn-client")) {
      Map<String, ConfigNode> known = byId(old.at(kind));
      Map<String, ConfigNode> wanted = byId(now.at(kind));
      wanted.forEach(
          (id, entry) -> {
            ConfigNode mine = known.get(id);
            if (force || mine == null || !(exact ? Loose.equal(mine, entry) : mine.equals(entry))) {
              effects.add(new Effect.RestartService(kind, id));
            }
          });
      boolean section = now.get(kind) != null || !exact;
      for (String id : known.keySet()) {
        if (section && !wanted.containsKey(id)) {
          effects.add(new Effect.StopService(kind, id));
        }
      }
    }
    boolean section =
        before.section("openvpn") instanceof Fields
            || call.getOrDefault("openvpn", Text.EMPTY).fields() == call.get("openvpn");
    boolean overrides = exact ? section : changed(before, after, "openvpn");
    if (overrides) {
      effects.add(new Effect.RestartService("openvpn-csc", ""));
    }
  }

  private static Map<String, ConfigNode> byId(ConfigNode list) {
    Map<String, ConfigNode> byId = new LinkedHashMap<>();
    list.items().forEach(entry -> byId.put(entry.fields().at("vpnid").text(), entry));
    return byId;
  }
}
