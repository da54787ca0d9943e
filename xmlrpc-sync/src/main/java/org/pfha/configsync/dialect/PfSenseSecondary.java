package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What a pfSense secondary does with {@code restore_config_section}: from two trees to one, and to
 * what must be done. Confined to one thread. Source: spec sections 8 to 10 and 18.
 */
final class PfSenseSecondary {
  private static final List<String> REPLACED =
      List.of(
          ("aliases ca cert crl dhcpd dhcrelay dhcrelay6 dnshaper dnsmasq filter ipsec kea kea6"
                  + " nat openvpn schedules shaper unbound wol")
              .split(" "));
  private static final String[] PORTAL_LOCAL = {
    "enablebackwardsync", "backwardsyncip", "backwardsyncuser", "backwardsyncpassword"
  };
  private static final String[] VOUCHER_LOCAL = {
    "vouchersyncdbip", "vouchersyncusername", "vouchersyncpass"
  };

  private final Fields local;
  private final Map<String, ConfigNode> call;
  private final SyncPolicy policy;
  private final boolean exact;
  private final PfSenseEffects effects;
  private final List<String> named = new ArrayList<>();
  private Fields result;
  private String history = "";

  private PfSenseSecondary(ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy) {
    this.local = local.sections();
    this.call = new LinkedHashMap<>(call);
    this.policy = policy;
    this.exact = policy.likeTheProduct();
    this.result = this.local;
    this.effects = new PfSenseEffects(call, exact);
  }

  /**
   * Merges a call into a configuration.
   *
   * @param local the secondary's configuration
   * @param call section to content, as received
   * @param policy what the secondary lets itself be told, with or without the product's flaws
   * @param packages the application's packages, if it has any
   * @return the new configuration
   * @throws RpcFault when anything in the call is not allowed; then nothing is to be stored
   */
  static Merged restore(
      ConfigTree local,
      Map<String, ConfigNode> call,
      SyncPolicy policy,
      @Nullable PackageHooks packages)
      throws RpcFault {
    PfSenseAdmission.check(local, call, policy, packages != null);
    PfSenseSecondary secondary = new PfSenseSecondary(local, call, policy);
    secondary.merge(packages);
    ConfigTree merged = new ConfigTree(local.root(), secondary.result);
    return new Merged(merged, secondary.history, secondary.effects::between);
  }

  private void merge(@Nullable PackageHooks packages) throws RpcFault {
    Set<String> sent = Set.copyOf(call.keySet());
    Map<String, ConfigNode> full = new LinkedHashMap<>();
    for (String section : REPLACED) {
      ConfigNode node = call.remove(section);
      if (node != null) {
        full.put(section, node);
      }
    }
    for (String section : List.of("kea", "kea6")) {
      ConfigNode own = exact ? local.get(section) : null; // the product does it in any case
      ConfigNode kea = full.containsKey(section) ? full.get(section) : own;
      if (kea != null) {
        full.put(section, keaLocal(kea, local.at(section).fields().at("ha").fields()));
      }
    }
    full.computeIfPresent("cert", (name, node) -> withOwnCertificate(node));
    ConfigNode data = call.remove("installedpackages");
    captivePortal();
    accounts();
    virtualIps();
    if (!exact) {
      call.remove("hasync"); // what it asks for was decided in accounts()
    }
    named.addAll(call.keySet());
    ConfigNode voucher = call.remove("voucher");
    full.forEach((section, node) -> result = put(result, section, node));
    call.forEach((section, node) -> result = overlay(result, section, node));
    if (voucher != null) {
      vouchers(voucher);
    }
    if (packages != null && data != null) {
      packages(packages.receive(Fields.NONE.with("installedpackages", data)));
    }
    REPLACED.stream().filter(sent::contains).forEach(named::add);
    if (history.isEmpty()) {
      history = "Merged in config (" + String.join(", ", named) + " sections) from XMLRPC client.";
    }
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
    Map<String, ConfigNode> merged = new LinkedHashMap<>(into.at(section).fields().map());
    merged.putAll(sent.map());
    return into.with(section, new Fields(merged));
  }

