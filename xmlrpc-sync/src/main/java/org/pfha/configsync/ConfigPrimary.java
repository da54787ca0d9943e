package org.pfha.configsync;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncException.Reason;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Dialect;
import org.pfha.configsync.dialect.Envelope;
import org.pfha.configsync.dialect.Outgoing;
import org.pfha.configsync.dialect.PeerCaller;
import org.pfha.configsync.dialect.PeerSession;
import org.pfha.configsync.dialect.PfSense;
import org.pfha.configsync.rpc.Credentials;
import org.pfha.configsync.rpc.HttpStatusException;
import org.pfha.configsync.rpc.PeerCertificateException;
import org.pfha.configsync.rpc.RpcFault;
import org.pfha.configsync.rpc.RpcFormatException;
import org.pfha.configsync.rpc.RpcTransport;
import org.pfha.configsync.rpc.XmlRpc;

/**
 * The node that sends: one sync asks the peer's revision, sends the chosen areas whole, and reads
 * them back. Thread-safe. Source: spec sections 7, 15, 18.
 */
public final class ConfigPrimary {
  private static final int ATTEMPTS = 4;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final String peer;
  private final Credentials credentials;
  private final SyncScope scope;
  private final Dialect dialect;
  private final RpcTransport transport;
  private final SyncClock clock;
  private final Duration timeout;

  private ConfigPrimary(Builder options, Credentials credentials, RpcTransport transport) {
    this.peer = options.peer;
    this.credentials = credentials;
    this.scope = SyncScope.areas(options.areas);
    this.dialect = options.dialect;
    this.transport = transport;
    this.clock = options.clock;
    this.timeout = options.timeout;
  }

  /**
   * Begins a primary.
   *
   * @param peer {@code https://host:port} of the secondary
   * @return a builder
   */
  public static Builder to(String peer) {
    return new Builder(peer);
  }

  /**
   * Makes the peer hold this node's configuration. Blocks.
   *
   * @param config this node's configuration
   * @return what was done, and whether the peer was seen to hold it
   * @throws SyncException why it was not, and what to do
   */
  public SyncReceipt sync(ConfigTree config) throws SyncException {
    return new Run().sync(config);
  }

  private final class Run implements PeerCaller {
    private final Instant begun = clock.instant();
    private int attempts;

    SyncReceipt sync(ConfigTree config) throws SyncException {
      Outgoing outgoing;
      try {
        outgoing = dialect.outgoing(config, scope);
      } catch (IllegalArgumentException e) {
        throw new SyncException(Reason.REFUSED, "nothing was sent: " + e.getMessage());
      }
      PeerSession session = dialect.open(this);
      String version = session.greet(config).text();
      session.write(outgoing, Envelope.NONE);
      Map<String, ConfigNode> held = session.read(outgoing.sections().keySet());
      List<SyncReceipt.Section> receipt = new ArrayList<>();
      outgoing
          .sections()
          .forEach(
              (name, sent) -> {
                ConfigNode there = held.getOrDefault(name, ConfigNode.Fields.NONE);
                receipt.add(
                    new SyncReceipt.Section(
                        name,
                        ConfigTree.digest(sent),
                        ConfigTree.digest(there),
                        dialect.holds(name, sent, there)));
              });
      Duration took = Duration.between(begun, clock.instant());
      return new SyncReceipt(begun, took, version, attempts, receipt);
    }

    @Override
    public String peer() {
      return peer;
    }

    @Override
    public Object call(String method, Object... parameters) throws SyncException {
      byte[] body;
      try {
        body = XmlRpc.encodeCall(method, parameters);
      } catch (RpcFormatException e) {
        throw new SyncException(Reason.REFUSED, "nothing was sent: " + e.getMessage());
      }
      for (int attempt = 1; ; attempt++) {
        attempts++;
        try {
          Object answer = XmlRpc.decodeResponse(transport.exchange(credentials, body, timeout));
          if (answer instanceof String text && text.startsWith("Authentication failed")) {
            throw authentication();
          }
          return answer;
        } catch (RpcFault fault) {
          throw fault(fault);
        } catch (InterruptedException e) {
          throw interrupted();
        } catch (PeerCertificateException e) {
          throw new SyncException(
              Reason.CERTIFICATE_MISMATCH,
              peer + ": " + e.getMessage() + "; pin the new one only if you replaced it yourself");
        } catch (RpcFormatException e) {
          throw new SyncException(Reason.BAD_ANSWER, peer + " answered: " + e.getMessage());
        } catch (IOException e) {
          if (!worthRepeating(e) || attempt == ATTEMPTS) {
            throw failed(e);
          }
        }
        try {
          clock.pause(PAUSE);
        } catch (InterruptedException e) {
          throw interrupted();
        }
      }
    }

