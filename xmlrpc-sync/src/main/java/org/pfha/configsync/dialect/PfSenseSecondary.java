package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What a pfSense secondary does with {@code restore_config_section}: a pure function from two trees
 * to one. Thread-safe. Source: spec sections 8 to 10, 18 and 22.
 */
public final class PfSenseSecondary {
  private static final List<String> REPLACED =
      List.of(
          ("aliases ca cert crl dhcpd dhcrelay dhcrelay6 dnshaper dnsmasq filter ipsec kea kea6"
                  + " nat openvpn schedules shaper unbound wol")
              .split(" "));
  private static final String[] KEA_LOCAL = {
    "tls", "scertref", "mutualtls", "ccertref", "localname"
  };
  private static final String[] PORTAL_LOCAL = {
    "enablebackwardsync", "backwardsyncip", "backwardsyncuser", "backwardsyncpassword"
  };
  private static final String[] VOUCHER_LOCAL = {
    "vouchersyncdbip", "vouchersyncusername", "vouchersyncpass"
  };

  private final Fields local;
  private final Map<String, ConfigNode> call;
  private final boolean exact;
  private Fields result;

  private PfSenseSecondary(Fields local, Map<String, ConfigNode> call, boolean exact) {
    this.local = local;
    this.call = new LinkedHashMap<>(call);
    this.exact = exact;
    this.result = local;
  }

  /**
   * Merges a call into a configuration.
   *
   * @param local the secondary's configuration
   * @param call section to content, as received
   * @param policy what the secondary lets itself be told
   * @return the new configuration; history not yet updated
   * @throws RpcFault when anything in the call is not allowed; then nothing is to be stored
   */
  public static ConfigTree restore(
      ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy) throws RpcFault {
    allow(local, call, policy.scope().areas());
    PfSenseSecondary secondary =
        new PfSenseSecondary(local.sections(), call, policy.likeTheProduct());
    secondary.merge();
    return new ConfigTree(local.root(), secondary.result);
  }

  private static void allow(ConfigTree local, Map<String, ConfigNode> call, Set<SyncArea> areas)
      throws RpcFault {
    Set<String> allowed = new HashSet<>();
    areas.forEach(area -> allowed.addAll(area.sections()));
    for (Map.Entry<String, ConfigNode> section : call.entrySet()) {
      ConfigNode node = section.getValue();
      if (!allowed.contains(section.getKey())) {
        throw WireTree.refused("a section that is not enabled here");
      }
      if (node instanceof ConfigNode.Text && !node.text().isEmpty()) {
        throw WireTree.refused(section.getKey() + " must be a table");
      }
    }
    if (call.containsKey("system")) {
      allowSystem(local, call.getOrDefault("system", ConfigNode.Text.EMPTY).fields(), areas);
    }
    allowVirtualIps(call.getOrDefault("virtualip", ConfigNode.Text.EMPTY).fields());
  }

  private static void allowSystem(ConfigTree local, Fields system, Set<SyncArea> areas)
      throws RpcFault {
    Set<String> keys = new HashSet<>();
    if (areas.contains(SyncArea.USERS)) {
      keys.addAll(List.of("user", "group", "nextuid", "nextgid"));
    }
    if (areas.contains(SyncArea.AUTH_SERVERS)) {
      keys.add("authserver");
    }
    if (!keys.containsAll(system.map().keySet())) {
      throw WireTree.refused("system may carry only " + keys);
    }
    boolean accounts =
        !system.at("user").items().isEmpty() && !system.at("group").items().isEmpty();
    if (system.get("user") != null || system.get("group") != null) {
      if (!accounts) {
        throw WireTree.refused("system/user and system/group must come together and not be empty");
      }
      Map<String, Fields> known = byName(local.section("system").fields().at("user").items());
      Set<String> names = new HashSet<>();
      for (ConfigNode user : system.at("user").items()) {
        String name = user.fields().at("name").text();
        if (name.isEmpty() || !names.add(name)) {
          throw WireTree.refused("users need distinct names");
        }
        if (id(user, "uid") < 2000 && !known.containsKey(name)) {
          throw WireTree.refused("a new user with a uid below 2000");
        }
      }
    }
  }

  /** An alias that, followed by its parents, comes back to itself crashes the product. */
  private static void allowVirtualIps(Fields virtualip) throws RpcFault {
    Map<String, String> parents = new HashMap<>();
    for (ConfigNode vip : virtualip.at("vip").items()) {
      String on = vip.fields().at("interface").text();
      parents.put("_vip" + vip.fields().at("uniqid").text(), on);
    }
    for (String start : parents.keySet()) {
      Set<String> seen = new HashSet<>();
      for (String at = start; at != null; at = parents.get(at)) {
        if (!seen.add(at)) {
          throw WireTree.refused("a virtual address that refers to itself");
        }
      }
    }
  }

