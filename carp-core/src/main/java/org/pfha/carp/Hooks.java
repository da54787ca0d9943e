package org.pfha.carp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.HookResult.Outcome;

/**
 * The role hooks of a node and those of their calls that wait. One call runs at a time. Confined to
 * the loop, but for {@link #results}, {@link #isCaller} and {@link #awaitEnd}.
 *
 * <p>A call that outlives its timeout is interrupted and no longer waited for. Should it go on
 * nevertheless, its hook is not called a second time meanwhile; what the hook missed is made up for
 * when it returns.
 */
final class Hooks {

  private static final int RESULTS_KEPT = 256;

  /** Whose hook the thread is running. */
  private static final ThreadLocal<@Nullable Hooks> RUNNING = new ThreadLocal<>();

  private final List<Hook> hooks;
  private final Loop loop;
  private final Executor executor;
  private final Consumer<HookResult> listener;
  private final ArrayDeque<Call> waiting = new ArrayDeque<>();
  private final ArrayDeque<HookResult> results = new ArrayDeque<>(); // guarded by itself
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable Call current;
  private boolean ending;

  /** How a hook was added. Immutable. */
  record Plan(String name, Duration timeout, RoleHook action) {}

  private static final class Hook {
    private final Plan plan;
    private final ArrayDeque<Call> missed = new ArrayDeque<>();
    private @Nullable TimedCall run; // the last one

    Hook(Plan plan) {
      this.plan = plan;
    }

    boolean isStuck() {
      TimedCall last = run;
      return last != null && last.isStuck();
    }
  }

  private static final class Call {
    private final Hook hook;
    private final RoleChange change;

    Call(Hook hook, RoleChange change) {
      this.hook = hook;
      this.change = change;
    }

    boolean isSameRouter(RoleChange other) {
      return change.vhid() == other.vhid() && change.link().equals(other.link());
    }
  }

  Hooks(List<Plan> plans, Loop loop, Executor executor, Consumer<HookResult> listener) {
    this.hooks = plans.stream().map(Hook::new).toList();
    this.loop = loop;
    this.executor = executor;
    this.listener = listener;
  }

  List<HookResult> results() {
    synchronized (results) {
      return new ArrayList<>(results);
    }
  }

  void roleChanged(RoleChange change) {
    supersede(waiting, change);
    for (Hook hook : hooks) {
      supersede(hook.missed, change);
      waiting.add(new Call(hook, change));
    }
    next();
  }

  private void supersede(Collection<Call> calls, RoleChange change) {
    for (Iterator<Call> i = calls.iterator(); i.hasNext(); ) {
      Call call = i.next();
      if (call.isSameRouter(change)) {
        i.remove();
        record(call, Outcome.SUPERSEDED, "", Duration.ZERO);
      }
    }
  }

  /** No more role changes come; what waits is still called. */
  void end() {
    ending = true;
    next();
  }

  /** Whether it is a hook that calls this. */
  boolean isCaller() {
    return RUNNING.get() == this;
  }

  private void run(Call call) throws Exception {
    RUNNING.set(this);
    try {
      call.hook.plan.action.roleChanged(call.change);
    } finally {
      RUNNING.remove();
    }
  }

  /** What has not been called by now never is, and what runs is interrupted. */
  void abandon() {
    ending = true;
    hooks.forEach(hook -> waiting.addAll(hook.missed));
    hooks.forEach(hook -> hook.missed.clear());
    for (Call call : waiting) {
      record(call, Outcome.FAILED, "the node was closed before its turn", Duration.ZERO);
    }
    waiting.clear();
    Call call = current;
    TimedCall run = call == null ? null : call.hook.run;
    if (call != null && run != null) {
      run.expire(late -> timedOut(call, late));
    }
    next();
  }

  /**
   * Waits until all calls have ended; neither on the loop nor in a hook.
   *
   * @return false if that took longer than the time given
   */
  boolean awaitEnd(Duration most) {
    try {
      return ended.await(Loop.nanos(most), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void next() {
    while (current == null && !waiting.isEmpty()) {
      Call call = waiting.remove();
      if (call.hook.isStuck()) {
        call.hook.missed.add(call);
      } else {
        current = call;
        begin(call);
      }
    }
    if (ending && current == null) {
      ended.countDown();
    }
  }

  private void begin(Call call) {
    Hook hook = call.hook;
    hook.run =
        TimedCall.begin(
            loop,
            executor,
            hook.plan.timeout,
            () -> run(call),
            late -> timedOut(call, late),
            failure -> returned(call, failure));
  }

  private void timedOut(Call call, TimedCall late) {
    Duration took = late.age();
    record(call, Outcome.TIMED_OUT, "interrupted after %d ms".formatted(took.toMillis()), took);
    current = null;
    next();
  }

  private void returned(Call call, String failure) {
    if (current == call) {
      TimedCall run = call.hook.run;
      Duration took = run == null ? Duration.ZERO : run.age();
      record(call, failure.isEmpty() ? Outcome.OK : Outcome.FAILED, failure, took);
      current = null;
    } else {
      waiting.addAll(call.hook.missed);
      call.hook.missed.clear();
    }
    next();
  }

  private void record(Call call, Outcome outcome, String message, Duration took) {
    HookResult result = new HookResult(call.hook.plan.name, call.change, outcome, message, took);
    synchronized (results) {
      if (results.size() == RESULTS_KEPT) {
        results.remove();
      }
      results.add(result);
    }
    listener.accept(result);
  }
}
