package org.pfha.carp;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.pfha.carp.diagnosis.CarpDiagnosis.Severity;

/**
 * Tells listeners, on the loop and never under a lock, and watches how long they take. Thread-safe.
 */
final class Events {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private final Loop loop;
  private final List<Consumer<CarpEvent>> listeners;
  private final long patienceNanos;
  private final boolean logs;

  Events(Loop loop, List<Consumer<CarpEvent>> listeners, Duration patience, boolean logs) {
    this.loop = loop;
    this.logs = logs;
    this.listeners = List.copyOf(listeners);
    this.patienceNanos = Loop.nanos(patience);
  }

  /** Tells the listeners of it behind what they are told already. */
  void post(CarpEvent event) {
    loop.execute(() -> tell(event));
  }

  /** Tells the listeners now; for the loop. */
  void tell(CarpEvent event) {
    if (logs) {
      LOG.log(level(event), event::toString);
    }
    for (Consumer<CarpEvent> listener : listeners) {
      long begin = loop.now();
      try {
        listener.accept(event);
      } catch (Throwable e) { // the others must hear of it, whatever this one does
        LOG.log(Level.ERROR, "a listener failed at " + event, e);
      }
      if (!(event instanceof LoopDelay)) {
        watch("a listener at " + event, begin);
      }
    }
  }

  private static Level level(CarpEvent event) {
    boolean worrying =
        event instanceof LoopDelay
            || (event instanceof Diagnosed diagnosed
                && diagnosed.diagnosis().severity() != Severity.INFO);
    boolean detail = event instanceof DecisionMade; // a change of role is logged by itself
    return worrying ? Level.WARNING : detail ? Level.DEBUG : Level.INFO;
  }

  /** Says so if the loop was late for what it should have begun at an instant. */
  void watch(String cause, long beginNanos) {
    long now = loop.now();
    if (now - beginNanos > patienceNanos) {
      post(new LoopDelay(cause, Duration.ofNanos(now - beginNanos), now));
    }
  }
}
