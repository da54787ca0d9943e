package org.pfha.configsync.dialect;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncPolicy;
import org.pfha.configsync.SyncPolicy.Behaviour;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigFormat;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigNode.Text;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.Decoding;
import org.pfha.configsync.rpc.FaultStyle;
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
    return ConfigFormat.pfSense().read(file);
  }

  @Override
  public byte[] write(ConfigTree config) throws ConfigFormatException {
    return ConfigFormat.pfSense().toBytes(config);
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
  public Map<String, Set<String>> areas(SyncScope scope) {
    Map<String, Set<String>> areas = new LinkedHashMap<>();
    for (SyncArea area : scope.areas()) {
      Set<String> sections = Set.copyOf(area.sections(ConfigFormat.pfSense()));
      if (!sections.isEmpty()) {
        areas.put(area.name(), sections);
      }
    }
    return areas;
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
  public boolean replaces(String section) {
    return PfSenseSecondary.isReplaced(section);
  }

  @Override
  public ConfigNode merged(String section, ConfigNode sent, Map<String, ConfigNode> held) {
    return PfSenseSecondary.planned(section, sent, held);
  }

  @Override
  public Set<String> consulted(Outgoing outgoing) {
    return outgoing.sections().containsKey("cert") ? Set.of("system") : Set.of();
  }

  /**
   * The push replaces all certificates: one that only the peer has, and uses, is gone then. A peer
   * of this library keeps it.
   */
  @Override
  public List<String> warnings(PeerVersion peer, Outgoing outgoing, Map<String, ConfigNode> held) {
    ConfigNode sent = outgoing.sections().get("cert");
    String used =
        held.getOrDefault("system", Text.EMPTY)
            .fields()
            .at("webgui")
            .fields()
            .at("ssl-certref")
            .text();
    if (peer.isPfha()
        || sent == null
        || used.isEmpty()
        || sent.items().stream().anyMatch(cert -> cert.fields().at("refid").text().equals(used))) {
      return List.of();
    }
    return List.of(
        "the certificate of the peer's web interface ("
            + used
            + ") is not among those sent and will be gone: import it here first, or leave out "
            + SyncArea.CERTIFICATES);
  }

  @Override
  public @Nullable PasswordChange passwordChange(ConfigTree own) {
    ConfigNode.Fields hasync = own.section("hasync").fields();
    ConfigNode password = hasync.get("new_password");
    if (password == null || password.text().isEmpty()) {
      return null;
    }
    ConfigNode stored = hasync.without("new_password").with("password", password);
    return new PasswordChange(password.text(), own.with("hasync", stored));
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
  public FaultStyle faults(boolean likeTheProduct) {
    return likeTheProduct ? FaultStyle.PFSENSE : FaultStyle.STANDARD;
  }

  @Override
  public Decoding decoding(boolean likeTheProduct) {
    return likeTheProduct ? Decoding.LIKE_PFSENSE : Decoding.STRICT;
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
                readable.put(name, name.equals("system") ? visible(node) : node);
              }
            });
    return readable;
  }

  /** Of {@code system} what a secondary can be told, and which certificate it will not let go. */
  private static ConfigNode visible(ConfigNode system) {
    ConfigNode.Fields visible = ConfigNode.Fields.NONE;
    for (String key : List.of("user", "group", "nextuid", "nextgid", "authserver")) {
      ConfigNode node = system.fields().get(key);
      visible = node == null ? visible : visible.with(key, node);
    }
    ConfigNode used = system.fields().at("webgui").fields().get("ssl-certref");
    return used == null
        ? visible
        : visible.with("webgui", ConfigNode.Fields.NONE.with("ssl-certref", used));
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
        throw new SyncException.VersionMismatch(peer.at(), "", own.version());
      }
      if (!theirs.equals(own.version())) {
        throw new SyncException.VersionMismatch(peer.at(), theirs, own.version());
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
        throw new SyncException.MalformedAnswer(peer.at(), String.valueOf(e.getMessage()));
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
                      name,
                      name.equals("virtualip")
                          ? Vip.toWire(node, "advskew", "advbase")
                          : WireTree.toWire(node)));
      Object done =
          pfha
              ? peer.call(
                  "pfsense.restore_config_section", wire, RESTORE_SECONDS, envelope.toWire())
              : peer.call("pfsense.restore_config_section", wire, RESTORE_SECONDS);
      if (!Boolean.TRUE.equals(done)) {
        throw new SyncException.MalformedAnswer(peer.at(), "the peer did not confirm the call");
      }
    }
  }
}
