package org.pfha.carp.engine;

import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.pfha.carp.wire.CarpAdvert;
import org.pfha.carp.wire.CarpView;

/**
 * The state machine of one virtual router (spec carp 5, 7, 8).
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
 * <p>It is told events and the time, and appends what is to be done to {@link CarpActions}. Actions
 * must not call back. Confined to one thread.
 */
public final class CarpEngine {

  /** Effective skews are cut to this, in 1/256 s. */
  public static final int MAX_SKEW = 240;

  /** Takeovers are announced again with this many of the following adverts (spec carp 19). */
  private static final int REPEATED_ANNOUNCEMENTS = 2;

  private static final int V4 = 0;
  private static final int V6 = 1;

  private final CarpParameters parameters;
  private final LongSupplier randomCounters;
  private final boolean[] has;
  private final Timer advertTimer = new Timer();
  private final Timer[] masterDown = {new Timer(), new Timer()};

  private Role role = Role.INIT;
  private int demotion;
  private boolean alone = true; // no valid advert was ever received
  private long counter;
  private int announcementsLeft;

  /**
   * A virtual router in INIT; {@link #linkUp} sets it going.
   *
   * @param parameters its configuration
   * @param randomCounters random 64-bit numbers, one per advert sent while alone
   */
  public CarpEngine(CarpParameters parameters, LongSupplier randomCounters) {
    this.parameters = parameters;
    this.randomCounters = randomCounters;
    this.has = new boolean[] {parameters.has(false), parameters.has(true)};
  }

  /**
   * The present role.
   *
   * @return INIT, BACKUP or MASTER
   */
  public Role role() {
    return role;
  }

  /**
   * The configuration.
   *
   * @return as given to the constructor
   */
  public CarpParameters parameters() {
    return parameters;
  }

  /**
   * The skew that is advertised and compared: advskew plus demotion, cut to 0–{@link #MAX_SKEW}.
   *
   * @return in 1/256 s
   */
  public int effectiveSkew() {
    long sum = (long) parameters.advskew() + demotion;
    return (int) Math.max(0, Math.min(MAX_SKEW, sum));
  }

  /**
   * When {@link #tick} wants to be called next.
   *
   * @return nanoseconds on the caller's clock, or empty while nothing is waited for
   */
  public OptionalLong nextDeadlineNanos() {
    Timer earliest = advertTimer;
    for (Timer timer : masterDown) {
      if (timer.armed && (!earliest.armed || timer.atNanos - earliest.atNanos < 0)) {
        earliest = timer;
      }
    }
    return earliest.armed ? OptionalLong.of(earliest.atNanos) : OptionalLong.empty();
  }

  /**
   * The interface is up: INIT becomes BACKUP.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  public void linkUp(long now, CarpActions actions) {
    if (role == Role.INIT && (has[V4] || has[V6])) {
      become(Role.BACKUP, RoleReason.INITIALIZATION_COMPLETE, now, actions);
      armMasterDown(now);
    }
  }

  /**
   * The interface is down: everything becomes INIT, without a word on the wire.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  public void linkDown(long now, CarpActions actions) {
    toInit(RoleReason.INTERFACE_DOWN, now, actions);
  }

  /**
   * An orderly end: a MASTER bows out, so that a peer takes over at once.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  public void stop(long now, CarpActions actions) {
    if (role == Role.MASTER) {
      sendToFamilies(actions, true);
    }
    toInit(RoleReason.STOPPED, now, actions);
  }

  /**
   * The node's demotion has changed. A MASTER advertises it at once.
   *
   * @param total sum of all penalties, may be negative
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  public void demotion(int total, long now, CarpActions actions) {
    if (total == demotion) {
      return;
    }
    demotion = total;
    if (role == Role.MASTER) {
      sendToFamilies(actions, false);
      advertTimer.arm(now + parameters.advertIntervalNanos(effectiveSkew()));
    }
  }

  /**
   * A valid advert of this vhid, that is one {@link CarpInput} found nothing wrong with.
   *
   * @param advert a checked and verified view
   * @param ipv6 the family it came over
   * @param arrivalNanos when it arrived, which may be before it is processed
   * @param actions takes what is to be done
   */
  public void received(CarpView advert, boolean ipv6, long arrivalNanos, CarpActions actions) {
    alone = false;
    counter = advert.counter();
    int mine = 256 * parameters.advbase() + effectiveSkew();
    int theirs = 256 * advert.advbase() + advert.advskew();
    switch (role) {
      case INIT -> {}
      case BACKUP -> {
        if (parameters.preempt() && mine < theirs) {
          becomeMaster(RoleReason.PREEMPTING, arrivalNanos, actions);
        } else if (mine + 2 * 256 * parameters.advbase() < theirs) {
          becomeMaster(RoleReason.MASTER_WILL_TIME_OUT, arrivalNanos, actions);
        } else {
          masterDown[ipv6 ? V6 : V4].arm(arrivalNanos + parameters.masterDownNanos());
        }
      }
      case MASTER -> {
        if (mine >= theirs) {
          advertTimer.cancel();
          become(Role.BACKUP, RoleReason.MORE_FREQUENT_ADVERTISEMENT, arrivalNanos, actions);
          armMasterDown(arrivalNanos);
        }
      }
    }
  }

