package org.pfha.carp;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.pfha.carp.diagnosis.PeerLiveness;
import org.pfha.carp.engine.Role;
import org.pfha.net.EventLoop;
import org.pfha.net.IpTransport;

/**
 * A host that takes part in CARP with any number of virtual routers.
 *
 * <pre>{@code
 * try (CarpNode carp = CarpNode.builder(transport)
 *     .virtualRouter(VirtualRouter.onInterface("em1").vhid(1).password("secret")
 *         .address("192.0.2.1/24").advskew(0))
 *     .onRoleChange(change -> System.out.println(change))
 *     .start()) { ... }
 * }</pre>
 *
 * <p>Packets, timers and listeners run on the transport's event loop; hooks and probes on threads
 * of their own. Thread-safe: every method may be called from any thread, listeners included. One
 * lock guards the engines, because {@link #close} must have said goodbye when it returns, whoever
 * calls it; no listener is ever called under it.
 */
public final class CarpNode implements AutoCloseable {

  private static final Logger LOG = System.getLogger(CarpNode.class.getName());

  private final Loop loop;
  private final DemotionLedger ledger;
  private final Hooks hooks;
  private final boolean hasHooks;
  private final Duration closePatience;
  private final Maintenance maintenance;
  private final List<ProbeRunner> probes = new ArrayList<>();
  private final DutyCycle duty;

  CarpNode(CarpNodeBuilder builder) {
    EventLoop eventLoop = builder.transport.loop();
    loop = new Loop(eventLoop);
    ledger = builder.ledger == null ? new DemotionLedger(eventLoop.clock()) : builder.ledger;
    Events events = new Events(loop, builder.listeners, builder.watchdog, builder.logs);
    Executor executor = builder.executorOrOwn();
    hooks = new Hooks(builder.hooks, loop, executor, events::tell);
    hasHooks = !builder.hooks.isEmpty();
    closePatience = builder.closePatience;
    maintenance = new Maintenance(builder.maintenance, ledger);
    for (ProbeSchedule probe : builder.probes) {
      probes.add(new ProbeRunner(probe, loop, executor, ledger, events::tell));
    }
    duty = new DutyCycle(builder, loop, ledger, events, hooks::roleChanged);
  }

  /**
   * Begins to describe a node.
   *
   * @param transport how it reaches its links; it is not closed with the node
   * @return to be completed with at least one virtual router
   */
  public static CarpNodeBuilder builder(IpTransport transport) {
    return new CarpNodeBuilder(transport);
  }

  /**
   * Rehearses takeovers on a simulated LAN in virtual time, so that the first real one need not
   * wait for classes to be loaded and code to be compiled: some milliseconds, and more on a slow
   * disk. To be called once, at best beside a node that has been started, on a thread of its own:
   * it takes some tenths of a second of processor time, on a busy machine seconds, and does nothing
   * when called again. No real interface is touched.
   */
  public static void rehearse() {
    Rehearsal.once();
  }

