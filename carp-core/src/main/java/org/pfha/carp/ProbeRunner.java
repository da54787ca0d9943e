package org.pfha.carp;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks one probe again and again. Confined to the loop, but for {@link #start}, {@link #status} and
 * {@link #end}.
 */
final class ProbeRunner {

  private final ProbeSchedule schedule;
  private final Loop loop;
  private final Executor executor;
  private final Consumer<ProbeStatus> changed;
  private final Penalty penalty;

  private @Nullable TimedCall call;
  private boolean lastAnswer = true;
  private long nextNanos;
  private volatile ProbeStatus status;
  private volatile boolean ended;

  ProbeRunner(
      ProbeSchedule schedule,
      Loop loop,
      Executor executor,
      DemotionLedger ledger,
      Consumer<ProbeStatus> changed) {
    this.schedule = schedule;
    this.loop = loop;
    this.executor = executor;
    this.changed = changed;
    this.penalty = ledger.penalty(schedule.toString(), schedule.group());
    this.status = new ProbeStatus(schedule.name(), true, 0, "", loop.now());
  }

  void start() {
    nextNanos = loop.now();
    loop.execute(this::round);
  }

  ProbeStatus status() {
    return status;
  }

  /** No more calls; the penalty is taken back and does not come again. */
  void end() {
    ended = true;
    penalty.end();
  }

  private void round() {
    if (ended) {
      return;
    }
    long now = loop.now();
    // from the instant it should have been, but without a burst of rounds behind a pause
    long interval = Loop.nanos(schedule.interval());
    nextNanos += interval;
    if (nextNanos - now <= 0) {
      nextNanos = now + interval;
    }
    loop.schedule(nextNanos, this::round);
    TimedCall before = call;
    if (before == null) {
      ask();
    } else if (before.isStuck()) {
      answer("the call begun %d ms ago has not returned".formatted(before.age().toMillis()));
    }
  }

  private void ask() {
    boolean[] inTime = {true};
    call =
        TimedCall.begin(
            loop,
            executor,
            schedule.timeout(),
            this::look,
            late -> {
              inTime[0] = false;
              answer("no answer within " + schedule.timeout().toMillis() + " ms");
            },
            failure -> {
              call = null;
              if (inTime[0]) {
                answer(failure);
              }
            });
  }

  private void look() throws Exception {
    if (!ended && !schedule.probe().healthy()) {
      throw new IllegalStateException("unhealthy");
    }
  }

  private void answer(String failure) {
    if (ended) {
      return;
    }
    boolean healthy = failure.isEmpty();
    ProbeStatus before = status;
    int streak = healthy == lastAnswer ? before.streak() + 1 : 1;
    lastAnswer = healthy;
    boolean turns =
        healthy != before.healthy() && streak >= (healthy ? schedule.rise() : schedule.fall());
    status =
        new ProbeStatus(schedule.name(), turns == !before.healthy(), streak, failure, loop.now());
    if (turns) {
      penalty.set(healthy ? 0 : schedule.penalty(), failure);
      changed.accept(status);
    }
  }
}
