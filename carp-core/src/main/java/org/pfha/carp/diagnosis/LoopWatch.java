package org.pfha.carp.diagnosis;

import java.util.function.Consumer;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.Loop;

/** Counts own frames that the network brings back. Confined to one thread. */
final class LoopWatch {

  private static final long LEAST_QUIET_NANOS = 10_000_000_000L;

  private final Consumer<CarpDiagnosis> out;
  private final Episode episode = new Episode();
  private long sent;
  private long sentBefore;

  LoopWatch(Consumer<CarpDiagnosis> out) {
    this.out = out;
  }

  void sent() {
    sent++;
  }

  void cameBack(long at, Watched watched) {
    tick(at);
    if (!episode.isOpen()) {
      sentBefore = sent - 1; // the one that came back
    }
    episode.seen(at, Math.max(LEAST_QUIET_NANOS, 3 * watched.advertIntervalNanos()));
    Loop loop =
        new Loop(
            watched.link(),
            watched.vhid(),
            at,
            episode.sinceNanos(),
            episode.times(),
            Math.max(1, sent - sentBefore));
    if (episode.isDue(loop.severity(), at)) {
      out.accept(episode.told(loop));
    }
  }

  void tick(long now) {
    if (episode.isOver(now)) {
      CarpDiagnosis told = episode.close();
      if (told != null) {
        out.accept(new Ended(told, now, "no own advert came back for a while"));
      }
    }
  }

  Episode episode() {
    return episode;
  }
}
