package org.pfha.examples.status;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A bounded number of threads for the requests of an HTTP server. Whoever sends or reads too slowly
 * is cut off: an interrupt closes the channel that the thread waits for. Thread-safe.
 */
final class RequestThreads implements Executor, AutoCloseable {

  private static final int THREADS = 4;
  private static final int WAITING = 32;
  private static final long TICK_MILLIS = 100;
  private static final long DRAIN_MILLIS = 1000;

  private final long limitNanos;
  private final ThreadPoolExecutor threads;
  private final Thread watcher;

  @GuardedBy("this")
  private final Map<Thread, Long> busySince = new HashMap<>();

  /**
   * None is started yet.
   *
   * @param limitNanos what one request may take, from its first byte to the last of its answer
   */
  RequestThreads(long limitNanos) {
    this.limitNanos = limitNanos;
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            task -> daemon(task, "pfha-status"));
    threads.allowCoreThreadTimeOut(true);
    watcher = daemon(this::watch, "pfha-status-watch");
    watcher.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void execute(Runnable request) {
    try {
      threads.execute(() -> serve(request));
    } catch (RejectedExecutionException full) {
      // The server would leave the connection open. Its first read ends it.
      Thread.currentThread().interrupt();
      request.run();
      Thread.interrupted();
    }
  }

  private void serve(Runnable request) {
    begins();
    try {
      request.run();
    } finally {
      ends();
      Thread.interrupted(); // the next request begins without it
    }
  }

  private synchronized void begins() {
    busySince.put(Thread.currentThread(), System.nanoTime());
  }

  private synchronized void ends() {
    busySince.remove(Thread.currentThread());
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        interruptSlow(System.nanoTime());
      }
    } catch (InterruptedException closed) {
      // There is nothing left to watch.
    }
  }

  private synchronized void interruptSlow(long now) {
    busySince.forEach(
        (thread, since) -> {
          if (now - since > limitNanos) {
            thread.interrupt();
          }
        });
  }

  /** Lets requests that run come to their end, for a second. */
  @Override
  public void close() {
    threads.shutdown();
    try {
      threads.awaitTermination(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    threads.shutdownNow();
    watcher.interrupt();
  }
}