  private void merge() {
    Fields localKea = local.at("kea").fields().at("ha").fields();
    Fields localKea6 = local.at("kea6").fields().at("ha").fields();
    Map<String, ConfigNode> full = new LinkedHashMap<>();
    for (String section : REPLACED) {
      ConfigNode node = call.remove(section);
      if (node != null) {
        full.put(section, node);
      }
    }
    full.computeIfPresent("kea", (name, kea) -> keaLocal(kea, localKea));
    full.computeIfPresent("kea6", (name, kea) -> keaLocal(kea, localKea6));
    captivePortal();
    accounts();
    virtualIps();
    full.forEach((section, node) -> result = put(result, section, node));
    call.forEach((section, node) -> result = overlay(result, section, node));
  }

  /** An empty table sent for a whole section makes the section disappear. */
  private static Fields put(Fields into, String section, ConfigNode node) {
    return node.isEmptyTable() ? into.without(section) : into.with(section, node);
  }

  /** The two-level merge of spec section 8.2. */
  private static Fields overlay(Fields into, String section, ConfigNode node) {
    if (node.isEmptyTable()) {
      return into;
    }
    if (!(node instanceof Fields sent)) {
      return into.with(section, node);
    }
    Fields merged = into.at(section).fields();
    for (Map.Entry<String, ConfigNode> field : sent.map().entrySet()) {
      merged = merged.with(field.getKey(), field.getValue());
    }
    return into.with(section, merged);
  }

  private static ConfigNode keaLocal(ConfigNode kea, Fields localHa) {
    if (!(kea instanceof Fields fields) || !(fields.get("ha") instanceof Fields ha)) {
      return kea;
    }
    return fields.with("ha", keepLocal(ha, localHa, KEA_LOCAL));
  }

  private static Fields keepLocal(Fields sent, Fields local, String... keys) {
    Fields kept = sent.without(keys);
    for (String key : keys) {
      ConfigNode own = local.get(key);
      if (own != null) {
        kept = kept.with(key, own);
      }
    }
    return kept;
  }

  private void captivePortal() {
    ConfigNode portal = call.get("captiveportal");
    if (portal != null) {
      Fields zones = local.at("captiveportal").fields();
      Fields vouchers = local.at("voucher").fields();
      for (String zone : zones.map().keySet()) {
        if (portal.fields().get(zone) == null) {
          zones = zones.without(zone);
          vouchers = vouchers.without(zone);
        }
      }
      for (Map.Entry<String, ConfigNode> zone : portal.fields().map().entrySet()) {
        Fields own = zones.at(zone.getKey()).fields();
        zones = zones.with(zone.getKey(), keepLocal(zone.getValue().fields(), own, PORTAL_LOCAL));
      }
      result = put(result, "captiveportal", zones);
      if (local.get("voucher") != null) {
        result = put(result, "voucher", vouchers);
      }
      call.remove("captiveportal");
    }
    ConfigNode sent = call.remove("voucher");
    if (sent != null) {
      Fields vouchers = result.at("voucher").fields();
      for (Map.Entry<String, ConfigNode> zone : sent.fields().map().entrySet()) {
        Fields own = vouchers.at(zone.getKey()).fields();
        Fields rolls = keepLocal(zone.getValue().fields(), own, VOUCHER_LOCAL);
        vouchers = vouchers.with(zone.getKey(), rolls);
      }
      result = put(result, "voucher", vouchers);
    }
  }

  private void accounts() {
    Fields sent = call.getOrDefault("system", ConfigNode.Text.EMPTY).fields();
    if (sent.at("user").items().isEmpty()) {
      return;
    }
    Fields system = result.at("system").fields();
    List<ConfigNode> users = accounts(system, sent, "user", "uid", 2000);
    List<ConfigNode> groups = accounts(system, sent, "group", "gid", 1999);
    result =
        result.with(
            "system", system.with("user", new Items(users)).with("group", new Items(groups)));
    Fields rest = sent.without("user", "group");
    if (!exact) {
      rest = atLeast(rest, "nextuid", users, "uid");
      rest = atLeast(rest, "nextgid", groups, "gid");
    }
    call.put("system", rest);
  }

  private static Fields atLeast(Fields rest, String key, List<ConfigNode> entries, String id) {
    long highest = entries.stream().mapToLong(entry -> id(entry, id)).max().orElse(0);
    String text = rest.at(key).text();
    long next = text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    boolean raise = next <= highest && highest < 65000;
    return raise ? rest.with(key, new ConfigNode.Text(Long.toString(highest + 1))) : rest;
  }

  private List<ConfigNode> accounts(
      Fields system, Fields sent, String list, String id, long firstSynced) {
    List<ConfigNode> own = system.at(list).items();
    Map<String, Fields> known = byName(own);
    Map<String, Fields> wanted = byName(sent.at(list).items());
    List<ConfigNode> add = new ArrayList<>();
    List<String> delete = new ArrayList<>();
    for (Map.Entry<String, Fields> entry : wanted.entrySet()) {
      Fields mine = known.get(entry.getKey());
      if (mine == null) {
        add.add(entry.getValue());
      } else if (id(entry.getValue(), id) >= firstSynced && !mine.equals(entry.getValue())) {
        add.add(entry.getValue());
        delete.add(entry.getKey());
      }
    }
    for (Map.Entry<String, Fields> entry : known.entrySet()) {
      long number = id(entry.getValue(), id);
      if (!wanted.containsKey(entry.getKey()) && number >= firstSynced && number <= 65000) {
        delete.add(entry.getKey());
      }
    }
    List<ConfigNode> kept = exact ? removeLikePfSense(own, delete) : removeAll(own, delete);
    kept.addAll(add);
    kept.sort(Comparator.comparing(entry -> entry.fields().at("name").text()));
    return kept;
  }

