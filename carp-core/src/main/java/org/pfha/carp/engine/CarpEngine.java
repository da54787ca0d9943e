package org.pfha.carp.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.engine.CarpProfile.Trait;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpView;
import org.pfha.net.IpPacket;

/**
 * The state machine of one CARP virtual router (spec carp 5, 7–11).
 *
 * <pre>
 *            link up                    master down, preempting, will time out
 *    INIT ------------&gt; BACKUP --------------------------------------------&gt; MASTER
 *      ^                  | ^                                                 | |
 *      |   link down      | |         better or equal advert                  | |
 *      +------------------+ +-------------------------------------------------+ |
 *      +------------------------------------------------------------------------+
 * </pre>
 *
 * <p>A time is compared as advbase·256 + advskew, in 1/256 s. Confined to one thread.
 */
public final class CarpEngine implements Election {

  /** Effective skews are cut to this, in 1/256 s. */
  public static final int MAX_SKEW = 240;

  private static final int V4 = 0;
  private static final int V6 = 1;

  /** UCarp sleeps so long after it was told to step down, then its timer begins. */
  private static final long UCARP_DEAF_NANOS = 3_000_000_000L;

  private final CarpProfile profile;
  private final CarpCounter counter;
  private final Timer advertTimer = new Timer();
  private final Timer[] masterDown = {new Timer(), new Timer()};
  private final SendErrors sendErrors = new SendErrors();
  private final Repetition repetition = new Repetition();
  private final Tie tie;

  private CarpParameters parameters;
  private CarpStanding standing;
  private boolean[] has;
  private boolean linkUp;
  private boolean enabled = true;
  private Role role = Role.INIT;
  private int announcements; // bit n: n adverts from now the addresses are announced
  private long backupSinceNanos;
  private long lastSentNanos;
  private final Timer deaf = new Timer();
  private final Timer lostTie = new Timer(); // until then the winner comes first

  /**
   * A virtual router in INIT; {@link #linkUp} sets it going.
   *
   * @param parameters its configuration
   * @param randomCounters random 64-bit numbers, one per advert sent while alone
   */
  public CarpEngine(CarpParameters parameters, LongSupplier randomCounters) {
    this.parameters = parameters;
    this.profile = parameters.profile();
    this.standing = new CarpStanding(parameters, 0, false);
    this.has = new boolean[] {parameters.has(false), parameters.has(true)};
    this.tie = new Tie(profile == CarpProfile.UCARP);
    this.counter = new CarpCounter(profile, randomCounters);
  }

  @Override
  public int vhid() {
    return parameters.vhid();
  }

  @Override
  public List<InetAddress> addresses() {
    return parameters.addresses();
  }

  @Override
  public Role role() {
    return role;
  }

  /**
   * The configuration.
   *
   * @return as last given
   */
  public CarpParameters parameters() {
    return parameters;
  }

  /**
   * The skew that is advertised and compared: advskew plus demotion, cut to 0–{@link #MAX_SKEW}.
   * FreeBSD 13 lets it be negative; OpenBSD and UCarp do not add the demotion.
   *
   * @return in 1/256 s
   */
  public int effectiveSkew() {
    return standing.effectiveSkew();
  }

  @Override
  public boolean isWaiting() {
    return earliest().armed();
  }

  @Override
  public long deadlineNanos() {
    return earliest().atNanos();
  }

  private Timer earliest() {
    return Timer.earlier(Timer.earlier(advertTimer, masterDown[V4]), masterDown[V6]);
  }

  @Override
  public void source(InetAddress address) {
    tie.source(address);
  }

  @Override
  public void linkUp(long now, CarpActions actions) {
    Role before = role;
    linkUp = true;
    RoleReason rule = start(now, actions);
    explain(ElectionEvent.LINK_UP, before, rule, now, actions);
  }

  @Override
  public void linkDown(long now, CarpActions actions) {
    Role before = role;
    linkUp = false;
    if (profile != CarpProfile.UCARP) {
      toInit(RoleReason.INTERFACE_DOWN, now, actions);
    } else if (role != Role.INIT) { // UCarp sleeps as a BACKUP until there is carrier
      cancelTimers();
      become(Role.BACKUP, RoleReason.INTERFACE_DOWN, now, actions);
    }
    explain(ElectionEvent.LINK_DOWN, before, RoleReason.INTERFACE_DOWN, now, actions);
  }

  @Override
  public void linkUnknown(long now, CarpActions actions) {
    if (profile.has(Trait.UNKNOWN_LINK_IS_DOWN)) {
      linkDown(now, actions);
    } else {
      linkUp(now, actions);
    }
  }

