package org.pfha.carp.diagnosis;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.ReplaySuspected;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * Notices valid adverts that are too old (spec carp 5). No kernel's legal behaviour is an alarm:
 * lone FreeBSD and UCarp masters send unrelated counters, two masters may use the same ones at the
 * same time, and OpenBSD sends one counter for ever. Confined to one thread.
 */
final class ReplayWatch {

  private static final int MOST_SOURCES = 8;

  private final ReplayPolicy policy;
  private final Consumer<CarpDiagnosis> out;
  private final ReplayWindow window = new ReplayWindow();
  private final SourceTable<Habit> habits =
      new SourceTable<>(MOST_SOURCES, source -> new Habit(), habit -> true);
  private final Episode episode = new Episode();

  /** Whether a source repeats its counter. */
  private static final class Habit {
    private boolean heard;
    private long counter;
    private long hash;
    private long repeats;
    private long changes;

    void heard(CarpView advert) {
      long nextCounter = advert.counter();
      long nextHash = advert.hmacPrefix();
      if (heard) {
        if (nextCounter == counter && nextHash == hash) {
          repeats++;
        } else {
          changes++;
        }
      }
      heard = true;
      counter = nextCounter;
      hash = nextHash;
    }

    boolean isToRepeat() {
      return repeats > changes;
    }
  }

  ReplayWatch(ReplayPolicy policy, Consumer<CarpDiagnosis> out) {
    this.policy = policy;
    this.out = out;
  }

  /** An own advert: coming again much later, somebody kept it. */
  void sent(CarpView advert, long at) {
    window.firstHeard(advert, at);
  }

  /** Whether it was heard or sent before. */
  boolean isKnown(CarpView advert) {
    return window.contains(advert);
  }

  /**
   * A valid advert.
   *
   * @return whether it may have an effect
   */
  boolean heard(CarpView advert, IpPacket packet, Watched watched) {
    long at = packet.arrivalNanos();
    Habit habit = habits.of(packet);
    if (habit != null) {
      habit.heard(advert);
    }
    long first = window.firstHeard(advert, at);
    if (at - first - watched.masterDownNanos() <= 0) {
      return true;
    }
    suspect(advert, packet, watched, first, habit);
    return policy != ReplayPolicy.DROP;
  }

  private void suspect(
      CarpView advert, IpPacket packet, Watched watched, long first, @Nullable Habit habit) {
    long at = packet.arrivalNanos();
    tick(at);
    boolean repeats = habit != null && habit.isToRepeat();
    episode.seen(at, 3 * watched.masterDownNanos());
    if (episode.isDue(ReplaySuspected.severity(repeats), at)) {
      out.accept(
          episode.told(
              new ReplaySuspected(
                  watched.link(),
                  watched.vhid(),
                  at,
                  packet.source(),
                  advert.counter(),
                  first,
                  repeats,
                  policy == ReplayPolicy.DROP)));
    }
  }

  void tick(long now) {
    if (episode.isOver(now)) {
      CarpDiagnosis told = episode.close();
      if (told != null) {
        out.accept(new Ended(told, now, "no old advert was heard for a while"));
      }
    }
  }

  Episode episode() {
    return episode;
  }
}
