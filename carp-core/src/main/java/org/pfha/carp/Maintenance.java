package org.pfha.carp;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Persistent maintenance mode: the intent is stored first, then the penalty is imposed or taken
 * back. Thread-safe; a store that hangs holds up nobody but those who enter or leave.
 */
final class Maintenance {

  static final int DEMOTION = 240;
  static final String OWNER = "maintenance";

  private final @Nullable MaintenanceStore store;
  private final Penalty penalty;
  private final ReentrantLock storing = new ReentrantLock();
  private volatile @Nullable String reason;

  Maintenance(@Nullable MaintenanceStore store, DemotionLedger ledger) {
    this.store = store;
    this.penalty = ledger.penalty(OWNER, null);
  }

  /** Goes on with what was intended before the node was started. */
  void restore() throws IOException {
    if (store != null) {
      store.load().ifPresent(this::act);
    }
  }

  void enter(String why) throws IOException {
    storing.lock();
    try {
      store().enter(why);
      act(why);
    } finally {
      storing.unlock();
    }
  }

  void leave() throws IOException {
    storing.lock();
    try {
      store().leave();
      reason = null;
      penalty.set(0, "");
    } finally {
      storing.unlock();
    }
  }

  Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /** Takes the penalty back; the intent stays where it is stored. */
  void end() {
    penalty.end();
  }

  private void act(String why) {
    reason = why;
    penalty.set(DEMOTION, why);
  }

  private MaintenanceStore store() {
    if (store == null) {
      throw new IllegalStateException(
          "this node has nowhere to keep its maintenance mode;"
              + " give the builder a store with maintenance(...)");
    }
    return store;
  }
}
