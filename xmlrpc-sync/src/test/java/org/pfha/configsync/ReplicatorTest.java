package org.pfha.configsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pfha.configsync.ConfigReplicator.State;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Sections;
import org.pfha.configsync.rpc.RpcAnswer;
import org.pfha.configsync.rpc.RpcClient;
import org.pfha.configsync.rpc.RpcException;
import org.pfha.configsync.rpc.RpcException.Cause;
import org.pfha.configsync.rpc.RpcException.Step;
import org.pfha.configsync.rpc.RpcFault;

/** Whole chains and stars of nodes in one JVM, on real threads. */
@Timeout(60)
class ReplicatorTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<ConfigReplicator> replicators = new ArrayList<>();

  @AfterEach
  void close() {
    replicators.forEach(ConfigReplicator::close);
  }

  /** One node: its store, its secondary side, and what it saw. */
  private final class Node {
    final String name;
    final ConfigStore store =
        ConfigStores.inMemory(SectionPair.bytes(SectionPair.tree("rules", "old")));
    final List<SecondaryReport> reports = new ArrayList<>();
    final AtomicReference<ConfigReplicator> onward = new AtomicReference<>();
    final ConfigSecondary secondary;

    Node(String name) {
      this.name = name;
      this.secondary =
          ConfigSecondary.over(store)
              .dialect(SectionPair.DIALECT)
              .node(name)
              .credentials("sync", SectionPair.SECRET)
              .scope(SyncScope.sections(Sections.ALL))
              .onward(
                  hops -> {
                    ConfigReplicator next = onward.get();
                    if (next != null) {
                      next.changed(hops);
                    }
                  })
              .onReport(
                  report -> {
                    synchronized (reports) {
                      reports.add(report);
                    }
                  })
              .build();
    }

    List<SecondaryReport.Outcome> outcomes() {
      synchronized (reports) {
        return reports.stream().map(SecondaryReport::outcome).toList();
      }
    }

    ConfigTree config() throws Exception {
      return SectionPair.DIALECT.read(store.load());
    }

    String rules() throws Exception {
      return new String(Sections.contents(config()).get("rules"), StandardCharsets.UTF_8);
    }

    RpcClient client() throws IOException {
      return RpcClient.inMemory(secondary.server(), InetAddress.getByName("192.0.2.1"));
    }

    ConfigPrimary towards(String peer, RpcClient client) {
      return ConfigPrimary.to(peer)
          .dialect(SectionPair.DIALECT)
          .node(name)
          .as("sync", SectionPair.SECRET)
          .scope(SyncScope.sections("rules"))
          .retry(RetryPolicy.NONE)
          .client(client)
          .build();
    }

    ConfigReplicator pushesTo(Node... others) throws IOException {
      ConfigReplicator.Builder builder = ConfigReplicator.of(this::config);
      for (Node other : others) {
        builder.to(towards(other.name, other.client()));
      }
      return started(builder, this);
    }
  }

  private ConfigReplicator started(ConfigReplicator.Builder builder, Node node) {
    ConfigReplicator replicator =
        builder.coalesce(Duration.ofMillis(5)).distance(Duration.ofMillis(10)).start();
    replicators.add(replicator);
    node.onward.set(replicator);
    return replicator;
  }

  private static void change(Node node, String rules) throws IOException {
    node.store.save(SectionPair.bytes(SectionPair.tree("rules", rules)));
  }

  private static void assertIdle(ConfigReplicator... all) throws InterruptedException {
    for (ConfigReplicator replicator : all) {
      assertThat(replicator.awaitIdle(PATIENCE)).isTrue();
    }
  }

  @Test
  void aChangeTravelsAlongAChain() throws Exception {
    Node a = new Node("a");
    Node b = new Node("b");
    Node c = new Node("c");
    ConfigReplicator fromA = a.pushesTo(b);
    ConfigReplicator fromB = b.pushesTo(c);
    change(a, "new");
    fromA.changed();
    assertIdle(fromA, fromB);
    assertThat(c.rules()).isEqualTo("new");
    assertThat(c.reports).extracting(SecondaryReport::hops).containsExactly(List.of("a", "b"));
    assertThat(fromB.status().get("c").state()).isEqualTo(State.IDLE);
    assertThat(fromB.status().get("c").pendingChanges()).isZero();
  }

  /** Attack 23: A → B → C → A ends where it began. */
  @Test
  void aLoopOfThreeNodesEnds() throws Exception {
    Node a = new Node("a");
    Node b = new Node("b");
    Node c = new Node("c");
    ConfigReplicator fromA = a.pushesTo(b);
    ConfigReplicator fromB = b.pushesTo(c);
    // C changes what it passes on, so that it is never "unchanged" for A.
    ConfigReplicator fromC =
        started(
            ConfigReplicator.of(() -> SectionPair.tree("rules", "mangled by c"))
                .to(c.towards("a", a.client())),
            c);
    change(a, "new");
    fromA.changed();
    assertIdle(fromA, fromB, fromC);
    assertThat(a.rules()).isEqualTo("new");
    assertThat(a.outcomes()).isEmpty();
    assertThat(c.rules()).isEqualTo("new");
    assertThat(fromC.status().get("a").sync().error())
        .isInstanceOf(SyncException.PeerConflict.class)
        .hasMessageContaining("[a, b, c]");
    assertThat(fromC.status().get("a").pendingChanges()).isEqualTo(1);
  }

  /** The same when the sender does not look itself: the receiver knows its own id. */
  @Test
  void aConfigurationThatComesRoundIsRefusedByItsOrigin() throws Exception {
    Node a = new Node("a");
    RpcClient straight = a.client();
    RpcClient forgetful =
        request -> {
          var answer = straight.call(request);
          if (request.method().equals("pfha.describe")
              && answer.value() instanceof Map<?, ?> said) {
            Map<Object, Object> other = new LinkedHashMap<>(said);
            other.put("node", "somebody");
            return new RpcAnswer(other, null, null, 0, 0);
          }
          return answer;
        };
    ConfigPrimary fromC = new Node("c").towards("a", forgetful);
    assertThatThrownBy(
            () -> fromC.sync(SectionPair.tree("rules", "round"), List.of("a", "b"), false))
        .isInstanceOf(SyncException.PeerConflict.class);
    assertThat(a.rules()).isEqualTo("old");
    assertThat(a.outcomes()).containsExactly(SecondaryReport.Outcome.REFUSED);
  }

  @Test
  void oneDeadSecondaryDelaysNoOther() throws Exception {
    Node a = new Node("a");
    Node b = new Node("b");
    CountDownLatch stuck = new CountDownLatch(1);
    RpcClient hanging =
        request -> {
          stuck.countDown();
          new CountDownLatch(1).await();
          throw new AssertionError("never");
        };
    RpcClient dead =
        request -> {
          throw new RpcException(Cause.CONNECTION_REFUSED, Step.CONNECT, "refused");
        };
    ConfigReplicator replicator =
        started(
            ConfigReplicator.of(a::config)
                .to(a.towards("hanging", hanging))
                .to(a.towards("dead", dead))
                .to(a.towards("b", b.client())),
            a);
    b.onward.set(null);
    change(a, "new");
    replicator.changed();
    assertThat(stuck.await(30, TimeUnit.SECONDS)).isTrue();
    awaitState(replicator, "b", State.IDLE);
    awaitState(replicator, "dead", State.PENDING);
    assertThat(b.rules()).isEqualTo("new");
    assertThat(replicator.status().get("hanging").state()).isEqualTo(State.PUSHING);
    assertThat(replicator.status().get("dead").sync().error())
        .isInstanceOf(SyncException.Unreachable.class);
    assertThat(replicator.status().get("dead").next()).isNotNull();

    replicator.close();
    assertThat(replicator.status())
        .allSatisfy((peer, status) -> assertThat(status.state()).isEqualTo(State.CLOSED));
    assertThat(replicator.status().get("hanging").sync().error())
        .isInstanceOf(SyncException.Cancelled.class);
  }

  private static void awaitState(ConfigReplicator replicator, String peer, State state)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      ConfigReplicator.Status status = replicator.status().get(peer);
      if (status.state() == state && status.sync().lastAttempt() != null) {
        return;
      }
      assertThat(System.nanoTime() - end).as(status.toString()).isNegative();
      Thread.onSpinWait();
    }
  }

  @Test
  void wrongCredentialsAreNotTriedAgainByThemselves() throws Exception {
    Node a = new Node("a");
    AtomicInteger calls = new AtomicInteger();
    RpcClient refusing =
        request -> {
          calls.incrementAndGet();
          throw new RpcFault(-1, "Authentication failed");
        };
    ConfigReplicator replicator =
        started(
            ConfigReplicator.of(a::config).retry(RetryPolicy.NONE).to(a.towards("b", refusing)), a);
    replicator.changed();
    assertIdle(replicator);
    assertThat(calls).hasValue(1);
    assertThat(replicator.status().get("b").pendingChanges()).isEqualTo(1);
  }

  @Test
  void pausedItPushesNothingAndResumedEverything() throws Exception {
    Node a = new Node("a");
    Node b = new Node("b");
    ConfigReplicator replicator = a.pushesTo(b);
    replicator.pause();
    change(a, "new");
    replicator.changed();
    replicator.changed();
    assertIdle(replicator);
    assertThat(replicator.status().get("b"))
        .returns(State.PAUSED, ConfigReplicator.Status::state)
        .returns(2, ConfigReplicator.Status::pendingChanges);
    assertThat(b.outcomes()).isEmpty();
    replicator.resume();
    assertIdle(replicator);
    assertThat(b.outcomes()).containsExactly(SecondaryReport.Outcome.APPLIED);
    replicator.resync("b");
    assertIdle(replicator);
    assertThat(b.outcomes())
        .containsExactly(SecondaryReport.Outcome.APPLIED, SecondaryReport.Outcome.UNCHANGED);
    assertThatThrownBy(() -> replicator.resync("nobody")).hasMessageContaining("nobody");
  }

  @Test
  void closingEndsItsThreads() throws Exception {
    Node a = new Node("a");
    ConfigReplicator replicator = a.pushesTo(new Node("b"));
    replicator.close();
    replicator.changed();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("pfha-configsync-b"));
  }

  @Test
  void aNodeThatIsNotPrimaryNowWaits() throws Exception {
    Node a = new Node("a");
    Node b = new Node("b");
    ConfigPrimary backup =
        ConfigPrimary.to("b")
            .dialect(SectionPair.DIALECT)
            .as("sync", SectionPair.SECRET)
            .scope(SyncScope.sections("rules"))
            .client(b.client())
            .onlyWhile(() -> false)
            .build();
    assertThatThrownBy(() -> backup.sync(a.config())).isInstanceOf(SyncException.NotPrimary.class);
    assertThat(b.outcomes()).isEmpty();
  }

  @Test
  void aBuilderNamesAllThatIsWrong() throws Exception {
    Node a = new Node("a");
    ConfigPrimary primary = a.towards("b", new Node("b").client());
    assertThatThrownBy(() -> ConfigReplicator.of(a::config).start())
        .hasMessageContaining("no secondary");
    assertThatThrownBy(
            () ->
                ConfigReplicator.of(a::config)
                    .to(primary)
                    .to(primary)
                    .distance(Duration.ofSeconds(-1))
                    .start())
        .hasMessageContainingAll("b twice", "negative");
  }
}
