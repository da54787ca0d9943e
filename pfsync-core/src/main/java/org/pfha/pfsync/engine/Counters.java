package org.pfha.pfsync.engine;

import java.util.Arrays;

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

  Counters(int actions) {
    iacts = new long[actions];
    oacts = new long[actions];
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
