package org.pfha.examples.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.pfha.cluster.Cluster;
import org.pfha.cluster.ClusterNode;
import org.pfha.cluster.Firmware;
import org.pfha.cluster.Invariant;
import org.pfha.configsync.ConfigPrimary;
import org.pfha.configsync.ConfigSecondary;
import org.pfha.configsync.ConfigStore;
import org.pfha.configsync.ConfigStores;
import org.pfha.configsync.RetryPolicy;
import org.pfha.configsync.SyncArea;
import org.pfha.configsync.SyncClock;
import org.pfha.configsync.SyncException;
import org.pfha.configsync.SyncReceipt;
import org.pfha.configsync.config.ConfigFormatException;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.net.EventLoop;

/**
 * Config sync in the simulated cluster: the first node pushes its rules to all others every ten
 * seconds, over calls that fail when the sync link does. What is on disk outlives every crash. One
 * instance is for one run.
 */
final class ConfigFirmware implements Firmware, Invariant {

  private static final long PUSH_NANOS = 10_000_000_000L;
  private static final char[] SECRET = "simulated".toCharArray();
  private static final Set<SyncArea> AREAS = Set.of(SyncArea.RULES, SyncArea.ALIASES);
  private static final List<String> LOCAL = List.of("system", "interfaces", "hasync");

  private final List<Disk> disks = new ArrayList<>();
  private final Map<Integer, Integer> verified = new HashMap<>();
  private final String primary = text("config-primary.xml");
  private int version;
  private int pushes;
  private int failures;

  /** One node's file, and what of it is its own. */
  private record Disk(ConfigStore store, ConfigSecondary secondary, List<String> local) {}

  @Override
  public void booted(ClusterNode node) {
    if (disks.isEmpty()) {
      for (int i = 1; i < node.cluster().nodes().size(); i++) {
        disks.add(disk(node.cluster(), "fw-" + i));
      }
    }
    if (node.number() == 0) {
      next(node, node.host().loop());
    }
  }

  private static Disk disk(Cluster cluster, String hostname) {
    String file = text("config-secondary.xml").replace(">fw2<", ">" + hostname + "<");
    ConfigStore store = ConfigStores.inMemory(file.getBytes(StandardCharsets.UTF_8));
    ConfigSecondary secondary =
        ConfigSecondary.over(store)
            .credentials("hasync", SECRET.clone())
            .areas(AREAS)
            .clock(clock(cluster))
            .build();
    return new Disk(store, secondary, digests(tree(store), LOCAL));
  }

  private void next(ClusterNode node, EventLoop loop) {
    try {
      loop.schedule(
          loop.clock().nanoTime() + PUSH_NANOS,
          () -> {
            version++;
            push(node.cluster());
            next(node, loop);
          });
    } catch (RejectedExecutionException off) {
      // The next boot goes on.
    }
  }

  /** Every peer that can be reached gets the newest version; the others get it another time. */
  private void push(Cluster cluster) {
    for (int i = 0; i < disks.size(); i++) {
      ClusterNode to = cluster.nodes().get(i + 1);
      try {
        SyncReceipt receipt =
            ConfigPrimary.to("simulated peer")
                .as("hasync", SECRET.clone())
                .areas(AREAS)
                .retry(RetryPolicy.NONE)
                .client(client(cluster, to, disks.get(i).secondary))
                .random(() -> 0)
                .clock(clock(cluster))
                .build()
                .sync(newest());
        pushes++;
        verified.put(i, receipt.verified() ? version : -1);
      } catch (SyncException unreachable) {
        failures++;
      }
    }
  }

  private static RpcClient client(Cluster cluster, ClusterNode to, ConfigSecondary secondary) {
    RpcClient inMemory;
    try {
      inMemory = RpcClient.inMemory(secondary.server(), InetAddress.getByName("172.16.1.2"));
    } catch (IOException impossible) {
      throw new UncheckedIOException("an address in digits", impossible);
    }
    return request -> {
      if (!cluster.reaches(Cluster.SYNC, cluster.nodes().get(0), to)
          || !cluster.reaches(Cluster.SYNC, to, cluster.nodes().get(0))) {
        throw new RpcException(
            RpcException.Cause.CONNECTION_REFUSED, RpcException.Step.CONNECT, "nobody there");
      }
      return inMemory.call(request);
    };
  }

  private ConfigTree newest() {
    return parse(primary.replace("[Sync network]", "[Version " + version + "]"));
  }

  int pushes() {
    return pushes;
  }

  int failures() {
    return failures;
  }

  /** Whether every secondary says by digest, and has on disk, what was pushed last. */
  boolean isConverged() {
    for (int i = 0; i < disks.size(); i++) {
      boolean onDisk = file(disks.get(i).store).contains("Version " + version + "]");
      if (!Objects.equals(verified.get(i), version) || !onDisk) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String name() {
    return "local-settings-stay";
  }

  @Override
  public String reason() {
    return "a secondary that takes the primary's name or addresses takes the network down";
  }

  private int looked;

  @Override
  public Optional<String> check(Cluster cluster) {
    if (looked == pushes + failures) {
      return Optional.empty();
    }
    looked = pushes + failures;
    for (int i = 0; i < disks.size(); i++) {
      if (!digests(tree(disks.get(i).store), LOCAL).equals(disks.get(i).local)) {
        return Optional.of("node " + (i + 1) + " has other settings of its own than before");
      }
    }
    return Optional.empty();
  }

  private static SyncClock clock(Cluster cluster) {
    return new SyncClock() {
      @Override
      public Instant instant() {
        return Instant.ofEpochSecond(1_700_000_000).plusNanos(cluster.network().now());
      }

      @Override
      public void pause(Duration duration) {
        // Nothing is tried twice; the next push comes soon enough.
      }
    };
  }

  private static List<String> digests(ConfigTree tree, List<String> sections) {
    return sections.stream()
        .map(section -> section + " " + tree.sectionDigests().get(section))
        .toList();
  }

  private static ConfigTree tree(ConfigStore store) {
    return parse(file(store));
  }

  private static String file(ConfigStore store) {
    try {
      return new String(store.load(), StandardCharsets.UTF_8);
    } catch (IOException impossible) {
      throw new UncheckedIOException("in memory", impossible);
    }
  }

  private static ConfigTree parse(String xml) {
    try {
      return ConfigTree.parse(xml.getBytes(StandardCharsets.UTF_8));
    } catch (ConfigFormatException impossible) {
      throw new IllegalStateException("the demo's file", impossible);
    }
  }

  private static String text(String name) {
    try (InputStream in =
        Objects.requireNonNull(
            ConfigFirmware.class.getResourceAsStream("/org/pfha/examples/demo/" + name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