  @Override
  public void enabled(boolean on, long now, CarpActions actions) {
    Role before = role;
    enabled = on;
    if (on) {
      RoleReason rule = start(now, actions);
      explain(ElectionEvent.ENABLED, before, rule, now, actions);
    } else {
      bowOut(Trait.BOWS_OUT, now, actions);
      toInit(RoleReason.DISABLED, now, actions);
      explain(ElectionEvent.DISABLED, before, RoleReason.DISABLED, now, actions);
    }
  }

  @Override
  public void request(Role wanted, long now, CarpActions actions) {
    checkArgument(wanted != Role.INIT, "INIT cannot be requested; use enabled(false)");
    Role before = role;
    RoleReason rule = RoleReason.USER_REQUESTED;
    if (role == Role.INIT || !linkUp) {
      rule = RoleReason.NOT_OPERATING;
    } else if (role == Role.BACKUP && wanted == Role.MASTER) {
      becomeMaster(rule, now, actions);
    } else if (role == Role.MASTER && wanted == Role.BACKUP) {
      bowOut(Trait.STEPS_DOWN_ALOUD, now, actions);
      boolean deafens = profile == CarpProfile.UCARP;
      becomeBackup(rule, deafens ? UCARP_DEAF_NANOS : 0, now, actions);
      if (deafens) {
        deaf.arm(now + UCARP_DEAF_NANOS);
      }
    }
    explain(ElectionEvent.REQUEST, before, rule, now, actions);
  }

  /**
   * Another configuration of the same vhid. A changed interval counts from the next arming of a
   * timer; a changed address list restarts the virtual router where the profile does so.
   *
   * @param changed replaces the configuration
   * @param now nanoseconds
   * @param actions takes what is to be done
   * @throws IllegalArgumentException if vhid or profile are others
   */
  public void reconfigure(CarpParameters changed, long now, CarpActions actions) {
    checkArgument(
        changed.vhid() == vhid() && changed.profile() == profile,
        "vhid and profile of a running virtual router cannot change: %s",
        changed);
    Role before = role;
    List<InetAddress> oldAddresses = parameters.addresses();
    parameters = changed;
    standing = standing.with(changed);
    boolean[] had = has;
    has = new boolean[] {changed.has(false), changed.has(true)};
    RoleReason rule = RoleReason.RECONFIGURED;
    if (!new HashSet<>(oldAddresses).equals(new HashSet<>(changed.addresses()))) {
      rule = addressesChanged(oldAddresses, had, now, actions);
    }
    explain(ElectionEvent.RECONFIGURED, before, rule, now, actions);
  }

  private RoleReason addressesChanged(
      List<InetAddress> oldAddresses, boolean[] had, long now, CarpActions actions) {
    if (!has[V4] && !has[V6]) {
      toInit(RoleReason.NO_ADDRESS, now, actions);
      return RoleReason.NO_ADDRESS;
    }
    if (role == Role.INIT) {
      return start(now, actions);
    }
    if (profile.has(Trait.RESTARTS_ON_ADDRESS_CHANGE)) {
      toInit(RoleReason.INTERFACE_UP, now, actions);
      return start(now, actions);
    }
    if (role == Role.MASTER) {
      sendAdverts(now, actions);
      for (InetAddress address : parameters.addresses()) {
        if (!oldAddresses.contains(address)) {
          actions.announce(address);
        }
      }
      return RoleReason.RECONFIGURED;
    }
    for (int family = V4; family <= V6; family++) {
      if (!has[family]) {
        masterDown[family].cancel();
      } else if (!had[family]) {
        masterDown[family].arm(now + parameters.masterDownNanos());
      }
    }
    return RoleReason.RECONFIGURED;
  }

  @Override
  public void demotion(int total, long now, CarpActions actions) {
    int before = standing.demotion();
    if (total == before) {
      return;
    }
    standing = standing.with(total);
    if (role == Role.MASTER && profile.advertisesDemotionAtOnce(before, total)) {
      sendAdverts(now, actions);
    }
    explain(ElectionEvent.DEMOTION, role, RoleReason.DEMOTION_CHANGED, now, actions);
  }

  @Override
  public void sendResult(boolean ok, long now, CarpActions actions) {
    RoleReason change = sendErrors.result(ok, profile, parameters.vhidsOfInterface());
    if (change != null) {
      standing = standing.with(sendErrors.times() > 0);
      if (profile.sendErrorDemotion() > 0) {
        actions.sendErrorDemotion(sendErrors.times() * profile.sendErrorDemotion());
      }
      explain(ElectionEvent.SENT, role, change, now, actions);
    }
  }

