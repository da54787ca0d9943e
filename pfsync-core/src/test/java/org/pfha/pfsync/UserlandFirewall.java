package org.pfha.pfsync;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateKey;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable.Insertion;

/**
 * A small firewall in user space, as a worked example of a data plane: it lets packets of
 * connections pass that it knows, opens new ones for a SYN, and does either only while it is
 * master. Its own news wait in a queue until it is asked for them; the peers' connections go into
 * the same map as its own, so that a takeover needs no work at all.
 *
 * <p>Confined to one thread, here that of the simulated network.
 */
final class UserlandFirewall implements StateSource, StateSink {

  private interface News {
    void tell(StateFeed feed);
  }

  private final int creatorId;
  private final Map<StateId, PfState> connections = new HashMap<>();
  private final Map<StateKey, StateId> byKey = new HashMap<>();
  private final Deque<News> news = new ArrayDeque<>();
  private final DataPlane plane = new DataPlane(this, this);
  private long nextId = 1;
  private boolean master;
  int appetite = Integer.MAX_VALUE;
  int portions;
  int resets;
  int refused;
  @Nullable Takeover takeover;

  UserlandFirewall(int creatorId) {
    this.creatorId = creatorId;
  }

  DataPlane plane() {
    return plane;
  }

  boolean isMaster() {
    return master;
  }

  int connections() {
    return connections.size();
  }

  @Nullable PfState connection(StateKey key) {
    StateId id = byKey.get(key);
    return id == null ? null : connections.get(id);
  }

  /** A packet comes in; returns whether it may pass. */
  boolean forward(StateKey key, boolean syn, int sequence) {
    if (!master) {
      return false;
    }
    StateId known = byKey.get(key);
    if (known == null && !syn) {
      return false;
    }
    StatePeer end = States.peer(StatePeer.ESTABLISHED, sequence);
    if (known == null) {
      PfState opened =
          PfState.of(nextId++, creatorId, PfState.ALL, key, PfState.TCP, PfState.IN, end, end);
      keep(opened);
      news.add(feed -> opened(feed, opened));
    } else {
      keep(connections.get(known).withProgress(end, end, 2));
      news.add(feed -> feed.update(known, end, end));
    }
    plane.ready(); // does nothing while pfsync is off
    return true;
  }

  private void opened(StateFeed feed, PfState opened) {
    Insertion insertion = feed.insert(opened);
    if (insertion != Insertion.INSERTED && insertion != Insertion.REPLACED_CLOSED) {
      refused++;
    }
  }

  private void keep(PfState state) {
    connections.put(state.stateId(), state);
    byKey.put(state.wire(), state.stateId());
  }

  @Override
  public boolean feed(StateFeed feed, int most) {
    for (int i = 0; i < most && !news.isEmpty(); i++) {
      news.remove().tell(feed);
    }
    return !news.isEmpty();
  }

  @Override
  public int deliver(List<StateChange> changes) {
    portions++;
    int taken = Math.min(appetite, changes.size());
    for (StateChange change : changes.subList(0, taken)) {
      PfState state = change.state();
      if (state != null) {
        keep(state);
      } else {
        PfState gone = connections.remove(change.id());
        if (gone != null) {
          byKey.remove(gone.wire());
        }
      }
    }
    return taken;
  }

  @Override
  public void reset() {
    resets++;
    connections.values().removeIf(state -> state.creatorId() != creatorId);
    byKey.values().removeIf(id -> id.creatorId() != creatorId);
  }

  @Override
  public void commit(Takeover prepared) {
    takeover = prepared;
    master = true;
  }

  @Override
  public void standBy() {
    master = false;
  }
}
