package org.pfha.cluster;

import com.google.common.base.Preconditions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.CarpEvent;
import org.pfha.carp.CarpNode;
import org.pfha.carp.CarpNodeBuilder;
import org.pfha.carp.Demotion;
import org.pfha.carp.MaintenanceStore;
import org.pfha.carp.RoleChange;
import org.pfha.carp.VirtualRouter;
import org.pfha.carp.engine.CarpProfile;
import org.pfha.carp.engine.Role;
import org.pfha.net.IpTransport;
import org.pfha.net.sim.SimHost;
import org.pfha.pf.PfState;
import org.pfha.pf.StateId;
import org.pfha.pf.StatePeer;
import org.pfha.pf.StateTable;
import org.pfha.pfsync.PfsyncNode;
import org.pfha.pfsync.PfsyncNodeBuilder;
import org.pfha.pfsync.engine.PfsyncProfile;

/**
 * One whole node of a {@link Cluster}: CARP on its segments, pfsync on the sync link, a state
 * table, an operator. Confined to the thread that advances the network.
 */
public final class ClusterNode {

  /** The interface on the sync link. */
  public static final String SYNC_LINK = "sync0";

  private final Cluster cluster;
  private final SimHost host;
  private final int number;
  private final String syncAddress;
  private final SplittableRandom random;
  private final Store maintenance = new Store();
  private NodePlan plan;
  private StateTable table;
  private @Nullable CarpNode carp;
  private @Nullable PfsyncNode pfsync;
  private @Nullable Demotion penalty;
  private boolean disabled;
  private boolean maintained;
  private long boots;
  private long nextStateId;

  ClusterNode(
      Cluster cluster,
      SimHost host,
      int number,
      NodePlan plan,
      String syncAddress,
      SplittableRandom random) {
    this.cluster = cluster;
    this.host = host;
    this.number = number;
    this.plan = plan;
    this.syncAddress = syncAddress;
    this.random = random;
    this.table = emptyTable();
  }

  private StateTable emptyTable() {
    return StateTable.builder(plan.stateLimit()).hashSeed(random.nextLong()).build();
  }

  /**
   * The cluster it belongs to.
   *
   * @return the cluster
   */
  public Cluster cluster() {
    return cluster;
  }

  /**
   * The host it runs on.
   *
   * @return the simulated host
   */
  public SimHost host() {
    return host;
  }