  void open(List<VirtualRouter> routers) throws IOException {
    try {
      maintenance.restore();
      duty.open(routers);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    probes.forEach(ProbeRunner::start);
  }

  /**
   * The role a virtual router has now.
   *
   * @param link its interface
   * @param vhid its number
   * @return INIT, BACKUP or MASTER; INIT once the node is closed
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public Role role(String link, int vhid) {
    return duty.ask(members -> members.get(link, vhid).role());
  }

  /**
   * "Why am I BACKUP?"
   *
   * @param link its interface
   * @param vhid its number
   * @return what made it what it is, as data and, by {@code describe()}, as text
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public CarpExplanation explain(String link, int vhid) {
    return duty.ask(members -> members.get(link, vhid).explain(loop.now()));
  }

  /**
   * Lets another protocol say whether the peer is alive, so that a silent master can be told from a
   * dead one.
   *
   * @param liveness is asked under the node's lock: must answer at once and not call back
   */
  public void peerLiveness(PeerLiveness liveness) {
    duty.peerLiveness(liveness);
  }

  /**
   * Wants another role. Nothing happens in INIT, and nothing is remembered: a BACKUP takes over
   * again when nobody else advertises, a MASTER yields to a better one. A group changes as one.
   *
   * @param link its interface
   * @param vhid its number
   * @param role MASTER or BACKUP
   * @throws IllegalArgumentException if this node has no such virtual router, or INIT is wanted
   */
  public void request(String link, int vhid, Role role) {
    if (role == Role.INIT) {
      throw new IllegalArgumentException("INIT cannot be requested; use disable(...)");
    }
    duty.change(
        (members, now) ->
            members.together(members.get(link, vhid)).forEach(member -> member.request(role, now)));
  }

  /**
   * Takes one virtual router out of service: a MASTER bows out, and it stays in INIT until it is
   * enabled. A restart forgets it.
   *
   * @param link its interface
   * @param vhid its number
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public void disable(String link, int vhid) {
    duty.change((members, now) -> members.get(link, vhid).enabled(false, now));
  }

  /**
   * Takes one virtual router back into service.
   *
   * @param link its interface
   * @param vhid its number
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public void enable(String link, int vhid) {
    duty.change((members, now) -> members.get(link, vhid).enabled(true, now));
  }

  /**
   * Takes the whole node out of service, as "Temporarily disable CARP" does: every MASTER bows out,
   * everything stays in INIT until the node is enabled. A restart forgets it; see {@link
   * #enterMaintenance} for what lasts.
   */
  public void disable() {
    duty.change((members, now) -> members.enabled(false, now));
  }

  /** Takes the whole node back into service, virtual routers that were disabled one by one too. */
  public void enable() {
    duty.change((members, now) -> members.enabled(true, now));
  }

  /**
   * Adds a virtual router while the node runs.
   *
   * @param router complete, and new on this node
   * @throws IllegalArgumentException listing everything that is wrong with it
   * @throws IOException if a group cannot be joined; it is not added then
   * @throws IllegalStateException if the node is closed
   */
  public void add(VirtualRouter router) throws IOException {
    if (!duty.change((members, now) -> members.add(router, now))) {
      throw closed();
    }
  }

  /**
   * Removes a virtual router: a MASTER bows out first, its penalties are taken back.
   *
   * @param link its interface
   * @param vhid its number
   * @throws IllegalArgumentException if this node has no such virtual router
   */
  public void remove(String link, int vhid) {
    duty.change((members, now) -> members.remove(members.get(link, vhid), now));
  }

  /**
   * Changes the configuration of a virtual router while it runs, such as {@code reconfigure("em1",
   * 1, router -> router.address("192.0.2.9/24"))}. A changed interval counts from the next advert;
   * a changed address list leaves a MASTER MASTER where the profile allows it. Another profile,
   * protocol or group restarts it: it bows out and begins in BACKUP.
   *
   * @param link its interface
   * @param vhid its number
   * @param change of the present configuration; must leave link and vhid as they are
   * @throws IllegalArgumentException if this node has no such virtual router, or listing what is
   *     wrong with the new configuration; nothing has changed then
   * @throws IOException if a group cannot be joined
   * @throws IllegalStateException if the node is closed
   */
  public void reconfigure(String link, int vhid, UnaryOperator<VirtualRouter> change)
      throws IOException {
    if (!duty.change((members, now) -> members.reconfigure(members.get(link, vhid), change, now))) {
      throw closed();
    }
  }

  /**
   * Changes a password without a moment of two masters. For half the window the old password is
   * sent and both are believed, then the new one is sent and both are believed, then the new one
   * alone. To be called on every node within half the window.
   *
   * @param link its interface
   * @param vhid its number
   * @param password the new one, 1–20 bytes of UTF-8
   * @param window such as ten minutes
   * @throws IllegalArgumentException if this node has no such virtual router, or the password or
   *     the window is none
   */
  public void rotatePassword(String link, int vhid, String password, Duration window) {
    byte[] next = password.getBytes(StandardCharsets.UTF_8);
    duty.change((members, now) -> members.get(link, vhid).rotatePassword(next, window, now));
  }

  /**
   * The node's penalties.
   *
   * @return the ledger given to the builder, or the node's own
   */
  public DemotionLedger demotion() {
    return ledger;
  }

  /**
   * Enters maintenance: the intent is stored, so that it survives a restart, and then the node
   * becomes the last choice. Blocks as long as the store does; best not called on the loop.
   *
   * @param reason one line for those who come later
   * @throws IOException if the intent could not be stored; nothing has changed then
   * @throws IllegalStateException if the node was built without a {@link MaintenanceStore}
   */
  public void enterMaintenance(String reason) throws IOException {
    maintenance.enter(reason);
  }

  /**
   * Leaves maintenance.
   *
   * @throws IOException if that could not be stored; the node is still in maintenance then
   * @throws IllegalStateException if the node was built without a {@link MaintenanceStore}
   */
  public void leaveMaintenance() throws IOException {
    maintenance.leave();
  }

  /**
   * Whether the node is in maintenance.
   *
   * @return the reason, or empty if it is not
   */
  public Optional<String> maintenance() {
    return maintenance.reason();
  }

  /**
   * What the node thinks of its health probes.
   *
   * @return one for each, in the order in which they were added
   */
  public List<ProbeStatus> probes() {
    return probes.stream().map(ProbeRunner::status).toList();
  }

  /**
   * How the last calls of role hooks have ended.
   *
   * @return at most 256, oldest first
   */
  public List<HookResult> hookResults() {
    return hooks.results();
  }

  /**
   * What was counted until now.
   *
   * @return a snapshot
   */
  public CarpStatistics statistics() {
    return duty.ask(Members::statistics);
  }

  /** Lets all counters begin at zero again. */
  public void resetStatistics() {
    duty.change((members, now) -> members.resetStatistics());
  }

  /**
   * Ends it: every MASTER bows out with an advert of 255/255, so that a peer takes over at once;
   * groups are left, timers and receivers ended, penalties taken back. When it returns all this has
   * been done. Listeners and hooks still hear of the change to INIT; unless called on the loop or
   * by a hook, it waits for the hooks, but not longer than {@link CarpNodeBuilder#closePatience}.
   * Closing twice does nothing.
   */
  @Override
  public void close() {
    if (duty.close()) {
      probes.forEach(ProbeRunner::end);
      maintenance.end();
      endHooks();
    }
  }

  private void endHooks() {
    if (hasHooks && loop.execute(hooks::end)) {
      loop.schedule(loop.now() + Loop.nanos(closePatience), hooks::abandon);
      if (!loop.isCurrent() && !hooks.isCaller() && !hooks.awaitEnd(closePatience)) {
        LOG.log(Level.WARNING, "closed a CARP node while a role hook was still running");
      }
    }
  }

  private static IllegalStateException closed() {
    return new IllegalStateException("this CARP node is closed");
  }
}
