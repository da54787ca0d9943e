package org.pfha.configsync;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.PeerTrust;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcClientBuilder;

/** Collects the options of a primary. Confined to one thread. */
public final class ConfigPrimaryBuilder {
  private static final System.Logger LOG = System.getLogger(ConfigPrimary.class.getName());

  final String peer;
  private @Nullable Credentials credentials;
  private PeerTrust trust = PeerTrust.system();
  private boolean plainHttp;
  private @Nullable SyncScope chosen;
  SyncScope scope = SyncScope.NOTHING;
  private @Nullable RpcClient client;
  Dialect dialect = new PfSense();
  SyncClock clock = SyncClock.system();
  LongSupplier random = new SecureRandom()::nextLong;
  RetryPolicy retry = RetryPolicy.SAFE;
  Deadlines deadlines = Deadlines.DEFAULT;
  boolean likeTheProduct;
  String node = "";
  BooleanSupplier role = () -> true;
  Consumer<ConfigTree> passwordChanged = config -> {};
  private List<SyncListener> listeners = new ArrayList<>();

  ConfigPrimaryBuilder(String peer) {
    this.peer = peer;
  }

  ConfigPrimaryBuilder(ConfigPrimaryBuilder other) {
    peer = other.peer;
    scope = other.scope;
    dialect = other.dialect;
    clock = other.clock;
    random = other.random;
    retry = other.retry;
    deadlines = other.deadlines;
    likeTheProduct = other.likeTheProduct;
    node = other.node;
    role = other.role;
    passwordChanged = other.passwordChanged;
    listeners = List.copyOf(other.listeners);
  }

  void tell(Consumer<SyncListener> event) {
    for (SyncListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "a listener failed: " + e.getClass().getName());
      }
    }
  }

  /**
   * The account on the peer.
   *
   * @param user its name
   * @param secret copied
   * @return this
   */
  public ConfigPrimaryBuilder as(String user, char[] secret) {
    credentials = new Credentials(user, secret);
    return this;
  }

  /**
   * The certificate the peer must show. Without it the JDK's trust decides.
   *
   * @param fingerprint SHA-256 of the certificate in hex, colons allowed
   * @return this
   * @throws IllegalArgumentException when it is none
   */
  public ConfigPrimaryBuilder pinned(String fingerprint) {
    return trust(PeerTrust.certificate(fingerprint));
  }

  /**
   * Which peer to believe.
   *
   * @param trust a pin, authorities, the JDK's (the default)
   * @return this
   */
  public ConfigPrimaryBuilder trust(PeerTrust trust) {
    this.trust = trust;
    return this;
  }

  /**
   * Allows {@code http://}: everybody on the way reads user, secret and configuration.
   *
   * @return this
   */
  public ConfigPrimaryBuilder plainHttp() {
    plainHttp = true;
    return this;
  }

  /**
   * What to send.
   *
   * @param areas for example {@link SyncArea#enabledIn}
   * @return this
   */
  public ConfigPrimaryBuilder areas(Set<SyncArea> areas) {
    return scope(SyncScope.areas(areas));
  }

  /**
   * What to send, and what of it not.
   *
   * @param scope areas, opaque sections, exclusions
   * @return this
   */
  public ConfigPrimaryBuilder scope(SyncScope scope) {
    this.scope = scope;
    this.chosen = scope;
    return this;
  }

  /**
   * What the peer is; by default pfSense.
   *
   * @param dialect how its calls look
   * @return this
   */
  public ConfigPrimaryBuilder dialect(Dialect dialect) {
    this.dialect = dialect;
    return this;
  }

  /**
   * How to reach the peer, instead of HTTPS; the address then only appears in messages.
   *
   * @param client for example {@link RpcClient#inMemory}
   * @return this
   */
  public ConfigPrimaryBuilder client(RpcClient client) {
    this.client = client;
    return this;
  }

  /**
   * Time, and waiting between attempts.
   *
   * @param clock by default the machine's
   * @return this
   */
  public ConfigPrimaryBuilder clock(SyncClock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * Chance, for the pauses between attempts.
   *
   * @param random any longs
   * @return this
   */
  public ConfigPrimaryBuilder random(LongSupplier random) {
    this.random = random;
    return this;
  }

  /**
   * When a failed call is repeated.
   *
   * @param retry by default {@link RetryPolicy#SAFE}
   * @return this
   */
  public ConfigPrimaryBuilder retry(RetryPolicy retry) {
    this.retry = retry;
    return this;
  }

  /**
   * How long things may take.
   *
   * @param deadlines by default {@link Deadlines#DEFAULT}
   * @return this
   */
  public ConfigPrimaryBuilder deadlines(Deadlines deadlines) {
    this.deadlines = deadlines;
    return this;
  }

  /**
   * Does exactly the calls of the product: always sends, never reads first or afterwards; its
   * retries and its deadlines.
   *
   * @return this
   */
  public ConfigPrimaryBuilder likeTheProduct() {
    likeTheProduct = true;
    retry = RetryPolicy.LIKE_PFSENSE;
    deadlines = Deadlines.LIKE_PFSENSE;
    return this;
  }

  /**
   * This node's id, by which pfHA peers recognise configurations that come round in a circle.
   *
   * @param id the same as of this node's {@link ConfigSecondary}; 1 to 128 letters, digits and
   *     {@code _.:@/-}
   * @return this
   */
  public ConfigPrimaryBuilder node(String id) {
    node = id;
    return this;
  }

  /**
   * When this node may push at all.
   *
   * @param primary for example whether all CARP addresses are MASTER here; asked before each push
   * @return this
   */
  public ConfigPrimaryBuilder onlyWhile(BooleanSupplier primary) {
    role = primary;
    return this;
  }

  /**
   * Told the configuration to store after a new password of the sync account reached the peer.
   *
   * @param store stores it; called on the pushing thread
   * @return this
   */
  public ConfigPrimaryBuilder onPasswordChange(Consumer<ConfigTree> store) {
    passwordChanged = store;
    return this;
  }

  /**
   * Hears of pushes.
   *
   * @param listener one more
   * @return this
   */
  public ConfigPrimaryBuilder listener(SyncListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Builds it.
   *
   * @return a primary
   * @throws IllegalArgumentException naming everything that is missing or wrong
   */
  public ConfigPrimary build() {
    List<String> problems = new ArrayList<>();
    if (credentials == null) {
      problems.add("no account: call as(user, secret)");
    }
    if (chosen == null) {
      problems.add("no areas: call areas(...), for example areas(SyncArea.all())");
    }
    if (!node.isEmpty() && !Envelope.isNode(node)) {
      problems.add("node id '" + node + "': 1 to 128 letters, digits and _.:@/-");
    }
    RpcClient reach = client;
    if (reach == null) {
      RpcClientBuilder http =
          RpcClient.to(peer)
              .trust(trust)
              .connectTimeout(deadlines.connect())
              .decoding(dialect.decoding(likeTheProduct));
      try {
        reach = (plainHttp ? http.plainHttp() : http).build();
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    if (credentials == null || reach == null || !problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    return new ConfigPrimary(this, credentials, reach);
  }
}
