package org.pfha.carp.engine;

import static com.google.common.base.Preconditions.checkArgument;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.pfha.carp.wire.VrrpAdvert;
import org.pfha.carp.wire.VrrpView;
import org.pfha.net.IpPacket;

/**
 * The state machine of one VRRPv3 virtual router (RFC 9568 6.4, spec carp 14).
 *
 * <p>A demotion is taken from the priority, down to 1, so that a node without its states does not
 * become master before another one; FreeBSD's mode ignores it, and so does the owner of the
 * addresses, who may have no other priority than 255. Confined to one thread.
 */
public final class VrrpEngine implements Election {

  /** FreeBSD assumes so until it has heard a master, whatever is configured. */
  private static final int FREEBSD_FIRST_INTERVAL_CENTIS = 100;

  private final VrrpProfile profile;
  private final Timer advertTimer = new Timer();
  private final Timer masterDown = new Timer();
  private final Timer assertionPause = new Timer();
  private final SendErrors sendErrors = new SendErrors();
  private final Repetition repetition = new Repetition();

  private VrrpParameters parameters;
  private Role role = Role.INIT;
  private boolean linkUp;
  private boolean enabled = true;
  private int demotion;
  private int masterCentis;
  private long backupSinceNanos;
  private byte[] source = new byte[0];

  /**
   * A virtual router in INIT; {@link #linkUp} sets it going.
   *
   * @param parameters its configuration
   */
  public VrrpEngine(VrrpParameters parameters) {
    this.parameters = parameters;
    this.profile = parameters.profile();
    this.masterCentis =
        profile == VrrpProfile.FREEBSD_15
            ? FREEBSD_FIRST_INTERVAL_CENTIS
            : parameters.intervalCentis();
  }

