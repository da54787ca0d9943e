package org.pfha.configsync;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.PfSenseSecondary;
import org.pfha.configsync.dialect.WireTree;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.RpcCall;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.RpcServer;
import org.pfha.configsync.rpc.TlsIdentity;

/**
 * The node that receives: takes sections from a pfSense-like primary into its own configuration.
 * Thread-safe: calls are served one after the other, each reads, merges and writes under one lock.
 *
 * <p>Methods: {@code host_firmware_version}, {@code backup_config_section}, {@code
 * restore_config_section}. Methods that run code or reboot do not exist. Source: spec sections 3,
 * 8, 18.
 */
public final class ConfigSecondary {
  private static final System.Logger LOG = System.getLogger(ConfigSecondary.class.getName());

  private final Builder options;
  private final RpcServer server;
  private final Object lock = new Object();

  private ConfigSecondary(Builder options, Credentials credentials) {
    this.options = options;
    this.server =
        new RpcServer(
            credentials,
            Map.of(
                "pfsense.host_firmware_version", (caller, call) -> version(),
                "pfsense.backup_config_section", (caller, call) -> backup(call),
                "pfsense.restore_config_section", this::restore));
  }

  /**
   * Begins a secondary.
   *
   * @param store where its configuration is
   * @return a builder
   */
  public static Builder over(ConfigStore store) {
    return new Builder(store);
  }

  /**
   * What answers calls, for {@link RpcHttpsServer} or an in-memory transport.
   *
   * @return the server
   */
  public RpcServer server() {
    return server;
  }

  /**
   * Listens on the loopback address.
   *
   * @param port 0 for any free one
   * @param identity key and certificate
   * @return the running server
   * @throws IOException when the port is taken
   */
  public RpcHttpsServer listen(int port, TlsIdentity identity) throws IOException {
    return RpcHttpsServer.start(port, identity, server);
  }

  private Object version() throws RpcFault {
    Map<String, Object> answer = new LinkedHashMap<>();
    for (String part : List.of("firmware", "kernel", "base")) {
      answer.put(part, Map.of("version", options.product));
    }
    answer.put("platform", "pfHA");
    synchronized (lock) {
      answer.put("config_version", load().version());
    }
    return answer;
  }

