package org.pfha.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ThreadEventLoopTest {

  @Test
  void tasksOfManyThreadsRunOneAtATimeOnTheNamedThread() throws Exception {
    List<Integer> seen = new ArrayList<>(); // confined to the loop, hence no lock
    List<Thread> submitters = new ArrayList<>();
    try (ThreadEventLoop loop = ThreadEventLoop.start("loop-under-test")) {
      for (int t = 0; t < 4; t++) {
        int base = t * 10_000;
        Thread thread =
            new Thread(
                () -> {
                  for (int i = 0; i < 10_000; i++) {
                    int value = base + i;
                    loop.execute(() -> seen.add(value));
                  }
                });
        submitters.add(thread);
        thread.start();
      }
      for (Thread thread : submitters) {
        thread.join();
      }
      CompletableFuture<String> name = new CompletableFuture<>();
      loop.execute(() -> name.complete(Thread.currentThread().getName() + loop.inLoop()));
      assertThat(name.get()).isEqualTo("loop-under-testtrue");
      assertThat(loop.inLoop()).isFalse();
    }
    assertThat(seen).hasSize(40_000).doesNotHaveDuplicates();
    assertThat(seen.stream().filter(value -> value < 10_000)).isSorted();
  }

  @Test
  void timersRunInTheOrderOfTheirInstantsAndNeverEarly() throws Exception {
    List<String> order = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    try (ThreadEventLoop loop = ThreadEventLoop.start("timers")) {
      long now = loop.clock().nanoTime();
      long last = now + TimeUnit.MILLISECONDS.toNanos(30);
      long[] firedAt = new long[1];
      loop.schedule(
          last,
          () -> {
            firedAt[0] = loop.clock().nanoTime();
            order.add("third");
            done.countDown();
          });
      loop.schedule(now + 10_000_000, () -> order.add("first"));
      loop.schedule(now + 10_000_000, () -> order.add("second"));
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(order).containsExactly("first", "second", "third");
      assertThat(firedAt[0] - last).isNotNegative();
    }
  }

  @Test
  void aCancelledTimerDoesNotRun() throws Exception {
    List<String> order = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(1);
    try (ThreadEventLoop loop = ThreadEventLoop.start("cancel")) {
      long soon = loop.clock().nanoTime() + 20_000_000;
      Subscription cancelled = loop.schedule(soon, () -> order.add("cancelled"));
      loop.schedule(soon + 1, done::countDown);
      cancelled.close();
      cancelled.close();
      assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(order).isEmpty();
    }
  }

  @Test
  void whatATaskThrowsGoesToTheHandlerAndTheLoopGoesOn() throws Exception {
    CompletableFuture<Throwable> error = new CompletableFuture<>();
    CompletableFuture<String> next = new CompletableFuture<>();
    try (ThreadEventLoop loop = ThreadEventLoop.start("errors", error::complete)) {
      loop.execute(
          () -> {
            throw new IllegalStateException("boom");
          });
      loop.execute(() -> next.complete("alive"));
      assertThat(error.get(10, TimeUnit.SECONDS)).hasMessage("boom");
      assertThat(next.get(10, TimeUnit.SECONDS)).isEqualTo("alive");
    }
  }

  @Test
  void aClosedLoopHasRunItsTasksAndRejectsMore() {
    List<String> ran = new ArrayList<>();
    ThreadEventLoop loop = ThreadEventLoop.start("closing");
    loop.execute(() -> ran.add("before"));
    loop.schedule(loop.clock().nanoTime() + 3_600_000_000_000L, () -> ran.add("timer"));
    loop.close();
    loop.close();
    assertThat(ran).containsExactly("before");
    assertThatThrownBy(() -> loop.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("closing");
    assertThatThrownBy(() -> loop.schedule(0, () -> {}))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void aLoopCanBeClosedByItsOwnTask() throws Exception {
    CompletableFuture<String> closed = new CompletableFuture<>();
    ThreadEventLoop loop = ThreadEventLoop.start("self-closing");
    loop.execute(
        () -> {
          loop.close();
          closed.complete("closed");
        });
    assertThat(closed.get(10, TimeUnit.SECONDS)).isEqualTo("closed");
    loop.close();
    assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  void whatArrivesIsLookedAtHoweverBusyTheLoopIs() throws Exception {
    CountDownLatch looked = new CountDownLatch(100);
    LoopWaiter arrivals =
        new LoopWaiter() {
          @Override
          public void await(long nanos) {
            if (nanos <= 0) {
              looked.countDown();
            }
            throw new IllegalStateException("a receiver's fault, which does not end the loop");
          }

          @Override
          public void wake() {}
        };
    try (ThreadEventLoop loop = ThreadEventLoop.start("busy", arrivals)) {
      loop.execute(
          new Runnable() {
            @Override
            public void run() {
              if (looked.getCount() > 0) {
                loop.execute(this);
              }
            }
          });
      assertThat(looked.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }
}