  /**
   * Lets the timers that are due expire. Whoever calls it must first have delivered all adverts
   * that arrived until now.
   *
   * @param now nanoseconds
   * @param actions takes what is to be done
   */
  public void tick(long now, CarpActions actions) {
    if (role == Role.BACKUP && (masterDown[V4].due(now) || masterDown[V6].due(now))) {
      becomeMaster(RoleReason.MASTER_TIMED_OUT, now, actions);
    } else if (role == Role.MASTER && advertTimer.due(now)) {
      sendToFamilies(actions, false);
      if (announcementsLeft > 0) {
        announcementsLeft--;
        parameters.addresses().forEach(actions::announce);
      }
      advertTimer.arm(now + parameters.advertIntervalNanos(effectiveSkew()));
    }
  }

  private void becomeMaster(RoleReason reason, long now, CarpActions actions) {
    cancelMasterDown();
    become(Role.MASTER, reason, now, actions);
    sendToFamilies(actions, false);
    parameters.addresses().forEach(actions::announce);
    announcementsLeft = REPEATED_ANNOUNCEMENTS;
    // the kernel's first interval ignores the demotion
    advertTimer.arm(now + parameters.advertIntervalNanos(parameters.advskew()));
  }

  private void toInit(RoleReason reason, long now, CarpActions actions) {
    advertTimer.cancel();
    cancelMasterDown();
    if (role != Role.INIT) {
      become(Role.INIT, reason, now, actions);
    }
  }

  private void become(Role to, RoleReason reason, long now, CarpActions actions) {
    Role from = role;
    role = to;
    actions.roleChanged(from, to, reason, now);
  }

  private void sendToFamilies(CarpActions actions, boolean bowOut) {
    for (int family = V4; family <= V6; family++) {
      if (has[family]) {
        counter = alone ? randomCounters.getAsLong() : counter + 1;
        int vhid = parameters.vhid();
        CarpAdvert advert =
            bowOut
                ? CarpAdvert.bowOut(vhid, counter)
                : new CarpAdvert(vhid, parameters.advbase(), effectiveSkew(), 0, counter);
        actions.sendAdvert(advert, family == V6);
      }
    }
  }

  private void armMasterDown(long now) {
    for (int family = V4; family <= V6; family++) {
      if (has[family]) {
        masterDown[family].arm(now + parameters.masterDownNanos());
      }
    }
  }

  private void cancelMasterDown() {
    masterDown[V4].cancel();
    masterDown[V6].cancel();
  }

  private static final class Timer {
    private boolean armed;
    private long atNanos;

    void arm(long at) {
      armed = true;
      atNanos = at;
    }

    void cancel() {
      armed = false;
    }

    boolean due(long now) {
      return armed && atNanos - now <= 0;
    }
  }
}
