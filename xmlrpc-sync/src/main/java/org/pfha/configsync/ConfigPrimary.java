package org.pfha.configsync;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.SyncException.Reason;
import org.pfha.configsync.config.ConfigNode;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.PfSensePrimary;
import org.pfha.configsync.dialect.PfSenseSecondary;
import org.pfha.configsync.dialect.WireTree;
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
  private static final int RESTORE_SECONDS = 900;

  private final String peer;
  private final Credentials credentials;
  private final Set<SyncArea> areas;
  private final RpcTransport transport;
  private final SyncClock clock;
  private final Duration timeout;

  private ConfigPrimary(Builder options, Credentials credentials, RpcTransport transport) {
    this.peer = options.peer;
    this.credentials = credentials;
    this.areas = options.areas;
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

  private final class Run {
    private final Instant begun = clock.instant();
    private int attempts;

    SyncReceipt sync(ConfigTree config) throws SyncException {
      Map<String, ConfigNode> sections;
      try {
        sections = PfSensePrimary.sections(config, areas);
      } catch (IllegalArgumentException e) {
        throw new SyncException(Reason.REFUSED, "nothing was sent: " + e.getMessage());
      }
      String version = version(config);
      Map<String, Object> wire = new LinkedHashMap<>();
      sections.forEach((name, node) -> wire.put(name, WireTree.toWire(node)));
      Object done = call("pfsense.restore_config_section", wire, RESTORE_SECONDS);
      if (!Boolean.TRUE.equals(done)) {
        throw new SyncException(
            Reason.BAD_ANSWER, peer + " did not confirm the sync: compare the configurations");
      }
      Map<String, ConfigNode> held = readBack(sections);
      List<SyncReceipt.Section> receipt = new ArrayList<>();
      sections.forEach(
          (name, sent) -> {
            ConfigNode there = held.getOrDefault(name, ConfigNode.Fields.NONE);
            receipt.add(
                new SyncReceipt.Section(
                    name,
                    ConfigTree.digest(sent),
                    ConfigTree.digest(there),
                    PfSenseSecondary.holds(sent, there)));
          });
      Duration took = Duration.between(begun, clock.instant());
      return new SyncReceipt(begun, took, version, attempts, receipt);
    }

    private String version(ConfigTree config) throws SyncException {
      Object answer = call("pfsense.host_firmware_version", "", 240);
      Object version = answer instanceof Map<?, ?> map ? map.get("config_version") : null;
      if (answer instanceof String text && text.startsWith("Authentication failed")) {
        throw authentication();
      }
      if (!(version instanceof String theirs) || theirs.isEmpty()) {
        throw new SyncException(
            Reason.VERSION_MISMATCH,
            peer + " does not say its configuration revision: check that it is such a node");
      }
      if (!theirs.equals(config.version())) {
        throw new SyncException(
            Reason.VERSION_MISMATCH,
            peer
                + " has configuration revision "
                + printable(theirs)
                + ", this node "
                + printable(config.version())
                + ": bring both nodes to the same release");
      }
      return theirs;
    }

    private Map<String, ConfigNode> readBack(Map<String, ConfigNode> sections)
        throws SyncException {
      Object answer = call("pfsense.backup_config_section", List.copyOf(sections.keySet()), 240);
      Map<String, ConfigNode> held = new LinkedHashMap<>();
      if (answer instanceof Map<?, ?> map) {
        try {
          for (Map.Entry<?, ?> section : map.entrySet()) {
            String name = section.getKey().toString();
            held.put(name, WireTree.fromWire(name, section.getValue()));
          }
        } catch (RpcFault e) {
          throw new SyncException(
              Reason.BAD_ANSWER, peer + " holds a configuration that cannot be compared");
        }
      }
      return held;
    }

    private Object call(String method, Object value, int seconds) throws SyncException {
      byte[] body;
      try {
        body = XmlRpc.encodeCall(method, value, seconds);
      } catch (RpcFormatException e) {
        throw new SyncException(Reason.REFUSED, "nothing was sent: " + e.getMessage());
      }
      for (int attempt = 1; ; attempt++) {
        attempts++;
        try {
          return XmlRpc.decodeResponse(transport.exchange(credentials, body, timeout));
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