  @Override
  public int vhid() {
    return parameters.vrid();
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
  public VrrpParameters parameters() {
    return parameters;
  }

  /**
   * The priority that is advertised and compared: the configured one less the demotion.
   *
   * @return 1–255
   */
  public int effectivePriority() {
    int configured = parameters.priority();
    if (profile == VrrpProfile.FREEBSD_15 || configured == VrrpParameters.OWNER) {
      return configured;
    }
    return (int) Math.max(1, Math.min(VrrpParameters.OWNER - 1, (long) configured - demotion));
  }

  @Override
  public boolean isWaiting() {
    return advertTimer.armed() || masterDown.armed();
  }

  @Override
  public long deadlineNanos() {
    return Timer.earlier(advertTimer, masterDown).atNanos();
  }

  @Override
  public void source(InetAddress address) {
    if (address instanceof Inet6Address == parameters.ipv6()) {
      source = address.getAddress();
    }
  }

  @Override
  public void linkUp(long now, CarpActions actions) {
    Role before = role;
    linkUp = true;
    explain(ElectionEvent.LINK_UP, before, start(now, actions), now, actions);
  }

  @Override
  public void linkDown(long now, CarpActions actions) {
    Role before = role;
    linkUp = false;
    toInit(RoleReason.INTERFACE_DOWN, now, actions);
    explain(ElectionEvent.LINK_DOWN, before, RoleReason.INTERFACE_DOWN, now, actions);
  }

  @Override
  public void linkUnknown(long now, CarpActions actions) {
    if (profile == VrrpProfile.FREEBSD_15) {
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
      explain(ElectionEvent.ENABLED, before, start(now, actions), now, actions);
    } else {
      resign(actions);
      toInit(RoleReason.DISABLED, now, actions);
      explain(ElectionEvent.DISABLED, before, RoleReason.DISABLED, now, actions);
    }
  }

  @Override
  public void request(Role wanted, long now, CarpActions actions) {
    checkArgument(wanted != Role.INIT, "INIT cannot be requested; use enabled(false)");
    Role before = role;
    RoleReason rule = RoleReason.USER_REQUESTED;
    if (role == Role.INIT) {
      rule = RoleReason.NOT_OPERATING;
    } else if (role == Role.BACKUP && wanted == Role.MASTER) {
      becomeMaster(rule, now, actions);
    } else if (role == Role.MASTER && wanted == Role.BACKUP) {
      resign(actions);
      becomeBackup(rule, now, actions);
    }
    explain(ElectionEvent.REQUEST, before, rule, now, actions);
  }

  /**
   * Another configuration of the same VRID. A MASTER advertises it at once and announces the
   * addresses that are new; FreeBSD restarts when the addresses change. Running timers of a BACKUP
   * are not moved.
   *
   * @param changed replaces the configuration
   * @param now nanoseconds
   * @param actions takes what is to be done
   * @throws IllegalArgumentException if VRID, profile or family are others
   */
  public void reconfigure(VrrpParameters changed, long now, CarpActions actions) {
    checkArgument(
        changed.vrid() == vhid()
            && changed.profile() == profile
            && changed.ipv6() == parameters.ipv6(),
        "VRID, profile and family of a running virtual router cannot change: %s",
        changed);
    Role before = role;
    RoleReason rule = RoleReason.RECONFIGURED;
    Set<InetAddress> oldAddresses = Set.copyOf(parameters.addresses());
    boolean isChanged = !changed.equals(parameters);
    boolean sameAddresses = oldAddresses.equals(Set.copyOf(changed.addresses()));
    parameters = changed;
    if (profile == VrrpProfile.FREEBSD_15 && !sameAddresses && role != Role.INIT) {
      toInit(RoleReason.INTERFACE_UP, now, actions);
      rule = start(now, actions);
    } else if (role == Role.MASTER && isChanged) {
      advertise(now, actions);
      for (InetAddress address : changed.addresses()) {
        if (!oldAddresses.contains(address)) {
          actions.announce(address);
        }
      }
    }
    explain(ElectionEvent.RECONFIGURED, before, rule, now, actions);
  }

  @Override
  public void demotion(int total, long now, CarpActions actions) {
    if (total == demotion) {
      return;
    }
    int before = effectivePriority();
    demotion = total;
    if (role == Role.MASTER && effectivePriority() != before) {
      advertise(now, actions);
    }
    explain(ElectionEvent.DEMOTION, role, RoleReason.DEMOTION_CHANGED, now, actions);
  }

  @Override
  public void sendResult(boolean ok, long now, CarpActions actions) {
    RoleReason change = sendErrors.result(ok, CarpProfile.PFHA, 1);
    if (change != null) {
      actions.sendErrorDemotion(sendErrors.times() * CarpProfile.PFHA.sendErrorDemotion());
      explain(ElectionEvent.SENT, role, change, now, actions);
    }
  }

  /**
   * A valid advert of this VRID. Timers are armed from the time it arrived.
   *
   * @param advert a view that {@link CarpInput} found nothing wrong with
   * @param packet what it came in
   * @param actions takes what is to be done
   */
  public void received(VrrpView advert, IpPacket packet, CarpActions actions) {
    long at = packet.arrivalNanos();
    Role before = role;
    RoleReason rule;
    if (role == Role.INIT) {
      rule = RoleReason.NOT_OPERATING;
    } else if (parameters.priority() == VrrpParameters.OWNER) {
      rule = RoleReason.ADDRESS_OWNER; // nobody has a better claim
    } else if (profile == VrrpProfile.FREEBSD_15) {
      rule =
          role == Role.BACKUP
              ? receivedAsFreeBsdBackup(advert, at, actions)
              : receivedAsFreeBsdMaster(advert, at, actions);
    } else {
      rule =
          role == Role.BACKUP
              ? receivedAsBackup(advert, at)
              : receivedAsMaster(advert, packet, at, actions);
    }
    explain(ElectionEvent.ADVERT, before, rule, advert, packet, at, actions);
  }

  private RoleReason receivedAsBackup(VrrpView advert, long at) {
    if (advert.priority() == 0) {
      masterDown.arm(at + parameters.skewNanos(effectivePriority(), masterCentis));
      return RoleReason.MASTER_RESIGNED;
    }
    RoleReason rule = RoleReason.MASTER_IS_BETTER;
    if (advert.priority() < effectivePriority()) {
      if (!parameters.preempt()) {
        rule = RoleReason.PREEMPT_IS_OFF;
      } else if (isDelayed(at)) {
        rule = RoleReason.PREEMPT_IS_DELAYED;
      } else {
        return RoleReason.MASTER_IS_IGNORED;
      }
    } else if (parameters.preempt() && advert.priority() < parameters.priority()) {
      rule = RoleReason.DEMOTED;
    }
    heed(advert.intervalCentis(), at);
    return rule;
  }

  private RoleReason receivedAsMaster(
      VrrpView advert, IpPacket packet, long at, CarpActions actions) {
    int mine = effectivePriority();
    int theirs = advert.priority();
    if (theirs == 0) {
      advertise(at, actions);
      return RoleReason.MASTER_RESIGNED;
    }
    boolean yields =
        theirs > mine
            || (theirs == mine && Arrays.compareUnsigned(packet.source().getAddress(), source) > 0);
    if (yields) {
      masterCentis = Math.max(1, advert.intervalCentis());
      becomeBackup(RoleReason.HIGHER_PRIORITY, at, actions);
      return RoleReason.HIGHER_PRIORITY;
    }
    // tells the other one and the switches who is master; not more often than adverts are due, or
    // two that will not yield to each other would flood the segment
    if (!assertionPause.armed() || assertionPause.due(at)) {
      sendAdvert(effectivePriority(), actions);
      assertionPause.arm(at + parameters.advertIntervalNanos());
    }
    return RoleReason.LESS_FREQUENT_ADVERTISEMENT;
  }

  private RoleReason receivedAsFreeBsdBackup(VrrpView advert, long at, CarpActions actions) {
    boolean slower =
        advert.rawInterval() > parameters.intervalCentis()
            || advert.priority() < parameters.priority();
    if (slower && parameters.preempt() && !isDelayed(at)) {
      masterCentis = advert.rawInterval();
      becomeMaster(RoleReason.PREEMPTING, at, actions);
      return RoleReason.PREEMPTING;
    }
    heed(advert.rawInterval(), at);
    if (!slower) {
      return RoleReason.MASTER_IS_BETTER;
    }
    return parameters.preempt() ? RoleReason.PREEMPT_IS_DELAYED : RoleReason.PREEMPT_IS_OFF;
  }

  private RoleReason receivedAsFreeBsdMaster(VrrpView advert, long at, CarpActions actions) {
    masterCentis = advert.rawInterval();
    if (masterCentis < parameters.intervalCentis() || advert.priority() > parameters.priority()) {
      becomeBackup(RoleReason.MORE_FREQUENT_ADVERTISEMENT, at, actions);
      return RoleReason.MORE_FREQUENT_ADVERTISEMENT;
    }
    return RoleReason.LESS_FREQUENT_ADVERTISEMENT;
  }

  private boolean isDelayed(long at) {
    return at - backupSinceNanos < parameters.preemptDelayNanos();
  }

  /** Takes over the master's interval and waits for its next adverts. */
  private void heed(int centis, long at) {
    masterCentis = Math.max(1, centis);
    masterDown.arm(at + parameters.masterDownNanos(effectivePriority(), masterCentis));
  }

  @Override
  public void tick(long now, CarpActions actions) {
    if (role == Role.BACKUP && masterDown.due(now)) {
      becomeMaster(RoleReason.MASTER_TIMED_OUT, now, actions);
      explain(ElectionEvent.TIMER, Role.BACKUP, RoleReason.MASTER_TIMED_OUT, now, actions);
    } else if (role == Role.MASTER && advertTimer.due(now)) {
      advertise(now, actions);
    }
  }

  @Override
  public void stop(long now, CarpActions actions) {
    Role before = role;
    linkUp = false;
    resign(actions);
    toInit(RoleReason.STOPPED, now, actions);
    explain(ElectionEvent.STOP, before, RoleReason.STOPPED, now, actions);
  }

  private RoleReason start(long now, CarpActions actions) {
    if (!enabled) {
      return RoleReason.STILL_DISABLED;
    }
    if (!linkUp) {
      return RoleReason.INTERFACE_DOWN;
    }
    if (role != Role.INIT) {
      return RoleReason.INTERFACE_UP;
    }
    if (parameters.priority() == VrrpParameters.OWNER && profile == VrrpProfile.RFC_9568) {
      becomeMaster(RoleReason.ADDRESS_OWNER, now, actions);
      return RoleReason.ADDRESS_OWNER;
    }
    backupSinceNanos = now;
    becomeBackup(RoleReason.INITIALIZATION_COMPLETE, now, actions);
    return RoleReason.INITIALIZATION_COMPLETE;
  }

  private void becomeMaster(RoleReason reason, long now, CarpActions actions) {
    masterDown.cancel();
    become(Role.MASTER, reason, now, actions);
    advertise(now, actions);
    parameters.addresses().forEach(actions::announce);
  }

  private void becomeBackup(RoleReason reason, long now, CarpActions actions) {
    advertTimer.cancel();
    assertionPause.cancel();
    become(Role.BACKUP, reason, now, actions);
    masterDown.arm(now + parameters.masterDownNanos(effectivePriority(), masterCentis));
  }

  private void toInit(RoleReason reason, long now, CarpActions actions) {
    advertTimer.cancel();
    assertionPause.cancel();
    masterDown.cancel();
    become(Role.INIT, reason, now, actions);
  }

  private void become(Role to, RoleReason reason, long now, CarpActions actions) {
    Role from = role;
    if (from != to) {
      role = to;
      actions.roleChanged(from, to, reason, now);
    }
  }

  private void advertise(long now, CarpActions actions) {
    sendAdvert(effectivePriority(), actions);
    advertTimer.arm(now + parameters.advertIntervalNanos());
  }

  /** Priority 0 tells the others not to wait for three intervals; FreeBSD does not say it. */
  private void resign(CarpActions actions) {
    if (role == Role.MASTER && profile != VrrpProfile.FREEBSD_15) {
      sendAdvert(0, actions);
    }
  }

  private void sendAdvert(int priority, CarpActions actions) {
    actions.sendAdvert(
        new VrrpAdvert(vhid(), priority, parameters.intervalCentis(), parameters.addresses()),
        parameters.ipv6());
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
      @Nullable VrrpView advert,
      @Nullable IpPacket packet,
      long at,
      CarpActions actions) {
    int priority = effectivePriority();
    long values =
        advert == null
            ? priority
            : (long) advert.rawInterval() << 16 | advert.priority() << 8 | priority;
    boolean isNew = repetition.isNew(event, rule, values) || before != role;
    if (!isNew || !actions.wantsDecisions()) {
      return;
    }
    VrrpDecision.Heard heard =
        advert == null || packet == null
            ? null
            : new VrrpDecision.Heard(advert.priority(), advert.intervalCentis(), packet.source());
    boolean ipv6 = parameters.ipv6();
    actions.decided(
        new VrrpDecision(
            at,
            event,
            before,
            role,
            rule,
            priority,
            parameters.intervalCentis(),
            masterCentis,
            heard,
            new Decision.Timers(
                advertTimer.deadline(),
                ipv6 ? OptionalLong.empty() : masterDown.deadline(),
                ipv6 ? masterDown.deadline() : OptionalLong.empty())));
  }
}
