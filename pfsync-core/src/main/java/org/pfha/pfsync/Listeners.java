package org.pfha.pfsync;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.pfha.net.EventLoop;
import org.pfha.pf.StateId;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.PfsyncEvent;

/**
 * Who is told what on the event loop, after the change and never under the node's lock. Guarded by
 * that lock; a listener that fails disturbs nobody.
 */
final class Listeners {

  private static final System.Logger LOG = System.getLogger(PfsyncNode.class.getName());

  private final EventLoop loop;
  private final List<Consumer<PfsyncEvent>> listeners;
  private final Map<StateId, Consumer<DeferOutcome>> held = new HashMap<>();

  Listeners(EventLoop loop, List<Consumer<PfsyncEvent>> listeners) {
    this.loop = loop;
    this.listeners = List.copyOf(listeners);
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  void event(PfsyncEvent event) {
    if (!listeners.isEmpty()) {
      onLoop(() -> listeners.forEach(listener -> tell(listener, event)), event.kind());
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