  private Object backup(RpcCall call) throws RpcFault {
    if (call.parameters().isEmpty() || !(call.parameters().get(0) instanceof List<?> names)) {
      throw new RpcFault(RpcFault.INVALID_PARAMETERS, "server error. invalid method parameters");
    }
    Set<String> readable = new TreeSet<>();
    options.areas.forEach(area -> readable.addAll(area.sections()));
    ConfigTree config;
    synchronized (lock) {
      config = load();
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    config
        .sections()
        .map()
        .forEach(
            (name, node) -> {
              if (names.contains(name) && readable.contains(name)) {
                answer.put(name, WireTree.toWire(name.equals("system") ? accounts(node) : node));
              }
            });
    return answer;
  }

  /** Of {@code system} only what this secondary can be told. */
  private static ConfigNode accounts(ConfigNode system) {
    ConfigNode.Fields visible = ConfigNode.Fields.NONE;
    for (String key : List.of("user", "group", "nextuid", "nextgid", "authserver")) {
      ConfigNode node = system.fields().get(key);
      visible = node == null ? visible : visible.with(key, node);
    }
    return visible;
  }

  private Object restore(InetAddress caller, RpcCall call) throws RpcFault {
    if (call.parameters().isEmpty() || !(call.parameters().get(0) instanceof Map<?, ?> sections)) {
      throw new RpcFault(RpcFault.INVALID_PARAMETERS, "server error. invalid method parameters");
    }
    Map<String, ConfigNode> sent = new LinkedHashMap<>();
    for (Map.Entry<?, ?> section : sections.entrySet()) {
      String name = section.getKey().toString();
      sent.put(name, WireTree.fromWire(name, section.getValue()));
    }
    synchronized (lock) {
      restore(caller, sent);
    }
    return true;
  }

  private void restore(InetAddress caller, Map<String, ConfigNode> sent) throws RpcFault {
    ConfigTree before = load();
    String target = before.section("hasync").fields().at("synchronizetoip").text();
    if (target.equals(caller.getHostAddress())) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS,
          "refused: this node syncs to the caller; clear its own target address");
    }
    ConfigTree merged = PfSenseSecondary.restore(before, sent, options.areas, options.behaviour);
    if (merged.digest().equals(before.digest())) {
      return; // nothing to write, nothing to apply
    }
    merged = merged.with("revision", revision(caller, sent));
    ConfigTree after;
    try {
      byte[] xml = merged.toXml();
      after = ConfigTree.parse(xml);
      options.store.save(xml);
    } catch (ConfigFormatException e) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS, "refused, nothing was changed: " + e.getMessage());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the configuration could not be written", e);
      throw new RpcFault(1, "the configuration could not be written; the old one is in force");
    }
    tell(before, after);
  }

  private void tell(ConfigTree before, ConfigTree after) {
    ConfigApplied listener = options.listener;
    if (listener == null) {
      return;
    }
    Set<String> names = new TreeSet<>(before.sections().map().keySet());
    names.addAll(after.sections().map().keySet());
    names.remove("revision");
    List<String> changed = new ArrayList<>(names);
    changed.removeIf(
        name ->
            ConfigTree.digest(before.section(name)).equals(ConfigTree.digest(after.section(name))));
    try {
      listener.applied(before, after, changed);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the listener failed; the configuration is stored", e);
    }
  }

  private ConfigNode revision(InetAddress caller, Map<String, ConfigNode> sent) {
    String user = "(system)@" + caller.getHostAddress();
    boolean accounts =
        !sent.getOrDefault("system", ConfigNode.Text.EMPTY).fields().at("user").items().isEmpty();
    String text =
        accounts
            ? "Sync'd users and groups via XMLRPC"
            : "Merged in config ("
                + String.join(", ", PfSenseSecondary.historyNames(sent))
                + " sections) from XMLRPC client.";
    return ConfigNode.Fields.NONE
        .with("time", new ConfigNode.Text(Long.toString(options.clock.instant().getEpochSecond())))
        .with("description", new ConfigNode.Text(user + ": " + text))
        .with("username", new ConfigNode.Text(user));
  }

  private ConfigTree load() throws RpcFault {
    try {
      return ConfigTree.parse(options.store.load());
    } catch (IOException | ConfigFormatException e) {
      LOG.log(System.Logger.Level.ERROR, "the stored configuration cannot be read", e);
      throw new RpcFault(1, "the stored configuration of this node cannot be read");
    }
  }

  /** Collects the options of a secondary. Confined to one thread. */
  public static final class Builder {
    private final ConfigStore store;
    private @Nullable Credentials credentials;
    private Set<SyncArea> areas = EnumSet.noneOf(SyncArea.class);
    private PfSenseSecondary.Behaviour behaviour = PfSenseSecondary.Behaviour.SAFE;
    private @Nullable ConfigApplied listener;
    private SyncClock clock = SyncClock.system();
    private String product = "pfHA";

    private Builder(ConfigStore store) {
      this.store = store;
    }

    /**
     * The one account that may call.
     *
     * @param user its name
     * @param secret copied
     * @return this
     */
    public Builder credentials(String user, char[] secret) {
      credentials = new Credentials(user, secret);
      return this;
    }

    /**
     * What this node lets itself be told; nothing unless set.
     *
     * @param areas everything else is refused
     * @return this
     */
    public Builder areas(Set<SyncArea> areas) {
      this.areas = Set.copyOf(areas);
      return this;
    }

    /**
     * With the product's flaws or without, which is the default.
     *
     * @param behaviour which
     * @return this
     */
    public Builder behaviour(PfSenseSecondary.Behaviour behaviour) {
      this.behaviour = behaviour;
      return this;
    }

    /**
     * Told after each change.
     *
     * @param listener may be slow only at the cost of the caller
     * @return this
     */
    public Builder onApplied(ConfigApplied listener) {
      this.listener = listener;
      return this;
    }

    /**
     * Time, for the history entry.
     *
     * @param clock by default the machine's
     * @return this
     */
    public Builder clock(SyncClock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Builds it.
     *
     * @return a secondary that is not listening yet
     * @throws IllegalArgumentException naming everything that is missing
     */
    public ConfigSecondary build() {
      List<String> problems = new ArrayList<>();
      if (credentials == null) {
        problems.add("no credentials: call credentials(user, secret)");
      }
      if (areas.isEmpty()) {
        problems.add("no areas: call areas(...), for example areas(SyncArea.all())");
      }
      if (credentials == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return new ConfigSecondary(this, credentials);
    }
  }
}
