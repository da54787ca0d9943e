package org.pfha.configsync.dialect;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncException.Reason;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcServer;

/** pfSense. Immutable. Source: spec sections 3.1, 7, 8. */
public final class PfSense implements Dialect {
  private static final WireTree WIRE = new WireTree(ConfigFormat.pfSense());
  private static final int READ_SECONDS = 240;
  private static final int RESTORE_SECONDS = 900;

  private final Behaviour behaviour;

  /** Makes one that sends what is safe for both nodes. */
  public PfSense() {
    this(Behaviour.SAFE);
  }

  /**
   * Makes one.
   *
   * @param behaviour whether a primary keeps the product's flaws: lists with gaps, a failover peer
   *     that is no address
   */
  public PfSense(Behaviour behaviour) {
    this.behaviour = behaviour;
  }

  @Override
  public String product() {
    return "pfSense";
  }

  @Override
  public ConfigTree read(byte[] file) throws ConfigFormatException {
    try {
      return ConfigFormat.pfSense().read(new ByteArrayInputStream(file));
    } catch (IOException e) {
      throw new IllegalStateException("memory does not fail", e);
    }
  }

  @Override
  public byte[] write(ConfigTree config) throws ConfigFormatException {
    return ConfigFormat.pfSense().toBytes(config);
  }

  @Override
  public Outgoing outgoing(ConfigTree config, SyncScope scope) {
    return PfSensePrimary.outgoing(config, scope, behaviour);
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
    return new PfSenseMethods(this, node).byName();
  }

  @Override
  public Map<String, ConfigNode> readable(ConfigTree config, SyncPolicy policy) {
    Set<String> names = new TreeSet<>();
    policy.scope().areas().forEach(area -> names.addAll(area.sections(ConfigFormat.pfSense())));
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

  /**
   * A primary's configuration after its sync account's new password reached the peer: {@code
   * hasync/new_password} becomes {@code hasync/password}. To be stored with the history text {@code
   * Update XMLRPC sync password.} Source: spec sections 7 (16) and 9.
   *
   * @param own the primary's configuration, sent successfully
   * @return the same object when there is nothing to do
   */
  public static ConfigTree withNewPassword(ConfigTree own) {
    ConfigNode.Fields hasync = own.section("hasync").fields();
    ConfigNode password = hasync.get("new_password");
    return password == null
        ? own
        : own.with("hasync", hasync.without("new_password").with("password", password));
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
      try {
        return WIRE.sections(answer);
      } catch (RpcFault e) {
        throw new SyncException(
            Reason.BAD_ANSWER, peer.peer() + " holds a configuration that cannot be compared");
      }
    }

    @Override
    public void write(Outgoing outgoing, Envelope envelope) throws SyncException {
      Map<String, Object> wire = new LinkedHashMap<>();
      outgoing
          .sections()
          .forEach(
              (name, node) ->
                  wire.put(
                      name, name.equals("virtualip") ? addresses(node) : WireTree.toWire(node)));
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

    /** Skew and base were computed and so are numbers. */
    private static Object addresses(ConfigNode virtualip) {
      Map<String, Object> wire = new LinkedHashMap<>();
      virtualip.fields().map().forEach((name, node) -> wire.put(name, WireTree.toWire(node)));
      List<Object> vips = new ArrayList<>();
      for (Vip vip : Vip.in(virtualip)) {
        Map<String, Object> entry = new LinkedHashMap<>();
        vip.entry().map().forEach((name, node) -> entry.put(name, WireTree.toWire(node)));
        for (String name : List.of("advskew", "advbase")) {
          entry.computeIfPresent(
              name, (n, text) -> text.equals("") ? text : Integer.valueOf(text.toString()));
        }
        vips.add(entry);
      }
      wire.computeIfPresent("vip", (name, list) -> vips);
      return wire;
    }
  }
}
