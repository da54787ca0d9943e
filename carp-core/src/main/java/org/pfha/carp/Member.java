package org.pfha.carp;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpActions;
import org.pfha.carp.engine.CarpEngine;
import org.pfha.carp.engine.CarpInput;
import org.pfha.carp.engine.Decision;
import org.pfha.carp.engine.Election;
import org.pfha.carp.engine.ElectionEvent;
import org.pfha.carp.engine.Role;
import org.pfha.carp.engine.RoleReason;
import org.pfha.carp.engine.VrrpEngine;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpKeyring;
import org.pfha.carp.wire.CarpView;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;
import org.pfha.net.IpTransport;
import org.pfha.net.Link;
import org.pfha.net.NeighbourView;
import org.pfha.net.VipController;

/**
 * One virtual router of a node: its election, and the doing of what the election wants. Guarded by
 * the node's lock.
 */
final class Member implements CarpActions {

  /** net.inet.carp.ifdown_demotion_factor. */
  private static final int INTERFACE_DOWN_DEMOTION = 240;

  private final Surroundings node;
  private final String link;
  private final int vhid;
  private final int slot;
  private final CarpInput input;
  private final Protocol protocol;
  private final Election election;
  private final Advertiser advertiser;
  private final Keys keys;
  private final @Nullable Group group;
  private final Tally tally = new Tally();
  private final Penalty interfaceDown;
  private final Penalty sendErrors;
  private final Listening listening;
  private final byte[][] lastSent = new byte[2][CarpView.LENGTH]; // by family
  private final Memory memory = new Memory();
  private final MemberWatch watch;
  private final Holding holding;

  private VirtualRouter router;
  private CarpKeyring keyring;
  private @Nullable Link state;
  private boolean enabled = true;
  private int sent; // adverts whose result the election has not been told
  private int failed; // those of them that failed
  private boolean patient;
  private long patientUntilNanos;
  private boolean yielded;
  private boolean preempting;
  private @Nullable RoleReason heardRule; // why the last advert did not change a BACKUP
  private long backupSinceNanos;

  /** What a member needs of its node. All calls come under the node's lock. */
  interface Surroundings {
    IpTransport transport();

    DemotionLedger ledger();

    long randomCounter();

    boolean preempt();

    void deadline(int slot, boolean waiting, long atNanos);

    void happened(CarpEvent event);

    Diagnostics diagnostics();

    List<Member> members();

    VipController addresses();
  }

  Member(
      Surroundings node, VirtualRouter router, CarpInput input, @Nullable Group group, int slot) {
    this.node = node;
    this.router = router;
    this.input = input;
    this.group = group;
    this.slot = slot;
    link = router.link();
    vhid = router.vhid();
    advertiser = new Advertiser(node.transport(), link, vhid, tally);
    listening = new Listening(node.transport(), link);
    keys = new Keys(router.key());
    interfaceDown = node.ledger().penalty("carp " + this, null);
    sendErrors = node.ledger().penalty("carp " + this, null);
    protocol = Protocol.of(router, preempts(), node::randomCounter);
    election = protocol.election();
    watch = new MemberWatch(node.diagnostics(), this);
    Penalty unheld = node.ledger().penalty("carp " + this, null);
    holding = new Holding(node.addresses(), unheld, interfaceDownDemotion());
    keyring = believe();
    if (group != null) {
      group.add(this);
    }
  }

  /** A group preempts as one. */
  private boolean preempts() {
    return group == null && router.preempts(node.preempt());
  }

  private CarpKeyring believe() {
    CarpKeyring ring = keys.ring(router::keyring);
    protocol.believe(input, ring, router.isStrict());
    return ring;
  }

  String link() {
    return link;
  }

  int vhid() {
    return vhid;
  }

  int slot() {
    return slot;
  }

  Role role() {
    return election.role();
  }

  VirtualRouter router() {
    return router;
  }

  @Nullable Group group() {
    return group;
  }

  Tally tally() {
    return tally;
  }

  /** Makes ready to hold its addresses, and listens. */
  void open() throws IOException {
    holding.configure(link, vhid, router.linkAddresses());
    listening.to(destinations());
  }

  private Set<InetAddress> destinations() {
    Set<InetAddress> all = new LinkedHashSet<>();
    for (InetAddress address : election.addresses()) {
      all.addAll(protocol.destinations(Advertiser.isIpv6(address)));
    }
    return all;
  }

  void linkChanged(Link changed, long now) {
    state = changed;
    watch(changed, now);
    advertiser.linkChanged(changed, election.addresses());
    election.source(advertiser.source(false));
    election.source(advertiser.source(true));
    if (changed.up()) {
      election.linkUp(now, this);
    } else {
      election.linkDown(now, this);
    }
    interfaceDown.set(changed.up() ? 0 : interfaceDownDemotion(), "interface down");
    settle(now);
  }