    /** A call whose answer is missing may still be running over there: not sent twice. */
    private static boolean worthRepeating(IOException failure) {
      if (failure instanceof HttpStatusException http) {
        return http.status() == 502 || http.status() == 503 || http.status() == 504;
      }
      return !(failure instanceof HttpTimeoutException)
          || failure instanceof java.net.http.HttpConnectTimeoutException;
    }

    private SyncException failed(IOException e) {
      if (e instanceof HttpTimeoutException) {
        return new SyncException(
            Reason.TIMEOUT, peer + " did not answer within " + timeout + ": look at its load");
      }
      if (e instanceof HttpStatusException http) {
        return new SyncException(
            Reason.BAD_ANSWER, peer + " answered HTTP " + http.status() + ": look at its log");
      }
      return new SyncException(
          Reason.UNREACHABLE,
          peer
              + " is not reachable ("
              + e.getClass().getSimpleName()
              + "): check address and port");
    }

    private SyncException fault(RpcFault fault) {
      if (fault.code() == -1 || fault.code() == -2) {
        return authentication();
      }
      return new SyncException(
          Reason.REFUSED,
          peer + " refused the call, fault " + fault.code() + ": " + fault.getMessage());
    }

    private SyncException authentication() {
      return new SyncException(
          Reason.AUTHENTICATION,
          peer
              + " does not accept user "
              + printable(credentials.user())
              + ": check password and the right to sync there");
    }

    private SyncException interrupted() {
      Thread.currentThread().interrupt();
      return new SyncException(
          Reason.TIMEOUT, "interrupted; whether the call was applied is unknown");
    }
  }

  private static String printable(String text) {
    String line = text.replaceAll("[\\p{C}]", "_");
    return line.substring(0, Math.min(64, line.length()));
  }

  /** Collects the options of a primary. Confined to one thread. */
  public static final class Builder {
    private final String peer;
    private @Nullable Credentials credentials;
    private String fingerprint = "";
    private Set<SyncArea> areas = EnumSet.noneOf(SyncArea.class);
    private @Nullable RpcTransport transport;
    private Dialect dialect = new PfSense();
    private SyncClock clock = SyncClock.system();
    private Duration timeout = Duration.ofMinutes(5);
    private Duration connectTimeout = Duration.ofSeconds(10);

    private Builder(String peer) {
      this.peer = peer;
    }

    /**
     * The account on the peer.
     *
     * @param user its name
     * @param secret copied
     * @return this
     */
    public Builder as(String user, char[] secret) {
      credentials = new Credentials(user, secret);
      return this;
    }

    /**
     * The certificate the peer must show. Without it the JDK's trust decides.
     *
     * @param fingerprint SHA-256 of the certificate in hex, colons allowed
     * @return this
     */
    public Builder pinned(String fingerprint) {
      this.fingerprint = fingerprint;
      return this;
    }

    /**
     * What to send.
     *
     * @param areas for example {@link SyncArea#enabledIn}
     * @return this
     */
    public Builder areas(Set<SyncArea> areas) {
      this.areas = Set.copyOf(areas);
      return this;
    }

    /**
     * What the peer is; by default pfSense.
     *
     * @param dialect how its calls look
     * @return this
     */
    public Builder dialect(Dialect dialect) {
      this.dialect = dialect;
      return this;
    }

    /**
     * How to reach the peer, instead of HTTPS; the address then only appears in messages.
     *
     * @param transport for example {@link RpcTransport#inMemory}
     * @return this
     */
    public Builder transport(RpcTransport transport) {
      this.transport = transport;
      return this;
    }

    /**
     * Time, and waiting between attempts.
     *
     * @param clock by default the machine's
     * @return this
     */
    public Builder clock(SyncClock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * Limits.
     *
     * @param connect for the connection alone, by default 10 s
     * @param call for one call from connecting to the last byte, by default 300 s
     * @return this
     */
    public Builder timeouts(Duration connect, Duration call) {
      connectTimeout = connect;
      timeout = call;
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
      if (areas.isEmpty()) {
        problems.add("no areas: call areas(...), for example areas(SyncArea.all())");
      }
      RpcTransport reach = transport;
      if (reach == null) {
        try {
          reach = RpcTransport.https(URI.create(peer), fingerprint, connectTimeout);
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
}
