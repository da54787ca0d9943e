package org.pfha.net;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that is one named daemon thread. Thread-safe.
 *
 * <p>Timers follow {@link NanoClock#system()}. Timers that are due run in the order of their
 * instants, those of the same instant in the order in which they were scheduled; submitted tasks
 * and due timers take turns, so that neither can starve the other, nor the {@link LoopWaiter}.
 */
public final class ThreadEventLoop implements EventLoop, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ThreadEventLoop.class.getName());

  /** So many tasks and timers run before what has arrived is looked at. */
  private static final int TURN = 32;

  private static final long AFTER_FAILURE_NANOS = 10_000_000L;

  private final NanoClock clock = NanoClock.system();
  private final Consumer<Throwable> onError;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long sequence;
  private boolean timersTurn;
  private boolean waiting;
  private boolean closed;
  private final LoopWaiter waiter;

  private ThreadEventLoop(
      String name, Consumer<Throwable> onError, Function<Thread, LoopWaiter> waiter) {
    this.onError = onError;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
    this.waiter = waiter.apply(thread);
  }

  /**
   * Starts a loop that logs the errors of its tasks.
   *
   * @param name of the thread
   * @return the running loop
   */
  public static ThreadEventLoop start(String name) {
    return start(name, logging(name));
  }

  /**
   * Starts a loop.
   *
   * @param name of the thread
   * @param onError told on the loop of whatever a task throws; what it throws itself is logged
   * @return the running loop
   */
  public static ThreadEventLoop start(String name, Consumer<Throwable> onError) {
    ThreadEventLoop loop = new ThreadEventLoop(name, onError, Parking::new);
    loop.thread.start();
    return loop;
  }

  /**
   * Starts a loop that logs the errors of its tasks, and does not merely wait while it has nothing
   * to run: it looks for what arrives.
   *
   * @param name of the thread
   * @param waiter used by this loop alone
   * @return the running loop
   */
  public static ThreadEventLoop start(String name, LoopWaiter waiter) {
    ThreadEventLoop loop = new ThreadEventLoop(name, logging(name), thread -> waiter);
    loop.thread.start();
    return loop;
  }

  private static Consumer<Throwable> logging(String name) {
    return error -> LOG.log(System.Logger.Level.ERROR, "Task of loop " + name + " failed", error);
  }

  @Override
  public NanoClock clock() {
    return clock;
  }

  @Override
  public void execute(Runnable task) {
    Objects.requireNonNull(task, "task");
    lock.lock();
    try {
      refuseIfClosed();
      tasks.add(task);
      wake();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Subscription schedule(long atNanos, Runnable task) {
    Objects.requireNonNull(task, "task");
    lock.lock();
    try {
      refuseIfClosed();
      Timer timer = new Timer(atNanos, sequence++, task);
      timers.add(timer);
      wake();
      return () -> cancel(timer);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean inLoop() {
    return Thread.currentThread() == thread;
  }

  /**
   * Ends the loop. Tasks submitted before still run, timers do not. Waits for the loop to end,
   * unless called on it; closing again does nothing but wait. If the caller is interrupted while it
   * waits, it returns with its interrupt flag set and the loop ends by itself.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      timers.clear();
      wake();
    } finally {
      lock.unlock();
    }
    if (inLoop()) {
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new RejectedExecutionException("event loop " + thread.getName() + " is closed");
    }
  }

  private void cancel(Timer timer) {
    lock.lock();
    try {
      timers.remove(timer);
    } finally {
      lock.unlock();
    }
  }

  /** Under the lock; on the loop itself nobody waits. */
  private void wake() {
    if (waiting && !inLoop()) {
      waiting = false;
      waiter.wake();
    }
  }

  private void run() {
    for (int busy = 1; true; busy++) {
      long wait = 0;
      Runnable task = null;
      lock.lock();
      try {
        task = next();
        waiting = task == null && !closed;
        if (task == null && closed) {
          return;
        }
        if (waiting) {
          Timer first = timers.peek();
          wait = first == null ? Long.MAX_VALUE : first.atNanos - clock.nanoTime();
        }
      } finally {
        lock.unlock();
      }
      if (task == null) {
        perform(wait);
        busy = 0;
      } else {
        perform(task);
        if (busy % TURN == 0) {
          perform(0);
        }
      }
    }
  }

  private void perform(Runnable task) {
    try {
      task.run();
    } catch (Throwable error) { // the loop outlives whatever a task does
      report(error);
    }
  }

  private void perform(long waitNanos) {
    try {
      waiter.await(waitNanos);
    } catch (Throwable error) { // so do receivers that are called while it waits
      report(error);
      if (waitNanos > 0) {
        LockSupport.parkNanos(Math.min(waitNanos, AFTER_FAILURE_NANOS)); // it may fail for ever
      }
    }
  }

  private void report(Throwable error) {
    try {
      onError.accept(error);
    } catch (Throwable worse) {
      worse.addSuppressed(error);
      LOG.log(System.Logger.Level.ERROR, "Error handler of " + thread.getName() + " failed", worse);
    }
  }

  /** What is to run now; null if there is nothing. */
  private @Nullable Runnable next() {
    Timer first = timers.peek();
    timersTurn = !timersTurn;
    if (first != null && (timersTurn || tasks.isEmpty()) && first.atNanos - clock.nanoTime() <= 0) {
      return timers.remove().task;
    }
    return tasks.poll();
  }

  private record Parking(Thread loop) implements LoopWaiter {

    @Override
    public void await(long nanos) {
      if (nanos > 0) {
        LockSupport.parkNanos(nanos);
        Thread.interrupted(); // ends by close() alone: an interrupt for an ended task is dropped
      }
    }

    @Override
    public void wake() {
      LockSupport.unpark(loop);
    }
  }

  private record Timer(long atNanos, long sequence, Runnable task) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      long order = atNanos - other.atNanos;
      return order != 0 ? Long.signum(order) : Long.compare(sequence, other.sequence);
    }
  }
}
