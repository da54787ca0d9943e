package org.pfha.examples.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
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

  /** Sections in which a secondary rightly has entries of its own: its role, its certificate. */
  private static final Set<String> KEEPS_ENTRIES_OF_ITS_OWN =
      Set.of("captiveportal", "cert", "dhcpdv6", "gateways", "kea", "system", "virtualip");

  private final Sabotage sabotage;
  private final ConfigStore secondaryStore;
  private final ConfigTree primary;
  private @Nullable SyncReceipt receipt;

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
      receipt =
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
      return new Claim(
          "the secondary holds the primary's configuration", false, String.valueOf(e.getMessage()));
    }
  }

  boolean isDone() {
    return receipt != null;
  }

  /** Digest of the sections that were pushed and that both nodes must share to the byte. */
  String primaryDigest() {
    return digest(SyncReceipt.Section::sentDigest);
  }

  /** The same of what the secondary said it holds. */
  String secondaryDigest() {
    return digest(SyncReceipt.Section::peerDigest);
  }

  private String digest(Function<SyncReceipt.Section, String> side) {
    if (receipt == null) {
      return "nothing pushed";
    }
    MessageDigest sha = sha256();
    for (SyncReceipt.Section section : receipt.sections()) {
      if (!KEEPS_ENTRIES_OF_ITS_OWN.contains(section.name())) {
        sha.update(section.name().getBytes(UTF_8));
        sha.update(side.apply(section).getBytes(UTF_8));
      }
    }
    return HexFormat.of().formatHex(sha.digest(), 0, 8);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every JRE has SHA-256", impossible);
    }
  }
}
