package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncException.Reason;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/** pfSense. Immutable. Source: spec sections 3.1, 7, 8. */
public final class PfSense implements Dialect {
  private static final int READ_SECONDS = 240;
  private static final int RESTORE_SECONDS = 900;

  /** Makes one; all are alike. */
  public PfSense() {}

  @Override
  public String product() {
    return "pfSense";
  }

  @Override
  public ConfigTree read(byte[] file) throws ConfigFormatException {
    return ConfigTree.parse(file);
  }

  @Override
  public byte[] write(ConfigTree config) throws ConfigFormatException {
    return config.toXml();
  }

  @Override
  public Outgoing outgoing(ConfigTree config, SyncScope scope) {
    return new Outgoing(PfSensePrimary.sections(config, scope.areas()), List.of());
  }

  @Override
  public boolean holds(String section, ConfigNode sent, ConfigNode held) {
    return PfSenseSecondary.holds(sent, held);
  }

  @Override
  public PeerSession open(PeerCaller peer) {
    return new Session(peer);
  }

  @Override
  public Map<String, RpcServer.Method> methods(SecondaryContext node) {
    return Map.of(
        "pfsense.host_firmware_version", (caller, call) -> version(node),
        "pfsense.backup_config_section", (caller, call) -> backup(node, call),
        "pfsense.restore_config_section", (caller, call) -> restore(node, caller, call));
  }

  @Override
  public Map<String, ConfigNode> readable(ConfigTree config, SyncPolicy policy) {
    Set<String> names = new TreeSet<>();
    policy.scope().areas().forEach(area -> names.addAll(area.sections()));
    Map<String, ConfigNode> readable = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              if (names.contains(name)) {
                readable.put(name, name.equals("system") ? accounts(node) : node);
              }
            });
    return readable;
  }

  /** Of {@code system} only what a secondary can be told. */
  private static ConfigNode accounts(ConfigNode system) {
    ConfigNode.Fields visible = ConfigNode.Fields.NONE;
    for (String key : List.of("user", "group", "nextuid", "nextgid", "authserver")) {
      ConfigNode node = system.fields().get(key);
      visible = node == null ? visible : visible.with(key, node);
    }
    return visible;
  }

  @Override
  public List<String> targets(ConfigTree config) {
    String target = config.section("hasync").fields().at("synchronizetoip").text();
    return target.isEmpty() ? List.of() : List.of(target);
  }

  @Override
  public ConfigTree stamped(ConfigTree config, Instant at, InetAddress caller, String text) {
    String user = "(system)@" + caller.getHostAddress();
    return config.with(
        "revision",
        ConfigNode.Fields.NONE
            .with("time", new Text(Long.toString(at.getEpochSecond())))
            .with("description", new Text(user + ": " + text))
            .with("username", new Text(user)));
  }

  private Object version(SecondaryContext node) throws RpcFault {
    Map<String, Object> answer = new LinkedHashMap<>();
    for (String part : List.of("firmware", "kernel", "base")) {
      answer.put(part, Map.of("version", "pfHA"));
    }
    answer.put("platform", "pfHA");
    answer.put("config_version", node.current().version());
    answer.put("pfha_node", node.node());
    return answer;
  }

  private Object backup(SecondaryContext node, RpcCall call) throws RpcFault {
    if (call.parameters().isEmpty() || !(call.parameters().get(0) instanceof List<?> names)) {
      throw new RpcFault(RpcFault.INVALID_PARAMETERS, "server error. invalid method parameters");
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    readable(node.current(), node.policy())
        .forEach(
            (name, section) -> {
              if (names.contains(name)) {
                answer.put(name, WireTree.toWire(section));
              }
            });
    return answer;
  }

  private static Object restore(SecondaryContext node, InetAddress caller, RpcCall call)
      throws RpcFault {
    if (call.parameters().isEmpty() || !(call.parameters().get(0) instanceof Map<?, ?> sections)) {
      throw new RpcFault(RpcFault.INVALID_PARAMETERS, "server error. invalid method parameters");
    }
    Map<String, ConfigNode> sent = new LinkedHashMap<>();
    for (Map.Entry<?, ?> section : sections.entrySet()) {
      String name = section.getKey().toString();
      sent.put(name, WireTree.fromWire(name, section.getValue()));
    }
    node.update(
        caller,
        Envelope.in(call, 2),
        before ->
            new Merged(
                PfSenseSecondary.restore(before, sent, node.policy()),
                PfSenseSecondary.history(sent),
                (old, now) -> List.of(new Effect.ReloadFilter(), new Effect.ReloadRouting())));
    return true;
  }

  private static final class Session implements PeerSession {
    private final PeerCaller peer;
    private boolean pfha;

    Session(PeerCaller peer) {
      this.peer = peer;
    }

    @Override
    public PeerVersion greet(ConfigTree own) throws SyncException {
      Object answer = peer.call("pfsense.host_firmware_version", "", READ_SECONDS);
      Object version = answer instanceof Map<?, ?> map ? map.get("config_version") : null;
      if (!(version instanceof String theirs) || theirs.isEmpty()) {
        throw new SyncException(
            Reason.VERSION_MISMATCH,
            peer.peer() + " does not say its configuration revision: check that it is such a node");
      }
      if (!theirs.equals(own.version())) {
        throw new SyncException(
            Reason.VERSION_MISMATCH,
            peer.peer()
                + " has configuration revision "
                + theirs
                + ", this node "
                + own.version()
                + ": bring both nodes to the same release");
      }
      Object node = answer instanceof Map<?, ?> map ? map.get("pfha_node") : null;
      pfha = node instanceof String id && !id.isEmpty();
      return new PeerVersion(theirs, node instanceof String id ? id : "");
    }

    @Override
    public boolean readable() {
      return true;
    }

    @Override
    public Map<String, ConfigNode> read(Collection<String> sections) throws SyncException {
      Object answer =
          peer.call("pfsense.backup_config_section", List.copyOf(sections), READ_SECONDS);
      Map<String, ConfigNode> held = new LinkedHashMap<>();
      if (answer instanceof Map<?, ?> map) {
        try {
          for (Map.Entry<?, ?> section : map.entrySet()) {
            String name = section.getKey().toString();
            held.put(name, WireTree.fromWire(name, section.getValue()));
          }
        } catch (RpcFault e) {
          throw new SyncException(
              Reason.BAD_ANSWER, peer.peer() + " holds a configuration that cannot be compared");
        }
      }
      return held;
    }

    @Override
    public void write(Outgoing outgoing, Envelope envelope) throws SyncException {
      Map<String, Object> wire = new LinkedHashMap<>();
      outgoing.sections().forEach((name, node) -> wire.put(name, WireTree.toWire(node)));
      Object done =
          pfha
              ? peer.call(
                  "pfsense.restore_config_section", wire, RESTORE_SECONDS, envelope.toWire())
              : peer.call("pfsense.restore_config_section", wire, RESTORE_SECONDS);
      if (!Boolean.TRUE.equals(done)) {
        throw new SyncException(
            Reason.BAD_ANSWER, peer.peer() + " did not confirm: compare the configurations");
      }
    }
  }
}
