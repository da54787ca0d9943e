package org.pfha.examples.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Locale;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.TlsIdentity;

/** Pushes the primary's configuration to the secondary over real HTTPS on loopback. */
final class ConfigPush {

  private static final String USER = "hasync";

  private final Sabotage sabotage;
  private final ConfigStore secondaryStore;
  private final ConfigTree primary;

  ConfigPush(Sabotage sabotage) throws IOException {
    this.sabotage = sabotage;
    try {
      primary = ConfigTree.parse(DemoData.file("config-primary.xml"));
    } catch (ConfigFormatException e) {
      throw new IOException("config-primary.xml cannot be read: " + e.getMessage(), e);
    }
    secondaryStore = ConfigStores.inMemory(DemoData.file("config-secondary.xml"));
  }

  /** Pushes every area and reads it back; the outcome is a claim, whatever happens. */
  Claim run() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    TlsIdentity identity = TlsIdentity.selfSigned(Instant.now(), loopback);
    TlsIdentity pinned =
        sabotage == Sabotage.certificate
            ? TlsIdentity.selfSigned(Instant.now(), loopback)
            : identity;
    char[] secret = "demo only".toCharArray();
    char[] expected = sabotage == Sabotage.config ? "another".toCharArray() : secret;
    ConfigSecondary secondary =
        ConfigSecondary.over(secondaryStore)
            .credentials(USER, expected)
            .areas(SyncArea.all())
            .build();
    try (RpcHttpsServer server = secondary.listen(0, identity)) {
      SyncReceipt receipt =
          ConfigPrimary.to("https://" + loopback.getHostAddress() + ":" + server.port())
              .as(USER, secret)
              .pinned(pinned.fingerprint())
              .areas(SyncArea.all())
              .build()
              .sync(primary);
      return new Claim(
          "the secondary holds the primary's configuration",
          receipt.verified() && !receipt.sections().isEmpty(),
          String.format(
              Locale.ROOT,
              "%d sections pushed and read back in %d ms",
              receipt.sections().size(),
              receipt.duration().toMillis()));
    } catch (SyncException e) {
      return new Claim("the secondary holds the primary's configuration", false, e.toString());
    }
  }

  /** Digest of the firewall rules and aliases, the part both nodes must share to the byte. */
  String primaryDigest() {
    return rules(primary);
  }

  String secondaryDigest() throws IOException {
    try {
      return rules(ConfigTree.parse(secondaryStore.load()));
    } catch (ConfigFormatException e) {
      throw new IOException("the secondary's configuration cannot be read: " + e.getMessage(), e);
    }
  }

  private static String rules(ConfigTree config) {
    return ConfigTree.digest(config.section("aliases")).substring(0, 16);
  }
}
