package org.pfha.configsync;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.rpc.Authenticator;
import org.pfha.configsync.rpc.Authoriser;
import org.pfha.configsync.rpc.PasswordCheck;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.RpcServer;
import org.pfha.configsync.rpc.ServerLimits;
import org.pfha.configsync.rpc.TlsIdentity;

/**
 * The node that receives: takes sections from a primary into its own configuration. Thread-safe:
 * calls that change something run one after the other, each reads, merges, writes and applies under
 * one lock; what fails is rolled back.
 *
 * <p>Methods that run code or reboot do not exist unless {@link Builder#allow} installs a handler.
 * Source: spec sections 3, 8, 12.2, 18.
 */
public final class ConfigSecondary {
  private final Builder options;
  private final SecondaryNode node;
  private final RpcServer server;

  private ConfigSecondary(Builder options, Authenticator authenticator) {
    SyncPolicy policy = options.policy();
    this.options = options;
    this.node = new SecondaryNode(options, policy);
    Map<String, RpcServer.Method> methods = new HashMap<>(NodeMethods.of(options.dialect, node));
    methods.putAll(options.dialect.methods(node));
    RpcServer.Builder builder =
        RpcServer.builder(authenticator, options.authoriser)
            .methods(methods)
            .faults(options.dialect.faults(policy.likeTheProduct()))
            .decoding(options.dialect.decoding(policy.likeTheProduct()))
            .onRefusal(options.refusals);
    this.server = (options.dialect.multicall() ? builder.multicall() : builder).build();
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
    return listen(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        identity,
        ServerLimits.DEFAULT);
  }

  /**
   * Listens on a given address.
   *
   * @param bind address and port
   * @param identity key and certificate; when it needs renewal a listener hears of it now
   * @param limits what the server puts up with
   * @return the running server
   * @throws IOException when the address cannot be bound
   */
  public RpcHttpsServer listen(InetSocketAddress bind, TlsIdentity identity, ServerLimits limits)
      throws IOException {
    checkExpiry(identity);
    return RpcHttpsServer.start(bind, identity, server, limits);
  }

  /**
   * Tells the listener given to {@link Builder#onCertificateExpiring} if an identity needs renewal.
   * To be called once a day.
   *
   * @param identity what the server shows
   * @return whether it needs renewal, see {@link TlsIdentity#needsRenewal}
   */
  public boolean checkExpiry(TlsIdentity identity) {
    boolean expiring = identity.needsRenewal(options.clock.instant());
    if (expiring) {
      options.expiring.accept(identity.expiresAt());
    }
    return expiring;
  }

