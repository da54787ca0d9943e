package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Fields;
import org.pfha.configsync.config.ConfigNode.Items;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.FaultStyle;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/** OPNsense. Immutable. Source: spec sections 3.2, 5.2, 12. */
public final class OpnSense implements Dialect {
  private static final WireTree WIRE = new WireTree(ConfigFormat.opnSense());

  private final Behaviour behaviour;
  private final boolean restartsServices;

  /** Makes one that sends what is safe for both nodes, and restarts no services. */
  public OpnSense() {
    this(Behaviour.SAFE, false);
  }

  /**
   * Makes one.
   *
   * @param behaviour whether a primary keeps the product's flaws: lists with gaps, and the name in
   *     the place of a service's id
   * @param restartsServices whether a primary has all services of the peer restarted after a push
   */
  public OpnSense(Behaviour behaviour, boolean restartsServices) {
    this.behaviour = behaviour;
    this.restartsServices = restartsServices;
  }

  @Override
  public String product() {
    return "OPNsense";
  }

  @Override
  public ConfigTree read(byte[] file) throws ConfigFormatException {
    return ConfigFormat.opnSense().read(file);
  }

  @Override
  public byte[] write(ConfigTree config) throws ConfigFormatException {
    return ConfigFormat.opnSense().toBytes(config);
  }

  @Override
  public Object toWire(ConfigNode node) {
    return WireTree.toWire(node);
  }

  @Override
  public ConfigNode fromWire(String name, Object value) throws RpcFault {
    return WIRE.section(name, value);
  }

  @Override
  public Outgoing outgoing(ConfigTree config, SyncScope scope) {
    return OpnSensePrimary.outgoing(config, scope, behaviour);
  }

  @Override
  public Map<String, Set<String>> areas(SyncScope scope) {
    Map<String, Set<String>> areas = new LinkedHashMap<>();
    for (SyncArea area : scope.areas()) {
      List<String> paths = area.sections(ConfigFormat.opnSense());
      if (!paths.isEmpty()) {
        areas.put(area.name(), Set.copyOf(paths.stream().map(OpnSense::section).toList()));
      }
    }
    return areas;
  }

  private static String section(String path) {
    int slash = path.indexOf('/');
    return slash < 0 ? path : path.substring(0, slash);
  }

  @Override
  public boolean holds(String section, ConfigNode sent, ConfigNode held) {
    return holds(sent, held);
  }

  /**
   * The peer may hold more: keys that were not sent, entries of its own, accounts of its system.
   */
  private static boolean holds(ConfigNode sent, ConfigNode held) {
    if (sent.isBlank()) {
      return true; // that something is gone does not arrive
    }
    if (sent instanceof Items items) {
      Set<ConfigNode> there = Set.copyOf(held.items());
      return items.list().stream().allMatch(item -> isSystem(item) || there.contains(item));
    }
    if (sent instanceof Fields fields) {
      if (held instanceof Items) {
        boolean numbered = fields.map().keySet().stream().allMatch(key -> key.matches("\\d+"));
        List<ConfigNode> entries =
            numbered ? List.copyOf(fields.map().values()) : List.of((ConfigNode) fields);
        return holds(new Items(entries), held);
      }
      return fields.map().entrySet().stream()
          .allMatch(field -> holds(field.getValue(), held.fields().at(field.getKey())));
    }
    return sent.equals(held);
  }

  private static boolean isSystem(ConfigNode account) {
    return account.fields().get("uid") != null && PfSenseAccounts.id(account, "uid") < 2000;
  }

  @Override
  public boolean replaces(String section) {
    return false;
  }

  @Override
  public ConfigNode merged(String section, ConfigNode sent, Map<String, ConfigNode> held) {
    SyncPolicy policy =
        new SyncPolicy(
            new SyncScope(Set.of(), Set.of(section), List.of()),
            List.of(),
            Behaviour.SAFE,
            true,
            Map.of());
    try {
      ConfigTree local = new ConfigTree("opnsense", new Fields(held));
      return OpnSenseSecondary.restore(local, Map.of(section, sent), policy)
          .tree()
          .section(section);
    } catch (RpcFault refused) {
      return sent;
    }
  }

  @Override
  public PeerSession open(PeerCaller peer) {
    return new Session(peer);
  }

  @Override
  public Map<String, RpcServer.Method> methods(SecondaryContext node) {
    return new OpnSenseMethods(node).byName();
  }

  @Override
  public FaultStyle faults(boolean likeTheProduct) {
    return likeTheProduct ? FaultStyle.OPNSENSE : FaultStyle.STANDARD;
  }

