package org.pfha.configsync.rpc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The threads that serve requests: a bounded number, of each address a bounded number, each watched
 * by one more thread. Full, it throws, and the JDK's server closes the connection. Thread-safe.
 */
final class RequestPool implements Executor {
  private static final long TICK_MILLIS = 100;
  private static final int IPV6_NETWORK = 8; // bytes: one host has all of a /64

  /** One request on its thread. */
  private static final class Serving {
    final RequestWatch watch;
    @Nullable String address;

    Serving(RequestWatch watch) {
      this.watch = watch;
    }
  }

  private final ServerLimits limits;
  private final ThreadPoolExecutor threads;
  private final Thread watcher;
  private static final ThreadLocal<Serving> CURRENT = new ThreadLocal<>();
  private final Set<Serving> running = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> perAddress = new HashMap<>();

  RequestPool(ServerLimits limits) {
    this.limits = limits;
    threads =
        new ThreadPoolExecutor(
            limits.threads(),
            limits.threads(),
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(limits.queue()),
            task -> daemon(task, "pfha-configsync"));
    threads.allowCoreThreadTimeOut(true);
    watcher = daemon(this::watch, "pfha-configsync-watch");
    watcher.start();
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  private void watch() {
    try {
      while (true) {
        Thread.sleep(TICK_MILLIS);
        long now = System.nanoTime();
        running.forEach(serving -> serving.watch.check(now));
      }
    } catch (InterruptedException e) {
      // Closed: there is nothing left to watch.
    }
  }

  @Override
  public void execute(Runnable request) {
    threads.execute(() -> serve(request));
  }

  private void serve(Runnable request) {
    Serving serving = new Serving(new RequestWatch(limits, System.nanoTime()));
    CURRENT.set(serving);
    running.add(serving);
    try {
      request.run();
    } finally {
      serving.watch.end();
      running.remove(serving);
      CURRENT.remove();
      release(serving.address);
      Thread.interrupted(); // the next request begins without it
    }
  }

  /** Counts the request of this thread for its address, once. False when it is one too many. */
  boolean claim(InetAddress caller) {
    Serving serving = CURRENT.get();
    if (serving == null || serving.address != null) {
      return serving != null;
    }
    byte[] bytes = caller.getAddress();
    String address =
        HexFormat.of()
            .formatHex(caller instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK) : bytes);
    synchronized (perAddress) {
      if (perAddress.merge(address, 1, Integer::sum) > limits.perAddress()) {
        release(address);
        return false;
      }
    }
    serving.address = address;
    return true;
  }

  private void release(@Nullable String address) {
    if (address != null) {
      synchronized (perAddress) {
        perAddress.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
      }
    }
  }

  /** The watch of this thread's request. */
  RequestWatch watched() {
    return CURRENT.get().watch;
  }

  void close() {
    threads.shutdownNow();
    watcher.interrupt();
  }
}
