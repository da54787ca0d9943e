package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;
import org.pfha.carp.diagnosis.CarpDiagnosis.LatencyAdvice;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * How late each master's adverts are. A master that was lost and came back, or that announces
 * another interval, is measured anew from its next advert on. Allocates nothing per advert of a
 * known master. Confined to one thread.
 */
final class LatencyAdvisor {

  /** As many masters are measured. */
  static final int MOST_PEERS = 8;

  /** Fewer adverts say nothing; it is also how often advice is reconsidered. */
  static final int ENOUGH = 60;

  /** A longer silence, in intervals, is an absence and no lateness. */
  private static final int ABSENCE = 10;

  private static final long REPEAT_NANOS = 3_600_000_000_000L;
  private static final long SECOND = 1_000_000_000L;

  private final SourceTable<Peer> peers = new SourceTable<>(MOST_PEERS, Peer::new, peer -> true);

  private static final class Peer {
    private final InetAddress source;
    private Lateness lateness = new Lateness();
    private boolean measuring;
    private long lastNanos;
    private int advbase;
    private int advskew;
    private int toldAdvbase;
    private long toldNanos;

    Peer(InetAddress source) {
      this.source = source;
    }
  }

  void heard(CarpView advert, IpPacket packet, Watched place, Consumer<CarpDiagnosis> out) {
    Peer peer = peers.of(packet);
    if (peer == null) {
      return;
    }
    long at = packet.arrivalNanos();
    int advbase = advert.advbase();
    int advskew = advert.advskew();
    if (advbase != peer.advbase || advskew != peer.advskew) {
      if (advbase != peer.advbase) {
        peer.lateness = new Lateness();
      }
      peer.advbase = advbase;
      peer.advskew = advskew;
      peer.measuring = false;
    }
    long interval = Intervals.advert(advbase, advskew);
    long gap = at - peer.lastNanos;
    boolean measured = peer.measuring && gap > 0 && gap < ABSENCE * interval;
    peer.measuring = true;
    peer.lastNanos = at;
    if (measured) {
      peer.lateness.add(gap - interval);
      if (peer.lateness.total() % ENOUGH == 0) {
        reconsider(peer, place, at, out);
      }
    }
  }

  /** Others will be master now: silence until they are is no lateness. */
  void interrupted() {
    peers.forEach(peer -> peer.measuring = false);
  }

  private static void reconsider(Peer peer, Watched place, long at, Consumer<CarpDiagnosis> out) {
    int suggested = suggestedAdvbase(peer);
    if (suggested > peer.advbase
        && (suggested != peer.toldAdvbase || at - peer.toldNanos - REPEAT_NANOS >= 0)) {
      peer.toldAdvbase = suggested;
      peer.toldNanos = at;
      out.accept(advice(peer, place, at));
    }
  }

  /** What there is to say of every master that was heard often enough. */
  List<LatencyAdvice> advice(Watched place, long now) {
    return peers.values().stream()
        .filter(peer -> peer.lateness.total() >= ENOUGH)
        .map(peer -> advice(peer, place, now))
        .toList();
  }

  /**
   * A backup hears nothing for 1 advbase and the master's skew and the lateness, and gives up after
   * 3 advbase; its own skew is left as further margin.
   */
  private static int suggestedAdvbase(Peer peer) {
    long late = peer.lateness.quantile(0.999);
    if (peer.advbase == 0 && late <= Intervals.advert(0, peer.advskew)) {
      return 0; // below a second a backup waits three times the skew: twice the lateness fits
    }
    long needed = Intervals.advert(0, peer.advskew) + 2 * late;
    long advbase = (needed + 2 * SECOND - 1) / (2 * SECOND);
    return (int) Math.max(1, Math.min(255, advbase));
  }

  private static LatencyAdvice advice(Peer peer, Watched place, long now) {
    Lateness lateness = peer.lateness;
    return new LatencyAdvice(
        place.link(),
        place.vhid(),
        now,
        peer.source,
        peer.advbase,
        peer.advskew,
        lateness.total(),
        lateness.quantile(0.5),
        lateness.quantile(0.999),
        lateness.worstNanos(),
        suggestedAdvbase(peer));
  }
}