  /** As the product does it, keys of TLS stay only with the flag that makes use of them. */
  private ConfigNode keaLocal(ConfigNode kea, Fields own) {
    if (!(kea instanceof Fields fields) || !(fields.get("ha") instanceof Fields ha)) {
      return kea;
    }
    boolean tls = !exact || own.get("tls") != null;
    boolean mutual = !exact || (tls && own.get("mutualtls") != null);
    Fields merged = keepLocal(ha, tls ? own : Fields.NONE, "tls", "scertref");
    merged = keepLocal(merged, mutual ? own : Fields.NONE, "mutualtls", "ccertref");
    return fields.with("ha", keepLocal(merged, own, "localname"));
  }

  /** The node's own value wins, in its place; what it does not have is removed. */
  private static Fields keepLocal(Fields sent, Fields local, String... keys) {
    Map<String, ConfigNode> kept = new LinkedHashMap<>(sent.map());
    for (String key : keys) {
      ConfigNode own = local.get(key);
      if (own == null) {
        kept.remove(key);
      } else {
        kept.put(key, own);
      }
    }
    return new Fields(kept);
  }

  /** The certificate of this node's own web interface must not go with the replaced ones. */
  private ConfigNode withOwnCertificate(ConfigNode sent) {
    String ref = local.at("system").fields().at("webgui").fields().at("ssl-certref").text();
    if (exact || ref.isEmpty() || refers(sent, ref)) {
      return sent;
    }
    List<ConfigNode> certificates = new ArrayList<>(sent.items());
    for (ConfigNode own : local.at("cert").items()) {
      if (own.fields().at("refid").text().equals(ref)) {
        certificates.add(own);
      }
    }
    return new Items(certificates);
  }

  private static boolean refers(ConfigNode certificates, String ref) {
    return certificates.items().stream()
        .anyMatch(entry -> entry.fields().at("refid").text().equals(ref));
  }

  private void captivePortal() {
    ConfigNode portal = call.remove("captiveportal");
    if (portal == null) {
      return;
    }
    Fields sent = portal.fields();
    Map<String, ConfigNode> zones = new LinkedHashMap<>(local.at("captiveportal").fields().map());
    Map<String, ConfigNode> vouchers = new LinkedHashMap<>(local.at("voucher").fields().map());
    zones.keySet().removeIf(zone -> sent.get(zone) == null && gone(zone, vouchers));
    for (Map.Entry<String, ConfigNode> zone : sent.map().entrySet()) {
      Fields own = zones.getOrDefault(zone.getKey(), Fields.NONE).fields();
      Fields merged = keepLocal(zone.getValue().fields(), own, PORTAL_LOCAL);
      ConfigNode password = zone.getValue().fields().get("backwardsyncpassword");
      if (exact && password != null && own.get("backwardsyncpassword") == null) {
        merged = merged.with("backwardsyncpassword", password); // the product removes another key
      }
      zones.put(zone.getKey(), merged);
    }
    result = put(result, "captiveportal", new Fields(zones));
    if (local.get("voucher") != null) {
      result = put(result, "voucher", new Fields(vouchers));
    }
  }

  private static boolean gone(String zone, Map<String, ConfigNode> vouchers) {
    vouchers.remove(zone);
    return true;
  }

  private void vouchers(ConfigNode sent) {
    Map<String, ConfigNode> vouchers = new LinkedHashMap<>(result.at("voucher").fields().map());
    for (Map.Entry<String, ConfigNode> zone : sent.fields().map().entrySet()) {
      Fields own = vouchers.getOrDefault(zone.getKey(), Fields.NONE).fields();
      vouchers.put(zone.getKey(), keepLocal(zone.getValue().fields(), own, VOUCHER_LOCAL));
    }
    result = put(result, "voucher", new Fields(vouchers));
  }

  private void accounts() {
    Fields sent = call.getOrDefault("system", Text.EMPTY).fields();
    if (sent.at("user").items().isEmpty()) {
      return;
    }
    Fields hasync = call.getOrDefault("hasync", Text.EMPTY).fields();
    boolean administrator =
        hasync.at("adminsync").text().equals("on") && (exact || policy.administrators());
    Fields system = local.at("system").fields();
    PfSenseAccounts users = PfSenseAccounts.users(system, sent, administrator, exact);
    PfSenseAccounts groups = PfSenseAccounts.groups(system, sent, exact);
    result =
        result.with(
            "system",
            system.with("user", new Items(users.list())).with("group", new Items(groups.list())));
    Fields rest = sent.without("user", "group");
    if (!exact) {
      rest = PfSenseAccounts.atLeast(rest, "nextuid", users.list(), "uid");
      rest = PfSenseAccounts.atLeast(rest, "nextgid", groups.list(), "gid");
    }
    call.put("system", rest);
    effects.accounts(users, groups);
    history = "Sync'd users and groups via XMLRPC"; // they are written a second time, last
  }

