package org.pfha.examples.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncPlan;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.RpcHttpsServer;
import org.pfha.configsync.rpc.TlsIdentity;

/** A primary shows what it would push, pushes it over pinned HTTPS, and reads it back. */
public class SyncStart {
  public static void main(String[] args) throws Exception {
    Sections product = new Sections("acme-fw");
    SyncScope scope = SyncScope.sections("rules", "nat");
    char[] password = "change me".toCharArray();
    TlsIdentity identity = TlsIdentity.selfSigned(Instant.now(), InetAddress.getLoopbackAddress());
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.inMemory(product.write(Sections.tree("7", Map.of()))))
            .dialect(product)
            .node("fw-b")
            .credentials("sync", password)
            .scope(scope)
            .on(Effect.ApplySections.class, (effect, config) -> apply(effect))
            .build();
    try (RpcHttpsServer server = secondary.listen(0, identity)) {
      ConfigPrimary primary =
          ConfigPrimary.to("https://127.0.0.1:" + server.port())
              .dialect(product)
              .node("fw-a")
              .as("sync", password)
              .pinned(identity.fingerprint())
              .scope(scope)
              .build();
      ConfigTree config = Sections.tree("7", Map.of("rules", "block in all".getBytes(UTF_8)));
      SyncPlan plan = primary.plan(config);
      System.out.print(plan);
      System.out.println("verified: " + primary.apply(plan).verified());
    }
  }

  static void apply(Effect.ApplySections effect) {
    System.out.println("apply " + effect.names());
  }
}