  /**
   * Applies again what was stored when the node crashed before it was applied: the application gets
   * one {@link Effect.ApplyAgain}. Without this call it happens before the first change.
   *
   * @throws IOException when the application failed once more; the next call tries again
   */
  public void recover() throws IOException {
    try {
      node.recover();
    } catch (RpcFault e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * The last call that could have changed something.
   *
   * @return empty before the first
   */
  public Optional<SecondaryReport> lastReport() {
    return Optional.ofNullable(node.last());
  }

  /** Collects the options of a secondary. Confined to one thread. */
  public static final class Builder {
    final ConfigStore store;
    private @Nullable Authenticator authenticator;
    Authoriser authoriser = (user, method) -> true;
    RpcServer.RefusalListener refusals = RpcServer.RefusalListener.NONE;
    Consumer<Instant> expiring = end -> {};
    private SyncScope scope = SyncScope.NOTHING;
    private SyncPolicy.Behaviour behaviour = SyncPolicy.Behaviour.SAFE;
    private final List<ConfigPath> kept = new ArrayList<>();
    private boolean administrators;
    private final Map<String, SyncPolicy.RemoteCode> remoteCode = new HashMap<>();
    Dialect dialect = new PfSense();
    String node = "pfha";
    final Map<Class<?>, Object> parts = new HashMap<>();
    final Map<Class<?>, EffectHandler<Effect>> handlers = new HashMap<>();
    EffectHandler<Effect> others = (effect, config) -> {};
    Duration effectLimit = Duration.ofSeconds(60);
    Duration patience = Duration.ofSeconds(30);
    final List<String> targets = new ArrayList<>();
    BooleanSupplier role = () -> true;
    ConfigApplied applied = (before, after, changed) -> {};
    Consumer<List<String>> onward = hops -> {};
    Consumer<SecondaryReport> reports = report -> {};
    SyncClock clock = SyncClock.system();

    private Builder(ConfigStore store) {
      this.store = store;
    }

    private SyncPolicy policy() {
      return new SyncPolicy(scope, kept, behaviour, administrators, remoteCode);
    }

    /**
     * The one account that may call.
     *
     * @param user its name
     * @param secret copied
     * @return this
     */
    public Builder credentials(String user, char[] secret) {
      authenticator = Authenticator.of(Map.of(user, PasswordCheck.of(secret)));
      return this;
    }

    /**
     * The accounts that may call, and what.
     *
     * @param authenticator who is who
     * @param authoriser who may call what
     * @return this
     */
    public Builder accounts(Authenticator authenticator, Authoriser authoriser) {
      this.authenticator = authenticator;
      this.authoriser = authoriser;
      return this;
    }

    /**
     * Told of each call that was refused before any method saw it.
     *
     * @param listener may be called by several threads at once
     * @return this
     */
    public Builder onRefusal(RpcServer.RefusalListener listener) {
      refusals = listener;
      return this;
    }

    /**
     * Told when the certificate needs renewal.
     *
     * @param listener takes when it expires
     * @return this
     */
    public Builder onCertificateExpiring(Consumer<Instant> listener) {
      expiring = listener;
      return this;
    }

    /**
     * What this node lets itself be told; nothing unless set.
     *
     * @param areas everything else is refused
     * @return this
     */
    public Builder areas(Set<SyncArea> areas) {
      return scope(SyncScope.areas(areas));
    }

    /**
     * What this node lets itself be told; nothing unless set. What the scope excludes stays as it
     * is on this node, like {@link #keep}.
     *
     * @param scope everything else is refused
     * @return this
     */
    public Builder scope(SyncScope scope) {
      this.scope = scope;
      return this;
    }

    /**
     * What stays as it is on this node even if the primary sends it.
     *
     * @param paths see {@link ConfigPath}
     * @return this
     * @throws IllegalArgumentException when one is no path
     */
    public Builder keep(String... paths) {
      for (String path : paths) {
        kept.add(ConfigPath.of(path));
      }
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
     * Lets a primary that asks for it replace this node's administrator.
     *
     * @return this
     */
    public Builder administrators() {
      administrators = true;
      return this;
    }

    /**
     * Makes a method exist that runs code or reboots.
     *
     * @param method {@code exec_php}, {@code exec_shell} or {@code reboot}
     * @param handler what the application does
     * @return this
     */
    public Builder allow(String method, SyncPolicy.RemoteCode handler) {
      remoteCode.put(method, handler);
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
     * Performs one kind of effect.
     *
     * @param type for example {@code Effect.ReloadFilter.class}
     * @param handler the application
     * @param <E> the effect
     * @return this
     */
    public <E extends Effect> Builder on(Class<E> type, EffectHandler<? super E> handler) {
      handlers.put(type, (effect, config) -> handler.perform(type.cast(effect), config));
      return this;
    }

    /**
     * Performs all effects that have no handler of their own. Without it they do nothing.
     *
     * @param handler the application
     * @return this
     */
    public Builder onEffect(EffectHandler<Effect> handler) {
      others = handler;
      return this;
    }

    /**
     * How long one effect may take.
     *
     * @param limit by default 60 s; setting up pfsync again may need 31 s
     * @return this
     */
    public Builder effectLimit(Duration limit) {
      effectLimit = limit;
      return this;
    }

    /**
     * How long a call waits while another change is being applied, before it is told that this node
     * is busy.
     *
     * @param patience by default 30 s
     * @return this
     */
    public Builder patience(Duration patience) {
      this.patience = patience;
      return this;
    }

    /**
     * Where this node pushes to itself, besides what its configuration says; a call from there is a
     * loop.
     *
     * @param addresses IP addresses or URLs with one
     * @return this
     */
    public Builder targets(String... addresses) {
      targets.addAll(List.of(addresses));
      return this;
    }

    /**
     * This node's id.
     *
     * @param id the same as of this node's {@link ConfigPrimary}; 1 to 128 letters, digits and
     *     {@code _.:@/-}
     * @return this
     */
    public Builder node(String id) {
      node = id;
      return this;
    }

    /**
     * When this node may be told anything at all.
     *
     * @param secondary for example whether no CARP address is MASTER here; asked at each call
     * @return this
     */
    public Builder onlyWhile(BooleanSupplier secondary) {
      role = secondary;
      return this;
    }

    /**
     * Told after each change was stored and applied.
     *
     * @param listener may be slow only at the cost of the caller
     * @return this
     */
    public Builder onApplied(ConfigApplied listener) {
      applied = listener;
      return this;
    }

    /**
     * Syncs onward after each change: the middle of a chain.
     *
     * @param push takes the ids of the nodes the configuration came through, for example {@code
     *     replicator::changed}
     * @return this
     */
    public Builder onward(Consumer<List<String>> push) {
      onward = push;
      return this;
    }

    /**
     * Told of each call that could have changed something: the audit record.
     *
     * @param listener called under the lock
     * @return this
     */
    public Builder onReport(Consumer<SecondaryReport> listener) {
      reports = listener;
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
      if (authenticator == null) {
        problems.add("no credentials: call credentials(user, secret)");
      }
      if (scope.isEmpty()) {
        problems.add("no areas: call areas(...), for example areas(SyncArea.all())");
      }
      if (!Envelope.isNode(node)) {
        problems.add("node id '" + node + "': 1 to 128 letters, digits and _.:@/-");
      }
      for (String method : remoteCode.keySet()) {
        if (!Set.of("exec_php", "exec_shell", "reboot").contains(method)) {
          problems.add(
              "a handler for " + method + ": only exec_php, exec_shell and reboot have one");
        }
      }
      if (authenticator == null || !problems.isEmpty()) {
        throw new IllegalArgumentException(String.join("; ", problems));
      }
      return new ConfigSecondary(this, authenticator);
    }
  }
}
