package org.pfha.pfsync.engine;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.StateFormat;

/** The counters while they count. */
final class Counters {

  long ipackets;
  long badif;
  long badttl;
  long hdrops;
  long badver;
  long badact;
  long badlen;
  long stale;
  long badval;
  long badstate;
  long badpeer;
  long twins;
  long otherRules;
  long opackets;
  long oerrors;
  final long[] iacts;
  final long[] oacts;
  private final Map<Refusal, AtomicLong> refusals = new EnumMap<>(Refusal.class);

  Counters(PfsyncProfile profile, StateFormat sent) {
    iacts = new long[profile.newest().actionCount()];
    for (Refusal reason : Refusal.values()) {
      refusals.put(reason, new AtomicLong());
    }
    oacts = new long[Math.max(iacts.length, sent.actionCount())];
  }

  /** Full updates received, of every format. */
  long updates() {
    return iact(Action.UPD) + iact(Action.UPD_1400) + iact(Action.UPD_1500);
  }

  private long iact(int action) {
    return action < iacts.length ? iacts[action] : 0;
  }

  void refused(Refusal reason) {
    Objects.requireNonNull(refusals.get(reason)).incrementAndGet();
  }

  private Map<Refusal, Long> refusals() {
    Map<Refusal, Long> counts = new EnumMap<>(Refusal.class);
    refusals.forEach(
        (reason, count) -> {
          if (count.get() != 0) {
            counts.put(reason, count.get());
          }
        });
    return counts;
  }

  PfsyncStatistics snapshot(Histogram lag, Deferrals deferrals) {
    return new PfsyncStatistics(
        ipackets,
        badif,
        badttl,
        hdrops,
        badver,
        badact,
        badlen,
        stale,
        badval,
        badstate,
        badpeer,
        twins,
        otherRules,
        opackets,
        oerrors,
        Arrays.stream(iacts).boxed().toList(),
        Arrays.stream(oacts).boxed().toList(),
        refusals(),
        lag.snapshot(),
        deferrals.latency().snapshot(),
        deferrals.counts());
  }
}
