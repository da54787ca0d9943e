package org.pfha.carp;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.net.Subscription;

/**
 * A call of the application's code: it runs on an executor and is interrupted when its time is
 * over; what becomes of it is told on the loop. Confined to the loop, but for {@link #run}.
 */
final class TimedCall implements Runnable {

  /** The application's code; what it throws is a failure with the exception's message. */
  @FunctionalInterface
  interface Body {
    void run() throws Exception;
  }

  private final Loop loop;
  private final Body body;
  private final Consumer<String> returned;
  private final long beginNanos;
  private @Nullable Subscription timeout;
  private boolean late;
  private boolean over;
  private @Nullable Thread thread; // guarded by this, set while the body runs

  private TimedCall(Loop loop, Body body, Consumer<String> returned) {
    this.loop = loop;
    this.body = body;
    this.returned = returned;
    this.beginNanos = loop.now();
  }

  /**
   * Begins a call.
   *
   * @param timedOut told when the time is over, unless it has returned
   * @param returned told in any case when it returns: why it failed, or nothing
   */
  static TimedCall begin(
      Loop loop,
      Executor executor,
      Duration timeout,
      Body body,
      Consumer<TimedCall> timedOut,
      Consumer<String> returned) {
    TimedCall call = new TimedCall(loop, body, returned);
    // One turn later, so that behind a pause a return that waits is heard first.
    Runnable expire = () -> loop.execute(() -> call.expire(timedOut));
    call.timeout = loop.schedule(call.beginNanos + Loop.nanos(timeout), expire);
    try {
      executor.execute(call);
    } catch (RejectedExecutionException e) {
      loop.execute(() -> call.finish("the executor refuses it"));
    }
    return call;
  }

  /** Whether its time is over and it has not returned. */
  boolean isStuck() {
    return late && !over;
  }

  Duration age() {
    return Duration.ofNanos(loop.now() - beginNanos);
  }

  /** Its time is over, whatever its timeout says. */
  void expire(Consumer<TimedCall> timedOut) {
    if (!over && !late) {
      late = true;
      interrupt();
      timedOut.accept(this);
    }
  }

  private void finish(String failure) {
    over = true;
    if (timeout != null) {
      timeout.close();
    }
    returned.accept(failure);
  }

  @Override
  public void run() {
    String failure = "";
    hold(Thread.currentThread());
    try {
      body.run();
    } catch (Throwable e) { // whatever is thrown, it is the application's code that failed
      failure = e.getMessage() == null ? e.getClass().getName() : e.getMessage();
    } finally {
      hold(null);
    }
    String result = failure;
    loop.execute(() -> finish(result));
  }

  private synchronized void hold(@Nullable Thread runner) {
    thread = runner;
    if (runner == null) {
      Thread.interrupted(); // ours, too late; it is not meant for the executor's next task
    }
  }

  private synchronized void interrupt() {
    Thread runner = thread;
    if (runner != null) {
      runner.interrupt();
    }
  }
}
