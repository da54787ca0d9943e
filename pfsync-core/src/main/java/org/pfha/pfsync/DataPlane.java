package org.pfha.pfsync;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.RoleChange;
import org.pfha.carp.engine.Role;
import org.pfha.net.EventLoop;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.engine.PfsyncEvent;

/**
 * Ties a firewall's data plane to a {@link PfsyncNode} and to the roles that CARP gives it.
 *
 * <pre>{@code
 * DataPlane plane = new DataPlane(firewall, firewall);
 * CarpNode carp = CarpNode.builder(transport)….onRoleChange(plane::roleChanged).start();
 * PfsyncNode pfsync = PfsyncNode.builder(sync)….dataPlane(plane).demoting(carp.demotion()).start();
 * }</pre>
 *
 * <p>Both directions are pulled: the source is asked for news in portions, the sink takes as many
 * changes as it can. What waits for the sink is a set of names; it cannot outgrow the table for
 * long. Source and sink are called on the pfsync node's loop. When that node is closed the data
 * plane goes on alone, and can be given to its successor. Thread-safe.
 */
public final class DataPlane {

  private static final System.Logger LOG = System.getLogger(DataPlane.class.getName());

  /** How many changes make a portion, either way. */
  private static final int PORTION = 256;

  private static final long RETRY_NANOS = 10_000_000L;

  private final StateSource source;
  private final StateSink sink;
  private final AtomicBoolean feeding = new AtomicBoolean();

  private final Object lock = new Object();
  private final Set<StateId> changed = new LinkedHashSet<>();
  private final Set<String> masterOf = new HashSet<>();
  private boolean delivering;
  private boolean overrun;
  private volatile @Nullable PfsyncNode node;

  /**
   * A data plane that is not attached to a node yet.
   *
   * @param source gives its connections
   * @param sink takes the peers' connections
   */
  public DataPlane(StateSource source, StateSink sink) {
    this.source = source;
    this.sink = sink;
  }

  /** The source has news. */
  public void ready() {
    if (node != null && feeding.compareAndSet(false, true)) {
      run(this::feed);
    }
  }

  /**
   * CARP has given this firewall a role. The first virtual router it masters makes the data plane
   * take over, the last one that it loses makes it stand by.
   *
   * @param change as a CARP node tells it
   */
  public void roleChanged(RoleChange change) {
    boolean takesOver;
    boolean standsBy;
    synchronized (lock) {
      boolean was = !masterOf.isEmpty();
      String router = change.vhid() + "@" + change.link();
      if (change.to() == Role.MASTER) {
        masterOf.add(router);
      } else {
        masterOf.remove(router);
      }
      // Without a node there is nothing to take over yet; attaching one does it.
      takesOver = node != null && !was && !masterOf.isEmpty();
      standsBy = node != null && was && masterOf.isEmpty();
    }
    if (takesOver) {
      runAnyway(this::commit);
    } else if (standsBy) {
      runAnyway(sink::standBy);
    }
  }

  void attach(PfsyncNode attached) {
    boolean master;
    synchronized (lock) {
      node = attached;
      master = !masterOf.isEmpty();
      // What was under way on an earlier node's loop will never come to its end.
      delivering = false;
      feeding.set(false);
    }
    ready();
    if (master) {
      run(this::commit);
    }
  }

  /** A peer, or time, has done something to a state. Called under the node's lock. */
  void changed(PfsyncEvent event, int limit) {
    boolean start;
    synchronized (lock) {
      if (changed.size() >= 2 * limit) {
        changed.clear();
        overrun = true;
      }
      changed.add(new StateId(event.id(), event.creatorId()));
      start = !delivering;
      delivering = true;
    }
    if (start) {
      run(this::deliver);
    }
  }

  private void feed() {
    feeding.set(false);
    PfsyncNode to = node;
    if (to != null && !to.isClosed() && source.feed(to, PORTION)) {
      ready();
    }
  }

  private void deliver() {
    boolean tookAll = deliverPortion();
    synchronized (lock) {
      if (changed.isEmpty() && !overrun) {
        delivering = false;
        return;
      }
    }
    PfsyncNode from = node;
    if (from == null || from.isClosed()) {
      return;
    }
    EventLoop loop = from.loop();
    try {
      loop.schedule(loop.clock().nanoTime() + (tookAll ? 0 : RETRY_NANOS), this::deliver);
    } catch (RejectedExecutionException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the loop is gone; nothing more is delivered");
    }
  }

  /** Returns whether the sink took all it was offered. */
  private boolean deliverPortion() {
    PfsyncNode from = node;
    if (from == null) {
      return true;
    }
    List<StateChange> portion = portion(from.table());
    int taken = portion.isEmpty() ? 0 : offer(portion);
    synchronized (lock) {
      // What was not taken goes back to the front, unless it has changed again meanwhile.
      if (taken < portion.size()) {
        List<StateId> later = List.copyOf(changed);
        changed.clear();
        portion.subList(taken, portion.size()).forEach(c -> changed.add(c.id()));
        changed.addAll(later);
      }
    }
    return taken == portion.size();
  }

  /** A sink that fails has taken nothing; it is offered the same again. */
  private int offer(List<StateChange> portion) {
    try {
      return Math.max(0, Math.min(portion.size(), sink.deliver(portion)));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the data plane failed to take changes", e);
      return 0;
    }
  }

  private List<StateChange> portion(StateTable table) {
    boolean again;
    synchronized (lock) {
      again = overrun;
      if (overrun) {
        overrun = false;
        changed.clear();
        table.states().forEach(state -> changed.add(state.stateId()));
      }
    }
    if (again) {
      sink.reset();
    }
    List<StateChange> portion = new ArrayList<>();
    synchronized (lock) {
      for (Iterator<StateId> it = changed.iterator(); it.hasNext() && portion.size() < PORTION; ) {
        StateId id = it.next();
        it.remove();
        PfState state = table.get(id.id(), id.creatorId());
        portion.add(new StateChange(id, state));
      }
    }
    return portion;
  }

  /** What has arrived is applied and what has changed is delivered before the sink takes over. */
  private void commit() {
    PfsyncNode from = node;
    if (from == null) {
      return;
    }
    boolean closed = from.isClosed();
    if (!closed) {
      from.drain();
    }
    boolean more = true;
    while (more) {
      more = deliverPortion() && waiting() > 0;
    }
    sink.commit(new Takeover(from.table().size(), waiting(), closed || from.isAwaitingBulk()));
  }

  private int waiting() {
    synchronized (lock) {
      return changed.size();
    }
  }

  private boolean run(Runnable task) {
    PfsyncNode on = node;
    if (on == null) {
      return true;
    }
    try {
      on.loop().execute(task);
      return true;
    } catch (RejectedExecutionException gone) {
      LOG.log(System.Logger.Level.DEBUG, "the loop is gone; the data plane is on its own");
      return false;
    }
  }

  /** CARP does not wait for pfsync: a master carries traffic with what it has. */
  private void runAnyway(Runnable task) {
    if (!run(task)) {
      task.run();
    }
  }
}
