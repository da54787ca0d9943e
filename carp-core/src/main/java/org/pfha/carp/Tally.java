package org.pfha.carp;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.ReceiveCounters;
import org.pfha.carp.wire.CarpOddity;
import org.pfha.carp.wire.CarpReject;

/** What a virtual router, a link or a node counts. Guarded by the node's lock. */
final class Tally {

  /** Of struct carpstats, in its order. */
  private static final String[] KERNEL = {
    "ipackets",
    "ipackets6",
    "badif",
    "badttl",
    "hdrops",
    "badsum",
    "badver",
    "badlen",
    "badauth",
    "badvhid",
    "badaddrs",
    "opackets",
    "opackets6",
    "onomem",
    "ostates",
    "preempt"
  };

  private long opackets;
  private long opackets6;
  private long preempt;
  private long oerrors;
  private long announcements;
  private long roleChanges;
  private long toMaster;
  private @Nullable RejectedAdvert lastReject;

  void rejected(RejectedAdvert reject) {
    lastReject = reject;
  }

  @Nullable RejectedAdvert lastReject() {
    return lastReject;
  }

  void sent(boolean ipv6) {
    if (ipv6) {
      opackets6++;
    } else {
      opackets++;
    }
  }

  void announced() {
    announcements++;
  }

  void failedToSend() {
    oerrors++;
  }

  /** Only OpenBSD counts as "preempt", namely each transition to MASTER (spec carp 17.1). */
  void roleChanged(boolean becameMaster, boolean countsPreempt) {
    roleChanges++;
    if (becameMaster) {
      toMaster++;
      preempt += countsPreempt ? 1 : 0;
    }
  }

  void reset() {
    opackets = 0;
    opackets6 = 0;
    preempt = 0;
    oerrors = 0;
    announcements = 0;
    roleChanges = 0;
    toMaster = 0;
    lastReject = null;
  }

  void add(Tally other) {
    opackets += other.opackets;
    opackets6 += other.opackets6;
    preempt += other.preempt;
    oerrors += other.oerrors;
    announcements += other.announcements;
    roleChanges += other.roleChanges;
    toMaster += other.toMaster;
    RejectedAdvert theirs = other.lastReject;
    if (theirs != null && (lastReject == null || theirs.atNanos() - lastReject.atNanos() >= 0)) {
      lastReject = theirs;
    }
  }

  CarpCounters snapshot(Collection<ReceiveCounters> received) {
    Map<String, Long> counters = new LinkedHashMap<>();
    for (String name : KERNEL) {
      counters.put(name, 0L);
    }
    counters.put("opackets", opackets);
    counters.put("opackets6", opackets6);
    counters.put("preempt", preempt);
    counters.put("oerrors", oerrors);
    counters.put("announcements", announcements);
    counters.put("rolechanges", roleChanges);
    counters.put("tomaster", toMaster);
    for (CarpReject reason : CarpReject.values()) {
      if (reason != CarpReject.NONE) {
        counters.putIfAbsent(reason.counter(), 0L);
      }
    }
    for (CarpOddity oddity : CarpOddity.values()) {
      counters.put(name(oddity), 0L);
    }
    for (ReceiveCounters from : received) {
      counters.merge("ipackets", from.ipackets(), Long::sum);
      counters.merge("ipackets6", from.ipackets6(), Long::sum);
      for (CarpReject reason : CarpReject.values()) {
        if (reason != CarpReject.NONE) {
          counters.merge(reason.counter(), from.verdicts(reason), Long::sum);
        }
      }
      for (CarpOddity oddity : CarpOddity.values()) {
        counters.merge(name(oddity), from.oddities(oddity), Long::sum);
      }
    }
    return new CarpCounters(counters, lastReject);
  }

  private static String name(CarpOddity oddity) {
    return "odd-" + oddity.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
