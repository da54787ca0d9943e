package org.pfha.pfsync.engine;

import java.util.OptionalLong;
import org.pfha.pfsync.engine.PfsyncEvent.Kind;

/**
 * Who has been heard from, and who has heard us. pfsync has no heartbeat: a peer that says nothing
 * may have nothing to say. So a peer is called silent only if it was asked for a state it should
 * have and has not answered.
 */
final class Liveness {

  private static final class Peer {
    long packets;
    boolean effective;
    long aliveNanos;
    long heardNanos;
    long effectNanos;
    boolean asked;
    long askedNanos;
    boolean silent;
  }

  private static final long BREAK_NANOS = 30_000_000_000L;

  private final PfsyncSink sink;
  private final long silenceNanos;
  private final Peer[] peers;
  private int current;
  private long nowNanos;
  private long probeNanos;

  Liveness(PfsyncSettings settings, PfsyncSink sink, long now) {
    this.sink = sink;
    silenceNanos = settings.silenceNanos();
    peers = new Peer[settings.peers()];
    for (int i = 0; i < peers.length; i++) {
      peers[i] = new Peer();
      peers[i].heardNanos = now;
    }
    probeNanos = now + interval();
  }

  private long interval() {
    return silenceNanos / 3;
  }

  /** A packet of a peer, or of nobody in particular (−1), is about to be read. */
  void packet(int peer, long now) {
    current = peer;
    nowNanos = now;
    if (peer < 0) {
      return;
    }
    Peer from = peers[peer];
    if (from.packets++ == 0 || now - from.heardNanos > BREAK_NANOS) {
      from.aliveNanos = now;
    }
    from.heardNanos = now;
    from.asked = false;
    if (from.silent) {
      from.silent = false;
      sink.event(PfsyncEvent.ofPeer(Kind.PEER_HEARD_AGAIN, peer, 0));
    }
  }

  /** The packet being read shows that its sender has heard us. */
  void effect() {
    if (current >= 0) {
      peers[current].effective = true;
      peers[current].effectNanos = nowNanos;
    }
  }

  PeerStatus status(int peer, long now) {
    Peer it = peers[peer];
    boolean alive = it.packets > 0 && now - it.heardNanos <= BREAK_NANOS;
    return new PeerStatus(
        it.packets,
        it.packets > 0 ? OptionalLong.of(now - it.heardNanos) : OptionalLong.empty(),
        it.effective ? OptionalLong.of(now - it.effectNanos) : OptionalLong.empty(),
        alive ? OptionalLong.of(now - it.aliveNanos) : OptionalLong.empty(),
        it.silent);
  }

  /** The earlier of an instant and the one when there is something to do here. */
  long earliest(long next) {
    return silenceNanos != 0 && probeNanos - next < 0 ? probeNanos : next;
  }

  /** Asks those who have been quiet for a third of the time they have, and judges the others. */
  void tick(Sender sender, long now) {
    if (silenceNanos == 0 || now - probeNanos < 0) {
      return;
    }
    probeNanos = now + interval();
    boolean quiet = false;
    for (int i = 0; i < peers.length; i++) {
      Peer peer = peers[i];
      long silence = now - peer.heardNanos;
      // The answer may be on its way: who was asked at this very moment is judged next time.
      if (peer.asked && !peer.silent && silence >= silenceNanos && now - peer.askedNanos > 0) {
        peer.silent = true;
        sink.event(PfsyncEvent.ofPeer(Kind.PEER_SILENT, i, silence / 1_000_000_000L));
      }
      quiet |= silence >= interval();
    }
    if (quiet && sender.probe(now)) {
      for (Peer peer : peers) {
        if (!peer.asked) {
          peer.asked = true;
          peer.askedNanos = now;
        }
      }
    }
  }
}