  private void virtualIps() {
    ConfigNode sent = call.get("virtualip");
    if (sent == null) {
      return;
    }
    Set<String> received = new TreeSet<>();
    Vip.in(sent).forEach(vip -> received.add(vip.text("uniqid")));
    List<ConfigNode> vips = new ArrayList<>();
    for (Vip vip : Vip.in(local.at("virtualip"))) {
      boolean plain = (vip.is("ipalias") || vip.is("proxyarp")) && !vip.isShared();
      boolean loopback = vip.on().contains("lo0") && !vip.is("carp") && !vip.is("ipalias");
      if (!exact && received.contains(vip.text("uniqid"))) {
        continue; // came from the primary at an earlier sync
      }
      if (plain || loopback || (vip.is("other") && !exact)) {
        vips.add(exact ? 0 : vips.size(), vip.entry());
      }
    }
    Vip.in(sent).forEach(vip -> vips.add(vip.entry()));
    call.put("virtualip", sent.fields().with("vip", new Items(vips)));
  }

  private void packages(Map<String, ConfigNode> stored) throws RpcFault {
    for (Map.Entry<String, ConfigNode> entry : stored.entrySet()) {
      List<String> names = List.of(entry.getKey().split("/", -1));
      if (!names.stream().allMatch(ConfigFormat.pfSense()::isName)) {
        throw WireTree.refused("a package wants to store at an impossible place");
      }
      result = PfSensePrimary.placed(result, names, 0, entry.getValue());
      if (!named.contains(names.get(0))) {
        named.add(names.get(0));
      }
    }
    effects.packages(List.copyOf(stored.keySet()));
  }

  /** Whether a section is replaced as a whole. The roles of Kea stay the peer's own. */
  static boolean isReplaced(String section) {
    return REPLACED.contains(section) && !section.startsWith("kea") && !section.equals("cert");
  }

  /**
   * What a peer that behaves safely makes of one section; for plans, which are not told refusals.
   */
  static ConfigNode planned(String section, ConfigNode sent, Map<String, ConfigNode> held) {
    SyncPolicy policy =
        new SyncPolicy(
            new SyncScope(SyncArea.all(), Set.of(section), List.of()),
            List.of(),
            SyncPolicy.Behaviour.SAFE,
            true,
            Map.of());
    try {
      ConfigTree local = new ConfigTree("pfsense", new Fields(held));
      return restore(local, Map.of(section, sent), policy, null).tree().section(section);
    } catch (RpcFault refused) {
      return sent;
    }
  }

  /**
   * Whether a peer that was asked afterwards holds all that was sent. A peer keeps accounts below
   * uid 2000 and gid 1999, and may hold more than was sent.
   */
  static boolean holds(ConfigNode sent, ConfigNode held) {
    if (sent.isEmptyTable()) {
      return held.isBlank();
    }
    if (sent instanceof Fields fields) {
      if (held instanceof Items) {
        return holds(new Items(List.copyOf(fields.map().values())), held); // a list with gaps
      }
      return fields.map().entrySet().stream()
          .allMatch(
              field ->
                  field.getKey().startsWith("next")
                      || holds(field.getValue(), held.fields().at(field.getKey())));
    }
    if (sent instanceof Items items) {
      Set<ConfigNode> there = Set.copyOf(held.items());
      return items.list().stream().allMatch(item -> isKept(item) || there.contains(item));
    }
    return sent.equals(held);
  }

  private static boolean isKept(ConfigNode account) {
    Fields fields = account.fields();
    return (fields.get("uid") != null && PfSenseAccounts.id(account, "uid") < 2000)
        || (fields.get("gid") != null && PfSenseAccounts.id(account, "gid") < 1999);
  }
}
