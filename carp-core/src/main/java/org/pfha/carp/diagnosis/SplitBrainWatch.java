package org.pfha.carp.diagnosis;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.SplitBrain;
import org.pfha.carp.engine.Role;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;
import org.pfha.net.MacAddress;
import org.pfha.net.NeighbourView;

/**
 * Notices who else behaves as MASTER while this node is.
 *
 * <p>Every takeover has a moment with two masters, which is no split brain (spec carp 16, 20.4): a
 * peer may take a second to process an advert and sends one more; the old master's kernel answers
 * an ARP request with its own MAC; a new master may send its ARP before its advert. So another
 * master must go on for a second more than its interval, and a claim must be neither within three
 * seconds behind this node's takeover nor within three before it steps down. Confined to one
 * thread.
 */
final class SplitBrainWatch {

  /** As many rivals of each sort are kept; more of them is the same news. */
  static final int MOST_RIVALS = 8;

  /** UCarp reads its packets up to this much late. */
  static final long SLOW_PEER_NANOS = 1_000_000_000L;

  /** Claims this close to a change of roles belong to it. */
  static final long TAKEOVER_NANOS = 3_000_000_000L;

  /** ARP is spoken rarely. */
  static final long CLAIM_QUIET_NANOS = 300_000_000_000L;

  /** The virtual MAC is only announced at takeovers. */
  static final long TAKEOVER_QUIET_NANOS = 30_000_000_000L;

  private final Consumer<CarpDiagnosis> out;
  private final SourceTable<Contender> masters =
      new SourceTable<>(MOST_RIVALS, Contender::new, contender -> !contender.episode.isOpen());
  private final List<Contender> claimants = new ArrayList<>();
  private boolean master;
  private long masterSinceNanos;

  /** Another master, or somebody who claims an address. */
  private static final class Contender {
    private final @Nullable InetAddress source;
    private final Episode episode = new Episode();
    private int advbase;
    private int advskew;
    private Rival.@Nullable AddressClaim claim;

    Contender(InetAddress source) {
      this.source = source;
    }

    Contender(Rival.AddressClaim claim) {
      this.source = null;
      this.claim = claim;
    }

    Rival rival() {
      Rival.AddressClaim claimed = claim;
      if (claimed != null) {
        return claimed;
      }
      InetAddress from = source;
      if (from == null) {
        throw new IllegalStateException("neither advert nor claim");
      }
      return new Rival.OtherMaster(from, advbase, advskew);
    }

    boolean isOf(NeighbourView view) {
      Rival.AddressClaim claimed = claim;
      return claimed != null
          && claimed.mac().equals(view.mac())
          && claimed.ethernetSource().equals(view.ethernetSource())
          && claimed.address().equals(view.address());
    }
  }

  SplitBrainWatch(Consumer<CarpDiagnosis> out) {
    this.out = out;
  }

  void role(Role role, long at) {
    master = role == Role.MASTER;
    masterSinceNanos = at;
    if (!master) {
      masters.forEach(contender -> end(contender, at, "this node is no longer MASTER"));
      claimants.forEach(contender -> end(contender, at, "this node is no longer MASTER"));
      masters.removeIf(contender -> true);
      claimants.clear();
    }
  }

  void heard(CarpView advert, IpPacket packet, Watched watched) {
    if (!master || advert.isBowOut()) {
      return;
    }
    Contender contender = masters.of(packet);
    if (contender == null) {
      return;
    }
    long at = packet.arrivalNanos();
    long interval = Intervals.advert(advert.advbase(), advert.advskew());
    endIfQuiet(contender, at);
    contender.advbase = advert.advbase();
    contender.advskew = advert.advskew();
    contender.episode.seen(at, 3 * interval + SLOW_PEER_NANOS);
    if (contender.episode.lasted() - SLOW_PEER_NANOS - interval >= 0) {
      tell(contender, watched, at);
    }
  }

  void claimed(NeighbourView view, Watched watched) {
    long at = view.arrivalNanos();
    if (!master || at - masterSinceNanos - TAKEOVER_NANOS < 0) {
      return;
    }
    Contender contender = claimant(view);
    if (contender == null) {
      return;
    }
    endIfQuiet(contender, at);
    contender.claim =
        new Rival.AddressClaim(view.address(), view.kind(), view.mac(), view.ethernetSource());
    boolean virtual = view.mac().equals(MacAddress.virtual(watched.vhid()));
    contender.episode.seen(at, virtual ? TAKEOVER_QUIET_NANOS : CLAIM_QUIET_NANOS);
    tellIfHeld(contender, watched, at);
  }

  private @Nullable Contender claimant(NeighbourView view) {
    for (Contender contender : claimants) {
      if (contender.isOf(view)) {
        return contender;
      }
    }
    if (claimants.size() == MOST_RIVALS) {
      return null;
    }
    Contender added =
        new Contender(
            new Rival.AddressClaim(view.address(), view.kind(), view.mac(), view.ethernetSource()));
    claimants.add(added);
    return added;
  }

  void tick(long now, Watched watched) {
    masters.forEach(contender -> endIfQuiet(contender, now));
    masters.removeIf(contender -> !contender.episode.isOpen());
    for (Iterator<Contender> all = claimants.iterator(); all.hasNext(); ) {
      Contender contender = all.next();
      if (contender.episode.isUntold()) {
        tellIfHeld(contender, watched, now);
      }
      if (endIfQuiet(contender, now)) {
        all.remove();
      }
    }
  }

  /** The earliest instant at which {@link #tick} has something to do. */
  void deadlines(Deadline earliest) {
    if (!masters.isEmpty()) {
      masters.forEach(contender -> earliest.of(contender.episode));
    }
    for (Contender contender : claimants) {
      earliest.of(contender.episode);
      if (contender.episode.isUntold()) {
        earliest.at(contender.episode.sinceNanos() + TAKEOVER_NANOS);
      }
    }
  }

  void ongoing(List<CarpDiagnosis> some) {
    masters.forEach(contender -> contender.episode.ongoing(some));
    claimants.forEach(contender -> contender.episode.ongoing(some));
  }

  private void tellIfHeld(Contender contender, Watched watched, long now) {
    if (now - contender.episode.sinceNanos() - TAKEOVER_NANOS >= 0) {
      tell(contender, watched, now);
    }
  }

  private void tell(Contender contender, Watched watched, long now) {
    Episode episode = contender.episode;
    SplitBrain found =
        new SplitBrain(
            watched.link(),
            watched.vhid(),
            now,
            contender.rival(),
            episode.sinceNanos(),
            episode.lastNanos(),
            episode.times());
    if (episode.isDue(found.severity(), now)) {
      out.accept(episode.told(found));
    }
  }

  private boolean endIfQuiet(Contender contender, long now) {
    if (!contender.episode.isOver(now)) {
      return false;
    }
    end(contender, now, "no longer heard");
    return true;
  }

  private void end(Contender contender, long now, String because) {
    CarpDiagnosis told = contender.episode.close();
    if (told != null) {
      out.accept(new Ended(told, now, because));
    }
  }
}
