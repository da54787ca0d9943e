package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.RoleChange;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.Role;
import org.pfha.net.sim.SimHost;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.PfsyncEvent;

/**
 * One whole firewall of a {@link SimCluster}: CARP on its segments, pfsync on the sync link, a
 * state table. Confined to the thread that advances the network.
 */
public final class SimFirewall {

  static final String SYNC_LINK = "sync0";

  private final SimCluster cluster;
  private final SimHost host;
  private final int number;
  private final int advskew;
  private final String password;
  private final LongSupplier random;

  private StateTable table = StateTable.withLimit(SimCluster.STATE_LIMIT);
  private @Nullable CarpNode carp;
  private @Nullable PfsyncNode pfsync;
  private long nextStateId = 1;

  SimFirewall(
      SimCluster cluster,
      SimHost host,
      int number,
      int advskew,
      String password,
      LongSupplier random) {
    this.cluster = cluster;
    this.host = host;
    this.number = number;
    this.advskew = advskew;
    this.password = password;
    this.random = random;
  }

  /**
   * The host it runs on, for faults.
   *
   * @return the simulated host
   */
  public SimHost host() {
    return host;
  }

  /**
   * Its name in the timeline.
   *
   * @return the host's name
   */
  public String name() {
    return host.name();
  }

  /**
   * Its host id in pfsync.
   *
   * @return the creator id, not 0
   */
  public int creatorId() {
    return 0x70666800 + number;
  }

  /**
   * Its configured advskew.
   *
   * @return 0–254, in 1/256 s
   */
  public int advskew() {
    return advskew;
  }

  /**
   * The states it knows; empty after a crash.
   *
   * @return the table of the running node
   */
  public StateTable table() {
    return table;
  }

  /**
   * The running CARP node.
   *
   * @return never null while {@link #isRunning()}
   */
  public CarpNode carp() {
    return running(carp);
  }

  /**
   * The running pfsync node.
   *
   * @return never null while {@link #isRunning()}
   */
  public PfsyncNode pfsync() {
    return running(pfsync);
  }

  /**
   * Whether its software runs.
   *
   * @return false before {@link #start} and after {@link #crash} or {@link #stop}
   */
  public boolean isRunning() {
    return carp != null;
  }

  /**
   * Its role for a virtual router.
   *
   * @param vhid of the cluster
   * @return INIT while it does not run
   */
  public Role role(int vhid) {
    CarpNode node = carp;
    return node == null ? Role.INIT : node.role(cluster.linkOf(vhid), vhid);
  }

  /** Starts its software with an empty state table; it asks its peers for theirs. */
  public void start() {
    Preconditions.checkState(carp == null, "%s runs already", name());
    host.powerOn();
    table = StateTable.withLimit(SimCluster.STATE_LIMIT);
    try {
      CarpNodeBuilder builder =
          CarpNode.builder(host).preempt(true).randomCounters(random).onRoleChange(this::report);
      for (SimCluster.Vip vip : cluster.vips()) {
        builder.virtualRouter(
            VirtualRouter.onInterface(vip.link())
                .vhid(vip.vhid())
                .password(password)
                .address(vip.address())
                .advbase(cluster.advbase())
                .advskew(advskew));
      }
      carp = builder.start();
      PfsyncNodeBuilder sync =
          PfsyncNode.builder(host)
              .onInterface(SYNC_LINK)
              .table(table)
              .creatorId(creatorId())
              .demoting(carp.demotion())
              .onEvent(this::observe);
      cluster.syncAddressesBut(this).forEach(sync::peer);
      pfsync = sync.start();
      carp.peerLiveness(pfsync.liveness());
    } catch (IOException e) {
      throw new UncheckedIOException(name() + " does not start", e);
    }
  }

  /** Shuts down cleanly, as an operator does: bow-out, queued messages sent. */
  public void stop() {
    pfsync().close();
    carp().close();
    forget();
  }

  /** Loses power: nothing is sent, the states are gone. */
  public void crash() {
    host.crash();
    forget();
  }

  /**
   * A packet has opened a connection on this firewall.
   *
   * @param connection what the data plane saw; its id and creator are replaced by this firewall's
   *     next
   * @return the state as it is in the table
   */
  public PfState open(PfState connection) {
    PfState state = connection.createdBy(nextStateId++, creatorId());
    pfsync().insert(state);
    return state;
  }

  private void observe(PfsyncEvent event) {
    if (event.kind() == PfsyncEvent.Kind.EXPIRED) {
      cluster.removed(new StateId(event.id(), event.creatorId()));
    }
  }

  private void report(RoleChange change) {
    cluster.timeline(this, change.toString());
  }

  private void forget() {
    carp = null;
    pfsync = null;
    table = StateTable.withLimit(SimCluster.STATE_LIMIT);
  }

  private <T> T running(@Nullable T node) {
    Preconditions.checkState(node != null, "%s is not running", name());
    return node;
  }

  @Override
  public String toString() {
    return name();
  }
}
