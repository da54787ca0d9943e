package org.pfha.carp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.pfha.carp.HookResult.Outcome.FAILED;
import static org.pfha.carp.HookResult.Outcome.OK;
import static org.pfha.carp.HookResult.Outcome.SUPERSEDED;
import static org.pfha.carp.HookResult.Outcome.TIMED_OUT;
import static org.pfha.carp.engine.Role.BACKUP;
import static org.pfha.carp.engine.Role.INIT;
import static org.pfha.carp.engine.Role.MASTER;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What applications do when a role changes: in order, with a timeout, with a recorded result. */
class RoleHooksTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final SimPair pair = new SimPair();
  private final List<String> log = new ArrayList<>();
  private final Deque<Runnable> slow = new ArrayDeque<>(); // an executor that gets to it later
  private final ExecutorService pool = Executors.newCachedThreadPool();

  @AfterEach
  void shutDown() {
    pool.shutdownNow();
  }

  private RoleHook write(String name) {
    return change -> log.add(name + ' ' + change.to());
  }

  private CarpNodeBuilder onLoop() {
    return pair.primaryBuilder().executor(pair.a.loop()::execute);
  }

  private static List<HookResult.Outcome> outcomes(CarpNode node) {
    return node.hookResults().stream().map(HookResult::outcome).toList();
  }

  @Test
  void hooksRunInTheOrderOfTheChangesAndOfTheirAdding() throws IOException {
    CarpNode primary =
        onLoop().hook("vpn", TIMEOUT, write("vpn")).hook("cloud", TIMEOUT, write("cloud")).start();
    pair.settle();
    primary.close();
    pair.soon();

    assertThat(log)
        .containsExactly(
            "vpn BACKUP", "cloud BACKUP", "vpn MASTER", "cloud MASTER", "vpn INIT", "cloud INIT");
    assertThat(outcomes(primary)).hasSize(6).containsOnly(OK);
    assertThat(pair.eventsOfA(HookResult.class)).hasSize(6);
  }

  @Test
  void whatAHookThrowsIsRecordedAndTheNextOneRuns() throws IOException {
    CarpNode primary =
        onLoop()
            .hook(
                "vpn",
                TIMEOUT,
                change -> {
                  throw new IOException("no route to the concentrator");
                })
            .hook("cloud", TIMEOUT, write("cloud"))
            .start();
    pair.soon();

    assertThat(outcomes(primary)).containsExactly(FAILED, OK);
    assertThat(primary.hookResults().get(0))
        .hasToString(
            "hook vpn for 1@em1: INIT -> BACKUP (initialization complete): FAILED:"
                + " no route to the concentrator (0 ms)");
  }

  @Test
  void aHookThatHangsHoldsUpTheOthersNoLongerThanItsTimeout() throws IOException {
    CarpNode primary =
        pair.primaryBuilder()
            .executor(task -> slow.add(task))
            .hook("hangs", TIMEOUT, write("hangs"))
            .hook("cloud", TIMEOUT, write("cloud"))
            .start();
    pair.soon();
    Runnable hanging = slow.remove();

    pair.advance(TIMEOUT);
    assertThat(outcomes(primary)).containsExactly(TIMED_OUT);
    slow.remove().run();
    pair.soon();
    assertThat(outcomes(primary)).containsExactly(TIMED_OUT, OK);

    // It becomes MASTER while the first call still hangs: the hook misses that, then makes up.
    pair.advance(Duration.ofSeconds(1));
    assertThat(primary.role("em1", 1)).isEqualTo(MASTER);
    slow.remove().run();
    pair.soon();
    assertThat(log).containsExactly("cloud BACKUP", "cloud MASTER");
    hanging.run();
    pair.soon();
    slow.remove().run();
    pair.soon();
    assertThat(log).endsWith("hangs BACKUP", "hangs MASTER");
    assertThat(outcomes(primary)).containsExactly(TIMED_OUT, OK, OK, OK);
    assertThat(slow).isEmpty();
  }

  @Test
  void aChangeThatWasOvertakenIsLeftOut() throws IOException {
    CarpNode primary =
        pair.primaryBuilder()
            .executor(task -> slow.add(task))
            .hook("vpn", Duration.ofMinutes(1), write("vpn"))
            .start();
    pair.settle(); // BACKUP is being told of, MASTER waits
    pair.a.linkDown("em1");
    pair.soon(); // INIT
    slow.remove().run();
    pair.soon();
    slow.remove().run();
    pair.soon();

    assertThat(log).containsExactly("vpn BACKUP", "vpn INIT");
    assertThat(primary.hookResults())
        .extracting(HookResult::outcome, result -> result.change().to())
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple(OK, BACKUP),
            org.assertj.core.groups.Tuple.tuple(SUPERSEDED, MASTER),
            org.assertj.core.groups.Tuple.tuple(OK, INIT));
  }

  @Test
  void anotherVirtualRoutersChangeOvertakesNothing() throws IOException {
    CarpNode primary =
        SimPair.node(pair.a, SimPair.router("em1", 1, 0), SimPair.router("em1", 2, 0))
            .executor(task -> slow.add(task))
            .hook(
                "vpn", Duration.ofMinutes(1), change -> log.add(change.vhid() + " " + change.to()))
            .start();
    pair.soon();
    while (!slow.isEmpty()) {
      slow.remove().run();
      pair.soon();
    }

    assertThat(log).containsExactlyInAnyOrder("1 BACKUP", "2 BACKUP");
    assertThat(outcomes(primary)).containsExactly(OK, OK);
  }

  @Test
  void closeWaitsForTheHooks() throws Exception {
    CountDownLatch inHook = new CountDownLatch(1);
    CarpNode primary =
        pair.primaryBuilder()
            .executor(pool)
            .closePatience(Duration.ofMinutes(1))
            .hook(
                "stops the VPN",
                Duration.ofMinutes(1),
                change -> {
                  if (change.to() == INIT) {
                    inHook.countDown();
                    log.add("stopped");
                  }
                })
            .start();
    pair.soon();
    CompletableFuture<List<String>> seenByCloser =
        CompletableFuture.supplyAsync(
            () -> {
              primary.close();
              return List.copyOf(log);
            },
            pool);
    pumpUntil(seenByCloser);

    assertThat(inHook.getCount()).isZero();
    assertThat(seenByCloser.get()).containsExactly("stopped");
  }

  @Test
  void closeDoesNotWaitForAHookThatHangs() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CarpNode primary =
        pair.primaryBuilder()
            .executor(pool)
            .closePatience(Duration.ofMillis(50))
            .hook(
                "hangs",
                Duration.ofMinutes(1),
                change -> {
                  try {
                    never.await();
                  } finally {
                    interrupted.countDown();
                  }
                })
            .start();
    pair.soon();
    CompletableFuture<Void> closed = CompletableFuture.runAsync(primary::close, pool);
    closed.get(30, TimeUnit.SECONDS);
    pair.settle();

    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    pair.soon();
    assertThat(outcomes(primary)).containsExactlyInAnyOrder(TIMED_OUT, FAILED);
    assertThat(primary.hookResults())
        .filteredOn(result -> result.outcome() == FAILED)
        .singleElement()
        .satisfies(result -> assertThat(result.message()).contains("closed before its turn"));
  }

  @Test
  void aHookMayCloseItsNode() throws Exception {
    AtomicReference<CarpNode> node = new AtomicReference<>();
    CompletableFuture<Void> returned = new CompletableFuture<>();
    node.set(
        pair.primaryBuilder()
            .executor(pool)
            .closePatience(Duration.ofMinutes(1))
            .hook(
                "gives up",
                Duration.ofMinutes(1),
                change -> {
                  if (change.to() == BACKUP) {
                    node.get().close();
                    returned.complete(null);
                  }
                })
            .start());
    pumpUntil(returned);

    assertThat(returned).isCompleted();
    assertThat(node.get().role("em1", 1)).isEqualTo(INIT);
  }

  @Test
  void withItsOwnThreadsToo() throws Exception {
    CompletableFuture<String> thread = new CompletableFuture<>();
    CarpNode primary =
        pair.primaryBuilder()
            .hook("names", TIMEOUT, change -> thread.complete(Thread.currentThread().getName()))
            .start();
    pair.soon();

    assertThat(thread.get(10, TimeUnit.SECONDS)).isEqualTo("pfha-carp-hook");
    primary.close();
  }

  @Test
  void mistakesAreNamed() {
    assertThatThrownBy(
            () ->
                onLoop()
                    .hook("vpn", Duration.ZERO, write("a"))
                    .hook("vpn", TIMEOUT, write("b"))
                    .start())
        .hasMessageContainingAll("hook vpn has the timeout PT0S", "hook vpn is there twice");
  }

  /** Virtual time stands nearly still while real threads do their work. */
  private void pumpUntil(CompletableFuture<?> done) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!done.isDone() && System.nanoTime() - deadline < 0) {
      pair.advance(Duration.ofNanos(1));
      Thread.onSpinWait();
    }
  }
}