  /**
   * A valid advert of this vhid, that is one {@link CarpInput} found nothing wrong with. Timers are
   * armed from the time it arrived.
   *
   * @param advert a checked and verified view
   * @param packet what it came in
   * @param actions takes what is to be done
   */
  public void received(CarpView advert, IpPacket packet, CarpActions actions) {
    long at = packet.arrivalNanos();
    Role before = role;
    counter.heard(advert.counter());
    RoleReason rule =
        switch (role) {
          case INIT -> RoleReason.NOT_OPERATING;
          case BACKUP -> receivedAsBackup(advert, packet, at, actions);
          case MASTER -> receivedAsMaster(advert, packet, at, actions);
        };
    explain(ElectionEvent.ADVERT, before, rule, advert, packet, at, actions);
  }

  private RoleReason receivedAsBackup(
      CarpView advert, IpPacket packet, long at, CarpActions actions) {
    RoleReason rule =
        deaf.armed() && !deaf.due(at)
            ? RoleReason.STEPPED_DOWN
            : standing.asBackup(advert, mayNotPreemptYet(at));
    switch (rule) {
      case PREEMPTING, LESS_DEMOTED, MASTER_WILL_TIME_OUT -> becomeMaster(rule, at, actions);
      default -> {
        if (linkUp) {
          boolean patient =
              profile.has(Trait.YIELDS_THEN_DECIDES_TIES)
                  && standing.isTie(advert)
                  && tie.hear(packet, standing.intervalNanos());
          long patience = patient ? standing.intervalNanos() : 0;
          long down = at + parameters.masterDownNanos() + patience;
          if (patient) {
            lostTie.arm(down);
          }
          boolean winnerIsFirst = isWaitingForWinner(at) && lostTie.atNanos() - down > 0;
          masterDown[packet.isIpv6() ? V6 : V4].arm(winnerIsFirst ? lostTie.atNanos() : down);
        }
      }
    }
    return rule;
  }

  private boolean mayNotPreemptYet(long at) {
    return at - backupSinceNanos < parameters.preemptDelayNanos() || isWaitingForWinner(at);
  }

  /**
   * Who has lost a tie lets the winner come first even if a slower node is heard meanwhile: taking
   * over from that one, or timing out with the winner, would put the winner to silence again, and
   * so for ever.
   */
  private boolean isWaitingForWinner(long at) {
    return lostTie.armed() && !lostTie.due(at);
  }

  private RoleReason receivedAsMaster(
      CarpView advert, IpPacket packet, long at, CarpActions actions) {
    boolean equal = standing.isTie(advert);
    boolean decides = equal && profile.has(Trait.DECIDES_TIES);
    boolean yields =
        decides
            ? tie.isAbove(packet) || !tie.knowsSource(packet.isIpv6())
            : standing.yieldsTo(advert);
    if (yields) {
      if (profile.has(Trait.LAST_ADVERT_BEFORE_YIELDING)) {
        sendToFamilies(false, at, actions);
      }
      boolean patient =
          equal
              && profile.has(Trait.YIELDS_THEN_DECIDES_TIES)
              && tie.begin(packet, standing.intervalNanos());
      long patience = patient ? standing.intervalNanos() : 0;
      becomeBackup(RoleReason.MORE_FREQUENT_ADVERTISEMENT, patience, at, actions);
      if (patient) {
        lostTie.arm(at + parameters.masterDownNanos() + patience);
      }
      return RoleReason.MORE_FREQUENT_ADVERTISEMENT;
    }
    if (profile.has(Trait.YIELDS_AFTER_SILENCE)
        && standing.isReplacedBy(advert, at - lastSentNanos)) {
      becomeBackup(RoleReason.SILENT_TOO_LONG, 0, at, actions);
      return RoleReason.SILENT_TOO_LONG;
    }
    if (profile == CarpProfile.UCARP) {
      announceAll(actions);
      announcements |= 0b100;
    }
    return RoleReason.LESS_FREQUENT_ADVERTISEMENT;
  }

  @Override
  public void tick(long now, CarpActions actions) {
    if (role == Role.BACKUP && (masterDown[V4].due(now) || masterDown[V6].due(now))) {
      becomeMaster(RoleReason.MASTER_TIMED_OUT, now, actions);
      explain(ElectionEvent.TIMER, Role.BACKUP, RoleReason.MASTER_TIMED_OUT, now, actions);
    } else if (role == Role.MASTER && advertTimer.due(now)) {
      sendAdverts(now, actions);
      announcements >>>= 1;
      if ((announcements & 1) != 0) {
        announceAll(actions);
      }
    }
  }

