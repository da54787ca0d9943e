package org.pfha.pfsync.engine;

import java.util.EnumMap;
import java.util.Map;

/** Packets held until a peer has their state: oldest first, 128 to a bucket (spec pfsync 13). */
final class Deferrals {

  static final int MOST = 128;

  private final PfsyncSink sink;
  private final long patienceNanos;
  private final NameSlab[] held;
  private final long[][] sinceNanos;
  private final Histogram latency = new Histogram();
  private final Map<DeferOutcome, Long> outcomes = new EnumMap<>(DeferOutcome.class);

  /** Packets that are held. */
  private int waiting;

  Deferrals(PfsyncSettings settings, PfsyncSink sink) {
    this.sink = sink;
    patienceNanos = settings.deferNanos();
    held = new NameSlab[settings.buckets()];
    sinceNanos = new long[held.length][MOST];
    for (int i = 0; i < held.length; i++) {
      held[i] = new NameSlab(MOST, 1);
    }
  }

  /** From being held to being let go, whatever the outcome. */
  Histogram latency() {
    return latency;
  }

  Map<DeferOutcome, Long> counts() {
    return outcomes;
  }

  void hold(long id, int creatorId, long now) {
    int bucket = bucket(id);
    NameSlab names = held[bucket];
    if (names.isFull()) {
      end(bucket, names.head(0), DeferOutcome.CROWDED_OUT, now);
    }
    sinceNanos[bucket][names.add(id, creatorId, 0)] = now;
    waiting++;
  }

  boolean holds(long id, int creatorId) {
    return held[bucket(id)].find(id, creatorId) != NameSlab.NONE;
  }

  /** Lets go of a state's packet, if one is held. */
  void end(long id, int creatorId, DeferOutcome outcome, long now) {
    if (waiting == 0) {
      return;
    }
    int bucket = bucket(id);
    int slot = held[bucket].find(id, creatorId);
    if (slot != NameSlab.NONE) {
      end(bucket, slot, outcome, now);
    }
  }

  private void end(int bucket, int slot, DeferOutcome outcome, long now) {
    NameSlab names = held[bucket];
    long id = names.id(slot);
    int creatorId = names.creatorId(slot);
    long waited = now - sinceNanos[bucket][slot];
    names.remove(slot);
    waiting--;
    latency.record(waited);
    count(id, creatorId, outcome);
  }

  /** A packet that was not held at all. */
  void count(long id, int creatorId, DeferOutcome outcome) {
    outcomes.merge(outcome, 1L, Long::sum);
    sink.deferred(id, creatorId, outcome);
  }

  /** The earlier of an instant and the one when there is something to do here. */
  long earliest(long next) {
    long earliest = next;
    for (int i = 0; i < held.length; i++) {
      int oldest = held[i].head(0);
      if (oldest != NameSlab.NONE && sinceNanos[i][oldest] + patienceNanos - earliest < 0) {
        earliest = sinceNanos[i][oldest] + patienceNanos;
      }
    }
    return earliest;
  }

  void tick(long now) {
    for (int i = 0; i < held.length; i++) {
      int oldest = held[i].head(0);
      while (oldest != NameSlab.NONE && now - sinceNanos[i][oldest] >= patienceNanos) {
        end(i, oldest, DeferOutcome.TIMED_OUT, now);
        oldest = held[i].head(0);
      }
    }
  }

  void endAll(DeferOutcome outcome, long now) {
    for (int i = 0; i < held.length; i++) {
      while (!held[i].isEmpty()) {
        end(i, held[i].head(0), outcome, now);
      }
    }
  }

  private int bucket(long id) {
    return NameSlab.bucket(id, held.length);
  }
}