  private void watch(Link known, long now) {
    if (election instanceof CarpEngine carp) {
      watch.configure(carp.parameters(), known, role(), now);
    }
  }

  private int interfaceDownDemotion() {
    return protocol.isOpenBsd() ? 1 : INTERFACE_DOWN_DEMOTION;
  }

  void demotion(int total, long now) {
    election.demotion(total, now, this);
    settle(now);
  }

  boolean isEnabled() {
    return enabled;
  }

  void enabled(boolean on, long now) {
    if (on != enabled) {
      enabled = on;
      election.enabled(on, now, this);
      settle(now);
    }
  }

  void request(Role wanted, long now) {
    election.request(wanted, now, this);
    settle(now);
  }

  void received(CarpView advert, IpPacket packet) {
    if (!watch.accepted(advert, packet)) {
      input.dropReplay();
    } else if (election instanceof CarpEngine carp) {
      memory.heard(advert, packet);
      carp.received(advert, packet, this);
      patient &= isOverdue(packet.arrivalNanos());
    }
    settle(packet.arrivalNanos());
  }

  void received(VrrpView advert, IpPacket packet) {
    memory.heard(advert, packet);
    if (election instanceof VrrpEngine vrrp) {
      vrrp.received(advert, packet, this);
      patient &= isOverdue(packet.arrivalNanos());
      settle(packet.arrivalNanos());
    }
  }

  /** So it stays when an advert is heard that is none to wait for, such as a worse master's. */
  private boolean isOverdue(long now) {
    return election.isWaiting() && election.deadlineNanos() - now <= 0;
  }

  /** A packet with its vhid that was not believed. */
  void rejected(RejectedAdvert reject, CarpView advert, IpPacket packet) {
    tally.rejected(reject);
    watch.rejected(reject.reason(), advert, packet);
    settle(packet.arrivalNanos());
  }

  /** Somebody claims an address, perhaps one of its own. */
  void claimed(NeighbourView claim) {
    watch.claimed(claim);
    settle(claim.arrivalNanos());
  }

  List<byte[]> otherKeys() {
    return keys.others();
  }

  /** Takes over what can be changed while it runs. */
  void reconfigure(VirtualRouter changed, long now) throws IOException {
    holding.configure(link, vhid, changed.linkAddresses());
    byte[] before = router.key();
    router = changed;
    if (!Arrays.equals(before, changed.key())) {
      keys.replace(changed.key());
    }
    protocol.reconfigure(changed, preempts(), now, this);
    keyring = believe();
    Link known = state;
    if (known != null) {
      advertiser.linkChanged(known, election.addresses());
      watch(known, now);
    }
    settle(now);
    listening.to(destinations());
  }

  void rotatePassword(byte[] next, Duration window, long now) {
    List<String> problems = router.withKey(next).problems();
    if (window.isNegative() || window.isZero()) {
      problems.add("a window of " + window + " is none");
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", problems));
    }
    keys.rotate(next, now, Loop.nanos(window));
    keyring = believe();
    settle(now);
  }

  boolean isChangingPassword() {
    return keys.isRotating();
  }

  /**
   * Its deadline has come, which the loop noticed late if it was held up. A node that was deaf for
   * longer than a master is silent may have lost the latest adverts from a full queue: it listens
   * for one more interval before it takes the silence for a dead master.
   */
  void due(long now, long lateNanos) {
    if (keys.tick(now)) {
      router = router.withKey(keys.sending());
      keyring = believe();
    }
    if (isOverdue(now)) {
      if (role() == Role.BACKUP && !patient && lateNanos > protocol.longestSilenceNanos()) {
        patient = true;
        patientUntilNanos = now + protocol.longestSilenceNanos();
      } else if (!patient || patientUntilNanos - now <= 0) {
        patient = false;
        election.tick(now, this);
      }
    }
    watch.tick(now);
    settle(now);
  }

  long masterDownNanos() {
    return protocol.masterDownNanos();
  }

  /** What it holds is given back, then a MASTER bows out: its successor is alone from the start. */
  void stop(long now) {
    holding.release();
    election.stop(now, this);
    sent = 0;
    settle(now);
    interfaceDown.end();
    sendErrors.end();
    holding.end();
    listening.end();
    watch.end();
  }