  @Override
  public void stop(long now, CarpActions actions) {
    Role before = role;
    linkUp = false;
    bowOut(Trait.BOWS_OUT, now, actions);
    toInit(RoleReason.STOPPED, now, actions);
    explain(ElectionEvent.STOP, before, RoleReason.STOPPED, now, actions);
  }

  /** INIT becomes BACKUP if nothing is in the way; returns what was, or that it did. */
  private RoleReason start(long now, CarpActions actions) {
    if (!enabled) {
      return RoleReason.STILL_DISABLED;
    }
    if (!linkUp) {
      return RoleReason.INTERFACE_DOWN;
    }
    if (!has[V4] && !has[V6]) {
      return RoleReason.NO_ADDRESS;
    }
    if (role == Role.INIT || !isWaiting()) {
      becomeBackup(RoleReason.INITIALIZATION_COMPLETE, 0, now, actions);
      return RoleReason.INITIALIZATION_COMPLETE;
    }
    return RoleReason.INTERFACE_UP;
  }

  private void becomeMaster(RoleReason reason, long now, CarpActions actions) {
    cancelTimers();
    become(Role.MASTER, reason, now, actions);
    boolean announcesFirst = profile.has(Trait.ANNOUNCES_FIRST);
    if (announcesFirst) {
      announceAll(actions);
    }
    sendToFamilies(false, now, actions);
    if (!announcesFirst) {
      announceAll(actions);
    }
    announcements = profile.announcements();
    advertTimer.arm(now + standing.firstIntervalNanos());
  }

  private void becomeBackup(RoleReason reason, long patience, long now, CarpActions actions) {
    cancelTimers();
    become(Role.BACKUP, reason, now, actions);
    backupSinceNanos = reason == RoleReason.INITIALIZATION_COMPLETE ? now : backupSinceNanos;
    for (int family = V4; family <= V6; family++) {
      if (has[family]) {
        masterDown[family].arm(now + parameters.masterDownNanos() + patience);
      }
    }
  }

  private void toInit(RoleReason reason, long now, CarpActions actions) {
    cancelTimers();
    become(Role.INIT, reason, now, actions);
    if (profile.has(Trait.FORGETS_SEND_ERRORS) && sendErrors.forget()) {
      standing = standing.with(false);
      actions.sendErrorDemotion(0);
    }
  }

  private void become(Role to, RoleReason reason, long now, CarpActions actions) {
    Role from = role;
    if (from != to) {
      role = to;
      actions.roleChanged(from, to, reason, now);
    }
  }

  private void sendAdverts(long now, CarpActions actions) {
    sendToFamilies(false, now, actions);
    advertTimer.arm(now + standing.intervalNanos());
  }

  private void bowOut(Trait ifItHas, long now, CarpActions actions) {
    if (role == Role.MASTER && profile.has(ifItHas)) {
      sendToFamilies(true, now, actions);
    }
  }

  private void sendToFamilies(boolean bowOut, long now, CarpActions actions) {
    lastSentNanos = now;
    int base = bowOut ? CarpAdvert.BOW_OUT : parameters.advbase();
    int skew = bowOut ? CarpAdvert.BOW_OUT : effectiveSkew() & 0xff;
    for (int family = V4; family <= V6; family++) {
      if (has[family]) {
        actions.sendAdvert(
            new CarpAdvert(vhid(), base, skew, standing.demoteByte(), counter.next()),
            family == V6);
      }
    }
  }

  private void announceAll(CarpActions actions) {
    parameters.addresses().forEach(actions::announce);
  }

  private void cancelTimers() {
    advertTimer.cancel();
    masterDown[V4].cancel();
    masterDown[V6].cancel();
    deaf.cancel();
    lostTie.cancel();
  }

  private void explain(
      ElectionEvent event, Role before, RoleReason rule, long at, CarpActions actions) {
    explain(event, before, rule, null, null, at, actions);
  }

  /** Tells a decision, unless it is the same suppressed one as before. */
  private void explain(
      ElectionEvent event,
      Role before,
      RoleReason rule,
      @Nullable CarpView advert,
      @Nullable IpPacket packet,
      long at,
      CarpActions actions) {
    long values =
        advert == null
            ? effectiveSkew()
            : (long) CarpStanding.time(advert) << 16
                | advert.demote() << 8
                | (effectiveSkew() & 0xff);
    boolean isNew = repetition.isNew(event, rule, values) || before != role;
    if (!isNew || !actions.wantsDecisions()) {
      return;
    }
    actions.decided(
        new CarpDecision(
            at,
            event,
            before,
            role,
            rule,
            standing.own(),
            CarpDecision.Heard.of(advert, packet),
            Decision.Timers.of(advertTimer, masterDown[V4], masterDown[V6])));
  }
}
