package org.pfha.configsync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.pfha.configsync.config.ConfigTree;
import org.pfha.configsync.dialect.Effect;

/**
 * Tells the application's handlers, each within a time limit. A handler that ignores its interrupt
 * keeps its thread; of those there may be a few, then nothing is applied any more. Used under the
 * secondary's lock.
 */
final class EffectRunner {
  private static final System.Logger LOG = System.getLogger(ConfigSecondary.class.getName());
  private static final int MAX_HUNG = 4;
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Map<Class<?>, EffectHandler<Effect>> handlers;
  private final EffectHandler<Effect> others;
  private final Duration limit;
  private final SyncClock clock;
  private final List<ThreadPoolExecutor> hung = new ArrayList<>();
  private ThreadPoolExecutor thread = newThread();

  EffectRunner(
      Map<Class<?>, EffectHandler<Effect>> handlers,
      EffectHandler<Effect> others,
      Duration limit,
      SyncClock clock) {
    this.handlers = Map.copyOf(handlers);
    this.others = others;
    this.limit = limit;
    this.clock = clock;
  }

  /** What was told and how it went; the last one has an error when not all went well. */
  List<SecondaryReport.Result> perform(List<Effect> effects, ConfigTree config) {
    List<SecondaryReport.Result> results = new ArrayList<>();
    for (Effect effect : effects) {
      long begun = clock.nanos();
      String error = perform(effect, config);
      Duration took = Duration.ofNanos(clock.nanos() - begun);
      results.add(new SecondaryReport.Result(effect.toString(), took, error));
      if (!error.isEmpty()) {
        break;
      }
    }
    return results;
  }

  static boolean failed(List<SecondaryReport.Result> results) {
    return !results.isEmpty() && !results.get(results.size() - 1).error().isEmpty();
  }

  private String perform(Effect effect, ConfigTree config) {
    EffectHandler<Effect> handler = handlers.getOrDefault(effect.getClass(), others);
    hung.removeIf(ThreadPoolExecutor::isTerminated);
    if (hung.size() >= MAX_HUNG) {
      return "earlier handlers still hang";
    }
    Future<?> done =
        thread.submit(
            () -> {
              handler.perform(effect, config);
              return null;
            });
    try {
      done.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return "";
    } catch (TimeoutException e) {
      abandon();
      LOG.log(System.Logger.Level.ERROR, effect + " took longer than " + limit);
      return "took longer than " + limit.toMillis() + " ms";
    } catch (ExecutionException e) {
      LOG.log(System.Logger.Level.ERROR, effect + " failed", e.getCause());
      return "failed";
    } catch (InterruptedException e) {
      abandon();
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  /** Interrupts the handler; should it not care, its thread is left to it. */
  private void abandon() {
    thread.shutdownNow();
    hung.add(thread);
    thread = newThread();
  }

  /** One thread that lives while there is something to do. */
  private static ThreadPoolExecutor newThread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread daemon = new Thread(task, "pfha-configsync-apply-" + COUNT.incrementAndGet());
              daemon.setDaemon(true);
              return daemon;
            });
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }
}