  /** After each event: what became of the adverts, and when there is something to do again. */
  private void settle(long now) {
    while (sent > 0) {
      boolean ok = sent > failed;
      sent--;
      failed = Math.min(failed, sent);
      election.sendResult(ok, now, this);
    }
    holding.settle(role(), masterDownNanos());
    boolean waiting = election.isWaiting();
    long at = waiting ? election.deadlineNanos() : 0;
    if (waiting && patient && at - patientUntilNanos < 0) {
      at = patientUntilNanos;
    }
    if (keys.isRotating() && (!waiting || keys.deadlineNanos() - at < 0)) {
      waiting = true;
      at = keys.deadlineNanos();
    }
    if (watch.isWaiting() && (!waiting || watch.deadlineNanos() - at < 0)) {
      waiting = true;
      at = watch.deadlineNanos();
    }
    node.deadline(slot, waiting, at);
    if (group != null) {
      group.memberChanged();
    }
  }

  @Override
  public void sendAdvert(CarpAdvert advert, boolean ipv6) {
    byte[] payload = lastSent[ipv6 ? 1 : 0];
    advert.encode(payload, 0, keyring.sending());
    input.sent(vhid, ipv6, payload);
    watch.sent(payload, node.transport().loop().clock().nanoTime());
    send(payload, ipv6);
  }

  @Override
  public void sendAdvert(VrrpAdvert advert, boolean ipv6) {
    send(advert.encode(advertiser.source(ipv6), Advertiser.group(ipv6)), ipv6);
  }

  private void send(byte[] payload, boolean ipv6) {
    boolean ok = advertiser.send(payload, protocol.destinations(ipv6), ipv6);
    sent++;
    holding.advertised();
    failed += ok ? 0 : 1;
  }

  @Override
  public void announce(InetAddress address) {
    holding.announced(address, masterDownNanos());
    advertiser.announce(address);
  }

  @Override
  public void sendErrorDemotion(int amount) {
    sendErrors.set(amount, "send errors");
  }

  @Override
  public void roleChanged(Role from, Role to, RoleReason reason, long atNanos) {
    RoleReason why = preempting ? RoleReason.PREEMPTING : reason;
    if (from == Role.MASTER) {
      holding.release();
    }
    yielded = from == Role.MASTER && to == Role.BACKUP;
    patient = false;
    heardRule = null;
    backupSinceNanos = from == Role.INIT ? atNanos : backupSinceNanos;
    tally.roleChanged(to == Role.MASTER, protocol.isOpenBsd());
    watch.role(to, why, atNanos);
    RoleChange change = new RoleChange(link, vhid, from, to, why, atNanos);
    memory.changed(change);
    node.happened(change);
  }

  @Override
  public boolean wantsDecisions() {
    return true;
  }

  @Override
  public void decided(Decision decision) {
    memory.decided(decision);
    if (decision.event() == ElectionEvent.ADVERT && decision.after() == decision.before()) {
      heardRule = decision.rule();
    }
    node.happened(new DecisionMade(link, vhid, decision));
  }

  /** Was MASTER, and is no longer because of a better one or because it was asked to. */
  boolean hasYielded() {
    return yielded;
  }

  void forgetYield() {
    yielded = false;
  }

  boolean hearsBetter() {
    return heardRule == RoleReason.MASTER_IS_BETTER || heardRule == RoleReason.DEMOTED;
  }

  boolean hearsSlower(long now) {
    return heardRule == RoleReason.PREEMPT_IS_OFF
        && memory.hasHeardWithin(masterDownNanos(), now)
        && now - backupSinceNanos >= Loop.nanos(router.preemptDelay())
        && router.preempts(node.preempt());
  }

  void preempt(long now) {
    if (role() == Role.BACKUP) {
      preempting = true;
      election.request(Role.MASTER, now, this);
      preempting = false;
      settle(now);
    }
  }

  CarpExplanation explain(long now) {
    Link known = state;
    return new CarpExplanation(
        link,
        vhid,
        role(),
        now,
        protocol.own(),
        enabled,
        known != null && known.up(),
        memory.lastChange(),
        memory.lastHeard(now),
        timers(now),
        node.ledger().entries(groupName()),
        group == null ? List.of() : group.describe(),
        memory.decisions(),
        tally.lastReject(),
        watch.diagnoses(now),
        node.diagnostics().observesNeighbours());
  }

  @Nullable String groupName() {
    return group == null ? null : group.name();
  }

  private List<CarpExplanation.Timer> timers(long now) {
    List<CarpExplanation.Timer> timers = new ArrayList<>();
    if (election.isWaiting()) {
      String what =
          role() == Role.MASTER ? "advertises" : "becomes MASTER unless an advert arrives";
      timers.add(CarpExplanation.Timer.of(what, election.deadlineNanos(), now));
    }
    if (patient) {
      timers.add(CarpExplanation.Timer.of("believes the silence", patientUntilNanos, now));
    }
    if (keys.isRotating()) {
      timers.add(
          CarpExplanation.Timer.of("next step of the password change", keys.deadlineNanos(), now));
    }
    return timers;
  }

  /** As the kernel writes it: {@code 1@em1}. */
  @Override
  public String toString() {
    return vhid + "@" + link;
  }
}