  private static List<ConfigNode> removeAll(List<ConfigNode> own, List<String> names) {
    List<ConfigNode> kept = new ArrayList<>(own);
    kept.removeIf(entry -> names.contains(entry.fields().at("name").text()));
    return kept;
  }

  /** The product's loop counts the shrinking list while the keys keep their gaps (spec 9). */
  private static List<ConfigNode> removeLikePfSense(List<ConfigNode> own, List<String> names) {
    Map<Integer, ConfigNode> keyed = new LinkedHashMap<>();
    for (int i = 0; i < own.size(); i++) {
      keyed.put(i, own.get(i));
    }
    for (String name : names) {
      for (int i = 0; i < keyed.size(); i++) {
        ConfigNode entry = keyed.get(i);
        if (entry != null && entry.fields().at("name").text().equals(name)) {
          keyed.remove(i);
          break;
        }
      }
    }
    return new ArrayList<>(keyed.values());
  }

  private void virtualIps() {
    ConfigNode sent = call.get("virtualip");
    if (sent == null) {
      return;
    }
    Set<String> received = new HashSet<>();
    sent.fields().at("vip").items().forEach(vip -> received.add(vip.fields().at("uniqid").text()));
    List<ConfigNode> vips = new ArrayList<>();
    for (ConfigNode entry : local.at("virtualip").fields().at("vip").items()) {
      Fields vip = entry.fields();
      String mode = vip.at("mode").text();
      boolean plain = (mode.equals("ipalias") || mode.equals("proxyarp")) && !isShared(vip);
      boolean loopback =
          vip.at("interface").text().contains("lo0")
              && !mode.equals("carp")
              && !mode.equals("ipalias");
      if (!exact && received.contains(vip.at("uniqid").text())) {
        continue; // came from the primary at an earlier sync
      }
      if (plain || loopback || (mode.equals("other") && !exact)) {
        vips.add(exact ? 0 : vips.size(), entry);
      }
    }
    vips.addAll(sent.fields().at("vip").items());
    call.put("virtualip", sent.fields().with("vip", new Items(vips)));
  }

  /** Whether an address belongs to both nodes: it is stacked on a CARP address, or on loopback. */
  static boolean isShared(Fields vip) {
    String on = vip.at("interface").text();
    return on.contains("_vip") || on.contains("lo0");
  }

  private static Map<String, Fields> byName(List<ConfigNode> entries) {
    Map<String, Fields> named = new LinkedHashMap<>();
    entries.forEach(entry -> named.put(entry.fields().at("name").text(), entry.fields()));
    return named;
  }

  private static long id(ConfigNode entry, String key) {
    String text = entry.fields().at(key).text();
    return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
  }

  /**
   * What the history entry says: what was merged, in call order, then what was replaced.
   *
   * @param call section to content
   * @return a text without {@code captiveportal}; accounts are written last and so alone in it
   */
  static String history(Map<String, ConfigNode> call) {
    ConfigNode system = call.getOrDefault("system", ConfigNode.Text.EMPTY);
    if (!system.fields().at("user").items().isEmpty()) {
      return "Sync'd users and groups via XMLRPC";
    }
    List<String> names = new ArrayList<>(call.keySet());
    names.removeAll(REPLACED);
    names.remove("captiveportal");
    REPLACED.stream().filter(call::containsKey).forEach(names::add);
    return "Merged in config (" + String.join(", ", names) + " sections) from XMLRPC client.";
  }

  /**
   * Whether a peer that was asked afterwards holds all that was sent. A peer keeps accounts below
   * uid 2000 and gid 1999, and may hold more than was sent.
   *
   * @param sent what was sent for one section
   * @param held what the peer holds there
   * @return true when nothing is missing
   */
  public static boolean holds(ConfigNode sent, ConfigNode held) {
    if (sent.isEmptyTable()) {
      return held.isEmptyTable() || held.equals(ConfigNode.Text.EMPTY);
    }
    if (sent instanceof Fields fields) {
      return fields.map().entrySet().stream()
          .allMatch(
              field ->
                  field.getKey().startsWith("next")
                      || holds(field.getValue(), held.fields().at(field.getKey())));
    }
    if (sent instanceof Items items) {
      return items.list().stream().allMatch(item -> isKept(item) || held.items().contains(item));
    }
    return sent.equals(held);
  }

  private static boolean isKept(ConfigNode account) {
    Fields fields = account.fields();
    return (fields.get("uid") != null && id(account, "uid") < 2000)
        || (fields.get("gid") != null && id(account, "gid") < 1999);
  }
}
