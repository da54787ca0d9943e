package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pfha.carp.SimPair.router;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at a node whose loop runs, nodes that share a ledger, and ends in the middle. */
@Timeout(60)
class NodeConcurrencyTest {

  private final SimPair pair = new SimPair();
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @AfterEach
  void shutDown() {
    pool.shutdownNow();
  }

  private Future<?> repeat(int times, Callable<?> action) {
    return pool.submit(
        () -> {
          for (int i = 0; i < times; i++) {
            action.call();
          }
          return null;
        });
  }

  /** Advances virtual time until all have ended, and throws what they threw. */
  private void runWhile(List<Future<?>> busy) throws Exception {
    while (busy.stream().anyMatch(future -> !future.isDone())) {
      pair.advance(Duration.ofMillis(5));
    }
    for (Future<?> future : busy) {
      future.get();
    }
  }

  @Test
  void everyPublicMethodMayBeCalledFromAnywhereAtAnyTime() throws Exception {
    CarpNode primary = SimPair.node(pair.a, router(0), router("em1", 2, 0).group("g")).start();
    CarpNode secondary = SimPair.node(pair.b, router(100), router("em1", 2, 100)).start();
    List<Future<?>> busy = new ArrayList<>();
    busy.add(repeat(300, () -> primary.statistics().toJson()));
    busy.add(repeat(300, () -> primary.explain("em1", 1).toJson()));
    busy.add(
        repeat(
            300,
            () -> {
              primary.disable("em1", 1);
              primary.enable("em1", 1);
              return null;
            }));
    busy.add(
        repeat(
            300,
            () -> {
              primary.request("em1", 2, BACKUP);
              primary.request("em1", 2, MASTER);
              return null;
            }));
    busy.add(
        repeat(
            100,
            () -> {
              primary.add(router("em1", 3, 0).group("g"));
              primary.reconfigure("em1", 3, r -> r.advskew(7));
              primary.remove("em1", 3);
              return null;
            }));
    busy.add(
        repeat(
            300,
            () -> {
              primary.demotion().demote("test", "round", 10).close();
              return null;
            }));
    runWhile(busy);
    pair.advance(Duration.ofSeconds(30));

    assertThat(primary.demotion().entries()).isEmpty();
    assertThat(List.of(primary.role("em1", 1), primary.role("em1", 2)))
        .containsExactly(MASTER, MASTER);
    assertThat(List.of(secondary.role("em1", 1), secondary.role("em1", 2)))
        .containsExactly(BACKUP, BACKUP);
  }

  @Test
  void nodesThatShareALedgerDoNotWaitForEachOther() throws Exception {
    DemotionLedger shared = new DemotionLedger(pair.a.loop().clock());
    pair.a.attach(pair.net.segment("wan"), "em0", "198.51.100.2/24");
    CarpNode lan = SimPair.node(pair.a, router(0)).demotion(shared).start();
    CarpNode wan = SimPair.node(pair.a, router("em0", 7, 0)).demotion(shared).start();
    List<Future<?>> busy = new ArrayList<>();
    busy.add(repeat(300, () -> shared.demote("x", "y", 1)));
    busy.add(
        repeat(
            300,
            () -> {
              lan.disable();
              lan.enable();
              return null;
            }));
    busy.add(
        repeat(
            300,
            () -> {
              wan.disable();
              wan.enable();
              return null;
            }));
    runWhile(busy);
    shared.clear("x");
    pair.a.linkDown("em0");
    pair.soon();
    assertThat(shared.entries()).singleElement().hasToString("+240 carp 7@em0: interface down");
    assertThat(lan.explain("em1", 1).own()).isEqualTo("1/240 (advskew 0)");

    wan.close();
    assertThat(shared.entries()).isEmpty();
  }

  @Test
  void closingInTheMiddleOfEverythingLeavesNothingBehind() throws Exception {
    for (int round = 0; round < 20; round++) {
      DemotionLedger ledger = new DemotionLedger(pair.a.loop().clock());
      CarpNode node =
          SimPair.node(pair.a, router(0).group("g"), router("em1", 2, 0).group("g"))
              .demotion(ledger)
              .executor(pool)
              .closePatience(Duration.ofMillis(20))
              .hook("slow", Duration.ofSeconds(1), change -> Thread.sleep(5))
              .probe(ProbeSchedule.of("fails", () -> false).every(Duration.ofMillis(10)).fall(1))
              .start();
      List<Future<?>> busy = new ArrayList<>();
      busy.add(
          repeat(
              50,
              () -> {
                node.disable();
                node.enable();
                return null;
              }));
      busy.add(
          pool.submit(
              () -> {
                node.close();
                return null;
              }));
      pair.a.linkDown("em1");
      pair.soon();
      pair.a.linkUp("em1");
      runWhile(busy);
      pair.advance(Duration.ofSeconds(5));

      assertThat(ledger.entries()).as("round %d", round).isEmpty();
      long sent = node.statistics().total().get("opackets");
      pair.advance(Duration.ofSeconds(5));
      assertThat(node.statistics().total().get("opackets")).isEqualTo(sent);
      node.request("em1", 1, MASTER);
      node.enable();
      assertThat(node.statistics().total().get("opackets")).isEqualTo(sent);
    }
  }

  @Test
  void aLoopThatWasClosedFirstStopsNobodyFromClosing() throws IOException {
    CarpNode primary =
        pair.primaryBuilder()
            .executor(pool)
            .hook("vpn", Duration.ofSeconds(1), change -> {})
            .probe(ProbeSchedule.of("dns", () -> true))
            .start();
    pair.settle();
    pair.a.powerOff();

    primary.disable();
    primary.close();

    assertThat(primary.demotion().entries()).isEmpty();
    assertThat(primary.statistics().total().get("oerrors")).isPositive();
  }

  @Test
  void aListenerMayThrowAndMayCloseItsNode() throws Exception {
    CompletableFuture<CarpNode> node = new CompletableFuture<>();
    node.complete(
        pair.primaryBuilder()
            .onRoleChange(
                change -> {
                  if (change.to() == MASTER) {
                    node.join().close();
                  }
                  throw new IllegalStateException("a listener's own mistake");
                })
            .start());
    CarpNode secondary = pair.secondary();
    pair.settle();

    SimPair.assertRoles(
        node.get(1, TimeUnit.SECONDS), org.pfha.carp.engine.Role.INIT, secondary, MASTER);
  }
}