  @Override
  public Decoding decoding(boolean likeTheProduct) {
    return likeTheProduct ? Decoding.LIKE_OPNSENSE : Decoding.STRICT;
  }

  @Override
  public boolean multicall() {
    return true;
  }

  @Override
  public Map<String, ConfigNode> readable(ConfigTree config, SyncPolicy policy) {
    Set<String> paths = OpnSenseAdmission.paths(policy);
    Map<String, ConfigNode> readable = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              ConfigNode visible = visible(name, node, paths);
              if (!visible.isEmptyTable() || paths.contains(name)) {
                readable.put(name, visible);
              }
            });
    return readable;
  }

  /** Of a table only what lies on the paths. */
  private static ConfigNode visible(String path, ConfigNode node, Set<String> paths) {
    if (paths.contains(path)) {
      return node;
    }
    if (paths.stream().noneMatch(other -> other.startsWith(path + "/"))) {
      return Fields.NONE;
    }
    Map<String, ConfigNode> inside = new LinkedHashMap<>();
    node.fields()
        .map()
        .forEach(
            (name, child) -> {
              ConfigNode visible = visible(path + "/" + name, child, paths);
              if (!visible.isEmptyTable()) {
                inside.put(name, visible);
              }
            });
    return new Fields(inside);
  }

  @Override
  public List<String> targets(ConfigTree config) {
    // The product knows no loop but a node that calls itself; that is refused by its methods.
    String target = config.section("hasync").fields().at("synchronizetoip").text();
    return behaviour == Behaviour.LIKE_THE_PRODUCT || target.isEmpty()
        ? List.of()
        : List.of(target);
  }

  @Override
  public ConfigTree stamped(ConfigTree config, Instant at, InetAddress caller, String text) {
    String time =
        String.format(Locale.ROOT, "%d.%02d", at.getEpochSecond(), at.getNano() / 10_000_000);
    return config.with(
        "revision",
        Fields.NONE
            .with("username", new Text("(wwwonly)@" + caller.getHostAddress()))
            .with("time", new Text(time))
            .with("description", new Text(text)));
  }

  private final class Session implements PeerSession {
    private final PeerCaller peer;
    private boolean pfha;

    Session(PeerCaller peer) {
      this.peer = peer;
    }

    @Override
    public PeerVersion greet(ConfigTree own) throws SyncException {
      if (!(peer.call("opnsense.firmware_version") instanceof Map<?, ?> answer)) {
        throw new SyncException.VersionMismatch(peer.at(), "", "");
      }
      Object node = answer.get("pfha_node");
      pfha = node instanceof String id && !id.isEmpty();
      Object firmware = answer.get("firmware");
      Object version = firmware instanceof Map<?, ?> map ? map.get("version") : null;
      return new PeerVersion(
          version instanceof String text ? text : "", node instanceof String id ? id : "");
    }

    @Override
    public boolean readable() {
      return false;
    }

    @Override
    public Map<String, ConfigNode> read(Collection<String> sections) throws SyncException {
      return Map.of();
    }

    @Override
    public void write(Outgoing outgoing, Envelope envelope) throws SyncException {
      Map<String, Object> wire = new LinkedHashMap<>();
      outgoing
          .sections()
          .forEach(
              (name, node) ->
                  wire.put(
                      name,
                      name.equals("virtualip")
                          ? Vip.toWire(node, "advskew")
                          : WireTree.toWire(node)));
      Object done =
          pfha
              ? peer.call("opnsense.restore_config_section", wire, envelope.toWire())
              : peer.call("opnsense.restore_config_section", wire);
      if (!Boolean.TRUE.equals(done)) {
        throw new SyncException.MalformedAnswer(peer.at(), "the peer did not confirm the call");
      }
      if (pfha && envelope.dryRun()) {
        return;
      }
      peer.call("opnsense.filter_configure");
      if (restartsServices) {
        restartServices();
      }
    }

    private void restartServices() throws SyncException {
      peer.call("opnsense.configd_reload_all_templates", new ArrayList<>());
      if (!(peer.call("opnsense.list_services", new ArrayList<>()) instanceof List<?> services)) {
        throw new SyncException.MalformedAnswer(peer.at(), "no list of services");
      }
      for (Object service : services) {
        if (service instanceof Map<?, ?> map && map.get("name") instanceof String name) {
          Object id = map.get("id");
          Map<String, Object> request = new LinkedHashMap<>();
          request.put("service", name);
          request.put(
              "id",
              id == null ? "" : behaviour == Behaviour.LIKE_THE_PRODUCT ? name : id.toString());
          peer.call("opnsense.restart_service", request);
        }
      }
    }
  }
}
