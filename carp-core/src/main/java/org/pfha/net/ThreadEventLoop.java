package org.pfha.net;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that is one named daemon thread. Thread-safe.
 *
 * <p>Timers follow {@link NanoClock#system()}. Timers that are due run in the order of their
 * instants, those of the same instant in the order in which they were scheduled; submitted tasks
 * and due timers take turns, so that neither can starve the other.
 */
public final class ThreadEventLoop implements EventLoop, AutoCloseable {

  private static final System.Logger LOG = System.getLogger(ThreadEventLoop.class.getName());

  private final NanoClock clock = NanoClock.system();
  private final Consumer<Throwable> onError;
  private final Thread thread;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private long sequence;
  private boolean timersTurn;
  private boolean closed;

  private ThreadEventLoop(String name, Consumer<Throwable> onError) {
    this.onError = onError;
    this.thread = new Thread(this::run, name);
    this.thread.setDaemon(true);
  }

  /**
   * Starts a loop that logs the errors of its tasks.
   *
   * @param name of the thread
   * @return the running loop
   */
  public static ThreadEventLoop start(String name) {
    return start(
        name,
        error -> LOG.log(System.Logger.Level.ERROR, "Task of loop " + name + " failed", error));
  }

  /**
   * Starts a loop.
   *
   * @param name of the thread
   * @param onError told on the loop of whatever a task throws; what it throws itself is logged
   * @return the running loop
   */
  public static ThreadEventLoop start(String name, Consumer<Throwable> onError) {
    ThreadEventLoop loop = new ThreadEventLoop(name, onError);
    loop.thread.start();
    return loop;
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
      changed.signal();
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
      changed.signal();
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
      changed.signal();
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

  private void run() {
    for (Runnable task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (Throwable error) { // the loop outlives whatever a task does
        report(error);
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

  /** Waits for what is to run next; null when the loop has been closed and is empty. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      while (true) {
        Timer first = timers.peek();
        long wait = first == null ? Long.MAX_VALUE : first.atNanos - clock.nanoTime();
        timersTurn = !timersTurn;
        if (wait <= 0 && (timersTurn || tasks.isEmpty())) {
          return timers.remove().task;
        }
        if (!tasks.isEmpty()) {
          return tasks.remove();
        }
        if (closed) {
          return null;
        }
        try {
          changed.awaitNanos(wait);
        } catch (InterruptedException ignored) {
          // The loop ends by close() alone; an interrupt for a task that has ended is dropped.
        }
      }
    } finally {
      lock.unlock();
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
