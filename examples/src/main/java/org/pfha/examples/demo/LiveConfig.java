package org.pfha.examples.demo;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.RetryPolicy;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.TlsIdentity;
import org.pfha.examples.status.ConfigSyncReport;

/**
 * The configuration of the live pair, pushed over real HTTPS on loopback. A push edits a firewall
 * rule first, so that there is something to push. Thread-safe.
 */
final class LiveConfig implements AutoCloseable {

  private static final String USER = "hasync";
  private static final String RULE = "LAN to CARP";

  private final String primaryXml;
  private final ConfigSecondary secondary;
  private final TlsIdentity identity;
  private final ConfigPrimary primary;
  private final AtomicBoolean pushing = new AtomicBoolean();

  @GuardedBy("this")
  private @Nullable RpcHttpsServer listening;

  @GuardedBy("this")
  private int port;

  @GuardedBy("this")
  private int edition;

  LiveConfig() throws IOException {
    primaryXml = new String(DemoData.file("config-primary.xml"), StandardCharsets.UTF_8);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    identity = TlsIdentity.selfSigned(Instant.now(), loopback);
    char[] secret = "demo only".toCharArray();
    secondary =
        ConfigSecondary.over(ConfigStores.inMemory(DemoData.file("config-secondary.xml")))
            .credentials(USER, secret)
            .areas(SyncArea.all())
            .build();
    RpcHttpsServer server = secondary.listen(0, identity);
    listening = server;
    port = server.port();
    primary =
        ConfigPrimary.to("https://" + loopback.getHostAddress() + ":" + port)
            .as(USER, secret)
            .pinned(identity.fingerprint())
            .areas(SyncArea.all())
            .retry(RetryPolicy.NONE)
            .build();
  }

  /**
   * Pushes on a thread of its own.
   *
   * @param reachable whether the secondary can be reached
   * @param outcome hears how it went
   * @throws IllegalStateException if a push is under way
   */
  void push(boolean reachable, Consumer<String> outcome) {
    if (!pushing.compareAndSet(false, true)) {
      throw new IllegalStateException("a push is under way; wait for its end");
    }
    Thread thread =
        new Thread(
            () -> {
              try {
                outcome.accept(pushed(reachable));
              } finally {
                pushing.set(false);
              }
            },
            "pfha-demo-push");
    thread.setDaemon(true);
    thread.start();
  }

  private String pushed(boolean reachable) {
    try {
      listen(reachable);
      SyncReceipt receipt = primary.sync(edited());
      return "configuration %s: %d sections %s in %d ms"
          .formatted(
              receipt.sent() ? "pushed" : "compared, nothing to push",
              receipt.sections().size(),
              receipt.verified() ? "read back and equal" : "DIFFER",
              receipt.duration().toMillis());
    } catch (SyncException | IOException | ConfigFormatException e) {
      return "configuration not pushed: " + e.getMessage();
    }
  }

  private synchronized ConfigTree edited() throws ConfigFormatException {
    edition++;
    String xml = primaryXml.replace(RULE, RULE + ", edition " + edition);
    return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
  }

  /** Where a node cannot be reached, nobody listens. */
  private synchronized void listen(boolean reachable) throws IOException {
    RpcHttpsServer server = listening;
    if (!reachable && server != null) {
      server.close();
      listening = null;
    } else if (reachable && server == null) {
      listening = secondary.listen(port, identity);
    }
  }

  /** How it stands with the secondary; nothing before the first push. */
  List<String> report() {
    ConfigSyncReport report = ConfigSyncReport.of(primary.status());
    return report.lastAttempt() == null ? List.of() : List.of(report.json());
  }

  @Override
  public void close() {
    synchronized (this) {
      if (listening != null) {
        listening.close();
        listening = null;
      }
    }
  }
}
