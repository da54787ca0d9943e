package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/** The methods of a pfSense server. Thread-safe. Source: spec sections 3.1, 8, 10, 13. */
final class PfSenseMethods {
  private static final WireTree WIRE = new WireTree(ConfigFormat.pfSense());

  private final PfSense dialect;
  private final SecondaryContext node;

  PfSenseMethods(PfSense dialect, SecondaryContext node) {
    this.dialect = dialect;
    this.node = node;
  }

  Map<String, RpcServer.Method> byName() {
    Map<String, RpcServer.Method> methods = new LinkedHashMap<>();
    methods.put("host_firmware_version", (caller, call) -> version(call));
    methods.put("backup_config_section", (caller, call) -> backup(call));
    methods.put("restore_config_section", this::restore);
    methods.put("merge_installedpackages_section", this::mergePackages);
    methods.put("merge_config_section", this::mergeConfig);
    methods.put("interfaces_carp_configure", (caller, call) -> configureAddresses(caller));
    methods.put("captive_portal_sync", (caller, call) -> portal(call));
    node.policy()
        .handlers()
        .forEach((name, handler) -> methods.put(name, (caller, call) -> run(handler, name, call)));
    Map<String, RpcServer.Method> prefixed = new LinkedHashMap<>();
    methods.forEach((name, method) -> prefixed.put("pfsense." + name, method));
    return prefixed;
  }

  /** Surplus parameters are always accepted. */
  private static Object first(RpcCall call, int required) throws RpcFault {
    if (call.parameters().size() < required) {
      throw WireTree.invalidParameters();
    }
    return call.parameters().get(0);
  }

  private static Map<String, ConfigNode> sections(RpcCall call) throws RpcFault {
    Object value = first(call, 2);
    if (!(value instanceof Map) && !(value instanceof List)) {
      throw WireTree.invalidParameters();
    }
    return WIRE.sections(value);
  }

  private Object version(RpcCall call) throws RpcFault {
    first(call, 2);
    Map<String, Object> answer = new LinkedHashMap<>();
    PeerRelease release = node.part(PeerRelease.class);
    PeerRelease said = release == null ? PeerRelease.PFHA : release;
    answer.put("firmware", Map.of("version", said.firmware()));
    answer.put("kernel", Map.of("version", said.kernel()));
    answer.put("base", Map.of("version", said.base()));
    answer.put("platform", said.platform());
    String revision = node.current().version();
    if (revision.isEmpty()) {
      throw new RpcFault(1, "Unhandled PHP Exception");
    }
    answer.put("config_version", revision);
    if (!node.policy().likeTheProduct()) {
      answer.put("pfha_node", node.node());
    }
    return answer;
  }

  private Object backup(RpcCall call) throws RpcFault {
    if (!(first(call, 1) instanceof List<?> names)) {
      throw WireTree.invalidParameters();
    }
    ConfigTree config = node.current();
    Map<String, ConfigNode> readable =
        node.policy().likeTheProduct()
            ? config.sections().map()
            : dialect.readable(config, node.policy());
    Map<String, Object> answer = new LinkedHashMap<>();
    readable.forEach(
        (name, section) -> {
          if (names.contains(name)) {
            answer.put(name, WireTree.toWire(section));
          }
        });
    return answer;
  }

  private Object restore(InetAddress caller, RpcCall call) throws RpcFault {
    Map<String, ConfigNode> sent = sections(call);
    SyncPolicy policy = node.policy();
    PackageHooks packages = node.part(PackageHooks.class);
    node.update(
        caller,
        Envelope.in(call, 2),
        before -> PfSenseSecondary.restore(before, sent, policy, packages));
    return true;
  }

  /** Each named package replaces its own data. */
  private Object mergePackages(InetAddress caller, RpcCall call) throws RpcFault {
    Map<String, ConfigNode> sent = sections(call);
    if (!node.policy().likeTheProduct()
        && !PfSenseAdmission.sections(node.policy()).contains("installedpackages")) {
      throw WireTree.refused("a section that is not enabled here");
    }
    return merge(
        caller,
        sent,
        before -> {
          Map<String, ConfigNode> packages =
              new LinkedHashMap<>(before.section("installedpackages").fields().map());
          packages.putAll(sent);
          return before.with("installedpackages", new Fields(packages));
        });
  }

  private Object mergeConfig(InetAddress caller, RpcCall call) throws RpcFault {
    Map<String, ConfigNode> sent = sections(call);
    return merge(
        caller,
        sent,
        before -> {
          Map<String, ConfigNode> existing = new LinkedHashMap<>(sent);
          existing.keySet().removeIf(name -> before.sections().get(name) == null);
          if (!node.policy().likeTheProduct()) {
            PfSenseAdmission.check(before, existing, node.policy(), false);
          }
          return new ConfigTree(before.root(), overlaid(before.sections(), new Fields(existing)));
        });
  }

