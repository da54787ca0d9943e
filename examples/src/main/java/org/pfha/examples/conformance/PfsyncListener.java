package org.pfha.examples.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.DeferOutcome;
import org.pfha.pfsync.engine.PfsyncEngine;
import org.pfha.pfsync.engine.PfsyncEvent;
import org.pfha.pfsync.engine.PfsyncProfile;
import org.pfha.pfsync.engine.PfsyncSettings;
import org.pfha.pfsync.engine.PfsyncSink;
import org.pfha.pfsync.wire.Action;
import org.pfha.pfsync.wire.Message;
import org.pfha.pfsync.wire.PfsyncPacket;
import org.pfha.pfsync.wire.PfsyncTransport;
import org.pfha.pfsync.wire.StateFormat;

/** The engine of a FreeBSD 13 that hears a capture in the capture's own time. */
final class PfsyncListener implements PfsyncSink {

  private static final double NANOS = 1e9;
  private static final int LIMIT = 100_000;
  private static final double KERNEL_DEFER_SECONDS = 0.02;

  private final StateTable table = StateTable.withLimit(LIMIT);
  private final PfsyncEngine engine;
  private final int hostId;
  private final List<Message> sent = new ArrayList<>();

  private final Map<StateId, Double> released = new LinkedHashMap<>();
  private double clock;

  PfsyncListener(int hostId, byte[] checksum, int rules) {
    this(hostId, checksum, rules, KERNEL_DEFER_SECONDS);
  }

  PfsyncListener(int hostId, byte[] checksum, int rules, double deferSeconds) {
    this.hostId = hostId;
    PfsyncSettings settings =
        PfsyncSettings.builder(hostId)
            .profile(PfsyncProfile.FREEBSD_13)
            .ruleset(checksum, rules)
            .deferNanos(nanos(deferSeconds))
            .build();
    engine = new PfsyncEngine(table, settings, this, nanos(0));
  }

  private static long nanos(double seconds) {
    return (long) (seconds * NANOS);
  }

  /** A state of before the capture, as a dump shows it. */
  void had(PfState state, double dumped) {
    long seconds = (long) dumped;
    PfState earlier = state.withTimes(state.creation() - seconds, state.expire() + seconds);
    table.insert(earlier, nanos(0));
  }

  /** Does what is due until then. */
  void advance(double seconds) {
    long now = nanos(seconds);
    long due = engine.nextDeadlineNanos();
    while (due - now <= 0) {
      clock = due / NANOS;
      engine.tick(due);
      long next = engine.nextDeadlineNanos();
      due = next - due <= 0 ? due + 1 : next;
    }
    clock = seconds;
  }

  void hear(byte[] payload, double seconds) {
    advance(seconds);
    engine.received(payload, 0, payload.length, PfsyncTransport.TTL, nanos(seconds));
  }

  /** The replayed host has opened a connection and holds its first packet. */
  void defer(PfState state, double seconds) {
    advance(seconds);
    engine.defer(state, nanos(seconds));
  }

  /** When the held packets of states were let go, in seconds. */
  Map<StateId, Double> released() {
    return released;
  }

  /** The replayed host has sent this of its own accord. */
  void did(Message message, double seconds) {
    if (message instanceof Message.Clear clear && clear.creatorId() == hostId) {
      for (PfState state : table.states()) {
        if (clear.ifname().isEmpty() || clear.ifname().equals(state.ifname())) {
          engine.remove(state.stateId(), nanos(seconds));
        }
      }
    } else if (message instanceof Message.Named named && named.action() == Action.DEL_C) {
      engine.remove(named.stateId(), nanos(seconds));
    }
  }

  @Nullable PfState get(StateId id, double seconds) {
    return table.get(id.id(), id.creatorId(), nanos(seconds));
  }

  long remaining(StateId id, double seconds) {
    PfState state = get(id, seconds);
    return state == null ? 0 : state.expire();
  }

  List<PfState> states() {
    return table.states();
  }

  /** The states that were named by messages of an action. */
  Set<StateId> named(int action) {
    Set<StateId> ids = new LinkedHashSet<>();
    for (Message message : sent) {
      if (message instanceof Message.Named named && named.action() == action && named.id() != 0) {
        ids.add(named.stateId());
      }
    }
    return ids;
  }

  /** What the engine has sent. */
  List<Message> sent() {
    return sent;
  }

  /** The states that were sent in full. */
  Set<StateId> updated() {
    Set<StateId> ids = new LinkedHashSet<>();
    for (Message message : sent) {
      if (message instanceof Message.FullState full) {
        ids.add(full.state().stateId());
      }
    }
    return ids;
  }

  @Override
  public boolean send(byte[] buffer, int length) {
    byte[] packet = Arrays.copyOf(buffer, length);
    sent.addAll(PfsyncPacket.decode(packet, 0, length, StateFormat.V1301).packet().messages());
    return true;
  }

  @Override
  public void event(PfsyncEvent event) {
    // What happened is seen in the table.
  }

  @Override
  public void deferred(long id, int creatorId, DeferOutcome outcome) {
    if (outcome.isReleased()) {
      released.put(new StateId(id, creatorId), clock);
    }
  }

  @Override
  public void demote(boolean demoted) {
    // No dump shows it.
  }
}
