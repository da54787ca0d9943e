package org.pfha.pfsync.engine;

import java.util.Arrays;
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
  long opackets;
  long oerrors;
  final long[] iacts;
  final long[] oacts;

  Counters(PfsyncProfile profile, StateFormat sent) {
    iacts = new long[profile.newest().actionCount()];
    oacts = new long[Math.max(iacts.length, sent.actionCount())];
  }

  /** Full updates received, of every format. */
  long updates() {
    long updates = 0;
    for (StateFormat format : StateFormat.values()) {
      updates += format.updateAction() < iacts.length ? iacts[format.updateAction()] : 0;
    }
    return updates;
  }

  PfsyncStatistics snapshot() {
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
        opackets,
        oerrors,
        Arrays.stream(iacts).boxed().toList(),
        Arrays.stream(oacts).boxed().toList());
  }
}