  private interface TreeMerge {
    ConfigTree of(ConfigTree before) throws RpcFault;
  }

  private boolean merge(InetAddress caller, Map<String, ConfigNode> sent, TreeMerge merge)
      throws RpcFault {
    String history =
        "Merged in config (" + String.join(", ", sent.keySet()) + " sections) from XMLRPC client.";
    node.update(
        caller,
        Envelope.NONE,
        before ->
            new Merged(merge.of(before), history, (old, now) -> List.of(new Effect.SyncOnward())));
    return true;
  }

  /** Only what is there already is replaced, down to single values. */
  private static Fields overlaid(Fields local, Fields sent) {
    Map<String, ConfigNode> result = new LinkedHashMap<>(local.map());
    sent.map()
        .forEach((name, theirs) -> result.computeIfPresent(name, (n, own) -> over(own, theirs)));
    return new Fields(result);
  }

  private static ConfigNode over(ConfigNode own, ConfigNode theirs) {
    if (own instanceof Fields fields && theirs instanceof Fields sent) {
      return overlaid(fields, sent);
    }
    if (own instanceof Items items && theirs instanceof Items sent) {
      List<ConfigNode> list = new ArrayList<>(items.list());
      for (int i = 0; i < Math.min(list.size(), sent.list().size()); i++) {
        list.set(i, over(list.get(i), sent.list().get(i)));
      }
      return new Items(list);
    }
    boolean empty = theirs.isEmptyTable() && !(own instanceof Text);
    return empty ? own : theirs; // laid over a table, an empty one changes nothing
  }

  private Object configureAddresses(InetAddress caller) throws RpcFault {
    List<Effect> effects = new ArrayList<>();
    PfSenseAddresses.all(node.current(), effects);
    node.perform(caller, effects);
    return true;
  }

  private static Object run(SyncPolicy.RemoteCode handler, String name, RpcCall call)
      throws RpcFault {
    String text = "";
    if (!name.equals("reboot")) {
      if (!(first(call, 1) instanceof String script)) {
        throw WireTree.invalidParameters();
      }
      text = script;
    }
    try {
      return handler.run(text);
    } catch (Exception e) {
      throw new RpcFault(1, "Unhandled PHP Exception");
    }
  }

  private Object portal(RpcCall call) throws RpcFault {
    if (!(first(call, 2) instanceof Map<?, ?> request)) {
      throw WireTree.invalidParameters();
    }
    CaptivePortal portal = node.part(CaptivePortal.class);
    String zone = text(request, "zone");
    String op = text(request, "op");
    if (portal == null
        || op.isEmpty()
        || node.current().section("captiveportal").fields().get(zone) == null) {
      return false;
    }
    return switch (op) {
      case "get_databases" -> databases(portal.databases(zone));
      case "connect_user" -> {
        String session = portal.connect(zone, data(request, "user"));
        yield session.isEmpty() ? (Object) false : session;
      }
      case "disconnect_user" -> portal.disconnect(zone, data(request, "session"));
      case "remove_entries" -> portal.remove(zone, data(request, "entries"));
      case "disconnect_all" -> portal.disconnectAll(zone, data(request, "arguments"));
      case "write_vouchers" -> {
        portal.writeVouchers(zone, data(request, "arguments"));
        yield true;
      }
      case "write_usedmacs" -> {
        portal.writeUsedMacs(zone, data(request, "arguments"));
        yield true;
      }
      default -> throw new RpcFault(1, "Unhandled PHP Exception");
    };
  }

  private static String text(Map<?, ?> request, String name) {
    return request.get(name) instanceof String text ? text : "";
  }

  private static Map<?, ?> data(Map<?, ?> request, String name) throws RpcFault {
    try {
      byte[] blob = Base64.getDecoder().decode(text(request, name));
      if (PhpData.read(blob) instanceof Map<?, ?> map) {
        return map;
      }
    } catch (IllegalArgumentException | PhpData.MalformedException e) {
      // Nothing of it is told: it holds names and passwords.
    }
    throw WireTree.refused(name + " must be a serialised array");
  }

  private static Map<String, Object> databases(Map<String, Map<?, ?>> databases) {
    Map<String, Object> answer = new LinkedHashMap<>();
    databases.forEach(
        (name, table) ->
            answer.put(name, Base64.getEncoder().encodeToString(PhpData.write(table))));
    return answer;
  }
}
