package org.pfha.pfsync;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.net.EventLoop;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.BulkProgress;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.PfsyncEvent;

/**
 * Who is told what on the event loop, after the change and never under the node's lock. Guarded by
 * that lock; a listener that fails disturbs nobody.
 */
final class Listeners {

  private static final System.Logger LOG = System.getLogger(PfsyncNode.class.getName());

  private static final long BULK_NANOS = 100_000_000L;

  private final EventLoop loop;
  private final List<Consumer<PfsyncEvent>> listeners;
  private final List<Consumer<BulkProgress>> bulkListeners;
  private @Nullable BulkProgress told;
  private long toldNanos;
  private final Map<StateId, Consumer<DeferOutcome>> held = new HashMap<>();

  Listeners(
      EventLoop loop,
      List<Consumer<PfsyncEvent>> listeners,
      List<Consumer<BulkProgress>> bulkListeners) {
    this.loop = loop;
    this.listeners = List.copyOf(listeners);
    this.bulkListeners = List.copyOf(bulkListeners);
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  void event(PfsyncEvent event) {
    if (!listeners.isEmpty()) {
      onLoop(() -> listeners.forEach(listener -> tell(listener, event)), event.kind());
    }
  }

  boolean watchBulk() {
    return !bulkListeners.isEmpty();
  }

  /** Told at once of another phase, of more states now and then. */
  void bulk(BulkProgress progress, long now) {
    BulkProgress last = told;
    boolean another = last == null || last.phase() != progress.phase();
    boolean more =
        last != null && last.states() != progress.states() && now - toldNanos >= BULK_NANOS;
    if (another || more) {
      told = progress;
      toldNanos = now;
      onLoop(() -> bulkListeners.forEach(listener -> tell(listener, progress)), progress.phase());
    }
  }

  /** Returns false if somebody waits for that state's outcome already. */
  boolean hold(StateId id, Consumer<DeferOutcome> then) {
    return held.putIfAbsent(id, then) == null;
  }

  void forget(StateId id) {
    held.remove(id);
  }

  /** A packet that is held must be let go, loop or no loop. */
  void deferred(StateId id, DeferOutcome outcome) {
    Consumer<DeferOutcome> then = held.remove(id);
    if (then != null && !onLoop(() -> tell(then, outcome), outcome)) {
      tell(then, outcome);
    }
  }

  private boolean onLoop(Runnable task, Object what) {
    try {
      loop.execute(task);
      return true;
    } catch (RejectedExecutionException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the loop is gone; nobody hears of {0}", what);
      return false;
    }
  }

  private static <T> void tell(Consumer<T> listener, T news) {
    try {
      listener.accept(news);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a listener failed on " + news, e);
    }
  }
}
