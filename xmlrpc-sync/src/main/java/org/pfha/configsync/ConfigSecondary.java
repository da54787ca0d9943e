package org.pfha.configsync;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.Merged;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.dialect.SecondaryContext;
import org.pfha.configsync.rpc.Credentials;
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
  private final SyncPolicy policy;
  private final RpcServer server;
  private final Object lock = new Object();

  private ConfigSecondary(Builder options, Credentials credentials) {
    this.options = options;
    this.policy = new SyncPolicy(options.scope, List.of(), options.behaviour, false, Map.of());
    this.server = new RpcServer(credentials, options.dialect.methods(new Context()));
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

  private final class Context implements SecondaryContext {
    @Override
    public ConfigTree current() throws RpcFault {
      synchronized (lock) {
        return load();
      }
    }

    @Override
    public SyncPolicy policy() {
      return policy;
    }

    @Override
    public String node() {
      return options.node;
    }

    @Override
    public boolean update(InetAddress caller, Envelope envelope, Merge merge) throws RpcFault {
      synchronized (lock) {
        return ConfigSecondary.this.update(caller, merge);
      }
    }

    @Override
    public <T> @Nullable T part(Class<T> type) {
      return type.cast(options.parts.get(type));
    }

    @Override
    public void perform(InetAddress caller, List<Effect> effects) throws RpcFault {
      throw new RpcFault(1, "no effects yet");
    }
  }

  private boolean update(InetAddress caller, SecondaryContext.Merge merge) throws RpcFault {
    ConfigTree before = load();
    if (options.dialect.targets(before).contains(caller.getHostAddress())) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS,
          "refused: this node syncs to the caller; clear its own target address");
    }
    Merged outcome = merge.apply(before);
    ConfigTree merged = outcome.tree();
    if (merged.digest().equals(before.digest())) {
      return false; // nothing to write, nothing to apply
    }
    merged = options.dialect.stamped(merged, options.clock.instant(), caller, outcome.history());
    ConfigTree after;
    try {
      byte[] xml = options.dialect.write(merged);
      after = options.dialect.read(xml);
      options.store.save(xml);
    } catch (ConfigFormatException e) {
      throw new RpcFault(
          RpcFault.INVALID_PARAMETERS, "refused, nothing was changed: " + e.getMessage());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "the configuration could not be written", e);
      throw new RpcFault(1, "the configuration could not be written; the old one is in force");
    }
    tell(before, after);
    return true;
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

  private ConfigTree load() throws RpcFault {
    try {
      return options.dialect.read(options.store.load());
    } catch (IOException | ConfigFormatException e) {
      LOG.log(System.Logger.Level.ERROR, "the stored configuration cannot be read", e);
      throw new RpcFault(1, "the stored configuration of this node cannot be read");
    }
  }

  /** Collects the options of a secondary. Confined to one thread. */
  public static final class Builder {
    private final ConfigStore store;
    private @Nullable Credentials credentials;
    private SyncScope scope = SyncScope.NOTHING;
    private SyncPolicy.Behaviour behaviour = SyncPolicy.Behaviour.SAFE;
    private Dialect dialect = new PfSense();
    private @Nullable ConfigApplied listener;
    private SyncClock clock = SyncClock.system();
    private String node = "pfha";

    private final Map<Class<?>, Object> parts = new HashMap<>();

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
      this.scope = SyncScope.areas(areas);
      return this;
    }

    /**
     * What the node is; by default pfSense.
     *
     * @param dialect how its file and its calls look
     * @return this
     */
    public Builder dialect(Dialect dialect) {
      this.dialect = dialect;
      return this;
    }

    /**
     * With the product's flaws or without, which is the default.
     *
     * @param behaviour which
     * @return this
     */
    public Builder behaviour(SyncPolicy.Behaviour behaviour) {
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
     * A part of the application that methods of the dialect need.
     *
     * @param type the interface the dialect asks for
     * @param part its implementation
     * @param <T> the interface
     * @return this
     */
    public <T> Builder part(Class<T> type, T part) {
      parts.put(type, part);
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
      if (scope.isEmpty()) {
        problems.add("no areas: call areas(...), for example areas(SyncArea.all())");
      }
      if (credentials == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return new ConfigSecondary(this, credentials);
    }
  }
}
