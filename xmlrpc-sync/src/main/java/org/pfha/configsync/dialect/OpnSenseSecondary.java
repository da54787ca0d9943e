package org.pfha.configsync.dialect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;

/**
 * What an OPNsense secondary does with {@code restore_config_section}. Confined to one thread.
 * Source: spec section 12.2.
 */
final class OpnSenseSecondary {
  /** Ordered rules of old: the secondary's own do not stay among them. */
  private static final Set<String> ORDERED = Set.of("filter.rule", "nat.rule", "nat.outbound.rule");

  private static final int FIRST_USER = 2000;

  private final Fields local;
  private final Fields call;
  private final SyncPolicy policy;
  private final boolean exact;

  private OpnSenseSecondary(ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy) {
    this.local = local.sections();
    this.call = new Fields(call);
    this.policy = policy;
    this.exact = policy.likeTheProduct();
  }

  /**
   * Merges a call into a configuration.
   *
   * @throws RpcFault when anything in the call is not allowed; then nothing is to be stored
   */
  static Merged restore(ConfigTree local, Map<String, ConfigNode> call, SyncPolicy policy)
      throws RpcFault {
    OpnSenseAdmission.check(local, call, policy);
    OpnSenseSecondary secondary = new OpnSenseSecondary(local, call, policy);
    return new Merged(
        new ConfigTree(local.root(), secondary.merged()),
        "Merged " + String.join(",", call.keySet()) + " config sections from XMLRPC client.",
        (before, after) -> OpnSenseEffects.between(before, after, call, policy.likeTheProduct()));
  }

  private Fields merged() {
    Fields merged = merged(local, call, "");
    if (!exact && call.at("system").fields().get("user") != null) {
      merged = merged.with("system", withOwnAccounts(merged.at("system").fields()));
    }
    if (!exact && call.get("cert") != null) {
      merged = withOwnCertificate(merged);
    }
    ConfigNode vips = call.at("virtualip").fields().get("vip");
    return vips == null ? merged : merged.with("virtualip", virtualIps(merged.at("virtualip")));
  }

  /**
   * Lays a table of the call over the local one. The path grows with every table the product meets,
   * also beside each other, and so names the wrong place from the second one on.
   */
  private Fields merged(Fields into, Fields sent, String above) {
    Map<String, ConfigNode> result = new LinkedHashMap<>(into.map());
    String path = above;
    for (Map.Entry<String, ConfigNode> field : sent.map().entrySet()) {
      String name = field.getKey();
      ConfigNode theirs = field.getValue();
      if (theirs instanceof Text) {
        result.put(name, theirs);
        continue;
      }
      String here = above.isEmpty() ? name : above + "." + name;
      path = path.isEmpty() ? name : path + "." + name;
      result.put(name, table(result.get(name), theirs, exact ? path : here));
    }
    return new Fields(result);
  }

  private ConfigNode table(@Nullable ConfigNode own, ConfigNode theirs, String path) {
    if (own instanceof Items items) {
      return refilled(items, theirs, path);
    }
    if (!(own instanceof Fields fields) || isEntry(fields)) {
      return theirs; // nothing, a text, or one entry of a list: emptied and filled
    }
    if (theirs.isEmptyTable()) {
      return own; // that a whole section is gone does not arrive
    }
    return theirs instanceof Fields sent ? merged(fields, sent, path) : theirs;
  }

  private static boolean isEntry(Fields fields) {
    return fields.at("@attributes").fields().get("uuid") != null;
  }

  /** The node's own entries that are not synchronised stay, first. */
  private static ConfigNode refilled(Items own, ConfigNode theirs, String path) {
    List<ConfigNode> kept = new ArrayList<>();
    if (!ORDERED.contains(path)) {
      own.list().stream().filter(OpnSensePrimary::isMarked).forEach(kept::add);
    }
    if (kept.isEmpty()) {
      return theirs;
    }
    if (theirs instanceof Items items) {
      kept.addAll(items.list());
    } else if (!theirs.isEmptyTable()) {
      kept.add(theirs);
    }
    return new Items(kept);
  }

  /** Addresses without a vhid are the node's own; the product turns their order each time. */
  private ConfigNode virtualIps(ConfigNode merged) {
    Set<String> received = new HashSet<>();
    Vip.in(call.at("virtualip")).forEach(vip -> received.add(key(vip)));
    List<ConfigNode> vips = new ArrayList<>();
    for (Vip vip : Vip.in(local.at("virtualip"))) {
      boolean own = vip.text("vhid").isEmpty() && !OpnSensePrimary.isMarked(vip.entry());
      if (own && (exact || !received.contains(key(vip)))) {
        vips.add(exact ? 0 : vips.size(), vip.entry());
      }
    }
    Vip.in(merged).forEach(vip -> vips.add(vip.entry()));
    return merged.fields().with("vip", new Items(vips));
  }

  static String key(Vip vip) {
    String key = vip.text("mode") + "_" + vip.on() + "_vip" + vip.text("vhid");
    return vip.is("carp") ? key : key + "_" + vip.address() + "_" + vip.text("subnet_bits");
  }

  /** Root and other accounts of the system stay as they are, and so do keys of the interface. */
  private Fields withOwnAccounts(Fields system) {
    Map<String, Fields> own = new HashMap<>();
    for (ConfigNode user : local.at("system").fields().at("user").items()) {
      own.put(PfSenseAccounts.name(user), user.fields());
    }
    List<ConfigNode> users = new ArrayList<>();
    for (ConfigNode user : system.at("user").items()) {
      Fields mine = own.get(PfSenseAccounts.name(user));
      boolean keep = mine != null && PfSenseAccounts.id(mine, "uid") < FIRST_USER;
      ConfigNode keys = mine == null ? null : mine.get("apikeys");
      Fields theirs = user.fields();
      users.add(
          keep && mine != null && !policy.administrators()
              ? mine
              : keys != null && theirs.get("apikeys") == null
                  ? theirs.with("apikeys", keys)
                  : theirs);
    }
    return system.with("user", new Items(users));
  }

  private Fields withOwnCertificate(Fields merged) {
    String ref = merged.at("system").fields().at("webgui").fields().at("ssl-certref").text();
    List<ConfigNode> certificates = new ArrayList<>(merged.at("cert").items());
    boolean there = certificates.stream().anyMatch(entry -> refers(entry, ref));
    if (ref.isEmpty() || there) {
      return merged;
    }
    local.at("cert").items().stream()
        .filter(entry -> refers(entry, ref))
        .forEach(certificates::add);
    return merged.with("cert", new Items(certificates));
  }

  private static boolean refers(ConfigNode certificate, String ref) {
    return certificate.fields().at("refid").text().equals(ref);
  }
}
