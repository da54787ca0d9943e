package com.example.firewall;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.pfha.carp.CarpNode;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.SyncPlan;
import org.pfha.configsync.SyncScope;
import org.pfha.configsync.dialect.Effect;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.TlsIdentity;
import org.pfha.net.sim.SimHost;
import org.pfha.net.sim.SimNetwork;
import org.pfha.pf.PfState;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;

/** Two firewalls: one is master, both know the connection, both have the rules. */
public final class Main {

  private static final SyncScope RULES = SyncScope.sections("rules");

  private Main() {}

  /**
   * Ends with status 0 if each of the three protocols did its work.
   *
   * @param args none
   * @throws Exception says which did not
   */
  public static void main(String[] args) throws Exception {
    SimNetwork network = new SimNetwork(42);
    SimHost a = network.host("fw-a");
    SimHost b = network.host("fw-b");
    a.attach(network.segment("lan"), "em1", "192.0.2.2/24");
    b.attach(network.segment("lan"), "em1", "192.0.2.3/24");
    a.attach(network.segment("sync"), "em2", "172.16.1.2/24");
    b.attach(network.segment("sync"), "em2", "172.16.1.3/24");

    try (CarpNode primary = carp(a, 0);
        CarpNode secondary = carp(b, 100);
        PfsyncNode near = pfsync(a, 0xa, "172.16.1.3");
        PfsyncNode far = pfsync(b, 0xb, "172.16.1.2")) {
      network.advance(Duration.ofSeconds(5));
      verify("carp elects", primary.role("em1", 1) == Role.MASTER);
      verify("carp waits", secondary.role("em1", 1) == Role.BACKUP);

      near.insert(connection());
      network.advance(Duration.ofSeconds(3));
      verify("pfsync tells", far.table().get(1, 0xa) != null);
      verify("tables agree", near.table().identityDigest() == far.table().identityDigest());

      a.crash();
      network.advance(Duration.ofSeconds(5));
      verify("carp takes over", secondary.role("em1", 1) == Role.MASTER);
    }
    configSync();
    System.out.println("carp, pfsync and configuration sync work");
  }

  private static CarpNode carp(SimHost host, int advskew) throws Exception {
    return CarpNode.builder(host)
        .virtualRouter(
            VirtualRouter.onInterface("em1")
                .vhid(1)
                .password("change me")
                .address("192.0.2.1/24")
                .advskew(advskew))
        .start();
  }

  private static PfsyncNode pfsync(SimHost host, int creatorId, String peer) throws Exception {
    return PfsyncNode.builder(host)
        .onInterface("em2")
        .table(StateTable.withLimit(100))
        .creatorId(creatorId)
        .peer(peer)
        .start();
  }

  private static PfState connection() throws Exception {
    StateKey key =
        StateKey.of(
            InetAddress.getByName("192.0.2.10"),
            50_000,
            InetAddress.getByName("198.51.100.20"),
            443);
    return PfState.of(1, 0xa, "em0", key, 17, PfState.IN, StatePeer.of(1), StatePeer.of(0));
  }

  private static void configSync() throws Exception {
    Sections product = new Sections("acme-fw");
    TlsIdentity identity = TlsIdentity.selfSigned(Instant.now(), InetAddress.getLoopbackAddress());
    ConfigSecondary secondary =
        ConfigSecondary.over(ConfigStores.inMemory(product.write(Sections.tree("7", Map.of()))))
            .dialect(product)
            .node("fw-b")
            .credentials("sync", "change me".toCharArray())
            .scope(RULES)
            .on(Effect.ApplySections.class, (effect, config) -> {})
            .build();
    try (var server = secondary.listen(0, identity)) {
      ConfigPrimary primary =
          ConfigPrimary.to("https://127.0.0.1:" + server.port())
              .dialect(product)
              .node("fw-a")
              .as("sync", "change me".toCharArray())
              .pinned(identity.fingerprint())
              .scope(RULES)
              .build();
      byte[] rules = "block in all".getBytes(StandardCharsets.UTF_8);
      SyncPlan plan = primary.plan(Sections.tree("7", Map.of("rules", rules)));
      verify("configuration sync", primary.apply(plan).verified());
    }
  }

  private static void verify(String what, boolean holds) {
    if (!holds) {
      throw new IllegalStateException(what + ": it does not");
    }
  }
}
