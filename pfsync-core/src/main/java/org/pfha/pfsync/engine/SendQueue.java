package org.pfha.pfsync.engine;

import org.pfha.pf.StateTable;

/** The buckets, and what does not belong to a state: bulk markers and clears (spec pfsync 11.1). */
final class SendQueue {

  private final Outbox outbox;
  private final Bucket[] buckets;

  SendQueue(
      StateTable table,
      PfsyncSettings settings,
      PfsyncSink sink,
      Counters counters,
      Deferrals deferrals) {
    outbox = new Outbox(settings, sink, counters);
    buckets = new Bucket[settings.buckets()];
    for (int i = 0; i < buckets.length; i++) {
      buckets[i] = new Bucket(table, settings, outbox, deferrals);
    }
  }

  /** The bucket that keeps the order of a state's messages. */
  Bucket of(long id) {
    return buckets[NameSlab.bucket(id, buckets.length)];
  }

  /** The bucket of what is about no state here. */
  Bucket first() {
    return buckets[0];
  }

  Histogram lag() {
    return outbox.lag();
  }

  /** How long the oldest message has been waiting; 0 if none waits. */
  long waitingNanos(long now) {
    long longest = 0;
    for (Bucket bucket : buckets) {
      if (bucket.isArmed()) {
        longest = Math.max(longest, now - bucket.sinceNanos());
      }
    }
    return longest;
  }

  /** The earlier of an instant and the one when there is something to do here. */
  long earliest(long next) {
    long earliest = next;
    for (Bucket bucket : buckets) {
      if (bucket.isArmed() && bucket.deadlineNanos() - earliest < 0) {
        earliest = bucket.deadlineNanos();
      }
    }
    return earliest;
  }

  void tick(long now) {
    for (Bucket bucket : buckets) {
      if (bucket.isArmed() && now - bucket.deadlineNanos() >= 0) {
        bucket.flush(now);
      }
    }
  }

  void flush(long now) {
    for (Bucket bucket : buckets) {
      bucket.flush(now);
    }
  }

  /** Sends what waits in the first bucket and behind it a bulk marker. */
  void bus(int endTime, int status, long now) {
    first().flush(now);
    outbox.bus(endTime, status, now);
  }

  /** Sends what waits and behind it the order to forget our states. */
  void clear(String ifname, long now) {
    flush(now);
    outbox.clear(ifname, now);
  }
}