  /**
   * Its place in the cluster.
   *
   * @return counted from 0
   */
  public int number() {
    return number;
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
   * What it is planned to be; an upgrade changes it.
   *
   * @return the plan
   */
  public NodePlan plan() {
    return plan;
  }

  /**
   * Its host id in pfsync.
   *
   * @return the creator id, not 0
   */
  public int creatorId() {
    return 0x70666800 + number + 1;
  }

  String syncAddress() {
    return syncAddress;
  }

  /**
   * The states it knows.
   *
   * @return the table of the running node, or the one that is left while it is off
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
   * @return false while it is off
   */
  public boolean isRunning() {
    return pfsync != null;
  }

  /**
   * Its role for a virtual router.
   *
   * @param vhid of the cluster
   * @return INIT while it is off
   */
  public Role role(int vhid) {
    CarpNode node = carp;
    return node == null ? Role.INIT : node.role(cluster.vip(vhid).link(), vhid);
  }

  /**
   * The sum of its penalties.
   *
   * @return 0 while it is off
   */
  public int demotion() {
    CarpNode node = carp;
    return node == null ? 0 : node.demotion().total();
  }

  void upgrade() {
    plan = plan.upgraded();
  }

  /** Starts its software; it asks its peers for their states. */
  void boot() {
    Preconditions.checkState(carp == null, "%s runs already", name());
    host.powerOn();
    boots++;
    // As the kernel's ids begin at the wall clock: none is ever used twice.
    nextStateId = boots << 32;
    disabled = false;
    maintained = maintenance.load().isPresent();
    IpTransport transport = cluster.firmware().transport(this, host);
    try {
      CarpNode node = carpNode(transport).start();
      carp = node;
      node.demotion().onChange(Runnable::run, change -> cluster.demotionChanged(this, change));
      pfsync = pfsyncNode(transport, node).start();
      node.peerLiveness(pfsync.liveness());
    } catch (IOException e) {
      throw new UncheckedIOException(name() + " does not start", e);
    }
    cluster.firmware().booted(this);
  }

  private CarpNodeBuilder carpNode(IpTransport transport) {
    CarpNodeBuilder builder =
        CarpNode.builder(transport)
            .preempt(cluster.scenario().preempt())
            .randomCounters(random::nextLong)
            .executor(Runnable::run)
            .maintenance(maintenance)
            .onEvent(this::observe);
    for (Vip vip : cluster.vips()) {
      VirtualRouter planned =
          VirtualRouter.onInterface(vip.link())
              .vhid(vip.vhid())
              .password("simulated")
              .address(vip.address())
              .advbase(cluster.scenario().advbase())
              .advskew(plan.advskew())
              .profile(carpProfile());
      builder.virtualRouter(cluster.firmware().virtualRouter(this, planned));
    }
    cluster.firmware().carp(this, builder);
    return builder;
  }

  private CarpProfile carpProfile() {
    if (cluster.scenario().behaviour() == Behaviour.PFHA) {
      return CarpProfile.PFHA;
    }
    return switch (plan.release()) {
      case FREEBSD_13 -> CarpProfile.FREEBSD_13;
      case FREEBSD_14 -> CarpProfile.FREEBSD_14;
      case FREEBSD_15 -> CarpProfile.FREEBSD_15;
    };
  }

  private PfsyncNodeBuilder pfsyncNode(IpTransport transport, CarpNode node) {
    PfsyncProfile oldest = Scenario.oldest(cluster.nodes().stream().map(n -> n.plan).toList());
    PfsyncNodeBuilder builder =
        PfsyncNode.builder(transport)
            .onInterface(SYNC_LINK)
            .table(table)
            .creatorId(creatorId())
            .profile(plan.release())
            .format(oldest.newest())
            .demoting(node.demotion())
            .onEvent(event -> cluster.observe(this, event));
    cluster.firmware().behave(this, builder);
    if (cluster.scenario().multicast()) {
      builder.multicast();
    }
    cluster.nodes().stream()
        .filter(other -> other != this)
        .forEach(other -> builder.peer(other.syncAddress));
    cluster.firmware().pfsync(this, builder);
    return builder;
  }

  /** Shuts down in good order: bow-out, queued messages sent. */
  void shutDown() {
    if (isRunning()) {
      pfsync().close();
      carp().close();
    }
    end(false);
  }

  /** Ends without a word. */
  void crash(boolean statesKept) {
    end(statesKept);
  }

  private void end(boolean statesKept) {
    host.powerOff();
    boolean ran = isRunning();
    carp = null;
    pfsync = null;
    penalty = null;
    if (!statesKept) {
      table = emptyTable();
    }
    if (ran) {
      cluster.firmware().ended(this, statesKept);
    }
  }

  /** Something that its operator or its data plane does; a node that stands still does it later. */
  void does(Runnable action) {
    if (!isRunning()) {
      return;
    }
    try {
      host.loop()
          .execute(
              () -> {
                if (isRunning()) {
                  action.run();
                }
              });
    } catch (RejectedExecutionException off) {
      throw new IllegalStateException(name() + " runs on a dead loop", off);
    }
  }

  void disable(boolean wanted) {
    if (wanted != disabled && isRunning()) {
      disabled = wanted;
      does(
          () -> {
            if (wanted) {
              carp().disable();
            } else {
              carp().enable();
            }
          });
    }
  }

  void maintain(boolean wanted) {
    if (wanted == maintained || !isRunning()) {
      return;
    }
    maintained = wanted;
    does(
        () -> {
          try {
            if (wanted) {
              carp().enterMaintenance("drill");
            } else {
              carp().leaveMaintenance();
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  void penalize(boolean wanted) {
    if (!isRunning()) {
      return;
    }
    Demotion imposed = penalty;
    if (wanted && imposed == null) {
      penalty = carp().demotion().demote("operator", "drill", 240);
    } else if (!wanted && imposed != null) {
      imposed.close();
      penalty = null;
    }
  }

  /**
   * A packet has opened a connection on this node.
   *
   * @param connection what the data plane saw; its id and creator are replaced by this node's next
   * @return the state as the table has it, or null if it has no room
   */
  public @Nullable PfState open(PfState connection) {
    PfState state = connection.createdBy(nextStateId++, creatorId());
    return insert(state).isPresent() ? state : null;
  }

  /**
   * A packet has opened a connection on this node, which its data plane has named itself.
   *
   * @param state with id and creator
   * @return what became of it
   */
  public StateTable.Insertion insert(PfState state) {
    cluster.recorder().inserts(this, state);
    StateTable.Insertion insertion = pfsync().insert(state);
    if (insertion.isPresent()) {
      cluster.opened(this, state);
    }
    return insertion;
  }

  /**
   * A packet of a connection has passed this node.
   *
   * @param id of the state
   * @param src the initiator now
   * @param dst the responder now
   * @return whether there is such a state here
   */
  public boolean update(StateId id, StatePeer src, StatePeer dst) {
    cluster.recorder().updates(this, id, src, dst);
    boolean present = pfsync().update(id, src, dst);
    cluster.moved(this, id);
    return present;
  }

  /**
   * A connection has ended on this node.
   *
   * @param id of the state
   * @return whether there was such a state here
   */
  public boolean remove(StateId id) {
    cluster.recorder().removes(this, id);
    boolean present = pfsync().remove(id);
    if (present) {
      cluster.removed(this, id);
    }
    return present;
  }

  private void observe(CarpEvent event) {
    if (event instanceof RoleChange change) {
      cluster.roleChanged(this, change);
    }
  }

  private <T> T running(@Nullable T node) {
    Preconditions.checkState(node != null, "%s is not running", name());
    return node;
  }

  @Override
  public String toString() {
    return name();
  }

  /** Outlives the node's software. */
  private static final class Store implements MaintenanceStore {
    private Optional<String> reason = Optional.empty();

    @Override
    public Optional<String> load() {
      return reason;
    }

    @Override
    public void enter(String why) {
      reason = Optional.of(why);
    }

    @Override
    public void leave() {
      reason = Optional.empty();
    }
  }
}
