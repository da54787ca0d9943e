package org.pfha.carp.diagnosis;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.diagnosis.CarpDiagnosis.Ended;
import org.pfha.carp.diagnosis.CarpDiagnosis.MulticastFiltered;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;

/**
 * When this node takes over because no advert came, asks another protocol whether the peer is alive
 * all the same: it must have been heard without a break since before the silence, and for most of a
 * master-down time into it, which no peer is that died. Confined to one thread.
 */
final class SyncWatch {

  private final Consumer<CarpDiagnosis> out;
  private @Nullable PeerLiveness liveness;
  private boolean master;
  private long silentSinceNanos;
  private boolean asking;
  private long askUntilNanos;
  private @Nullable CarpDiagnosis told;

  SyncWatch(Consumer<CarpDiagnosis> out) {
    this.out = out;
  }

  void liveness(PeerLiveness knows) {
    liveness = knows;
  }

  void heard(long at) {
    silentSinceNanos = at;
    end(at, "adverts are heard");
  }

  void role(Role role, RoleReason reason, long at, Watched watched) {
    master = role == Role.MASTER;
    asking = false;
    if (role == Role.BACKUP) {
      silentSinceNanos = at;
    }
    if (!master) {
      end(at, "this node is no longer MASTER");
    } else if (reason == RoleReason.MASTER_TIMED_OUT && liveness != null) {
      asking = true;
      askUntilNanos = at + watched.masterDownNanos();
      ask(at, watched);
    }
  }

  /** Signs of life may be rare: it is asked once more a while later. */
  void tick(long now, Watched watched) {
    if (asking && now - askUntilNanos >= 0) {
      ask(now, watched);
      asking = false;
    }
  }

  void deadlines(Deadline earliest) {
    if (asking) {
      earliest.at(askUntilNanos);
    }
  }

  @Nullable CarpDiagnosis ongoing() {
    return told;
  }

  private void ask(long now, Watched watched) {
    PeerLiveness knows = liveness;
    if (knows == null) {
      return;
    }
    PeerLiveness.Sign sign = knows.lastSign().orElse(null);
    long silentFor = watched.masterDownNanos() / 3 * 2;
    if (sign != null
        && sign.sinceNanos() - silentSinceNanos <= 0
        && sign.lastNanos() - silentSinceNanos - silentFor >= 0) {
      asking = false;
      told =
          new MulticastFiltered(
              watched.link(),
              watched.vhid(),
              now,
              sign.peer(),
              sign.link(),
              sign.lastNanos(),
              silentSinceNanos);
      out.accept(told);
    }
  }

  private void end(long at, String because) {
    asking = false;
    CarpDiagnosis last = told;
    if (last != null) {
      told = null;
      out.accept(new Ended(last, at, because));
    }
  }
}
